/* SPDX-License-Identifier: MIT */
/*
 * arena: memory taken once from the kernel and handed out piece by piece.
 *
 * The one rule: nothing is given back but the whole. Pages cost nothing until
 * they are touched. When it is used up, `full` stays set and takers get NULL.
 */
#ifndef SHIM_BASE_ARENA_H
#define SHIM_BASE_ARENA_H

#include "base/buf.h"

struct arena {
	char *at; /* owned: an anonymous mapping */
	size_t len, cap;
	bool full;
};

/* False when the kernel refuses the memory. */
bool arena_open(struct arena *a, size_t cap);
void arena_close(struct arena *a);

/* Aligned for every type, and zeroed unless arena_rest() was written to before; NULL when there is too little left. */
void *arena_take(struct arena *a, size_t size);
/* A copy that is followed by a NUL; the empty span when there is too little left. */
struct span arena_copy(struct arena *a, struct span text);

/* All that is left, as a buffer; arena_keep() then takes what was put there, and a NUL behind it. */
struct buf arena_rest(struct arena *a);
struct span arena_keep(struct arena *a, const struct buf *b);

#endif
