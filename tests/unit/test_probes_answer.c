/* SPDX-License-Identifier: MIT */
/* What a target may ask of an HTTP answer beyond its status. */
#include "conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define BROKEN "connection closed in the middle of the answer"
#define NO_TEXT "HTTP 200, but not with the expected text in its first 64 KiB"
#define NO_HEADER(name) "HTTP 200, but not with the expected header " name

#define OK "HTTP/1.1 200 OK\r\n"
#define LENGTH(n) OK "Content-Length: " n "\r\n\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

static const struct conversation conversations[] = {
	/* body=: as long as it is said to be */
	{"http://a#body=ok", SPAN(LENGTH("2") "ok"), false, READY, NULL, false},
	{"https://a#body=ok", SPAN(LENGTH("2") "ok"), true, READY, NULL, false},
	{"http+unix://%2Fa#body=ok", SPAN(LENGTH("2") "ok"), false, READY, NULL, false},
	{"http://a#body=ok", SPAN(LENGTH("20") "it is ok"), false, READY, NULL, false},
	{"http://a#body=ok", SPAN(LENGTH("20") "it is o"), false, PENDING, NULL, false},
	{"http://a#body=ok", SPAN(LENGTH("20") "it is o"), true, NOT_READY, BROKEN, true},
	{"http://a#body=ok", SPAN(LENGTH("8") "starting"), false, NOT_READY, NO_TEXT, true},
	{"http://a#body=ok", SPAN(LENGTH("1") "ok"), false, NOT_READY, NO_TEXT, true},
	{"http://a#body=ok", SPAN(LENGTH("0") "ok"), false, NOT_READY, NO_TEXT, true},
	{"http://a#body=o%20k%0d%0a%2c", SPAN(LENGTH("6") "o k\r\n,"), false, READY, NULL, false},
	{"http://a#body=OK", SPAN(LENGTH("2") "ok"), false, NOT_READY, NO_TEXT, true},
	{"http://a#body=a%ff", SPAN(LENGTH("3") "\0a\xff"), false, READY, NULL, false},
	{"http://a#body=ok", SPAN(OK "content-LENGTH:2\r\n\r\nok"), false, READY, NULL, false},
	{"http://a#body=ok", SPAN(OK "Content-Length:\t 2 \r\n\r\nno"), false, NOT_READY, NO_TEXT, true},
	{"http://a#body=ok", SPAN(OK "X-Content-Length: 1\r\nContent-Length: 2\r\n\r\nok"), false, READY, NULL, false},

	/* where a beginning of the text comes before it */
	{"http://a#body=aab", SPAN(LENGTH("4") "aaab"), false, READY, NULL, false},
	{"http://a#body=abab", SPAN(LENGTH("6") "ababab"), false, READY, NULL, false},
	{"http://a#body=abac", SPAN(LENGTH("6") "ababac"), false, READY, NULL, false},
	{"http://a#body=aabaaac", SPAN(LENGTH("11") "aabaabaaac!"), false, READY, NULL, false},
	{"http://a#body=abcabd", SPAN(LENGTH("12") "abcabcabcabd"), false, READY, NULL, false},
	{"http://a#body=aab", SPAN(LENGTH("4") "aaaa"), false, NOT_READY, NO_TEXT, true},

	/* until the peer closes */
	{"http://a#body=ok", SPAN(OK "\r\nall is ok"), false, READY, NULL, false},
	{"http://a#body=ok", SPAN(OK "\r\nall is"), false, PENDING, NULL, false},
	{"http://a#body=ok", SPAN(OK "\r\nall is"), true, NOT_READY, NO_TEXT, true},
	{"http://a#body=ok", SPAN(OK "\r\n"), true, NOT_READY, NO_TEXT, true},
	{"http://a#body=ok", SPAN("HTTP/1.0 200\n\nok"), false, READY, NULL, false},
	{"http://a#body=ok", SPAN(OK "Content-Length: two\r\n\r\nok"), false, READY, NULL, false},
	{"http://a#body=ok", SPAN(OK "Content-Length: -2\r\n\r\nno"), true, NOT_READY, NO_TEXT, true},
	{"http://a#body=ok", SPAN(OK "Content-Length: 99999999999999999999\r\n\r\nno"), true, NOT_READY, NO_TEXT, true},
	{"http://a#body=ok", SPAN(OK "Transfer-Encoding: gzip\r\nContent-Length: 0\r\n\r\nok"), false, NOT_READY, NO_TEXT, true},

	/* in chunks (RFC 9112 §7.1) */
	{"http://a#body=ok", SPAN(CHUNKED "2\r\nok\r\n0\r\n\r\n"), false, READY, NULL, false},
	{"http://a#body=ok", SPAN(CHUNKED "1\r\no\r\n1\r\nk\r\n"), false, READY, NULL, false},
	{"http://a#body=okay", SPAN(CHUNKED "3\r\nook\r\n1\r\na\r\n1\r\ny"), false, READY, NULL, false},
	{"http://a#body=ok", SPAN(CHUNKED "1\r\no\r\n1\r\n"), false, PENDING, NULL, false},
	{"http://a#body=ok", SPAN(CHUNKED "1\r\no\r\n1"), true, NOT_READY, BROKEN, true},
	{"http://a#body=ok", SPAN(CHUNKED "a\r\n12345"), true, NOT_READY, BROKEN, true},
	{"http://a#body=ok", SPAN(CHUNKED "0A;x=\"ok\" ;y\r\n123456789o\r\n00A\r\nk23456789A\r\n0\r\n"), false, READY, NULL, false},
	{"http://a#body=ok", SPAN(CHUNKED "2;ok\r\nno\r\n0;ok\r\nX-Trailer: ok\r\n\r\n"), false, NOT_READY, NO_TEXT, true},
	{"http://a#body=ok", SPAN(CHUNKED "2\nok\n0\n\n"), false, READY, NULL, false},
	{"http://a#body=1%0d%0a", SPAN(CHUNKED "2\r\nno\r\n1\r\n1\r\n0\r\n\r\n"), false, NOT_READY, NO_TEXT, true},
	{"http://a#body=ok", SPAN(CHUNKED "ffffffffffffffffffffffff\r\nok"), false, READY, NULL, false},
	{"http://a#body=ok", SPAN(CHUNKED "10000000000000000\r\nno"), false, PENDING, NULL, false},
	{"http://a#body=ok", SPAN(CHUNKED "wibble\r\nok\r\n"), false, NOT_READY, NO_TEXT, true},
	{"http://a#body=ok", SPAN(CHUNKED "-2\r\nok\r\n"), false, NOT_READY, NO_TEXT, true},
	{"http://a#body=ok", SPAN(OK "transfer-encoding:Chunked\r\nContent-Length: 1\r\n\r\n2\r\nok\r\n"), false, READY, NULL, false},
	{"http://a#body=ok", SPAN(OK "Transfer-Encoding:\r\n chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n"), false, READY, NULL, false},

	/* where there is none */
	{"http://a#body=ok,method=HEAD", SPAN(LENGTH("2")), false, NOT_READY, NO_TEXT, true},
	{"http://a#body=ok", SPAN("HTTP/1.1 204 No Content\r\n\r\nok"), false, NOT_READY,
	 "HTTP 204, but not with the expected text in its first 64 KiB", true},
	{"http://a#body=ok", SPAN("HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n"), false, NOT_READY,
	 "HTTP 304, but not with the expected text in its first 64 KiB", true},

	/* the status decides first, and what precedes the answer is skipped */
	{"http://a#body=ok", SPAN("HTTP/1.1 503 Busy\r\n"), false, NOT_READY, "HTTP 503 Busy", true},
	{"http://a#body=ok,status=503", SPAN("HTTP/1.1 503 Busy\r\n\r\nok"), false, READY, NULL, false},
	{"http://a#body=ok", SPAN("HTTP/1.1 103 Hints\r\nContent-Length: 0\r\nok: ok\r\n\r\n" LENGTH("2") "ok"), false, READY, NULL,
	 false},
	{"http://a#body=ok", SPAN(OK "X: ok\r\n"), true, NOT_READY, BROKEN, true},
	{"http://a#body=ok", SPAN(OK "X: ok\r\n\r\n"), false, PENDING, NULL, false},

	/* expect-header=: its name alone */
	{"http://a#expect-header=X-Role", SPAN(OK "x-role: any\r\n\r\n"), false, READY, NULL, false},
	{"http://a#expect-header=X-Role", SPAN(OK "X-Role:\r\n\r\n"), false, READY, NULL, false},
	{"http://a#expect-header=X-Role:", SPAN(OK "X-Role: any\r\n\r\n"), false, READY, NULL, false},
	{"http://a#expect-header=X-Role", SPAN(OK "X-Role: any\r\n"), false, PENDING, NULL, false},
	{"http://a#expect-header=X-Role", SPAN(OK "X-Role: any\r\n"), true, NOT_READY, BROKEN, true},
	{"http://a#expect-header=X-Role", SPAN(OK "\r\nX-Role: any\r\n\r\n"), false, NOT_READY, NO_HEADER("X-Role"), true},
	{"http://a#expect-header=X-Role", SPAN(OK "X-Roles: a\r\nRole: a\r\n X-Role: a\r\n\r\n"), false, NOT_READY,
	 NO_HEADER("X-Role"), true},

	/* and its value, word by word */
	{"http://a#expect-header=X-Role:%20primary", SPAN(OK "X-Role: primary\r\n\r\n"), false, READY, NULL, false},
	{"http://a#expect-header=x-role:primary", SPAN(OK "X-Role:primary \t\r\n\r\n"), false, READY, NULL, false},
	{"http://a#expect-header=X-Role:%20primary", SPAN(OK "X-Role: PRIMARY\n\n"), false, READY, NULL, false},
	{"http://a#expect-header=X-Role:%20primary", SPAN(OK "X-Role: primary-not\r\n\r\n"), false, NOT_READY, NO_HEADER("X-Role"), true},
	{"http://a#expect-header=X-Role:%20primary", SPAN(OK "X-Role: not primary\r\n\r\n"), false, NOT_READY, NO_HEADER("X-Role"), true},
	{"http://a#expect-header=X-Role:%20primary", SPAN(OK "X-Role: primary not\r\n\r\n"), false, NOT_READY, NO_HEADER("X-Role"), true},
	{"http://a#expect-header=X-Role:%20primary", SPAN(OK "X-Role: \r\n\r\n"), false, NOT_READY, NO_HEADER("X-Role"), true},
	{"http://a#expect-header=X-Role:%20primary", SPAN(OK "X-Role: replica\r\nX-Role: primary\r\n\r\n"), false, READY, NULL, false},
	{"http://a#expect-header=A:b%20c", SPAN(OK "A: b\r\n  c\r\n\r\n"), false, READY, NULL, false},
	{"http://a#expect-header=A:b", SPAN(OK "A: b\r\n\tc\r\n\r\n"), false, NOT_READY, NO_HEADER("A"), true},
	{"http://a#expect-header=A:b,expect-header=C", SPAN(OK "C: d\r\nA: b\r\n\r\n"), false, READY, NULL, false},
	{"http://a#expect-header=A:b,expect-header=C", SPAN(OK "A: b\r\n\r\n"), false, NOT_READY, NO_HEADER("C"), true},
	{"http://a#expect-header=A", SPAN("HTTP/1.1 404 Not Found\r\n"), false, NOT_READY, "HTTP 404 Not Found", false},

	/* both */
	{"http://a#expect-header=A,body=ok", SPAN(OK "A: b\r\n\r\nok"), false, READY, NULL, false},
	{"http://a#expect-header=A,body=ok", SPAN(OK "A: b\r\n\r\n"), true, NOT_READY, NO_TEXT, true},
	{"http://a#expect-header=A,body=ok", SPAN(OK "\r\nok"), false, NOT_READY, NO_HEADER("A"), true},
};

enum { CONVERSATIONS = sizeof(conversations) / sizeof(conversations[0]) };

static void test_answers_are_judged_by_head_and_body(void **state)
{
	(void)state;
	for (size_t i = 0; i < CONVERSATIONS; i++)
		conversation_check(&conversations[i]);
}

static void test_answers_may_be_damaged(void **state)
{
	(void)state;
	for (size_t i = 0; i < CONVERSATIONS; i++)
		if (conversations[i].heard.len <= 128)
			conversation_damage(&conversations[i]);
}

#define USUAL "User-Agent: shim/" SHIM_VERSION "\r\nAccept: */*\r\nConnection: close\r\n"

static void test_data_is_sent(void **state)
{
	static const struct {
		const char *declaration;
		struct span request;
	} rows[] = {
		{"http://a#data=x%20y%0a%2c", SPAN("POST / HTTP/1.1\r\nHost: a\r\n" USUAL "Content-Length: 5\r\n\r\nx y\n,")},
		{"http://a#data=", SPAN("POST / HTTP/1.1\r\nHost: a\r\n" USUAL "Content-Length: 0\r\n\r\n")},
		{"http://a#data={},method=PUT", SPAN("PUT / HTTP/1.1\r\nHost: a\r\n" USUAL "Content-Length: 2\r\n\r\n{}")},
		{"http://a#method=GET,data={}", SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "Content-Length: 2\r\n\r\n{}")},
		{"http://a#data={},header=Content-Type:%20application/json",
		 SPAN("POST / HTTP/1.1\r\nHost: a\r\n" USUAL "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")},
		{"http://a#body=x,expect-header=A:b", SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "\r\n")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span said = conversation_say(rows[i].declaration, SPAN(""));

		if (!span_equals(said, rows[i].request))
			fail_msg("%s says\n%.*s", rows[i].declaration, (int)said.len, said.at);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers_are_judged_by_head_and_body),
		cmocka_unit_test(test_answers_may_be_damaged),
		cmocka_unit_test(test_data_is_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
