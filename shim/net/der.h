/* SPDX-License-Identifier: MIT */
/*
 * der: reads the encoding of certificates (X.690) piece by piece.
 *
 * The one rule: damage is sticky and shared. A reader and all that were opened
 * in it set one flag; after damage each of them is at its end. What is no DER,
 * or has a tag or length that no certificate needs, is damage.
 */
#ifndef SHIM_NET_DER_H
#define SHIM_NET_DER_H

#include "base/buf.h"

enum {
	DER_NONE = 0x00, /* the end: no element has this tag here */
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_OID = 0x06,
	DER_UTC_TIME = 0x17,
	DER_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT = 0x80, /* with the number at the low end */
	DER_CONSTRUCTED = 0x20,
};

struct der {
	struct span rest;
	bool *damaged; /* not owned */
};

/* Reads `bytes`; *damaged must be false already. */
struct der der_init(struct span bytes, bool *damaged);

/* Tag of the next element; DER_NONE at the end. */
unsigned der_peek(const struct der *d);
/* Takes the next element, which must have this tag: its content, or the whole with tag and length. */
struct span der_take(struct der *d, unsigned tag);
struct span der_take_whole(struct der *d, unsigned tag);
/* The same, to read what is inside. */
struct der der_open(struct der *d, unsigned tag);
/* Whole bytes of a bit string. */
struct span der_take_bits(struct der *d);
/* An INTEGER that is not negative, without leading zeros. */
struct span der_take_natural(struct der *d);
/* Nothing may be left. */
void der_end(struct der *d);

/* First byte of `s` and those that follow it, without a sign. */
const unsigned char *octets(struct span s);

/* "1.2.840.113549.1.1.5"; what is no OID is shown as far as it is one. */
void buf_put_oid(struct buf *b, struct span oid);

#endif
