/* SPDX-License-Identifier: MIT */
/*
 * der: reads the encoding of certificates (X.690) from front to back.
 *
 * The one rule: damage is sticky. What is no DER, or is not what was asked
 * for, sets `damaged`; from then on everything is empty. Ask once, at the end.
 */
#ifndef SHIM_NET_DER_H
#define SHIM_NET_DER_H

#include "base/buf.h"

enum {
	DER_NONE = 0x00, /* nothing more at this level: no element has this tag here */
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_OID = 0x06,
	DER_UTC_TIME = 0x17,
	DER_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_CONTEXT = 0x80, /* with the number at the low end */
	DER_CONTEXT_CONSTRUCTED = 0xa0,
};

enum { DER_DEPTH_MAX = 8 }; /* an extension's own content is at the 7th level of a certificate */

struct der {
	const char *at, *end; /* what is left of the level that was entered last */
	unsigned depth;
	bool damaged;
	unsigned behind[DER_DEPTH_MAX]; /* bytes of the level above that follow this one */
};

struct element {
	unsigned tag;
	struct span content;
};

void der_init(struct der *d, struct span bytes);

/* Tag of the next element; DER_NONE at the end of this level. */
unsigned der_peek(const struct der *d);
/* The content of the next element, which must have this tag. */
struct span der_take(struct der *d, unsigned tag);
/* Takes the next element, whatever it is; false at the end of this level. */
bool der_next(struct der *d, struct element *e);
/* All that is left at this level, unread. */
struct span der_take_rest(struct der *d);
/* Goes into the next element, and out again; then nothing may be left in it. */
void der_enter(struct der *d, unsigned tag);
void der_enter_sequence(struct der *d);
void der_leave(struct der *d);
/* Goes into the next element if it has this tag: it may be missing. */
bool der_enters(struct der *d, unsigned tag);

/* A bit string, of which at most `unused` bits at the end, which are zeros, do not count. */
struct span der_take_bits(struct der *d, unsigned unused);
/* An INTEGER that is not negative, without leading zeros. */
struct span der_take_natural(struct der *d);

/* Ends the reading: was it all there was, and good? */
bool der_is_done(const struct der *d);

/* "1.2.840.113549.1.1.5": the last of the OIDs that elements begin with; a writer of struct span */
void buf_put_oid(struct buf *b, const void *elements);

#endif
