/* SPDX-License-Identifier: MIT */
/*
 * drain: what the command leaves behind is given time to end.
 *
 * The one rule: as PID 1 that is everybody, whatever its session; else only
 * processes that descend from init.
 */
#ifndef SHIM_INIT_DRAIN_H
#define SHIM_INIT_DRAIN_H

#include "base/clock.h"

#include <sys/types.h>

/*
 * Asks all that is left to end, reaps, and kills what is still there after `grace`. Signals that come meanwhile are
 * passed on to all of them. Returns at once when nothing is left, else how many processes ended or were killed.
 */
unsigned drain(pid_t init, msec grace);

#endif
