/* SPDX-License-Identifier: MIT */
/*
 * gate: all targets side by side; opens when what is required is ready.
 *
 * The one rule: one poll loop, and nothing in it blocks. Memory is taken
 * once, in gate_open(), and pages that no target needs are never touched.
 */
#ifndef SHIM_GATE_GATE_H
#define SHIM_GATE_GATE_H

#include "base/mistake.h"
#include "base/progress.h"

enum gate_event {
	GATE_ATTEMPT_FAILED, /* as the time before */
	GATE_TROUBLE, /* an attempt failed, and not as the time before */
	GATE_READY, /* one target */
	GATE_GAVE_UP, /* one target */
	GATE_STILL_WAITING, /* every 10 s; no target */
	GATE_ASKED, /* USR1; no target */
};

/* Hears what happens. `progress` is NULL where an event is about no single target. */
typedef void gate_tell(void *context, enum gate_event event, const struct progress *progress);

struct gate_plan {
	bool only_once; /* one attempt each, and all of them are made */
	bool opens_anyway; /* when the limit of what is required is over */
	gate_tell *tell;
	void *context;
};

enum gate_outcome {
	GATE_OPENED,
	GATE_FAILED,
	GATE_INTERRUPTED, /* by gate.signal */
};

struct gate {
	struct gate_plan plan;
	struct progress *progress; /* one a target; readable at any time */
	unsigned count;
	msec start;
	int signal; /* that asked for the end of the wait: TERM, INT, QUIT, HUP; 0 for none */
	unsigned char *standings; /* shared with init, one a target; NULL for nobody */
	/* Private. */
	struct watch *watches;
	struct trusted_file *trusted; /* each is read once */
	unsigned trusted_count;
	struct polling *polling;
	struct arena memory;
};

/*
 * Takes all memory and reads the trust anchors. False after a mistake, or when the kernel refuses
 * memory: then that is a mistake, too. gate_close() gives back what it took, in both cases.
 */
bool gate_open(struct gate *g, const struct target *targets, unsigned count, struct mistakes *mistakes);

/* Waits in this process, in which USR1 must be blocked. `standings` may be NULL. */
enum gate_outcome gate_run(struct gate *g, const struct gate_plan *plan, unsigned char *standings);

void gate_close(struct gate *g);

#endif
