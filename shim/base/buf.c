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

void buf_put_bytes(struct buf *b, uint32_t number, unsigned width)
{
	while (width-- > 0)
		buf_put_char(b, (char)(number >> width * 8));
}

void buf_pad(struct buf *b, size_t column)
{
	while (b->len < column && !b->full)
		buf_put_char(b, ' ');
}

/* Length of the character in UTF-8 (RFC 3629 §4) at the start of `s`; 0 when there is none, or a control. */
static size_t printable_len(struct span s)
{
	/* What the first two bytes never are: C1, which a terminal may obey; overlong; surrogates; beyond U+10FFFF. */
	static const struct {
		uint16_t from, to;
	} never[] = {{0xc280, 0xc29f}, {0xe080, 0xe09f}, {0xeda0, 0xedbf}, {0xf080, 0xf08f}, {0xf490, 0xf4bf}};
	unsigned char first = (unsigned char)s.at[0];
	size_t len = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
	unsigned begin;

	if (first < 0x20 || first == 0x7f || len > s.len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if (((unsigned char)s.at[i] & 0xc0) != 0x80)
			return 0;
	if (len < 2)
		return len;
	begin = first << 8 | (unsigned char)s.at[1];
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (begin >= never[i].from && begin <= never[i].to)
			return 0;
	return len;
}

void buf_put_escaped(struct buf *b, struct span text)
{
	static const char *const hex = "0123456789abcdef";

	while (text.len > 0) {
		size_t len = printable_len(text);

		if (len > 0) {
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
