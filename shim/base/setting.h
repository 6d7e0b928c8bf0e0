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
	NUMBER, /* uint32_t over 0 */
	PERCENT, /* uint32_t, 0 to 100 */
	FACTOR, /* uint32_t in thousandths, "1.25" is 1250 */
	CHOICE, /* uint32_t: the index of the word in the value, which lists them as "text|json" */
	TEXT, /* the owner of the table knows what to do with it */
};

struct setting {
	const char *name; /* NULL ends a table; what --help calls the value, empty for a switch, and help follow it */
	enum setting_kind kind : 7;
	unsigned offset : 16; /* of the field in the struct that the table is about, bytes */
	unsigned uses : 9; /* bits that the owner of the table gives a meaning */
} __attribute__((packed)); /* 12 bytes instead of 16 */

/* The texts behind the name of a row, for text_at(). */
enum { VALUE_TEXT = 1, HELP_TEXT };

/* Does `name` fit that of a row? span_equals(), or is_near(). */
typedef bool name_test(struct span name, struct span of_row);

/* The first row whose name fits; NULL when there is none. */
const struct setting *setting_find(const struct setting *table, struct span name, name_test *fits);

/* Do they differ by one slip of the fingers: in one letter, or in a long word in two that stand side by side? */
bool is_near(struct span typed, struct span word);

/*
 * Stores `value` into the field of `object`, for every kind but TEXT.
 * NULL when it was understood, else what would have been right; then nothing is stored.
 */
const char *setting_assign(const struct setting *s, void *object, struct span value);

/* Is `word` one of `words`, which are listed as "text|json"? Then *index says which. */
bool word_find(const char *words, struct span word, uint64_t *index);

#endif
