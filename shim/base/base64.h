/* SPDX-License-Identifier: MIT */
/*
 * base64: RFC 4648 §4, piecewise, both ways.
 */
#ifndef SHIM_BASE_BASE64_H
#define SHIM_BASE_BASE64_H

#include "base/buf.h"

/* Zeroed to begin with. */
struct base64 {
	uint32_t bits; /* not put yet, the newest at the low end */
	unsigned count; /* of them */
};

/* Encodes; base64_end() puts what is left, and the padding. */
void base64_put(struct buf *b, struct base64 *encoder, struct span bytes);
void base64_end(struct buf *b, struct base64 *encoder);

/* Value of a digit; -1 when it is none. */
int base64_value(char digit);

#endif
