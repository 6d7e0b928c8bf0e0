/* SPDX-License-Identifier: MIT */
/*
 * parse: a target that is being parsed; shared by target.c and target_options.c.
 */
#ifndef SHIM_BASE_PARSE_H
#define SHIM_BASE_PARSE_H

#include "base/expand.h"
#include "base/target.h"

struct parse {
	struct target *target;
	const struct declaration *declared;
	struct mistakes *mistakes;
	bool has_timeout; /* the target names its own */
};

/* Records a mistake at `where`, a piece of the declaration; `hint` may be NULL. Returns false. */
bool parse_fail(struct parse *p, struct span where, const char *problem, const char *hint);
/* "did you mean `near`" as the hint. */
bool parse_fail_near(struct parse *p, struct span where, const char *problem, const char *near);

/* Expands a piece of the declaration; the second keeps also how it may be shown. */
bool parse_value(struct parse *p, struct span raw, enum percent percent, struct span *value);
bool parse_part(struct parse *p, struct span raw, struct part *part);
/* A part that must be a host name or an address. */
bool parse_host(struct parse *p, struct span raw, struct part *host);

/* Control characters, blanks not counted. */
bool has_control(struct span s);

/* target_options.c: the text behind "#". */
bool parse_options(struct parse *p, struct span raw);

#endif
