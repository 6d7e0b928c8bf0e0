/* SPDX-License-Identifier: MIT */
/*
 * policy: how patient the wait is with one target.
 *
 * The one rule: every field is a flag and also an option of a target; a
 * target starts from the flags and overrides what it names.
 */
#ifndef SHIM_BASE_POLICY_H
#define SHIM_BASE_POLICY_H

#include "base/clock.h"
#include "base/setting.h"

struct policy {
	msec timeout; /* of the whole wait; NEVER for no limit */
	msec attempt_timeout; /* of one go: look-up, connect, TLS and every byte */
	msec interval; /* before the second attempt */
	msec max_interval;
	uint32_t backoff; /* each delay is this many thousandths of the one before */
	uint32_t jitter; /* per cent, both ways */
	uint32_t successes; /* ready only after so many in a row */
	uint32_t fail_fast; /* give up after so many failures in a row that waiting rarely mends; 0: never */
};

struct policy policy_default(void);

/* Offsets are into struct policy, and into each struct that begins with one. Ends with a row without a name. */
extern const struct setting policy_settings[];

/* setting_find() in `own`, and then in policy_settings[]. */
const struct setting *policy_find(const struct setting *own, struct span name, name_test *fits);

#endif
