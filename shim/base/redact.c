/* SPDX-License-Identifier: MIT */
#include "base/redact.h"

#include "base/expand.h"
#include "base/host.h"
#include "base/target.h"

#include <string.h>

enum { TEXT_MAX = 512 }; /* bytes; of a longer text no more is shown than the scheme */

struct copy {
	char text[TEXT_MAX + 1];
	bool is_hidden[TEXT_MAX + 1]; /* byte by byte */
};

static void hide(struct copy *c, const char *from, const char *to)
{
	for (; from < to; from++)
		c->is_hidden[from - c->text] = true;
}

/* Of "scheme://"; 0 when it does not begin so. A later "://" may stand in a password. */
static size_t scheme_len(struct span text)
{
	size_t len = 0;

	while (len < text.len && (is_host_character(text.at[len]) || text.at[len] == '+'))
		len++;
	return span_starts_with(span_tail(text, len), SPAN("://")) ? len + 3 : 0;
}

/* What stands behind the name, however it was meant; but a message is there to be read. */
static void hide_defaults(struct copy *c)
{
	static const char rules[] = ":-?+="; /* and the NUL at the end */

	for (const char *group = c->text; *group; group++) {
		const char *rule = group + 2, *close = strchrnul(group, '}');

		if (!begins_with(group, "${") || *rule == '<')
			continue;
		while (!strchr(rules, *rule))
			rule++;
		if (begins_with(rule, ":?"))
			continue;
		while (rule < close && strchr(rules, *rule))
			rule++;
		hide(c, rule, close);
	}
}

/*
 * Values are shown only of options that are known and harmless: a slip in "header" must not show a token. What
 * follows a header or a query and is no option may be the rest of its value.
 */
static void hide_options(struct copy *c, const char *fragment, bool after_secret)
{
	for (const char *end; *fragment; fragment = end) {
		const char *name = fragment + 1, *value = name;

		while (is_alnum(*value) || *value == '-')
			value++;
		end = find_unquoted(name, ",");

		struct span word = {name, (size_t)(value - name)};
		uint64_t index;
		bool is_secret = word_find("header|expect-header|data|body", word, &index);
		bool is_known = policy_find(target_settings, word, span_equals) && (value == end || *value == '=');

		if (!is_known && after_secret)
			hide(c, name, end);
		else if (!is_known || is_secret)
			hide(c, value + (*value == '='), end);
		after_secret |= is_secret;
	}
}

static void hide_query_and_options(struct copy *c, const char *place)
{
	const char *query = find_unquoted(place, "?#"), *fragment = find_unquoted(query, "#");

	hide(c, query + 1, fragment);
	hide_options(c, fragment, query < fragment);
}

/* Up to the last "@" wherever it stands: an unescaped / ? # in a password must not end the hiding. */
static const char *hide_user(struct copy *c, const char *begin)
{
	const char *place = begin;

	for (const char *at = begin; *at; at++)
		if (*at == '@')
			place = at;
	hide(c, begin, place);
	return place;
}

/* What a program is given to read. */
static void hide_arguments(struct copy *c)
{
	if (begins_with(c->text, "exec:"))
		hide(c, find_unquoted(c->text, " \t%"), find_unquoted(c->text, "#"));
}

/* An "@" may end the user, or stand in a query or a header: what would be secret either way is hidden. */
static void hide_secrets(struct copy *c, const char *begin)
{
	hide_query_and_options(c, begin);
	hide_query_and_options(c, hide_user(c, begin));
	hide_defaults(c);
	hide_arguments(c);
}

/* Bytes of 10xxxxxx belong to the character of the one before them. */
static bool is_continued(char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* Bytes to show at once: a whole secret, or one character; a byte that is no UTF-8 stands alone. */
static size_t shown_len(const struct copy *c, size_t at)
{
	size_t len = 1;

	if (c->is_hidden[at])
		while (c->is_hidden[at + len])
			len++;
	else if ((c->text[at] & 0xc0) == 0xc0)
		while (is_continued(c->text[at + len]))
			len++;
	return len;
}

struct caret redact(struct buf *b, struct span text, struct span where)
{
	size_t from = where.at ? (size_t)(where.at - text.at) : 0;
	size_t to = where.at ? from + where.len : text.len;
	struct caret caret = {0, 1};
	struct copy c = {.text = {0}};
	const char *begin;
	size_t len;

	memcpy(c.text, text.at, text.len < TEXT_MAX ? text.len : TEXT_MAX);
	begin = c.text + scheme_len(span_of(c.text));
	hide_secrets(&c, begin);
	if (text.len > TEXT_MAX)
		hide(&c, begin, c.text + TEXT_MAX);
	for (size_t i = 0, column = 0;; i += len) {
		size_t start = b->len;

		if (i <= from)
			caret.at = column;
		if (!c.text[i])
			return caret;
		len = shown_len(&c, i);
		buf_put_escaped(b, c.is_hidden[i] ? SPAN("***") : (struct span){c.text + i, len});
		while (start < b->len)
			column += !is_continued(b->at[start++]);
		if (i < to && column > caret.at)
			caret.len = column - caret.at;
	}
}

void buf_put_word(struct buf *b, const void *word)
{
	const struct span *text = word;
	size_t place = scheme_len(*text);

	buf_put_excerpt(b, place ? span_head(*text, place) : *text, EXCERPT_MAX);
	if (place)
		buf_put_text(b, "***");
}
