/* SPDX-License-Identifier: MIT */
/*
 * backoff: how long to rest after an attempt that failed.
 */
#ifndef SHIM_GATE_BACKOFF_H
#define SHIM_GATE_BACKOFF_H

#include "base/policy.h"

/*
 * min(max_interval, interval × backoff^(n - 1)) ± jitter after the n-th attempt, at least 1 ms.
 * `dice` is any number; the jitter is drawn from it.
 */
msec backoff_delay(const struct policy *p, unsigned n, uint32_t dice);

#endif
