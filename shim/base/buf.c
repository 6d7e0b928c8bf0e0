/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <string.h>

struct buf buf_init(char *memory, size_t cap)
{
	return (struct buf){.at = memory, .cap = cap};
}

void buf_put(struct buf *b, struct span text)
{
	if (text.len == 0)
		return;
	if (b->full || text.len > b->cap - b->len) {
		b->full = true;
		return;
	}
	memcpy(b->at + b->len, text.at, text.len);
	b->len += text.len;
}

void buf_put_text(struct buf *b, const char *text)
{
	buf_put(b, span_of(text));
}

void buf_put_char(struct buf *b, char c)
{
	buf_put(b, (struct span){&c, 1});
}

void buf_put_number(struct buf *b, uint64_t number)
{
	buf_put_digits(b, number, 1);
}

void buf_put_digits(struct buf *b, uint64_t number, unsigned width)
{
	char digits[20]; /* 2^64 has 20 digits */
	size_t at = sizeof(digits);

	while (at > 0 && (number > 0 || at > sizeof(digits) - width)) {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	}
	buf_put(b, (struct span){digits + at, sizeof(digits) - at});
}

void buf_pad(struct buf *b, size_t column)
{
	while (b->len < column && !b->full)
		buf_put_char(b, ' ');
}

/* Length of the UTF-8 character at the start of `s` (RFC 3629 §4); 0 when there is none. */
static size_t utf8_len(struct span s)
{
	unsigned char first = (unsigned char)s.at[0];
	size_t len = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;

	if (len > s.len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if (((unsigned char)s.at[i] & 0xc0) != 0x80)
			return 0;
	if (len < 3)
		return len;

	unsigned char second = (unsigned char)s.at[1];
	bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
	bool beyond = (first == 0xed && second >= 0xa0) || (first == 0xf4 && second >= 0x90);

	return overlong || beyond ? 0 : len;
}

/* C0, DEL, and C1 in UTF-8 (U+0080 to U+009F): a terminal may obey any of them. */
static bool is_control(struct span character)
{
	unsigned char first = (unsigned char)character.at[0];

	return first < 0x20 || first == 0x7f ||
	       (character.len == 2 && first == 0xc2 && (unsigned char)character.at[1] < 0xa0);
}

void buf_put_escaped(struct buf *b, struct span text)
{
	static const char hex[] = "0123456789abcdef";

	while (text.len > 0) {
		size_t len = utf8_len(text);

		if (len > 0 && !is_control(span_head(text, len))) {
			buf_put(b, span_head(text, len));
		} else {
			unsigned char byte = (unsigned char)text.at[0];
			char escape[] = {'\\', 'x', hex[byte >> 4], hex[byte & 15]};

			buf_put(b, (struct span){escape, sizeof(escape)});
			len = 1;
		}
		text = span_tail(text, len);
	}
}

void buf_put_excerpt(struct buf *b, struct span text, size_t max)
{
	text = span_trim(text);
	buf_put_escaped(b, span_head(text, max));
	if (text.len > max)
		buf_put_text(b, "...");
}

struct span buf_span(const struct buf *b)
{
	return (struct span){b->at, b->len};
}

const char *buf_text(struct buf *b)
{
	if (b->len == b->cap)
		b->len--;
	b->at[b->len] = '\0';
	return b->at;
}
