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

/* "ready", or why not; a writer of struct progress. */
void buf_put_state(struct buf *b, const void *progress);

unsigned progress_count_not_ready(const struct progress *all, unsigned count);

#endif
