/* SPDX-License-Identifier: MIT */
/*
 * wire: how protocols put lines and numbers into bytes.
 *
 * The one rule: what is not there reads as zero; nothing is read behind the end.
 */
#ifndef SHIM_PROBE_WIRE_H
#define SHIM_PROBE_WIRE_H

#include "base/buf.h"

/* Takes a line off `rest`, without its end, or a CR there; false when it is not complete. */
bool line_take(struct span *rest, struct span *line);

/* The text from where it says `wanted` on; empty when it does not, or when nothing is wanted. */
struct span text_from(struct span text, struct span wanted);

/* Takes a number of so many bytes off `s`, the highest first, or the lowest. */
uint32_t big_take(struct span *s, unsigned bytes);
uint32_t little_take(struct span *s, unsigned bytes);
/* Takes a text that ends with a NUL off `s`. */
struct span text_take(struct span *s);

void buf_put_big(struct buf *b, uint32_t number, unsigned bytes);

#endif
