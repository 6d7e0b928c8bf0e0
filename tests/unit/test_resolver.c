/* SPDX-License-Identifier: MIT */
#include "base/file.h"
#include "net/resolver.h"
#include "corpus.h"
#include "net/resolver_hosts.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What was found, as one line. */
static const char *listed(const struct addresses *found)
{
	static char memory[1024];
	struct buf b = buf_init(memory, sizeof(memory));

	for (unsigned i = 0; i < found->count; i++) {
		if (i > 0)
			buf_put_char(&b, ' ');
		buf_put_address(&b, &found->list[i]);
	}
	assert_false(b.full);
	return buf_text(&b);
}

/* resolv.conf */

static struct resolver_conf conf_of(const char *text)
{
	struct span rest = span_of(text);
	struct resolver_conf c;

	corpus_keep("conf", rest);
	resolver_conf_init(&c);
	while (rest.len > 0)
		resolver_conf_take(&c, span_cut(&rest, '\n'));
	return c;
}

static unsigned count_words(const char *text)
{
	struct span rest = span_of(text);
	unsigned words = 0;

	while (span_word(&rest).len > 0)
		words++;
	return words;
}

static void test_conf_lines(void **state)
{
	static const struct {
		const char *text, *servers, *search;
		unsigned ndots, attempts, timeout;
	} rows[] = {
		{"", "", "", 1, 2, 1},
		{"nameserver 127.0.0.11\noptions ndots:0", "127.0.0.11:53", "", 0, 2, 1},
		{"nameserver\t10.0.0.2\t# first\nnameserver ::1", "10.0.0.2:53 [::1]:53", "", 1, 2, 1},
		{"nameserver fe80::1%1", "[fe80::1%1]:53", "", 1, 2, 1},
		{"nameserver 1.1.1.1\nnameserver 2.2.2.2\nnameserver 3.3.3.3\nnameserver 4.4.4.4",
		 "1.1.1.1:53 2.2.2.2:53 3.3.3.3:53", "", 1, 2, 1},
		{"nameserver 1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb", "", "", 1, 2, 1},
		{"nameserver\nnameserver db\nnameserver 1.2.3\nNameserver 1.1.1.1", "", "", 1, 2, 1},
		{"#nameserver 1.1.1.1\n;nameserver 1.1.1.1\n# nameserver 1.1.1.1", "", "", 1, 2, 1},
		{"search a.test  b.test\t", "", "a.test b.test ", 1, 2, 1},
		{"search a.test\nsearch b.test", "", "b.test ", 1, 2, 1},
		{"search a.test\ndomain b.test c.test", "", "b.test ", 1, 2, 1},
		{"search a b c d e f g h", "", "a b c d e f ", 1, 2, 1},
		{"search a # b", "", "a ", 1, 2, 1},
		{"search a\nsearch", "", "", 1, 2, 1},
		{"options ndots:5 timeout:3 attempts:4", "", "", 5, 4, 3},
		{"options ndots:99 timeout:99 attempts:99", "", "", 15, 5, 30},
		{"options ndots:x timeout: attempts:-1 rotate edns0", "", "", 1, 2, 1},
		{"options attempts:0", "", "", 1, 2, 1},
		{"options ndots:3\noptions timeout:2", "", "", 3, 2, 2},
		{"sortlist 1.2.3.4\nlookup file bind\n\xff\xfe", "", "", 1, 2, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct resolver_conf c = conf_of(rows[i].text);
		struct addresses servers = {.count = c.servers};

		memcpy(servers.list, c.server, sizeof(c.server));
		assert_string_equal(listed(&servers), rows[i].servers);
		assert_int_equal(c.domains, count_words(rows[i].search));
		assert_memory_equal(c.search, rows[i].search, strlen(rows[i].search));
		assert_int_equal(c.ndots, rows[i].ndots);
		assert_int_equal(c.attempts, rows[i].attempts);
		assert_int_equal(c.timeout, rows[i].timeout);
	}
}

static void test_search_list_that_is_too_long_loses_whole_domains(void **state)
{
	char text[1024] = "search ";

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		memset(text + strlen(text), 'a' + (int)i, 99);
		strcat(text, " ");
	}

	struct resolver_conf c = conf_of(text);

	assert_int_equal(c.domains, 2);
}

static void test_candidates_in_the_order_of_libc(void **state)
{
	static const struct {
		const char *conf, *host, *candidates;
	} rows[] = {
		{"", "db", "db"},
		{"search a b.c", "db", "db.a db.b.c db"},
		{"search a b.c", "db.x", "db.x db.x.a db.x.b.c"},
		{"search a b.c", "db.", "db."},
		{"search a\noptions ndots:0", "db", "db db.a"},
		{"search a\noptions ndots:2", "db.x", "db.x.a db.x"},
		{"search a\noptions ndots:2", "db.x.y", "db.x.y db.x.y.a"},
		{"search .", "db", "db db"},
		{"search a. .", "db", "db.a. db db"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct resolver_conf c = conf_of(rows[i].conf);
		char memory[256];
		struct buf b = buf_init(memory, sizeof(memory));

		for (unsigned n = 0; n < 10; n++) {
			struct span domain;

			if (!resolver_conf_candidate(&c, span_of(rows[i].host), n, &domain))
				break;
			buf_format(&b, "%s%s%s%S", n > 0 ? " " : "", rows[i].host, domain.len > 0 ? "." : "", &domain);
		}
		assert_string_equal(buf_text(&b), rows[i].candidates);
	}
}

/* hosts */

static void test_hosts_lines(void **state)
{
	static const struct {
		const char *line, *found;
	} rows[] = {
		{"10.0.0.3 db", "10.0.0.3:80"},
		{"10.0.0.3\tdb.test\tDB", "10.0.0.3:80"},
		{"  ::1 x y z db # comment", "[::1]:80"},
		{"fe80::1%1 db", "[fe80::1%1]:80"},
		{"10.0.0.3 db db", "10.0.0.3:80"},
		{"10.0.0.3 db\r", "10.0.0.3:80"},
		{"10.0.0.3 db#x", "10.0.0.3:80"},
		{"10.0.0.3 dbx xdb db.test # db", ""},
		{"# 10.0.0.3 db", ""},
		{"10.0.0.3", ""},
		{"10.0.0 db", ""},
		{"db 10.0.0.3", ""},
		{"db db", ""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct addresses found = {.count = 0};
		struct hosts h = {SPAN("db"), 80, &found};

		corpus_keep("conf", span_of(rows[i].line));
		hosts_take(&h, span_of(rows[i].line));
		assert_string_equal(listed(&found), rows[i].found);
	}
}

static void test_last_word_of_a_cut_hosts_line_is_not_believed(void **state)
{
	struct addresses found = {.count = 0};
	struct hosts h = {SPAN("db"), 80, &found};
	char line[FILE_LINE_MAX];

	(void)state;
	memset(line, ' ', sizeof(line));
	memcpy(line, "10.0.0.3 db", 11);
	hosts_take(&h, (struct span){line, sizeof(line)});
	assert_int_equal(found.count, 1);
	found.count = 0;
	memcpy(line, "10.0.0.3   ", 11);
	memcpy(line + sizeof(line) - 2, "db", 2);
	hosts_take(&h, (struct span){line, sizeof(line)});
	assert_int_equal(found.count, 0);
	hosts_take(&h, (struct span){line + 1, sizeof(line) - 1}); /* shorter, and so not cut */
	assert_string_equal(listed(&found), "0.0.0.3:80");
}

/* packets */

#define NAME_DB "\2db\4test"
#define ASKED_A NAME_DB "\0\0\1\0\1"
#define ASKED_AAAA NAME_DB "\0\0\34\0\1"
#define HEADER(flags, answers) "\x12\x34" flags "\0\1" answers "\0\0\0\0"
#define HEADER_6(flags, answers) "\x56\x78" flags "\0\1" answers "\0\0\0\0"
#define FINE "\x81\x80"
#define SELF "\xc0\x0c" /* a pointer to the question's name */
#define A(owner, octets) owner "\0\1\0\1\0\0\0\36\0\4" octets
#define AAAA(owner, octets) owner "\0\34\0\1\0\0\0\36\0\20" octets
#define CNAME(owner, len, name) owner "\0\5\0\1\0\0\0\36\0" len name
#define OCTETS_6 "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\3"

struct packet_row {
	struct span packet;
	const char *found; /* NULL: it is ignored */
	unsigned asked, rcode;
	bool truncated;
};

static const struct packet_row packet_rows[] = {
	/* fine */
	{SPAN(HEADER(FINE, "\0\1") ASKED_A A(SELF, "\12\0\0\3")), "10.0.0.3:80", ASK_IPV4, 0, false},
	{SPAN(HEADER(FINE, "\0\1") "\2Db\4TEST\0\0\1\0\1" A("\2dB\xc0\x0f", "\12\0\0\3")), "10.0.0.3:80", 0, 0, false},
	{SPAN(HEADER_6(FINE, "\0\1") ASKED_AAAA AAAA(SELF, OCTETS_6)), "[2001:db8::3]:80", ASK_IPV6, 0, false},
	{SPAN(HEADER(FINE, "\0\2") ASKED_A A(SELF, "\12\0\0\3") A(NAME_DB "\0", "\12\0\0\4")),
	 "10.0.0.3:80 10.0.0.4:80", 0, 0, false},
	{SPAN(HEADER(FINE, "\0\2") ASKED_A A(SELF, "\12\0\0\3") A(SELF, "\12\0\0\3")), "10.0.0.3:80", 0, 0, false},
	{SPAN(HEADER(FINE, "\0\2") ASKED_A CNAME(SELF, "\4", "\1x\xc0\x0f") A("\xc0\x25", "\12\0\0\3")), "10.0.0.3:80",
	 0, 0, false},
	/* links in any order */
	{SPAN(HEADER(FINE, "\0\3") ASKED_A A("\1y\0", "\12\0\0\3") CNAME("\1x\0", "\3", "\1y\0")
		      CNAME(SELF, "\3", "\1x\0")),
	 "10.0.0.3:80", 0, 0, false},
	/* addresses of somebody else */
	{SPAN(HEADER(FINE, "\0\1") ASKED_A A("\1x\0", "\12\0\0\3")), "", 0, 0, false},
	{SPAN(HEADER(FINE, "\0\1") ASKED_A AAAA(SELF, OCTETS_6)), "", 0, 0, false},
	{SPAN(HEADER(FINE, "\0\1") ASKED_A SELF "\0\1\0\3\0\0\0\36\0\4\12\0\0\3"), "", 0, 0, false}, /* class CHAOS */
	{SPAN(HEADER(FINE, "\0\1") ASKED_A SELF "\0\1\0\1\0\0\0\36\0\5\12\0\0\3\1"), "", 0, 0, false}, /* five octets */
	/* links and pointers that lead round and round */
	{SPAN(HEADER(FINE, "\0\1") ASKED_A CNAME(SELF, "\2", SELF)), "", 0, 0, false},
	{SPAN(HEADER(FINE, "\0\1") ASKED_A CNAME(SELF, "\2", "\xc0\x25")), "", 0, 0, false},
	{SPAN(HEADER(FINE, "\0\1") ASKED_A A("\xc0\x19", "\12\0\0\3")), NULL, 0, 0, false},
	{SPAN(HEADER(FINE, "\0\1") ASKED_A A("\1x\xc0\x19", "\12\0\0\3")), NULL, 0, 0, false},
	{SPAN(HEADER(FINE, "\0\1") ASKED_A A("\xff\xff", "\12\0\0\3")), NULL, 0, 0, false},
	{SPAN(HEADER(FINE, "\0\1") ASKED_A A("\x80\x0c", "\12\0\0\3")), NULL, 0, 0, false},
	/* no address */
	{SPAN(HEADER(FINE, "\0\0") ASKED_A), "", ASK_IPV4, 0, false},
	{SPAN(HEADER("\x81\x83", "\0\0") ASKED_A), "", ASK_IPV4, RCODE_NO_NAME, false},
	{SPAN(HEADER("\x81\x83", "\0\1") ASKED_A A(SELF, "\12\0\0\3")), "", ASK_IPV4, RCODE_NO_NAME, false},
	{SPAN(HEADER_6("\x81\x82", "\0\0") ASKED_AAAA), "", ASK_IPV6, 2, false},
	{SPAN(HEADER("\x83\x80", "\0\1") ASKED_A A(SELF, "\12\0\0\3")), "", ASK_IPV4, 0, true},
	{SPAN(HEADER("\x83\x80", "\0\x63") ASKED_A), "", ASK_IPV4, 0, true},
	/* not an answer to our question */
	{SPAN("\x12\x35" FINE "\0\1\0\1\0\0\0\0" ASKED_A A(SELF, "\12\0\0\3")), NULL, 0, 0, false},
	{SPAN(HEADER_6(FINE, "\0\1") ASKED_A A(SELF, "\12\0\0\3")), NULL, 0, 0, false}, /* the other one's id */
	{SPAN(HEADER("\x01\x80", "\0\1") ASKED_A A(SELF, "\12\0\0\3")), NULL, 0, 0, false}, /* a query */
	{SPAN(HEADER("\x89\x80", "\0\1") ASKED_A A(SELF, "\12\0\0\3")), NULL, 0, 0, false}, /* opcode 1 */
	{SPAN("\x12\x34" FINE "\0\2\0\1\0\0\0\0" ASKED_A A(SELF, "\12\0\0\3")), NULL, 0, 0, false},
	{SPAN("\x12\x34" FINE "\0\0\0\1\0\0\0\0" ASKED_A A(SELF, "\12\0\0\3")), NULL, 0, 0, false},
	{SPAN(HEADER(FINE, "\0\1") "\2dc\4test\0\0\1\0\1" A(SELF, "\12\0\0\3")), NULL, 0, 0, false},
	{SPAN(HEADER(FINE, "\0\1") "\2db\4tesu\0\0\1\0\1" A(SELF, "\12\0\0\3")), NULL, 0, 0, false},
	{SPAN(HEADER(FINE, "\0\1") "\1d\5btest\0\0\1\0\1" A(SELF, "\12\0\0\3")), NULL, 0, 0, false},
	{SPAN(HEADER(FINE, "\0\1") NAME_DB "\0\0\2\0\1" A(SELF, "\12\0\0\3")), NULL, 0, 0, false}, /* type NS */
	{SPAN(HEADER(FINE, "\0\1") NAME_DB "\0\0\1\0\3" A(SELF, "\12\0\0\3")), NULL, 0, 0, false}, /* class CHAOS */
	/* malformed */
	{SPAN(HEADER(FINE, "\0\2") ASKED_A A(SELF, "\12\0\0\3")), NULL, 0, 0, false}, /* a record is missing */
	{SPAN(HEADER(FINE, "\0\1") ASKED_A SELF "\0\1\0\1\0\0\0\36\0\5\12\0\0\3"), NULL, 0, 0, false},
	{SPAN(HEADER(FINE, "\0\1") ASKED_A "\77x"), NULL, 0, 0, false}, /* a label is cut off */
	{SPAN(""), NULL, 0, 0, false},
};

static struct question question_of(const char *name)
{
	struct question q;

	memset(&q, 0xa5, sizeof(q));
	assert_true(question_init(&q, span_of(name), (struct span){0}));
	q.id[ASK_IPV4] = 0x1234;
	q.id[ASK_IPV6] = 0x5678;
	return q;
}

/* Parses a copy that ends where its memory ends, so that a sanitizer sees what reads on. */
static bool parse_copy(struct answer *a, struct span packet, struct addresses *found)
{
	struct question q = question_of("db.test");
	char *copy = malloc(packet.len + !packet.len);

	assert_non_null(copy);
	memcpy(copy, packet.at, packet.len);

	a->port = 80;
	a->found = found;

	bool is_answer = answer_parse(a, &q, (struct span){copy, packet.len});

	free(copy);
	return is_answer;
}

static void test_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(packet_rows); i++) {
		const struct packet_row *row = &packet_rows[i];
		struct addresses found = {.count = 0};
		struct answer a;
		bool is_answer = parse_copy(&a, row->packet, &found);

		corpus_keep("packet", row->packet);
		if (is_answer != (row->found != NULL))
			fail_msg("row %zu is %s", i, is_answer ? "believed" : "ignored");
		assert_string_equal(listed(&found), row->found ? row->found : "");
		if (!is_answer)
			continue;
		assert_int_equal(a.asked, row->asked);
		assert_int_equal(a.rcode, row->rcode);
		assert_int_equal(a.is_truncated, row->truncated);
	}
}

static void test_no_part_of_a_packet_holds_what_the_whole_does_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(packet_rows); i++) {
		const struct packet_row *row = &packet_rows[i];

		for (size_t len = 0; len < row->packet.len; len++) {
			struct addresses found = {.count = 0};
			struct answer a;
			bool is_answer = parse_copy(&a, span_head(row->packet, len), &found);

			assert_int_equal(found.count, 0); /* nothing follows the answers in these rows */
			if (is_answer)
				assert_true(a.is_truncated || a.rcode != RCODE_FINE);
		}
	}
}

static void test_records_behind_the_answers_do_not_matter(void **state)
{
	static const char whole[] = HEADER(FINE, "\0\1") ASKED_A A(SELF, "\12\0\0\3") A(SELF, "\12\0\0\4");
	struct addresses found = {.count = 0};
	struct answer a;

	(void)state;
	assert_true(parse_copy(&a, SPAN(whole), &found));
	assert_string_equal(listed(&found), "10.0.0.3:80");
}

static void test_no_flipped_bit_does_harm(void **state)
{
	char packet[512];

	(void)state;
	for (size_t i = 0; i < COUNT(packet_rows); i++) {
		const struct packet_row *row = &packet_rows[i];

		memcpy(packet, row->packet.at, row->packet.len);
		for (size_t at = 0; at < row->packet.len; at++) {
			for (unsigned flip = 1; flip < 256; flip++) {
				struct addresses found = {.count = 0};
				struct answer a;

				packet[at] = (char)(row->packet.at[at] ^ (char)flip);
				parse_copy(&a, (struct span){packet, row->packet.len}, &found);
				assert_true(found.count <= 2);
			}
			packet[at] = row->packet.at[at];
		}
	}
}

/* `links` CNAMEs in a row, a.test to b.test and so on, then an address. */
static struct span chain(char *memory, size_t size, unsigned links)
{
	struct buf b = buf_init(memory, size);
	char count[2] = {0, (char)(links + 1)}, owner[4] = {1, 0, 0, 0}, target[4] = {1, 0, 0, 0};

	buf_put(&b, SPAN("\x12\x34" FINE "\0\1"));
	buf_put(&b, (struct span){count, 2});
	buf_put(&b, SPAN("\0\0\0\0" ASKED_A));
	for (unsigned i = 0; i <= links; i++) {
		owner[1] = (char)('a' + i - 1);
		target[1] = (char)('a' + i);
		buf_put(&b, i == 0 ? SPAN(SELF) : (struct span){owner, 3});
		if (i < links) {
			buf_put(&b, SPAN("\0\5\0\1\0\0\0\36\0\3"));
			buf_put(&b, (struct span){target, 3});
		} else {
			buf_put(&b, SPAN("\0\1\0\1\0\0\0\36\0\4\12\0\0\3"));
		}
	}
	assert_false(b.full);
	return buf_span(&b);
}

static void test_sixteen_links_are_followed_and_no_more(void **state)
{
	(void)state;
	for (unsigned links = 0; links <= 20; links++) {
		struct addresses found = {.count = 0};
		char memory[512];
		struct answer a;

		assert_true(parse_copy(&a, chain(memory, sizeof(memory), links), &found));
		assert_int_equal(found.count, links <= 16);
	}
}

/* Behind the question come pointers, in a record of the root: each to the one before; then an owner at their end. */
static void test_pointers_are_followed_as_far_as_a_name_can_need_them(void **state)
{
	(void)state;
	for (unsigned pointers = 120; pointers < 135; pointers++) {
		char memory[1024];
		struct buf b = buf_init(memory, sizeof(memory));
		struct addresses found = {.count = 0};
		struct answer a;

		buf_put(&b, SPAN(HEADER(FINE, "\0\2") ASKED_A "\0\0\20\0\1\0\0\0\36"));
		buf_put_char(&b, (char)((pointers - 1) >> 7));
		buf_put_char(&b, (char)(2 * (pointers - 1)));
		for (unsigned n = 1; n < pointers; n++) {
			unsigned to = n == 1 ? 12 : (unsigned)b.len - 2;

			buf_put_char(&b, (char)(0xc0 | to >> 8));
			buf_put_char(&b, (char)to);
		}
		buf_put_char(&b, (char)(0xc0 | (b.len - 2) >> 8));
		buf_put_char(&b, (char)(b.len - 3));
		buf_put(&b, SPAN("\0\1\0\1\0\0\0\36\0\4\12\0\0\3"));
		assert_false(b.full);
		assert_int_equal(parse_copy(&a, buf_span(&b), &found), pointers <= 127);
		assert_string_equal(listed(&found), pointers <= 127 ? "10.0.0.3:80" : "");
	}
}

static void test_questions_as_bytes(void **state)
{
	struct question q = question_of("db.test");
	struct span packet = question_packet(&q, ASK_IPV4, false);

	(void)state;
	assert_true(span_equals(packet, SPAN("\x12\x34\1\0\0\1\0\0\0\0\0\0" ASKED_A)));
	packet = question_packet(&q, ASK_IPV6, false);
	assert_true(span_equals(packet, SPAN("\x56\x78\1\0\0\1\0\0\0\0\0\0" ASKED_AAAA)));
	q = question_of("db.test.");
	packet = question_packet(&q, ASK_IPV4, false);
	assert_true(span_equals(packet, SPAN("\x12\x34\1\0\0\1\0\0\0\0\0\0" ASKED_A)));
	packet = question_packet(&q, ASK_IPV4, true);
	assert_true(span_equals(packet, SPAN("\0\31\x12\x34\1\0\0\1\0\0\0\0\0\0" ASKED_A)));
	assert_true(question_init(&q, SPAN("db"), SPAN("test.")));
	packet = question_packet(&q, ASK_IPV4, false);
	assert_true(span_equals(packet, SPAN("\x12\x34\1\0\0\1\0\0\0\0\0\0" ASKED_A)));
}

static void test_names_that_no_packet_can_hold(void **state)
{
	char name[300], label[65];
	struct question q;

	(void)state;
	memset(label, 'a', sizeof(label));
	assert_true(question_init(&q, (struct span){label, 63}, (struct span){0}));
	assert_false(question_init(&q, (struct span){label, 64}, (struct span){0}));
	assert_false(question_init(&q, SPAN(".db"), (struct span){0}));
	assert_false(question_init(&q, SPAN("db..test"), (struct span){0}));
	assert_false(question_init(&q, SPAN("db.."), (struct span){0}));
	assert_false(question_init(&q, SPAN("db"), SPAN(".test")));
	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = i % 2 ? '.' : 'a';
	assert_true(question_init(&q, (struct span){name, 253}, (struct span){0}));
	assert_true(question_init(&q, (struct span){name, 201}, (struct span){name, 51}));
	assert_false(question_init(&q, (struct span){name, 255}, (struct span){0}));
	assert_false(question_init(&q, (struct span){name, 203}, (struct span){name, 51}));
	assert_false(question_init(&q, (struct span){name, 299}, (struct span){0}));
}

/* lookups that need no network */

static void test_a_literal_of_the_other_family_is_no_address(void **state)
{
	static struct lookup l = {.found = {.unwanted = UNWANTED_IPV6}};
	struct verdict v = {.reason = NOTHING_YET};
	char text[64];
	struct buf b = buf_init(text, sizeof(text));

	(void)state;
	assert_int_equal(lookup_open(&l, SPAN("::1"), 80, 0, 5000, &v), LOOKUP_FAILED);
	assert_int_equal(l.fd, -1);
	buf_put_verdict(&b, &v);
	assert_string_equal(buf_text(&b), "the name has no A address");
}

static void test_literals_need_no_socket(void **state)
{
	static const char *const rows[][2] = {
		{"10.0.0.3", "10.0.0.3:80"}, {"::1", "[::1]:80"}, {"fe80::1%1", "[fe80::1%1]:80"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		static struct lookup l;
		struct verdict v = {.reason = NOTHING_YET};

		memset(&l, 0xa5, sizeof(l));
		l.found.unwanted = 0;
		assert_int_equal(lookup_open(&l, span_of(rows[i][0]), 80, 0, 5000, &v), LOOKUP_DONE);
		assert_int_equal(l.fd, -1);
		lookup_close(&l);
		assert_string_equal(listed(&l.found), rows[i][1]);
		assert_int_equal(v.reason, NOTHING_YET);
	}
}

static void test_localhost_needs_no_name_server(void **state)
{
	static struct lookup l;
	struct verdict v = {.reason = NOTHING_YET};

	(void)state;
	assert_int_equal(lookup_open(&l, SPAN("db.localhost."), 80, 0, 5000, &v), LOOKUP_DONE);
	assert_int_equal(l.fd, -1);
	assert_int_equal(l.found.count, 2);
	lookup_close(&l);
}

static void test_scope_that_is_not_there_is_no_name(void **state)
{
	static struct lookup l;
	struct verdict v = {.reason = NOTHING_YET};

	(void)state;
	assert_int_equal(lookup_open(&l, SPAN("fe80::1%no-such"), 80, 0, 5000, &v), LOOKUP_FAILED);
	assert_int_equal(v.reason, UNREACHABLE);
	lookup_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conf_lines),
		cmocka_unit_test(test_search_list_that_is_too_long_loses_whole_domains),
		cmocka_unit_test(test_candidates_in_the_order_of_libc),
		cmocka_unit_test(test_hosts_lines),
		cmocka_unit_test(test_last_word_of_a_cut_hosts_line_is_not_believed),
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_no_part_of_a_packet_holds_what_the_whole_does_not),
		cmocka_unit_test(test_records_behind_the_answers_do_not_matter),
		cmocka_unit_test(test_no_flipped_bit_does_harm),
		cmocka_unit_test(test_sixteen_links_are_followed_and_no_more),
		cmocka_unit_test(test_pointers_are_followed_as_far_as_a_name_can_need_them),
		cmocka_unit_test(test_questions_as_bytes),
		cmocka_unit_test(test_names_that_no_packet_can_hold),
		cmocka_unit_test(test_literals_need_no_socket),
		cmocka_unit_test(test_a_literal_of_the_other_family_is_no_address),
		cmocka_unit_test(test_localhost_needs_no_name_server),
		cmocka_unit_test(test_scope_that_is_not_there_is_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
