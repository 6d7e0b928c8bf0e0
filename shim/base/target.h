/* SPDX-License-Identifier: MIT */
/*
 * target: something that must be ready, as the user declared it.
 *
 *	scheme://[user[:password]@]host[:port][/path][?query][#option[,option]...]
 *	scheme:text[#option[,option]...]
 *	host:port
 *
 * The one rule: a target is parsed once and never changes.
 */
#ifndef SHIM_BASE_TARGET_H
#define SHIM_BASE_TARGET_H

#include "base/mistake.h"
#include "base/policy.h"
#include "base/scheme.h"
#include "base/statuses.h"

/* A part of a declaration. */
struct part {
	struct span value; /* expanded; a NUL follows */
	struct span shown; /* as it was declared: fit to be printed, whatever a variable put in */
};

struct header {
	struct header *next;
	struct span name, value;
};

/* Is it the absence that is waited for? */
enum down {
	NOT_DOWN,
	DOWN, /* it must be certain */
	DOWN_OR_IN_DOUBT,
};

enum { CONTAINS_MAX = 1000 }; /* bytes */

struct target {
	struct policy policy; /* first: policy_settings[] hold for a target, too */
	bool optional;
	bool insecure;
	bool has_user;
	bool is_named; /* the label was given by name= */
	bool names_server; /* host= was given */
	bool all; /* every address of the name must be ready; or gone, where that is waited for */
	bool strict; /* a user who may not come in is not enough */
	enum down down : 8;
	uint16_t port;
	const struct scheme *scheme;
	struct span label; /* what people and logs call it; printable, holds no secret */
	/* What code asks for often stands in front, where it is reached by shorter instructions. */
	struct span user, password;
	struct span resource; /* path and query; those of a request as they are sent; empty for none */
	struct span method;
	struct span body; /* that of the answer must hold this; empty: it does not matter */
	struct span data; /* the body of the request; at == NULL: there is none */
	struct header *headers; /* in the order of declaration */
	struct header *expected; /* of the answer; one without a value may have any */
	struct span statuses; /* the HTTP statuses that count as ready, for statuses_hold() */
	struct part host; /* without brackets; empty unless BY_NETWORK */
	struct part path; /* of a socket, a file; or what a variable or a program is called; a NUL follows */
	struct part server_name; /* host=, or the host: to ask for, and to find in the certificate */
	struct part ca; /* at == NULL: the system's bundle */
	struct part cert, key; /* of ours; at == NULL: none, in the same file */
	char **argv; /* BY_PROGRAM: ends with NULL */
	uint32_t unwanted; /* families of addresses, as in struct addresses: the choices of type stand in that order */
	struct span contains; /* the file's content must hold it; empty: it need not */
	uint64_t size; /* of the file, or of what is free, at least; 0: any */
	struct declaration declared;
};

/* The options that stand behind "#", other than those of a policy. Ends with a row without a name. */
extern const struct setting target_settings[];

/*
 * Parses d->text; `defaults` is what the flags say. False after a mistake; then *t is unusable.
 * What *t points to lives in the mistakes' arena and in d->text.
 */
bool target_parse(struct target *t, const struct declaration *d, const struct scheme *schemes,
		  const struct policy *defaults, struct mistakes *mistakes);

#endif
