/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <string.h>
#include <sys/mman.h>

bool arena_open(struct arena *a, size_t cap)
{
	void *memory = mmap(NULL, cap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	*a = (struct arena){.at = memory == MAP_FAILED ? NULL : memory, .cap = memory == MAP_FAILED ? 0 : cap};
	return a->at != NULL;
}

void arena_close(struct arena *a)
{
	if (a->at)
		munmap(a->at, a->cap);
	*a = (struct arena){0};
}

void *arena_take(struct arena *a, size_t size)
{
	size_t start = (a->len + 15) & ~(size_t)15;

	if (a->full || start > a->cap || size > a->cap - start) {
		a->full = true;
		return NULL;
	}
	a->len = start + size;
	return a->at + start;
}

struct span arena_copy(struct arena *a, struct span text)
{
	struct buf b = arena_rest(a);

	buf_put(&b, text);
	return arena_keep(a, &b);
}

struct buf arena_rest(struct arena *a)
{
	size_t left = a->full ? 0 : a->cap - a->len;

	return buf_init(a->at + a->len, left ? left - 1 : 0);
}

struct span arena_keep(struct arena *a, const struct buf *b)
{
	if (b->full || a->len == a->cap) {
		a->full = true;
		return (struct span){"", 0};
	}
	b->at[b->len] = '\0';
	a->len += b->len + 1;
	return buf_span(b);
}
