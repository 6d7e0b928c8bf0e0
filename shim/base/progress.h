/* SPDX-License-Identifier: MIT */
/*
 * progress: how far the wait for one target has come.
 *
 * The one rule: the gate writes it, everybody else reads.
 */
#ifndef SHIM_BASE_PROGRESS_H
#define SHIM_BASE_PROGRESS_H

#include "base/target.h"
#include "base/verdict.h"

/* One byte a target on the page that the gate shares with init. */
enum standing {
	AWAITED,
	IS_READY,
	GIVEN_UP, /* its time is over, or it failed too often in a row */
};

struct progress {
	const struct target *target;
	enum standing standing;
	unsigned attempts; /* that have ended */
	msec elapsed; /* from the start of the wait to the end of the last attempt */
	struct verdict verdict; /* of the last attempt that failed; NOTHING_YET before */
};

/* What there is to tell of the wait. */
enum news {
	NO_NEWS,
	ATTEMPT_FAILED, /* as the time before */
	TROUBLE_CHANGED, /* an attempt failed, and not as the time before */
	TARGET_READY,
	TARGET_GIVEN_UP,
	STILL_WAITING, /* every 10 s; of no single target */
	STATES_WANTED, /* USR1; of no single target */
};

/* Hears it; `p` is NULL where it is of no single target. */
typedef void hear_news(void *context, enum news news, const struct progress *p);

/* "ready", or why not; a writer of struct progress. */
void buf_put_state(struct buf *b, const void *progress);

unsigned progress_count_not_ready(const struct progress *all, unsigned count);

#endif
