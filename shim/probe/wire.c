/* SPDX-License-Identifier: MIT */
#include "probe/wire.h"

bool line_take(struct span *rest, struct span *line)
{
	size_t all = rest->len;
	bool is_complete;

	*line = span_cut(rest, '\n');
	is_complete = line->len < all;
	if (line->len > 0 && line->at[line->len - 1] == '\r')
		line->len--;
	return is_complete;
}

static unsigned byte_take(struct span *s)
{
	unsigned byte = s->len > 0 ? (unsigned char)*s->at : 0;

	*s = span_tail(*s, 1);
	return byte;
}

uint32_t big_take(struct span *s, unsigned bytes)
{
	uint32_t number = 0;

	while (bytes-- > 0)
		number = number << 8 | byte_take(s);
	return number;
}

uint32_t little_take(struct span *s, unsigned bytes)
{
	uint32_t number = 0;

	for (unsigned i = 0; i < bytes; i++)
		number |= (uint32_t)byte_take(s) << 8 * i;
	return number;
}

struct span text_take(struct span *s)
{
	return span_cut(s, '\0');
}
