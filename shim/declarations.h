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

/*
 * Each adds targets that `d` declares; d->source and d->text must live as long as the arena.
 * d->text is one target, the end of a C string with words between blanks (those inside ${...} separate nothing),
 * or the path of a file with one target a line, where a word that begins with "#" begins a comment.
 */
void declarations_add(struct declarations *list, const struct declaration *d, struct mistakes *mistakes);
void declarations_add_words(struct declarations *list, const struct declaration *d, struct mistakes *mistakes);
void declarations_add_file(struct declarations *list, const struct declaration *d, struct mistakes *mistakes);

/* Parses all of them; those without a mistake stand in the array that is returned, *count of them. */
struct target *declarations_parse(const struct declarations *list, const struct policy *defaults, unsigned *count,
				  struct mistakes *mistakes);

#endif
