/* SPDX-License-Identifier: MIT */
/*
 * parse: a target that is being parsed; shared by target.c, target_words.c and target_options.c.
 *
 * The one rule: the copy of the declaration is cut into C strings in place, and
 * a mistake names one of those.
 */
#ifndef SHIM_BASE_PARSE_H
#define SHIM_BASE_PARSE_H

#include "base/expand.h"
#include "base/target.h"

struct parse {
	struct target *target;
	struct mistakes *mistakes;
	char *copy; /* of target->declared.text */
	bool has_timeout; /* the target names its own */
};

/* Records what is wrong with a piece of the copy, in words for mistake_say(); NULL: nothing is. */
void parse_tell(struct parse *p, const char *raw, const char *words);
void parse_tell_at(struct parse *p, struct span where, const char *words);

/* Expands a piece of the copy; the second keeps also how it may be shown. False after a mistake, which is recorded. */
bool parse_value(struct parse *p, char *raw, enum percent percent, struct span *value);
bool parse_part(struct parse *p, char *raw, struct part *part);

/* Has it a byte below `least`, or DEL? */
bool has_control(struct span s, char least);

/* target_words.c: the text behind "exec:". */
void parse_words(struct parse *p, char *raw);
/* target_options.c: the text behind "#". */
void parse_options(struct parse *p, char *raw);

#endif
