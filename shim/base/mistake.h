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
	struct span text; /* may hold secrets, whatever it should be; shown only by redact() */
};

struct mistake {
	struct mistake *next;
	struct declaration declared;
	struct span where; /* the place in declared.text; at == NULL: the whole */
	struct span problem; /* never quotes the text; fit to be printed, like the hint */
	struct span hint; /* what would be right; empty when nobody can know */
};

struct mistakes {
	struct arena *arena; /* mistakes live here */
	struct mistake *first, *last;
};

/*
 * Adds a mistake. `words` are the problem, and in a second line the hint; NULL: there is no mistake.
 * Those that are not the program's own come from arena_format(). Returns false, for the caller to pass on.
 */
bool mistake_say(struct mistakes *m, const struct declaration *d, struct span where, const char *words);

/* Words for a value in whose place `right` would have been right; NULL when that is NULL. */
const char *mistake_in_value(struct mistakes *m, const char *right);

#endif
