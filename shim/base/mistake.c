/* SPDX-License-Identifier: MIT */
#include "base/mistake.h"

#include <string.h>

bool mistake_say(struct mistakes *m, const struct declaration *d, struct span where, const char *words)
{
	struct mistake *new = words ? arena_take(m->arena, sizeof(*new)) : NULL;

	if (!new)
		return false; /* nothing is wrong, or the arena remembers that it is full */
	new->next = NULL;
	new->declared = *d;
	new->where = where;
	new->hint = span_of(words);
	new->problem = span_cut(&new->hint, '\n');
	if (m->last)
		m->last->next = new;
	else
		m->first = new;
	m->last = new;
	return false;
}

/* A writer of C strings: "text|json" as "one of text, json". */
static void put_right(struct buf *b, const void *right)
{
	buf_put_text(b, strchr(right, '|') ? "one of " : "");
	for (const char *c = right; *c; c++)
		if (*c == '|')
			buf_put_text(b, ", ");
		else
			buf_put_char(b, *c);
}

const char *mistake_in_value(struct mistakes *m, const char *right)
{
	return right ? arena_format(m->arena, "this value is not understood\n%w", put_right, right) : NULL;
}
