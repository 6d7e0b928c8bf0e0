/* SPDX-License-Identifier: MIT */
#include "edge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

static void edge_open(struct edge *e)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, EDGE_MAX + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	e->end = memory + EDGE_MAX;
	assert_int_equal(mprotect(e->end, page, PROT_NONE), 0);
}

struct span edge_copy(struct edge *e, struct span bytes)
{
	assert_true(bytes.len <= EDGE_MAX);
	if (!e->end)
		edge_open(e);
	if (bytes.len > 0)
		memcpy(e->end - bytes.len, bytes.at, bytes.len);
	return (struct span){e->end - bytes.len, bytes.len};
}

struct span edge_damage(struct edge *e, struct span bytes, size_t i, unsigned k)
{
	/* What means something in declarations and protocols, what breaks text, and single bits that turned over. */
	static const char meant[] = "%$\\{}#:/@?,=&+.-0A \r\n\t\0\x7f\x80\xc3\xff";
	enum { MEANT = sizeof(meant) - 1 };

	if (k >= MEANT + 8)
		return (struct span){0};

	struct span copy = edge_copy(e, bytes);
	char *byte = e->end - bytes.len + i;

	*byte = k < MEANT ? meant[k] : (char)(*byte ^ 1 << (k - MEANT));
	return copy;
}
