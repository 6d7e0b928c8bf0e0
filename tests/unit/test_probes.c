/* SPDX-License-Identifier: MIT */
#include "conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define TIMES_8(text) text text text text text text text text
#define TIMES_64(text) TIMES_8(TIMES_8(text))
/* Almost as long as a status line may be. */
#define LINE_OF_1022 "HTTP/1.1 200 " TIMES_64("123456789012345") TIMES_8("123456") "x"

static const struct conversation conversations[] = {
	/* tcp: to be let in is to be ready */
	{"a:1", SPAN(""), false, READY, NULL, false},
	{"tcp://a:1", SPAN(""), true, READY, NULL, false},
	{"a:1", SPAN("SSH-2.0-OpenSSH_9.2\r\n"), false, READY, NULL, false},
	{"tls://a:1", SPAN(""), false, READY, NULL, false},
	{"tls://a:1", SPAN("220 mail.test ESMTP\r\n"), true, READY, NULL, false},
	{"unix:///a", SPAN(""), false, READY, NULL, false},
	{"unix:///a", SPAN("\0\xff"), true, READY, NULL, false},

	/* http: the status line decides */
	{"http://a", SPAN("HTTP/1.1 200 OK\r\n"), false, READY, NULL, false},
	{"http://a", SPAN("HTTP/1.1 200 OK\r\n"), true, READY, NULL, false},
	{"http://a", SPAN("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), true, READY, NULL, false},
	{"https://a", SPAN("HTTP/1.1 200 OK\r\n"), false, READY, NULL, false},
	{"http+unix://%2Fa", SPAN("HTTP/1.1 200 OK\r\n"), false, READY, NULL, false},
	{"http://a", SPAN("HTTP/1.1 204 No Content\r\n"), false, READY, NULL, false},
	{"http://a", SPAN("HTTP/1.1 301 Moved Permanently\r\nLocation: /x\r\n\r\n"), false, READY, NULL, false},
	{"http://a", SPAN("HTTP/1.1 399 X\r\n"), false, READY, NULL, false},
	{"http://a", SPAN("HTTP/1.1 400 Bad Request\r\n"), false, NOT_READY, "HTTP 400 Bad Request", false},
	{"http://a", SPAN("HTTP/1.1 401 Unauthorized\r\n"), false, NOT_READY, "HTTP 401 Unauthorized", false},
	{"http://a", SPAN("HTTP/1.1 403 Forbidden\r\n"), false, NOT_READY, "HTTP 403 Forbidden", false},
	{"http://a", SPAN("HTTP/1.1 404 Not Found\r\n"), true, NOT_READY, "HTTP 404 Not Found", false},
	{"http://a", SPAN("HTTP/1.1 408 Request Timeout\r\n"), false, NOT_READY, "HTTP 408 Request Timeout", true},
	{"http://a", SPAN("HTTP/1.1 425 Too Early\r\n"), false, NOT_READY, "HTTP 425 Too Early", true},
	{"http://a", SPAN("HTTP/1.1 429 Too Many Requests\r\n"), false, NOT_READY, "HTTP 429 Too Many Requests", true},
	{"http://a", SPAN("HTTP/1.1 500 Internal Server Error\r\n"), false, NOT_READY, "HTTP 500 Internal Server Error", true},
	{"http://a", SPAN("HTTP/1.1 501 Not Implemented\r\n"), false, NOT_READY, "HTTP 501 Not Implemented", false},
	{"http://a", SPAN("HTTP/1.1 502 Bad Gateway\r\n"), false, NOT_READY, "HTTP 502 Bad Gateway", true},
	{"http://a", SPAN("HTTP/1.1 503 Service Unavailable\r\n"), false, NOT_READY, "HTTP 503 Service Unavailable", true},
	{"http://a", SPAN("HTTP/1.1 599 X\r\n"), false, NOT_READY, "HTTP 599 X", true},
	{"http://a", SPAN("HTTP/1.1 503 Service Unavailable\r\n\r\nHTTP/1.1 200 OK\r\n"), false, NOT_READY,
	 "HTTP 503 Service Unavailable", true},

	/* its forms */
	{"http://a", SPAN("HTTP/1.0 200 OK\r\n"), false, READY, NULL, false},
	{"http://a", SPAN("HTTP/1.9 200 OK\r\n"), false, READY, NULL, false},
	{"http://a", SPAN("HTTP/1.1 200 OK\n"), false, READY, NULL, false},
	{"http://a", SPAN("HTTP/1.1 200 \r\n"), false, READY, NULL, false},
	{"http://a", SPAN("HTTP/1.1 200\r\n"), false, READY, NULL, false},
	{"http://a", SPAN("HTTP/1.1 200\n"), false, READY, NULL, false},
	{"http://a", SPAN("HTTP/1.1 503\r\n"), false, NOT_READY, "HTTP 503", true},
	{"http://a", SPAN("HTTP/1.1 503 \n"), false, NOT_READY, "HTTP 503", true},
	{"http://a", SPAN("HTTP/1.1 503  a\t b \r\n"), false, NOT_READY, "HTTP 503 a\\x09 b", true},
	{"http://a", SPAN("HTTP/1.1 503 \x1b[2J\x9b\xc2\x9b\xc3\xa4\0.\r\n"), false, NOT_READY,
	 "HTTP 503 \\x1b[2J\\x9b\\xc2\\x9b\xc3\xa4\\x00.", true},
	{"http://a", SPAN("HTTP/1.1 503 " TIMES_64("xx") "\r\n"), false, NOT_READY,
	 "HTTP 503 " TIMES_8("xxxxxxxxxx") "...", true},
	{"http://a", SPAN("HTTP/1.1 503 " TIMES_64("\x01") "\r\n"), false, NOT_READY, NULL, true},

	/* status= */
	{"http://a#status=404", SPAN("HTTP/1.1 404 Not Found\r\n"), false, READY, NULL, false},
	{"http://a#status=404", SPAN("HTTP/1.1 200 OK\r\n"), false, NOT_READY, "HTTP 200 OK", false},
	{"http://a#status=404", SPAN("HTTP/1.1 503 Busy\r\n"), false, NOT_READY, "HTTP 503 Busy", true},
	{"http://a#status=200-299+404", SPAN("HTTP/1.1 299 X\r\n"), false, READY, NULL, false},
	{"http://a#status=200-299+404", SPAN("HTTP/1.1 300 X\r\n"), false, NOT_READY, "HTTP 300 X", false},
	{"http://a#status=200-299+404", SPAN("HTTP/1.1 404 X\r\n"), false, READY, NULL, false},
	{"http://a#status=200+429+473", SPAN("HTTP/1.1 473 X\r\n"), false, READY, NULL, false},
	{"http://a#status=100-599", SPAN("HTTP/1.1 500 X\r\n"), false, READY, NULL, false},
	{"http://a#status=500", SPAN("HTTP/1.1 500 X\r\n"), true, READY, NULL, false},

	/* what precedes the answer (RFC 9110 §15.2) */
	{"http://a", SPAN("HTTP/1.1 100 Continue\r\n\r\n"), false, PENDING, NULL, false},
	{"http://a", SPAN("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), false, READY, NULL, false},
	{"http://a", SPAN("HTTP/1.1 100\n\nHTTP/1.1 200\n"), false, READY, NULL, false},
	{"http://a", SPAN("HTTP/1.1 102 X\r\n\r\nHTTP/1.1 503 Busy\r\n"), false, NOT_READY, "HTTP 503 Busy", true},
	{"http://a", SPAN("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
			  "HTTP/1.1 404 Not Found\r\n"),
	 false, NOT_READY, "HTTP 404 Not Found", false},
	{"http://a#status=100-199", SPAN("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), false, NOT_READY, "HTTP 200 OK",
	 false},
	{"http://a", SPAN("HTTP/1.1 101 Switching Protocols\r\n"), false, NOT_READY, "HTTP 101 Switching Protocols", false},
	{"http://a#status=101", SPAN("HTTP/1.1 101 Switching Protocols\r\n"), false, READY, NULL, false},
	{"http://a", SPAN("HTTP/1.1 100 Continue\r\n" TIMES_64("X-Header: a value\r\n")), false, PENDING, NULL, false},
	{"http://a", SPAN(TIMES_8("HTTP/1.1 100 Continue\r\n\r\n")), false, PENDING, NULL, false},
	{"http://a", SPAN("HTTP/1.1 100 Continue\r\n" TIMES_64(TIMES_8("x"))), false, PENDING, NULL, false},
	{"http://a", SPAN("HTTP/1.1 100 Continue\r\n\r\nwibble\r\n"), false, NOT_READY,
	 "the peer does not speak HTTP (it says \"wibble\")", false},

	/* what is not there yet */
	{"http://a", SPAN(""), false, PENDING, NULL, false},
	{"http://a", SPAN("H"), false, PENDING, NULL, false},
	{"http://a", SPAN("HTTP/1.1 200 OK"), false, PENDING, NULL, false},
	{"http://a", SPAN("HTTP/1.1 200 OK\r"), false, PENDING, NULL, false},
	{"http://a", SPAN("HTTP/1.1 503 Service Unavai"), false, PENDING, NULL, false},

	/* and never will be */
	{"http://a", SPAN(""), true, NOT_READY, "connection closed without an answer", true},
	{"https://a", SPAN(""), true, NOT_READY, "connection closed without an answer", true},
	{"http://a", SPAN("H"), true, NOT_READY, "connection closed in the middle of the answer", true},
	{"http://a", SPAN("HTTP/1.1 200 OK"), true, NOT_READY, "connection closed in the middle of the answer", true},
	{"http://a", SPAN("HTTP/1.1 100 Continue\r\n"), true, NOT_READY, "connection closed in the middle of the answer", true},
	{"http://a", SPAN("HTTP/1.1 100 Continue\r\n\r\n"), true, NOT_READY, "connection closed in the middle of the answer",
	 true},
	{"http://a", SPAN("HTTP/1.1 100 Continue\r\n\r\nHTT"), true, NOT_READY,
	 "connection closed in the middle of the answer", true},

	/* other protocols, and none */
	{"http://a", SPAN("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"), false, NOT_READY,
	 "the peer does not speak HTTP (it says \"SSH-2.0-OpenSSH_9.2p1 De...\")", false},
	{"http://a", SPAN("220 mail.test ESMTP\r\n"), false, NOT_READY,
	 "the peer does not speak HTTP (it says \"220 mail.test ESMTP\")", false},
	{"http://a", SPAN("+PONG\r\n"), false, NOT_READY, "the peer does not speak HTTP (it says \"+PONG\")", false},
	{"http://a", SPAN("\x15\x03\x01\x00\x02\x02\x46"), true, NOT_READY, /* a TLS alert */
	 "the peer does not speak HTTP (it says \"\\x15\\x03\\x01\\x00\\x02\\x02F\")", false},
	{"http://a", SPAN("\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64"), false, NOT_READY, /* HTTP/2 */
	 "the peer does not speak HTTP (it says \"\\x00\\x00\\x12\\x04\\x00\\x00\\x00\\x00\\x00\\x00\\x03\\x00\\x00\\x00d\")",
	 false},
	{"http://a", SPAN("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), false, NOT_READY,
	 "the peer does not speak HTTP (it says \"PRI * HTTP/2.0\")", false},
	{"http://a", SPAN("HTTP/2 200\r\n"), false, NOT_READY, "the peer does not speak HTTP (it says \"HTTP/2 200\")", false},
	{"http://a", SPAN("HTTP/1 200 OK\r\n"), false, NOT_READY, "the peer does not speak HTTP (it says \"HTTP/1 200 OK\")",
	 false},
	{"http://a", SPAN("http/1.1 200 OK\r\n"), false, NOT_READY,
	 "the peer does not speak HTTP (it says \"http/1.1 200 OK\")", false},
	{"http://a", SPAN(" HTTP/1.1 200 OK\r\n"), false, NOT_READY,
	 "the peer does not speak HTTP (it says \"HTTP/1.1 200 OK\")", false},
	{"http://a", SPAN("HTTP/1.1  200 OK\r\n"), false, NOT_READY,
	 "the peer does not speak HTTP (it says \"HTTP/1.1  200 OK\")", false},
	{"http://a", SPAN("HTTP/1.1 20 OK\r\n"), false, NOT_READY, "the peer does not speak HTTP (it says \"HTTP/1.1 20 OK\")",
	 false},
	{"http://a", SPAN("HTTP/1.1 2000 OK\r\n"), false, NOT_READY,
	 "the peer does not speak HTTP (it says \"HTTP/1.1 2000 OK\")", false},
	{"http://a", SPAN("HTTP/1.1 200OK\r\n"), false, NOT_READY, "the peer does not speak HTTP (it says \"HTTP/1.1 200OK\")",
	 false},
	{"http://a", SPAN("HTTP/1.1 099 X\r\n"), false, NOT_READY, "the peer does not speak HTTP (it says \"HTTP/1.1 099 X\")",
	 false},
	{"http://a", SPAN("HTTP/1.1 600 X\r\n"), false, NOT_READY, "the peer does not speak HTTP (it says \"HTTP/1.1 600 X\")",
	 false},
	{"http://a", SPAN("HTTP/1.1 2\xb2\xb3 OK\r\n"), false, NOT_READY,
	 "the peer does not speak HTTP (it says \"HTTP/1.1 2\\xb2\\xb3 OK\")", false},
	{"http://a", SPAN("HTTP/1.1\r\n"), false, NOT_READY, "the peer does not speak HTTP (it says \"HTTP/1.1\")", false},
	{"http://a", SPAN("HTTP/1.1 \r\n"), false, NOT_READY, "the peer does not speak HTTP (it says \"HTTP/1.1\")", false},
	{"http://a", SPAN("\r\nHTTP/1.1 200 OK\r\n"), false, NOT_READY, "the peer does not speak HTTP (it says \"\")", false},
	{"http://a", SPAN("\n"), true, NOT_READY, "the peer does not speak HTTP (it says \"\")", false},
	{"http://a", SPAN("<html>200 OK</html>"), true, NOT_READY,
	 "the peer does not speak HTTP (it says \"<html>200 OK</html>\")", false},
	{"http://a", SPAN("\0\0\0\0"), false, NOT_READY, "the peer does not speak HTTP (it says \"\\x00\\x00\\x00\\x00\")", false},
	{"http://a", SPAN(LINE_OF_1022 "x\n"), false, READY, NULL, false},
	{"http://a", SPAN(LINE_OF_1022 "x\r\n"), false, READY, NULL, false},
	{"http://a", SPAN(LINE_OF_1022 "xx\n"), false, NOT_READY, NULL, false},
	{"http://a", SPAN(LINE_OF_1022 "xx\r\n"), false, NOT_READY, NULL, false},
	{"http://a", SPAN("HTTP/1.1 200 " TIMES_64(TIMES_8("xx")) "\r\n"), false, NOT_READY,
	 "the peer does not speak HTTP (it says \"HTTP/1.1 200 xxxxxxxxxxx...\")", false},
};

enum { CONVERSATIONS = sizeof(conversations) / sizeof(conversations[0]) };

static void test_probes_judge_what_they_hear(void **state)
{
	(void)state;
	for (size_t i = 0; i < CONVERSATIONS; i++)
		conversation_check(&conversations[i]);
}

static void test_probes_bear_what_is_damaged(void **state)
{
	(void)state;
	for (size_t i = 0; i < CONVERSATIONS; i++)
		if (conversations[i].heard.len <= 128)
			conversation_damage(&conversations[i]);
}

/* Through a shim of version 0.1.0 and with nothing declared, this follows the Host header. */
#define USUAL "User-Agent: shim/" SHIM_VERSION "\r\nAccept: */*\r\nConnection: close\r\n"

static void test_requests_byte_for_byte(void **state)
{
	static const struct {
		const char *declaration;
		struct span request;
	} rows[] = {
		{"a:1", SPAN("")},
		{"tls://a:1", SPAN("")},
		{"unix:///a", SPAN("")},
		/* Host */
		{"http://a", SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "\r\n")},
		{"http://a:80", SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "\r\n")},
		{"http://a:8080", SPAN("GET / HTTP/1.1\r\nHost: a:8080\r\n" USUAL "\r\n")},
		{"http://a:443", SPAN("GET / HTTP/1.1\r\nHost: a:443\r\n" USUAL "\r\n")},
		{"https://a:443", SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "\r\n")},
		{"https://a:80", SPAN("GET / HTTP/1.1\r\nHost: a:80\r\n" USUAL "\r\n")},
		{"http://127.0.0.1:1", SPAN("GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n" USUAL "\r\n")},
		{"http://[::1]", SPAN("GET / HTTP/1.1\r\nHost: [::1]\r\n" USUAL "\r\n")},
		{"http://[::1]:1", SPAN("GET / HTTP/1.1\r\nHost: [::1]:1\r\n" USUAL "\r\n")},
		{"http://[fe80::1%25eth0]:1", SPAN("GET / HTTP/1.1\r\nHost: [fe80::1]:1\r\n" USUAL "\r\n")},
		{"http://127.0.0.1#host=a", SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "\r\n")},
		{"http://127.0.0.1:1#host=a", SPAN("GET / HTTP/1.1\r\nHost: a:1\r\n" USUAL "\r\n")},
		{"http://a:1#host=::1", SPAN("GET / HTTP/1.1\r\nHost: [::1]:1\r\n" USUAL "\r\n")},
		{"http+unix://%2Fa", SPAN("GET / HTTP/1.1\r\nHost: localhost\r\n" USUAL "\r\n")},
		{"http+unix://%2Fa/b?c#host=d", SPAN("GET /b?c HTTP/1.1\r\nHost: d\r\n" USUAL "\r\n")},
		/* path and query */
		{"http://a/", SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "\r\n")},
		{"http://a?b", SPAN("GET /?b HTTP/1.1\r\nHost: a\r\n" USUAL "\r\n")},
		{"http://a/b/c?d=%20&e#name=n", SPAN("GET /b/c?d=%20&e HTTP/1.1\r\nHost: a\r\n" USUAL "\r\n")},
		{"http://a//b", SPAN("GET //b HTTP/1.1\r\nHost: a\r\n" USUAL "\r\n")},
		/* method; without content a server may want to be told so (RFC 9110 §8.6) */
		{"http://a#method=HEAD", SPAN("HEAD / HTTP/1.1\r\nHost: a\r\n" USUAL "\r\n")},
		{"http://a#method=POST", SPAN("POST / HTTP/1.1\r\nHost: a\r\n" USUAL "Content-Length: 0\r\n\r\n")},
		{"http://a/x#method=OPTIONS", SPAN("OPTIONS /x HTTP/1.1\r\nHost: a\r\n" USUAL "Content-Length: 0\r\n\r\n")},
		/* user and password (RFC 7617) */
		{"http://Aladdin:open%20sesame@a",
		 SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n")},
		{"http://test:123\xc2\xa3@a",
		 SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "Authorization: Basic dGVzdDoxMjPCow==\r\n\r\n")},
		{"http://u:p:%3a@a", SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "Authorization: Basic dTpwOjo=\r\n\r\n")},
		{"http://u@a", SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "Authorization: Basic dTo=\r\n\r\n")},
		{"http://:p@a", SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "Authorization: Basic OnA=\r\n\r\n")},
		{"http://u:pw@a", SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "Authorization: Basic dTpwdw==\r\n\r\n")},
		/* headers, in their order, as they are written */
		{"http://a#header=X-b:%20c", SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "X-b: c\r\n\r\n")},
		{"http://a#header=B:c,header=A:1%2C2,header=B:d",
		 SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "B: c\r\nA: 1,2\r\nB: d\r\n\r\n")},
		{"http://a#header=B:", SPAN("GET / HTTP/1.1\r\nHost: a\r\n" USUAL "B: \r\n\r\n")},
		{"http://u:pw@[::1]:1/b?c#method=PUT,header=D:e,host=f",
		 SPAN("PUT /b?c HTTP/1.1\r\nHost: f:1\r\n" USUAL
		      "Authorization: Basic dTpwdw==\r\nD: e\r\nContent-Length: 0\r\n\r\n")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span said = conversation_say(rows[i].declaration, SPAN(""));

		if (!span_equals(said, rows[i].request))
			fail_msg("%s says\n%.*s", rows[i].declaration, (int)said.len, said.at);
	}
}

static void test_every_scheme_has_its_rows(void **state)
{
	(void)state;
	conversation_cover(conversations, CONVERSATIONS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probes_judge_what_they_hear),
		cmocka_unit_test(test_probes_bear_what_is_damaged),
		cmocka_unit_test(test_requests_byte_for_byte),
		cmocka_unit_test(test_every_scheme_has_its_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
