/* SPDX-License-Identifier: MIT */
/*
 * edge: memory that ends where an unmapped page begins.
 *
 * The one rule: who reads one byte too far dies of it, with or without a
 * sanitizer. Begins as zeros; it stays mapped until the program ends.
 */
#ifndef TESTS_UNIT_EDGE_H
#define TESTS_UNIT_EDGE_H

#include "base/span.h"

enum { EDGE_MAX = 64 * 1024 };

struct edge {
	char *end; /* the first byte that is not mapped */
};

/* A copy, at most EDGE_MAX bytes, that ends at the edge; valid until the next one. */
struct span edge_copy(struct edge *e, struct span bytes);

/*
 * What may become of byte `i` of `bytes`, one variant a call: `k` counts from 0 until the answer is empty.
 * Each is a copy at the edge.
 */
struct span edge_damage(struct edge *e, struct span bytes, size_t i, unsigned k);

#endif
