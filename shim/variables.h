/* SPDX-License-Identifier: MIT */
/*
 * variables: what the user adds to the environment of the command.
 */
#ifndef SHIM_VARIABLES_H
#define SHIM_VARIABLES_H

#include "base/arena.h"
#include "base/plan.h"

/* Adds "NAME=VALUE"; a VALUE may hold ${...}. NULL, or the words of a mistake. Everything lives in the arena. */
const char *variables_add(struct plan *p, struct arena *a, char *text);
/* Adds the lines of a file as they stand; empty ones and those that begin with "#" do not count. */
const char *variables_add_file(struct plan *p, struct arena *a, const char *path);

/*
 * The environment for the command: `from` in its order without entries for which `is_left_out` says so and without
 * those that are replaced, then the plan's, then `more` unless it is NULL. NULL when the arena is full.
 */
char **variables_merge(const struct plan *p, struct arena *a, char **from, bool is_left_out(struct span entry),
		       const char *more);

#endif
