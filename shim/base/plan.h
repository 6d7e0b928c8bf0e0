/* SPDX-License-Identifier: MIT */
/*
 * plan: how the user wants the command to be started, signalled and ended.
 *
 * The one rule: an empty plan changes nothing: every signal and every status
 * stays what it is, and nothing is timed.
 */
#ifndef SHIM_BASE_PLAN_H
#define SHIM_BASE_PLAN_H

#include "base/clock.h"
#include "base/signame.h"

#include <sys/types.h>

enum { GROUPS_MAX = 64 };

/* Whom the command runs as. */
struct user {
	bool is_set;
	uid_t uid;
	gid_t gid;
	unsigned group_count;
	gid_t groups[GROUPS_MAX]; /* supplementary */
};

/* A variable for the command; the last of a name counts. */
struct variable {
	struct variable *next;
	const char *entry; /* "NAME=VALUE" */
};

struct plan {
	msec stop_delay; /* between TERM and its forwarding; 0: none */
	msec kill_after; /* between the first TERM and KILL; 0: never */
	msec grace; /* for what the command leaves behind; 0: none */
	bool to_group; /* signals go to the command's process group */
	bool becomes_command; /* exec: init does not stay */
	bool has_session; /* the command leads a session; signals go to its group */
	bool suspends; /* TSTP, TTIN and TTOU stop init, too, as dumb-init */
	int parent_death; /* what the death of init's parent is taken for; 0: it does not matter */
	const char *directory; /* of the command; NULL: init's */
	struct variable *variables; /* in the order of declaration */
	struct user user;
	unsigned char forwarded_as[SIGNAL_MAX + 1]; /* what each signal becomes; 0: it is dropped */
	unsigned char exit_as[256]; /* what each status becomes */
};

void plan_init(struct plan *p);

/* "TERM=QUIT" or "TERM:QUIT", "INT=", "143=0", "KILL" or a switch. NULL, or what would have been right. */
const char *plan_map_signal(struct plan *p, struct span text);
const char *plan_map_status(struct plan *p, struct span text);
const char *plan_set_parent_death(struct plan *p, struct span text);

#endif
