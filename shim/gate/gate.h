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
#include "gate/polling.h"

enum gate_outcome {
	GATE_OPENED,
	GATE_FAILED,
	GATE_INTERRUPTED, /* by gate.signal */
};

struct gate {
	/* The owner's to set, after gate_open(). */
	bool only_once; /* one attempt each, and all of them are made */
	bool opens_anyway; /* when the limit of what is required is over */
	hear_news *tell;
	void *context; /* of tell() */
	/* Readable at any time. */
	struct progress *progress; /* one a target; another one, without a target, ends them */
	int signal; /* that asked for the end of the wait: TERM, INT, QUIT, HUP; 0 for none */
	int sender; /* of that, a pid; 0: from outside of the PID namespace */
	/* Private. */
	unsigned awaited; /* targets */
	bool has_failed; /* a required one was given up, and that matters */
	struct watch *watches, *end;
	struct polling polling; /* signals first */
	struct arena memory;
};

/*
 * Takes all memory and reads the trust anchors; what goes wrong with that is a mistake, too. `g` begins as zeros.
 * gate_close() gives back what was taken.
 */
void gate_open(struct gate *g, const struct target *targets, unsigned count, struct mistakes *mistakes);

/* Waits in this process, in which USR1 and CHLD must be blocked. What still drains after that ends with the process. */
enum gate_outcome gate_run(struct gate *g);

void gate_close(struct gate *g);

#endif
