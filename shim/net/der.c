/* SPDX-License-Identifier: MIT */
#include "net/der.h"

#include "base/format.h"

void der_init(struct der *d, struct span bytes)
{
	d->at = d->end = bytes.at;
	if (bytes.len > 0) /* NULL for what is missing: C knows no NULL + 0 */
		d->end += bytes.len;
	d->depth = 0;
	d->damaged = false;
}

static struct span fail(struct der *d)
{
	d->damaged = true;
	d->at = d->end;
	return (struct span){NULL, 0};
}

unsigned der_peek(const struct der *d)
{
	return d->at < d->end ? (unsigned char)*d->at : (unsigned)DER_NONE;
}

/* Moves over tag and length, which must be the shortest. False when they are no DER, or announce more than there is. */
static bool take_header(struct der *d, size_t *len)
{
	const unsigned char *p = (const unsigned char *)d->at, *end = (const unsigned char *)d->end;
	size_t n;

	if (end - p < 2 || (*p & 0x1f) == 0x1f) /* a tag of more than one byte */
		return false;
	n = p[1];
	p += 2;
	if (n >= 0x80) {
		ptrdiff_t count = (ptrdiff_t)n - 0x80;

		if (count < 1 || count > 3 || end - p < count || *p == 0)
			return false;
		for (n = 0; count > 0; count--)
			n = n << 8 | *p++;
		if (n < 0x80)
			return false;
	}
	d->at = (const char *)p;
	*len = n;
	return n <= (size_t)(end - p);
}

struct span der_take(struct der *d, unsigned tag)
{
	size_t len;

	if (tag == DER_NONE || der_peek(d) != tag || !take_header(d, &len))
		return fail(d);
	d->at += len;
	return (struct span){d->at - len, len};
}

bool der_next(struct der *d, struct element *e)
{
	e->tag = der_peek(d);
	if (e->tag == DER_NONE)
		return false;
	e->content = der_take(d, e->tag);
	return true;
}

struct span der_take_rest(struct der *d)
{
	const char *start = d->at;

	d->at = d->end;
	return (struct span){start, (size_t)(d->end - start)};
}

void der_enter(struct der *d, unsigned tag)
{
	struct span inside = der_take(d, tag);

	if (d->depth == DER_DEPTH_MAX)
		fail(d);
	if (d->damaged)
		return;
	d->behind[d->depth++] = (unsigned)(d->end - d->at);
	d->at = inside.at;
	d->end = inside.at + inside.len;
}

void der_enter_sequence(struct der *d)
{
	der_enter(d, DER_SEQUENCE);
}

bool der_enters(struct der *d, unsigned tag)
{
	bool is_there = der_peek(d) == tag;

	if (is_there)
		der_enter(d, tag);
	return is_there;
}

void der_leave(struct der *d)
{
	if (d->damaged || d->at != d->end)
		fail(d);
	else
		d->end += d->behind[--d->depth];
}

struct span der_take_bits(struct der *d, unsigned unused)
{
	struct span bits = der_take(d, DER_BITS);
	unsigned count = bits.len > 0 ? (unsigned char)bits.at[0] : 8;

	if (count > unused || (bits.at[bits.len - 1] & ((1 << count) - 1)))
		return fail(d);
	return (struct span){bits.at + 1, bits.len - 1};
}

struct span der_take_natural(struct der *d)
{
	struct span number = der_take(d, DER_INTEGER);

	if (number.len == 0 || (number.at[0] & 0x80))
		return fail(d);
	for (; number.len > 0 && number.at[0] == 0; number.len--)
		number.at++;
	return number;
}

bool der_is_done(const struct der *d)
{
	return !d->damaged && d->depth == 0 && d->at == d->end;
}

static void put_arcs(struct buf *b, struct span oid)
{
	unsigned arc = 0;
	size_t start = b->len;

	for (size_t i = 0; i < oid.len; i++) {
		arc = arc << 7 | (oid.at[i] & 0x7f);
		if (oid.at[i] & 0x80)
			continue;
		if (b->len == start) { /* the first two arcs share a number (X.690 §8.19.4) */
			unsigned root = arc < 40 ? 0 : arc < 80 ? 1 : 2;

			buf_put_number(b, root);
			arc -= root * 40;
		}
		buf_format(b, ".%u", arc);
		arc = 0;
	}
}

void buf_put_oid(struct buf *b, const void *elements)
{
	struct span oid = {NULL, 0};
	struct der d;

	der_init(&d, *(const struct span *)elements);
	while (der_peek(&d) == DER_OID)
		oid = der_take(&d, DER_OID);
	put_arcs(b, oid);
}
