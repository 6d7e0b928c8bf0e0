/* SPDX-License-Identifier: MIT */
/*
 * attempt: one go at reaching a target: a look-up, then conversations.
 *
 * The one rule: one deadline covers all of it, and the first conversation
 * that goes well ends it. When none does, the one that got furthest says why.
 */
#ifndef SHIM_GATE_ATTEMPT_H
#define SHIM_GATE_ATTEMPT_H

#include "gate/conversation.h"
#include "net/resolver.h"

#include <poll.h>

enum {
	SIDE_BY_SIDE = 2, /* conversations at a time */
	SOURCES = 1 + SIDE_BY_SIDE, /* of events, at most */
};

struct attempt {
	const struct target *target; /* NULL: none is under way; conversations may still drain */
	unsigned number; /* rotates the address that is tried first */
	unsigned next; /* how many addresses were tried */
	msec next_start; /* when the next address is tried though one is still busy */
	msec deadline;
	struct conversation *newest;
	struct conversation talks[SIDE_BY_SIDE]; /* one that was opened later stands anywhere */
	struct equipment equipment[SIDE_BY_SIDE]; /* owner's */
	struct verdict best; /* of the failures so far, the one that got furthest */
	struct verdict last; /* failure, before it is compared with `best` */
	struct lookup lookup;
};

/* The owner sets the equipment. */
void attempt_init(struct attempt *a);

/* Starts; what still drains from the attempt before is closed. READY and NOT_READY (then see best): over at once. */
enum outcome attempt_open(struct attempt *a, const struct target *t, unsigned number, msec now, msec deadline);

/* Moves on; `revents` come from the entries of attempt_await(), 0 for those that it left out. */
enum outcome attempt_step(struct attempt *a, const short revents[SOURCES], msec now);

/* Fills all entries, fd -1 where there is nothing to wait for. Returns when the next step is due at the latest. */
msec attempt_await(struct attempt *a, struct pollfd entries[SOURCES]);

/* Ends it without a result; what is over already may drain. */
void attempt_abandon(struct attempt *a);

bool is_under_way(const struct attempt *a);
/* Is nothing of it left open? */
bool is_closed(struct attempt *a);
void attempt_close(struct attempt *a);

#endif
