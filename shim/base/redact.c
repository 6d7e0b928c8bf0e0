/* SPDX-License-Identifier: MIT */
#include "base/redact.h"

#include "base/expand.h"
#include "base/host.h"
#include "base/target.h"

#include <string.h>

enum {
	TEXT_MAX = 512, /* bytes of a declaration; more is not shown */
	HIDDEN = '\xff', /* stands in the copy for a byte of a secret; no byte of a character in UTF-8 */
};

static void hide(char *from, const char *to)
{
	while (from < to)
		*from++ = HIDDEN;
}

/* Length of "scheme://" at the start, whatever the scheme; 0 when there is none. */
static size_t scheme_len(struct span text)
{
	for (size_t i = 3; i <= text.len; i++)
		if (memcmp(text.at + i - 3, "://", 3) == 0)
			return i;
	return 0;
}

/* Other rules of a shell are mistakes here, and what stands behind them is a default all the same. */
static void hide_defaults(char *text)
{
	for (size_t len; (len = piece_len(text)) > 0; text += len) {
		char *rule = group_rule(text, len);

		if (rule && !begins_with(rule, ":?"))
			hide(rule + 1 + begins_with(rule, ":-"), text + len - (text[len - 1] == '}'));
	}
}

/*
 * Values are shown only of options that are known and harmless: a slip in "header" must not show a token.
 * Behind a secret, what is not known may be more of it, cut off by a "#" or "," that should have been escaped.
 */
static void hide_options(char *option, bool after_secret)
{
	for (char *end; *option; option = end) {
		char *name = ++option, *value = find_unquoted(name, ",=:");
		struct span word = {name, (size_t)(value - name)};
		bool is_header = span_equals(word, SPAN("header"));
		bool is_known = setting_find(target_settings, word, span_equals);

		end = find_unquoted(value, ",");
		after_secret |= is_header;
		if (!is_known || is_header)
			hide(is_known || !after_secret ? value + 1 : name, end);
	}
}

static void hide_secrets(char *text, bool is_cut)
{
	char *begin = text + scheme_len(span_of(text)), *place = begin, *query, *options;

	/* Up to the last "@" wherever it stands: an unescaped / ? # in a password must not end the hiding. */
	for (char *c = begin; *c; c++)
		if (*c == '@' || is_cut)
			place = c;
	hide(begin, place);
	query = find_unquoted(place, "?#");
	options = find_unquoted(query, "#");
	hide(query + 1, options);
	hide_options(options, query < options);
	hide_defaults(text);
}

/* Bytes of 10xxxxxx belong to the character of the one before them. */
static bool is_continued(char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* Bytes to show at once: a whole secret, or one character. */
static size_t shown_len(const char *text)
{
	size_t len = 1;

	while (*text == HIDDEN ? text[len] == HIDDEN : is_continued(text[len]))
		len++;
	return len;
}

struct caret redact(struct buf *b, struct span text, struct span where)
{
	size_t from = where.at ? (size_t)(where.at - text.at) : 0;
	size_t to = where.at ? from + where.len : text.len;
	struct caret caret = {0, 1};
	size_t len = text.len < TEXT_MAX ? text.len : TEXT_MAX;
	char copy[TEXT_MAX + 1];

	memcpy(copy, text.at, len);
	copy[len] = '\0';
	hide_secrets(copy, text.len > len);
	for (size_t i = 0, column = 0;; i += len) {
		size_t start = b->len;

		if (i <= from)
			caret.at = column;
		if (!copy[i])
			return caret;
		len = shown_len(copy + i);
		buf_put_escaped(b, copy[i] == HIDDEN ? SPAN("***") : (struct span){copy + i, len});
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
