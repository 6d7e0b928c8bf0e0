/* SPDX-License-Identifier: MIT */
/*
 * options: what the user asked for, from the environment and the command line.
 *
 * The one rule: every flag is a row of a table, and every row is also a
 * variable: --max-interval is SHIM_MAX_INTERVAL. The command line wins.
 */
#ifndef SHIM_OPTIONS_H
#define SHIM_OPTIONS_H

#include "base/mistake.h"
#include "base/plan.h"
#include "base/policy.h"
#include "base/target.h"

/* In the order of the words for them in options.c. */
enum verb { VERB_RUN, VERB_WAIT, VERB_CHECK, VERB_INSTALL, VERB_PAUSE, VERB_HELP, VERB_VERSION };

struct options {
	struct policy policy; /* of targets that say nothing else; first: policy_settings[] hold for options, too */
	enum verb verb;
	uint32_t log; /* enum log_format */
	uint32_t on_timeout; /* 0: fail, 1: start */
	bool quiet, verbose;
	struct target *targets; /* in the mistakes' arena */
	unsigned count;
	struct plan plan; /* VERB_RUN, VERB_PAUSE */
	char **command; /* VERB_RUN: ends with NULL; empty when there is none */
	const char *path; /* VERB_INSTALL */
};

/* Everything but policy_settings[]. Ends with a row without a name. */
extern const struct setting option_settings[];

/* What was understood is set even after mistakes, so that they can be shown in the right format. */
void options_parse(struct options *o, char **argv, struct mistakes *mistakes);

/* Is this entry of the environment, a C string, meant for shim and not for the command? */
bool is_own_variable(struct span entry);

#endif
