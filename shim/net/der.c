/* SPDX-License-Identifier: MIT */
#include "net/der.h"

void der_init(struct der *d, struct span bytes)
{
	d->rest = bytes;
	d->depth = 0;
	d->damaged = false;
}

static struct span fail(struct der *d)
{
	d->damaged = true;
	d->rest.len = 0;
	return (struct span){NULL, 0};
}

unsigned der_peek(struct der *d)
{
	if (d->rest.len > 0 && d->rest.at[0] == DER_NONE) /* it would pass for the end, with more behind it */
		fail(d);
	return d->rest.len > 0 ? (unsigned char)d->rest.at[0] : (unsigned)DER_NONE;
}

/* Length of tag and length, and of what they announce; 0 when the element does not fit or is no DER. */
static size_t read_header(struct span s, size_t *len)
{
	const unsigned char *p = (const unsigned char *)s.at;
	size_t header = 2;

	if (s.len < header || (p[0] & 0x1f) == 0x1f)
		return 0;
	*len = p[1];
	if (p[1] >= 0x80) {
		unsigned count = p[1] & 0x7f;

		if (count < 1 || count > 3 || s.len < header + count || p[2] == 0)
			return 0;
		for (*len = 0; header < 2 + count; header++)
			*len = *len << 8 | p[header];
		if (*len < 0x80)
			return 0;
	}
	return *len <= s.len - header ? header : 0;
}

static struct span take(struct der *d, unsigned tag, bool with_header)
{
	size_t len, header = tag != DER_NONE && der_peek(d) == tag ? read_header(d->rest, &len) : 0;

	if (header == 0)
		return fail(d);

	struct span whole = span_head(d->rest, header + len);

	d->rest = span_tail(d->rest, header + len);
	return with_header ? whole : span_tail(whole, header);
}

struct span der_take(struct der *d, unsigned tag)
{
	return take(d, tag, false);
}

struct span der_take_whole(struct der *d, unsigned tag)
{
	return take(d, tag, true);
}

void der_enter(struct der *d, unsigned tag)
{
	struct span inside = der_take(d, tag);

	if (d->depth == DER_DEPTH_MAX) {
		fail(d);
		return;
	}
	d->above[d->depth++] = d->rest;
	d->rest = inside;
}

void der_leave(struct der *d)
{
	if (d->rest.len > 0 || d->damaged || d->depth == 0)
		fail(d);
	else
		d->rest = d->above[--d->depth];
}

struct span der_take_bits(struct der *d)
{
	struct span bits = der_take(d, DER_BITS);

	return bits.len > 0 && bits.at[0] == 0 ? span_tail(bits, 1) : fail(d);
}

struct span der_take_natural(struct der *d)
{
	struct span number = der_take(d, DER_INTEGER);

	if (number.len == 0 || (number.at[0] & 0x80))
		return fail(d);
	while (number.len > 0 && number.at[0] == 0)
		number = span_tail(number, 1);
	return number;
}

bool der_is_done(const struct der *d)
{
	return !d->damaged && d->depth == 0 && d->rest.len == 0;
}

void buf_put_oid(struct buf *b, struct span oid)
{
	uint64_t arc = 0;
	bool first = true;

	for (size_t i = 0; i < oid.len; i++) {
		arc = arc << 7 | (oid.at[i] & 0x7f);
		if (oid.at[i] & 0x80)
			continue;
		if (first) { /* the first two arcs share a number (X.690 §8.19.4) */
			uint64_t root = arc < 80 ? arc / 40 : 2;

			buf_put_number(b, root);
			arc -= root * 40;
			first = false;
		}
		buf_put_char(b, '.');
		buf_put_number(b, arc);
		arc = 0;
	}
}
