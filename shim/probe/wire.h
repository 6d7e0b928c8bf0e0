/* SPDX-License-Identifier: MIT */
/*
 * wire: takes lines, numbers and texts off what a peer said.
 *
 * The one rule: what is not there reads as zero; nothing is read behind the end.
 */
#ifndef SHIM_PROBE_WIRE_H
#define SHIM_PROBE_WIRE_H

#include "base/span.h"

/* Takes a line off `rest`, without its end, or a CR there; false when it is not complete. */
bool line_take(struct span *rest, struct span *line);

/* Takes a number of so many bytes off `s`, the highest first, or the lowest. */
uint32_t big_take(struct span *s, unsigned bytes);
uint32_t little_take(struct span *s, unsigned bytes);
/* Takes a text that ends with a NUL off `s`. */
struct span text_take(struct span *s);

#endif
