/* SPDX-License-Identifier: MIT */
/*
 * local: what this machine itself can tell at once: a file, a disk, a variable.
 *
 * The one rule: it looks and does not wait; a FIFO without a writer holds nobody up.
 */
#ifndef SHIM_GATE_LOCAL_H
#define SHIM_GATE_LOCAL_H

#include "base/target.h"
#include "base/verdict.h"

/* Is it ready? False fills *v. */
bool local_is_ready(const struct target *t, struct verdict *v);

#endif
