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
	struct progress *progress; /* owner's */
	msec start;
	msec limit; /* an attempt that fails at or after this is the last one */
	bool only_once;
	msec wake; /* the next attempt is due; NEVER while one is under way, and when it is over */
	unsigned in_a_row; /* failures that waiting rarely mends */
	struct attempt attempt;
};

/* What a step may have to tell. */
enum watch_news { NO_NEWS, ATTEMPT_FAILED, TROUBLE_CHANGED, TARGET_READY, TARGET_GIVEN_UP };

/* With `only_once` the first attempt is the last. The attempt's equipment is the owner's to set. */
void watch_init(struct watch *w, struct progress *progress, msec now, bool only_once);

/* Moves on. */
enum watch_news watch_step(struct watch *w, const short revents[SOURCES], msec now);

/* As attempt_await(). */
msec watch_await(struct watch *w, struct pollfd entries[SOURCES]);

#endif
