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

#include <stdbool.h>
#include <sys/types.h>

/*
 * Asks all that is left to end, reaps, and kills what is still there after `grace`; passes signals on meanwhile.
 * Returns how many ended or were killed; were there *had_others, too, whose end only their parents elsewhere see?
 */
unsigned drain(pid_t init, msec grace, bool *had_others);

#endif
