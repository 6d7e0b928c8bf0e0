/* SPDX-License-Identifier: MIT */
#include "base/mistake.h"

bool mistake_say(struct mistakes *m, const struct declaration *d, struct span where, const char *words)
{
	struct mistake *new = arena_take(m->arena, sizeof(*new));

	if (!new)
		return false; /* the arena remembers that it is full */
	*new = (struct mistake){.declared = *d, .where = where, .words = words};
	if (m->last)
		m->last->next = new;
	else
		m->first = new;
	m->last = new;
	return false;
}

const char *mistake_in_value(struct mistakes *m, const char *right)
{
	return right ? arena_format(m->arena, "this value is not understood\n%s", right) : NULL;
}
