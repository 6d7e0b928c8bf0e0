/* SPDX-License-Identifier: MIT */
#include "base/redact.h"

#include "base/expand.h"
#include "base/host.h"
#include "base/target.h"

/* What must not be shown, as stretches of the text. */
struct hidden {
	struct {
		size_t from, to;
	} stretch[24];
	unsigned count;
};

static void hide(struct hidden *h, size_t from, size_t to)
{
	enum { LAST = sizeof(h->stretch) / sizeof(h->stretch[0]) - 1 };

	if (from >= to)
		return;
	if (h->count > LAST) { /* too many to tell apart: nothing is shown from there on */
		h->stretch[LAST].to = SIZE_MAX;
		return;
	}
	h->stretch[h->count].from = from;
	h->stretch[h->count++].to = to;
}

static size_t find_last(struct span s, char wanted)
{
	size_t i = s.len;

	while (i > 0 && s.at[i - 1] != wanted)
		i--;
	return i ? i - 1 : s.len;
}

/* Behind "scheme://"; 0 when it does not begin so. A later "://" may stand in a password. */
static size_t scheme_end(struct span text)
{
	size_t len = 0;

	while (len < text.len && (is_host_character(text.at[len]) || text.at[len] == '+'))
		len++;
	return span_starts_with(span_tail(text, len), SPAN("://")) ? len + 3 : 0;
}

/* Up to the last "@" wherever it stands: an unescaped / ? # in a password must not end the hiding. */
static size_t hide_user(struct hidden *h, struct span text, size_t start)
{
	size_t at = find_last(text, '@');

	if (at == text.len || at < start)
		return start;
	hide(h, start, at);
	return at + 1;
}

/* What stands behind the name, however it was meant; but a message is there to be read. */
static void hide_defaults(struct hidden *h, struct span text)
{
	static const char rules[] = ":-?+=";

	for (size_t i = 0; i < text.len; i++) {
		struct span rest = span_tail(text, i);

		if (!span_starts_with(rest, SPAN("${")) || span_starts_with(rest, SPAN("${<")))
			continue;

		size_t close = span_find(rest, '}');
		size_t rule = span_find_any(span_head(rest, close), rules);

		if (span_starts_with(span_tail(rest, rule), SPAN(":?")))
			continue;
		while (rule < close && span_find_any(span_head(span_tail(rest, rule), 1), rules) == 0)
			rule++;
		hide(h, i + rule, i + close);
	}
}

static size_t name_len(struct span option)
{
	size_t len = 0;

	while (len < option.len && (is_alnum(option.at[len]) || option.at[len] == '-'))
		len++;
	return len;
}

/*
 * Values are shown only of options that are known and harmless: a slip in "header" must not show a token. What
 * follows a header or a query and is no option may be the rest of its value.
 */
static void hide_options(struct hidden *h, struct span text, size_t at, bool after_secret)
{
	while (at < text.len) {
		struct span option = span_tail(text, at);

		option = span_head(option, find_unquoted(option, ","));

		struct span name = span_head(option, name_len(option));
		struct span value = span_tail(option, name.len);
		bool has_value = span_starts_with(value, SPAN("="));
		bool is_header = span_equals(name, SPAN("header"));
		bool is_known = (setting_find(target_settings, name) || setting_find(policy_settings, name)) &&
				(has_value || value.len == 0);

		if (!is_known && after_secret)
			hide(h, at, at + option.len);
		else if (is_header || !is_known)
			hide(h, at + name.len + has_value, at + option.len);
		after_secret |= is_header;
		at += option.len + 1;
	}
}

static void hide_query_and_options(struct hidden *h, struct span text, size_t start)
{
	struct span rest = span_tail(text, start);
	size_t fragment = find_unquoted(rest, "#");
	size_t query = find_unquoted(span_head(rest, fragment), "?");

	hide(h, start + query + 1, start + fragment);
	hide_options(h, text, start + fragment + 1, query < fragment);
}

/* An "@" may end the user, or stand in a query or a header: what would be secret either way is hidden. */
static struct hidden find_hidden(struct span text)
{
	struct hidden h = {.count = 0};
	size_t start = scheme_end(text);
	size_t after_user = hide_user(&h, text, start);

	hide_query_and_options(&h, text, start);
	if (after_user > start)
		hide_query_and_options(&h, text, after_user);
	hide_defaults(&h, text);
	return h;
}

/* The end of what is hidden at `i`, and of what is hidden right behind that; `i` when it may be shown. */
static size_t hidden_until(const struct hidden *h, size_t i)
{
	size_t end = i;

	for (unsigned k = 0; k < h->count; k++)
		if (h->stretch[k].from <= i && h->stretch[k].to > end)
			end = h->stretch[k].to;
	return end > i ? hidden_until(h, end) : i;
}

static size_t columns(const struct buf *b, size_t start)
{
	size_t n = 0;

	for (size_t i = start; i < b->len; i++)
		n += ((unsigned char)b->at[i] & 0xc0) != 0x80;
	return n;
}

/* Length of the character at `i`: bytes of 10xxxxxx belong to the one before them. */
static size_t character_len(struct span text, size_t i)
{
	size_t len = 1;

	if ((unsigned char)text.at[i] < 0xc0)
		return len;
	while (i + len < text.len && ((unsigned char)text.at[i + len] & 0xc0) == 0x80)
		len++;
	return len;
}

struct caret redact(struct buf *b, struct span text, struct span where)
{
	struct hidden h = find_hidden(text);
	struct caret caret = {0};
	size_t start = b->len;
	size_t from = where.at ? (size_t)(where.at - text.at) : 0;
	size_t to = from + (where.at ? where.len : text.len);
	size_t end = 0;

	for (size_t i = 0, next; i < text.len; i = next) {
		size_t column = columns(b, start);

		next = hidden_until(&h, i);
		if (next > text.len)
			next = text.len;
		if (next > i) {
			buf_put_text(b, "***");
		} else {
			next = i + character_len(text, i);
			buf_put_escaped(b, (struct span){text.at + i, next - i});
		}
		if (i <= from)
			caret.at = next <= from ? columns(b, start) : column;
		if (i < to)
			end = columns(b, start);
	}
	caret.len = end > caret.at ? end - caret.at : 1;
	return caret;
}

void buf_put_word(struct buf *b, const void *word)
{
	const struct span *text = word;
	size_t place = scheme_end(*text);

	buf_put_excerpt(b, place ? span_head(*text, place) : *text, EXCERPT_MAX);
	if (place)
		buf_put_text(b, "***");
}
