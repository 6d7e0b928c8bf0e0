/* SPDX-License-Identifier: MIT */
/*
 * attempt: one go at reaching a target: a look-up, then conversations; or a
 * look at this machine, or a program.
 *
 * The one rule: one deadline covers all of it, and the first conversation
 * that goes well ends it. When none does, the one that got furthest says why.
 * Where all addresses count, the first that fails ends it; and where their
 * absence counts, the first that is there.
 */
#ifndef SHIM_GATE_ATTEMPT_H
#define SHIM_GATE_ATTEMPT_H

#include "gate/conversation.h"
#include "gate/program.h"
#include "net/resolver.h"

enum {
	SIDE_BY_SIDE = 2, /* conversations at a time */
	SOURCES = 1 + SIDE_BY_SIDE, /* of events, at most */
};

struct attempt {
	struct tls_peer whom; /* owner's to set */
	const struct target *target; /* NULL: none is under way; conversations may still drain */
	unsigned number; /* of attempts so far; rotates the address that is tried first */
	unsigned next; /* how many addresses were tried */
	unsigned ready; /* how many were */
	bool has_failed; /* one of them, where all count */
	msec next_start; /* when the next address is tried though one is still busy */
	msec deadline;
	const struct pollfd *look; /* where poll(2) answers for the look-up */
	struct conversation *newest;
	struct program program;
	struct verdict best; /* of the failures so far, the one that got furthest */
	struct verdict last; /* failure, before it is compared with `best` */
	struct lookup lookup;
	struct conversation talks[SIDE_BY_SIDE]; /* one that was opened later stands anywhere */
};

/* The owner equips the conversations. */
void attempt_init(struct attempt *a);

/* Starts; what still drains from the attempt before is closed. READY and NOT_READY (then see best): over at once. */
enum outcome attempt_open(struct attempt *a, const struct target *t, msec now, msec deadline);

/* Moves on, when poll(2) has answered what attempt_await() asked. */
enum outcome attempt_step(struct attempt *a, msec now);

/* Adds all that it waits for; until when at the latest. */
msec attempt_await(struct attempt *a, struct polling *p);

/* Ends it without a result; what is over already may drain. */
void attempt_abandon(struct attempt *a);

#endif
