/* SPDX-License-Identifier: MIT */
/*
 * declarations: the targets as the user wrote them, from wherever that was.
 *
 * The one rule: first all are collected, then the flags are known, then they
 * are parsed.
 */
#ifndef SHIM_DECLARATIONS_H
#define SHIM_DECLARATIONS_H

#include "base/mistake.h"
#include "base/target.h"

struct declared {
	struct declared *next;
	struct declaration declaration;
};

/* Begins as zeros. */
struct declarations {
	struct declared *first, *last;
	unsigned count;
};

/* `source` and `text` must live as long as the arena. */
void declarations_add(struct declarations *list, struct span source, struct span text, struct mistakes *mistakes);
/* Words between blanks; those inside ${...} separate nothing. */
void declarations_add_words(struct declarations *list, struct span source, const char *text, struct mistakes *mistakes);
/* One target a line; "#" at the start of a line or after a blank begins a comment. */
void declarations_add_file(struct declarations *list, struct span source, const char *path, struct mistakes *mistakes);

/* Parses all of them; those without a mistake stand in the array that is returned, *count of them. */
struct target *declarations_parse(const struct declarations *list, const struct policy *defaults, unsigned *count,
				  struct mistakes *mistakes);

#endif
