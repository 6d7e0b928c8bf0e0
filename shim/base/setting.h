/* SPDX-License-Identifier: MIT */
/*
 * setting: something that the user may set: a flag, or an option of a target.
 *
 * The one rule: a setting is one row of a table. Parsing, the environment,
 * mistakes and --help all come from that row.
 */
#ifndef SHIM_BASE_SETTING_H
#define SHIM_BASE_SETTING_H

#include "base/span.h"

enum setting_kind {
	SWITCH, /* bool: given or not; "1" and "0" by environment */
	DURATION, /* msec */
	LIMIT, /* msec; "none" is NEVER */
	COUNT, /* uint32_t */
	PERCENT, /* uint32_t, 0 to 100 */
	FACTOR, /* uint32_t in thousandths, "1.25" is 1250 */
	CHOICE, /* uint32_t: the index of the word in `value`, which lists them as "text|json" */
	TEXT, /* the owner of the table knows what to do with it */
};

struct setting {
	const char *name; /* "max-interval"; NULL ends a table */
	const char *value; /* what --help calls it; NULL for a switch */
	const char *help;
	enum setting_kind kind;
	unsigned offset; /* of the field in the struct that the table is about, bytes */
	unsigned uses; /* bits that the owner of the table gives a meaning */
};

/* The row of that name; NULL when there is none. */
const struct setting *setting_find(const struct setting *table, struct span name);

/*
 * Stores `value` into the field of `object`, for every kind but TEXT.
 * NULL when it was understood, else what would have been right; then nothing is stored.
 */
const char *setting_assign(const struct setting *s, void *object, struct span value);

/* The name in `table` that `name` was probably meant to be; NULL when none is near. */
const char *setting_nearest(const struct setting *table, struct span name);

/* Is `typed` one slip of a finger (or two, in a long word) away from `word`? */
bool is_near(struct span typed, struct span word);

#endif
