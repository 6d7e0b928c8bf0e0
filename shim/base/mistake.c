/* SPDX-License-Identifier: MIT */
#include "base/mistake.h"

bool mistake_say(struct mistakes *m, const struct declaration *d, struct span where, const char *problem,
		 const char *hint)
{
	struct mistake *new = arena_take(m->arena, sizeof(*new));

	if (!new)
		return false; /* the arena remembers that it is full */
	*new = (struct mistake){.declared = *d, .where = where, .problem = problem, .hint = hint};
	if (m->last)
		m->last->next = new;
	else
		m->first = new;
	m->last = new;
	return false;
}
