/* SPDX-License-Identifier: MIT */
/*
 * watch: one target from the first attempt to the last.
 *
 * The one rule: it is awaited until it is ready or its time is over, and a
 * last attempt is made at that moment.
 */
#ifndef SHIM_GATE_WATCH_H
#define SHIM_GATE_WATCH_H

#include "base/progress.h"
#include "gate/attempt.h"

struct watch {
	struct progress *progress; /* owner's to set */
	struct trust own_trust; /* what the owner read for this target, and maybe for later ones; else zeros */
	struct client_key client; /* the same, for this target alone */
	msec start;
	msec limit; /* an attempt that fails at or after this is the last one */
	bool only_once;
	msec wake; /* the next attempt is due; NEVER while one is under way, and when it is over */
	unsigned in_a_row; /* failures that waiting rarely mends */
	unsigned successes; /* in a row */
	struct attempt attempt;
};

/* With `only_once` the first attempt is the last. */
void watch_init(struct watch *w, msec now, bool only_once);

/* Moves on. */
enum news watch_step(struct watch *w, msec now);

/* As attempt_await(). */
msec watch_await(struct watch *w, struct polling *p);

/* No more attempts; what is over already may drain. */
void watch_abandon(struct watch *w);

#endif
