/* SPDX-License-Identifier: MIT */
/*
 * polling: what poll(2) is asked in one round, and what it answers.
 *
 * The one rule: only what has a descriptor stands in it: the kernel limits
 * the number.
 */
#ifndef SHIM_GATE_POLLING_H
#define SHIM_GATE_POLLING_H

#include "base/clock.h"

#include <poll.h>

struct polling {
	struct pollfd *entries; /* owner's */
	unsigned count;
};

/* One entry more; in it stands the answer until the round is over. */
const struct pollfd *polling_add(struct polling *p, int fd, short events);

/* Until something happens, or the moment `wake` comes. */
void polling_wait(const struct polling *p, msec now, msec wake);

#endif
