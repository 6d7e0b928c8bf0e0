/* SPDX-License-Identifier: MIT */
/*
 * mistake: something in the configuration that cannot be meant.
 *
 * The one rule: the first mistake does not hide the next. They are collected
 * while everything is read, and shown together before anything is dialled.
 */
#ifndef SHIM_BASE_MISTAKE_H
#define SHIM_BASE_MISTAKE_H

#include "base/format.h"

/* What the user wrote, and where. */
struct declaration {
	struct span source; /* "--wait-for", "SHIM_WAIT_FOR", "targets.txt:3" */
	struct span text;
	bool is_target; /* may hold secrets, and shows them only through redact() */
};

struct mistake {
	struct mistake *next;
	struct declaration declared;
	struct span where; /* the place in declared.text; at == NULL: the whole */
	const char *problem; /* never quotes the text */
	const char *hint; /* what would be right; NULL when nobody can know */
};

struct mistakes {
	struct arena *arena; /* mistakes live here */
	struct mistake *first, *last;
};

/*
 * Adds a mistake. Texts that are not the program's own come from arena_format(); `hint` may be NULL.
 * Returns false, for the caller to pass on.
 */
bool mistake_say(struct mistakes *m, const struct declaration *d, struct span where, const char *problem,
		 const char *hint);

#endif
