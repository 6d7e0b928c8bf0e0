/* SPDX-License-Identifier: MIT */
#include "base/redact.h"

#include "base/expand.h"
#include "base/host.h"
#include "base/target.h"

#include <string.h>

enum {
	TEXT_MAX = 1024, /* bytes of a declaration; more is not shown */
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
	size_t len = 0;

	while (len < text.len && (is_host_character(text.at[len]) || text.at[len] == '+'))
		len++;
	return span_starts_with(span_tail(text, len), SPAN("://")) ? len + 3 : 0;
}

static char *find_last(char *text, char wanted)
{
	char *last = NULL;

	for (; *text; text++)
		if (*text == wanted)
			last = text;
	return last;
}

/* Other rules of a shell are mistakes here, and what stands behind them is a default all the same. */
static void hide_defaults(char *text)
{
	for (size_t len; *text; text += len) {
		len = piece_len(text);

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
	while (option) {
		char *next = cut_unquoted(option, ",");
		size_t len = span_find_any(span_of(option), "=:");
		struct span name = {option, len};
		bool is_header = span_equals(name, SPAN("header"));
		bool is_known = setting_find(target_settings, name, span_equals);

		after_secret |= is_header;
		if (!is_known || is_header)
			hide(option + (is_known || !after_secret ? len + 1 : 0), option + strlen(option));
		if (next)
			next[-1] = ',';
		option = next;
	}
}

static void hide_secrets(char *text, bool is_cut)
{
	char *begin = text + scheme_len(span_of(text));
	/* The last "@" wherever it stands: an unescaped / ? # in a password must not end the hiding. */
	char *place = is_cut ? begin + strlen(begin) : find_last(begin, '@');
	char *options, *query;

	place = place ? place : begin;
	hide(begin, place);
	options = cut_unquoted(place, "#");
	query = find_unquoted(place, "?");
	hide(query + (*query != '\0'), query + strlen(query));
	hide_options(options, *query != '\0');
	if (options)
		options[-1] = '#';
	hide_defaults(text);
}

static size_t columns(const struct buf *b, size_t start)
{
	size_t n = 0;

	for (size_t i = start; i < b->len; i++)
		n += ((unsigned char)b->at[i] & 0xc0) != 0x80;
	return n;
}

/* Bytes to show at once: a whole secret, or one character. Bytes of 10xxxxxx belong to the one before them. */
static size_t shown_len(const char *text)
{
	size_t len = 1;

	while (*text == HIDDEN ? text[len] == HIDDEN : (text[len] & 0xc0) == 0x80)
		len++;
	return len;
}

struct caret redact(struct buf *b, struct span text, struct span where)
{
	size_t start = b->len, from = 0, to = text.len, end = 0, len;
	struct caret caret = {0, 1};
	char copy[TEXT_MAX + 1];
	struct buf raw = buf_init(copy, sizeof(copy));

	if (where.at) {
		from = (size_t)(where.at - text.at);
		to = from + where.len;
	}
	buf_put(&raw, span_head(text, TEXT_MAX));
	buf_put_char(&raw, '\0');
	hide_secrets(copy, text.len > TEXT_MAX);
	for (size_t i = 0;; i += len) {
		if (i <= from)
			caret.at = columns(b, start);
		if (!copy[i])
			break;
		len = shown_len(copy + i);
		buf_put_escaped(b, copy[i] == HIDDEN ? SPAN("***") : (struct span){copy + i, len});
		if (i < to)
			end = columns(b, start);
	}
	if (end > caret.at)
		caret.len = end - caret.at;
	return caret;
}

void buf_put_word(struct buf *b, const void *word)
{
	const struct span *text = word;
	size_t place = scheme_len(*text);

	buf_put_excerpt(b, place ? span_head(*text, place) : *text, EXCERPT_MAX);
	if (place)
		buf_put_text(b, "***");
}
