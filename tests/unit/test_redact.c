/* SPDX-License-Identifier: MIT */
#include "base/redact.h"

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

/* What is shown, and in *caret where `where` stands in it; valid until the next call. */
static const char *shown(struct span text, struct span where, struct caret *caret)
{
	static char memory[8192];
	struct buf b = buf_init(memory, sizeof(memory));

	*caret = redact(&b, text, where);
	assert_false(b.full);
	return buf_text(&b);
}

/* Index in bytes of a column. */
static size_t byte_of(const char *text, size_t column)
{
	size_t i = 0;

	for (; text[i] && column > 0; column--)
		for (i++; ((unsigned char)text[i] & 0xc0) == 0x80;)
			i++;
	return i;
}

static struct span under(const char *text, struct caret caret)
{
	size_t from = byte_of(text, caret.at), to = byte_of(text, caret.at + caret.len);

	return (struct span){text + from, to - from};
}

static void test_what_is_shown_and_where_the_caret_stands(void **state)
{
	/* The text, the piece of it that is wrong (NULL: the whole), what is shown, the caret. */
	static const struct {
		const char *text, *where, *shown, *caret;
	} rows[] = {
		{"db:5432", NULL,
		 "db:5432",
		 "^^^^^^^"},
		{"db:5432", "5432",
		 "db:5432",
		 "   ^^^^"},
		{"http://u:pw@db/x", "db",
		 "http://***@db/x",
		 "           ^^"},
		{"exec:a b c#nme=x", "nme",
		 "exec:a***#nme=***",
		 "          ^^^"},
		{"exec:a%20b", NULL,
		 "exec:a***",
		 "^^^^^^^^^"},
		{"http://u:pw@db/x", "pw",
		 "http://***@db/x",
		 "       ^^^"},
		{"http://u:pw@db/x", "u:pw@db",
		 "http://***@db/x",
		 "       ^^^^^^"},
		{"http://u:pw@db/x", NULL,
		 "http://***@db/x",
		 "^^^^^^^^^^^^^^^"},
		{"http://@db/x", "db",
		 "http://@db/x",
		 "        ^^"},
		{"http://p/w?x#y=z@db/#name", "name",
		 "http://***",
		 "       ^^^"},
		{"http://db/x?a=b#name=c", "c",
		 "http://db/x?***#name=c",
		 "                     ^"},
		{"http://db/x?a=b", "x?a=b",
		 "http://db/x?***",
		 "          ^^^^^"},
		{"http://db/x?#name=c", "c",
		 "http://db/x?#name=c",
		 "                  ^"},
		{"http://db/?q=a@b#timeout=c", "c",
		 "http://***#timeout=c",
		 "                   ^"},
		{"http://db#header=A:b,timeout=3", "3",
		 "http://db#header=***,timeout=3",
		 "                             ^"},
		{"http://db#header=A:b,c,d=e,timeout=3", "3",
		 "http://db#header=***,***,***,timeout=3",
		 "                                     ^"},
		{"http://db#data={a:1,b:2},timeout=3", "3",
		 "http://db#data=***,***,timeout=3",
		 "                               ^"},
		{"http://db#header=A:b@c,timeout=3", "3",
		 "http://***,timeout=3",
		 "                   ^"},
		{"http://db#header A:b", "header A:b",
		 "http://db#header***",
		 "          ^^^^^^^^^"},
		{"http://db#heder=A:b", "heder",
		 "http://db#heder=***",
		 "          ^^^^^"},
		{"http://db#optional=x,ca=y,status=z", "z",
		 "http://db#optional=x,ca=y,status=z",
		 "                                 ^"},
		{"http://${H:-d}:x/", "x",
		 "http://${H:-***}:x/",
		 "                 ^"},
		{"http://${H:-d}:x/", "${H:-d}",
		 "http://${H:-***}:x/",
		 "       ^^^^^^^^^"},
		{"http://${H-d}:x/", "x",
		 "http://${H-***}:x/",
		 "                ^"},
		{"http://${H:?say why}:x/", "x",
		 "http://${H:?say why}:x/",
		 "                     ^"},
		{"http://${</run/x:-y}:x/", "x/",
		 "http://${</run/x:-y}:x/",
		 "                     ^^"},
		{"http://${H:-d", "${",
		 "http://${H:-***",
		 "       ^^"},
		{"http://d\xc3\xa4\xc3\xb6:x/", "x",
		 "http://d\xc3\xa4\xc3\xb6:x/",
		 "           ^"},
		{"http://d\x1b:x/", "x",
		 "http://d\\x1b:x/",
		 "             ^"},
		{"http://d\x1b:x/", "\x1b",
		 "http://d\\x1b:x/",
		 "        ^^^^"},
		{"http://d\xff:x/", "x",
		 "http://d\\xff:x/",
		 "             ^"},
		{"", NULL,
		 "",
		 "^"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span text = span_of(rows[i].text);
		const char *at = rows[i].where ? strstr(rows[i].text, rows[i].where) : NULL;
		struct caret caret;

		if (rows[i].where && strlen(rows[i].where) == 1) /* a single character: the last one */
			at = strrchr(rows[i].text, rows[i].where[0]);
		assert_string_equal(shown(text, (struct span){at, at ? strlen(rows[i].where) : 0}, &caret), rows[i].shown);
		assert_int_equal(caret.at, strspn(rows[i].caret, " "));
		assert_int_equal(caret.at + caret.len, strlen(rows[i].caret));
	}
}

static void test_caret_of_nothing_stands_at_its_place(void **state)
{
	struct span text = SPAN("http://u:pw@:80");
	struct caret caret;

	(void)state;
	shown(text, (struct span){text.at + 12, 0}, &caret); /* where the host is missing */
	assert_int_equal(caret.at, 11);
	assert_int_equal(caret.len, 1);
	shown(text, span_tail(text, text.len), &caret); /* behind the end */
	assert_int_equal(caret.at, 14);
	assert_int_equal(caret.len, 1);
}

/* Secrets: no three of these characters in a row are ever shown. */
#define SECRET "q7zq7z"

/* Which bytes say that it is one, and which would say otherwise; damage leaves these alone. */
static const struct {
	const char *text, *signs, *others;
} secrets[] = {
	/* user info */
	{"http://u:" SECRET "@db/x", "@", ""},
	{"http://" SECRET "@db", "@", ""},
	{"http://" SECRET ":" SECRET "@db:x", "@", ""},
	{"http://u:" SECRET "/" SECRET "?" SECRET "#" SECRET "@db/", "@", ""},
	{"http://u:" SECRET "@" SECRET "@db/", "@", ""},
	{"u:" SECRET "@db:80", "@", ""},
	{"tcp://u:" SECRET "@db:80", "@", ""},
	{"wibble://u:" SECRET "@db", "@", ""},
	{"http:/u:" SECRET "@db", "@", ""},
	{"http://u:" SECRET "://" SECRET "@db", "@", ""},
	{"http://u:${X}" SECRET "@db", "@", ""},
	{"http://u:%zz" SECRET "@db", "@", ""},
	{"http://u:" SECRET "@db#wibble", "@", ""},
	{"http+unix://u:" SECRET "@%2Fa/b", "@", ""},
	/* query */
	{"http://db/x?token=" SECRET, "?", "#"},
	{"http://db/x?token=" SECRET "#wibble", "?", "#"},
	{"http://db/x?a=b@c&token=" SECRET "&d=e@" SECRET "#name=!", "?", "#"},
	{"http://db?" SECRET "?" SECRET, "?", "#"},
	{"db:1?" SECRET, "?", "#"},
	{"db/x?" SECRET, "?", "#"},
	/* headers */
	{"http://db/#header=Authorization:" SECRET, "#", ","},
	{"http://db/#header=A:%20Bearer%20" SECRET ",name=!", "#", ","},
	{"http://db/#name=x,header=A:a," SECRET ",b=" SECRET ",status=1", "#,=header", ","},
	{"http://db/#header=A:a@" SECRET, "#", ","},
	{"http://db/#header=A:" SECRET "@a,timeout=1", "#", ","},
	{"http://db/#header=A:" SECRET "#" SECRET, "#", ","},
	{"http://db/#header=" SECRET, "#=header", ","},
	{"db:1#header=A:" SECRET, "#", ","},
	{"http://db/#heder=A:" SECRET, "#", ","},
	/* and what may hold as much */
	{"http://db/#expect-header=A:" SECRET, "#=expect-header", ","},
	{"http://db/#name=x,data={" SECRET "," SECRET "},status=1", "#,=data", ","},
	{"http://db/#name=x,body=" SECRET "," SECRET, "#,=body", ","},
	{"http://db/#header:A:" SECRET, "#:", ","},
	/* options that nobody knows */
	{"http://db/#token=" SECRET, "#=", ","},
	{"db:1#password=" SECRET ",name=x", "#=", ","},
	/* defaults */
	{"http://${X:-" SECRET "}/", "${", "}?<"},
	{"http://u:${X:-" SECRET "}@db/", "${", "}?<"},
	{"http://db/${X:-" SECRET "}", "${", "}?<"},
	{"${X:-" SECRET "}:80", "${", "}?<"},
	{"db:1#name=${X:-" SECRET "}!", "${", "}?<"},
	{"db:1#name=${X:-" SECRET, "${", "}?<"},
	{"file://${X:-" SECRET "}/!", "${", "}?<"},
	{"http://db/${X-" SECRET "}", "${-", "}?<"},
	{"http://db/${X:=" SECRET "}", "${", "}?<"},
	{"http://db/${X:+" SECRET "}${Y:-" SECRET "}", "${", "}?<"},
};

enum { SECRETS = sizeof(secrets) / sizeof(secrets[0]) };

static void check_hidden(const char *text)
{
	if (strstr(text, "q7z") || strstr(text, "7zq") || strstr(text, "zq7"))
		fail_msg("%s", text);
}

static void check_redacted(struct span text)
{
	struct caret caret;

	check_hidden(shown(text, (struct span){0}, &caret));
}

/* As it is shown by itself, and among the mistakes in it. */
static void check_secret(struct span text)
{
	struct config c;

	check_redacted(text);
	if (!config_parse(&c, text))
		check_hidden(config_mistakes(&c));
	config_close(&c);
}

static void test_secrets_are_never_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < SECRETS; i++) {
		struct config c;

		check_secret(span_of(secrets[i].text));
		if (config_parse(&c, span_of(secrets[i].text)))
			check_hidden(c.target.label.at);
		config_close(&c);
	}
}

static void damage_secret(struct span text, const char *signs, const char *others)
{
	static struct edge edge;

	for (size_t i = 0; i < text.len; i++) {
		struct span damaged;

		if (strchr(signs, text.at[i]))
			continue;
		for (unsigned k = 0; (damaged = edge_damage(&edge, text, i, k)).len > 0; k++)
			if (damaged.at[i] != '\0' && !strchr(others, damaged.at[i])) /* no argument holds a NUL */
				check_secret(damaged);
	}
}

static void test_secrets_are_never_shown_whatever_else_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < SECRETS; i++)
		damage_secret(span_of(secrets[i].text), secrets[i].signs, secrets[i].others);
}

/* More than there is room to remember. */
static void test_many_secrets_are_all_hidden(void **state)
{
	static const char *const pieces[] = {"${X:-" SECRET "}", "x${X:-" SECRET "}", "header=" SECRET ",", "token=" SECRET ","};
	char memory[2048];

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct buf b = buf_init(memory, sizeof(memory));

		buf_put_text(&b, "http://db/#");
		for (unsigned n = 0; n < 60; n++) {
			buf_put_text(&b, pieces[i]);
			check_redacted(buf_span(&b));
		}
		assert_false(b.full);
	}
}

static bool holds(struct span text, const char *wanted)
{
	return memmem(text.at, text.len, wanted, strlen(wanted)) != NULL;
}

/* The caret under a piece: what stands over it is that piece as it is shown, or hidden. */
static void check_piece(struct span text, struct span piece)
{
	char memory[1024];
	struct buf b = buf_init(memory, sizeof(memory));
	struct caret caret;
	const char *line = shown(text, piece, &caret);
	struct span over = under(line, caret);

	buf_put_escaped(&b, piece);
	assert_true(caret.len >= 1);
	assert_true(caret.at <= strlen(line));
	if (piece.len > 0 && !span_equals(over, buf_span(&b)) && !holds(over, "***"))
		fail_msg("%s: \"%.*s\" is over the caret for \"%s\"", line, (int)over.len, over.at, buf_text(&b));
}

/* Every piece of every declaration, cut between characters. */
static void check_pieces(struct span text)
{
	static struct edge edge;

	text = edge_copy(&edge, text);
	for (size_t from = 0; from <= text.len; from++)
		for (size_t len = 0; len <= text.len - from; len++)
			check_piece(text, (struct span){text.at + from, len});
}

static void test_caret_is_under_the_piece(void **state)
{
	static const char *const others[] = {
		"", "db:5432", "http://[::1]:80/a/b#name=x,timeout=3", "http://d\x1b[2J/\x7f", "http://a\xff/\x80/b", "\n\n:\r",
	};

	(void)state;
	for (size_t i = 0; i < SECRETS; i++)
		check_pieces(span_of(secrets[i].text));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		check_pieces(span_of(others[i]));
}

/* A caret in the middle of a character stands under it. */
static void test_caret_does_not_split_characters(void **state)
{
	struct span text = SPAN("a\xe2\x82\xac" "b");
	struct caret caret;

	(void)state;
	for (size_t i = 1; i < 4; i++) {
		struct span over = under(shown(text, (struct span){text.at + i, 1}, &caret), caret);

		assert_true(span_equals(over, SPAN("\xe2\x82\xac")));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_shown_and_where_the_caret_stands),
		cmocka_unit_test(test_caret_of_nothing_stands_at_its_place),
		cmocka_unit_test(test_secrets_are_never_shown),
		cmocka_unit_test(test_secrets_are_never_shown_whatever_else_is_wrong),
		cmocka_unit_test(test_many_secrets_are_all_hidden),
		cmocka_unit_test(test_caret_is_under_the_piece),
		cmocka_unit_test(test_caret_does_not_split_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
