/* SPDX-License-Identifier: MIT */
/*
 * clock: the only file that asks the kernel what time it is.
 *
 * The one rule: everybody else is handed `now` as an argument.
 */
#ifndef SHIM_BASE_CLOCK_H
#define SHIM_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds: a length of time, or a moment on the clock that never goes back. */
typedef int64_t msec;

enum {
	SECOND = 1000,
	MINUTE = 60 * SECOND,
	HOUR = 60 * MINUTE,
};

/* No limit, or a moment that never comes. Sums with real lengths do not overflow. */
#define NEVER ((msec)1 << 62)

msec earlier(msec a, msec b);

/* Milliseconds since some moment in the past (CLOCK_MONOTONIC). */
msec clock_now(void);
/* Milliseconds since 1970-01-01 00:00 UTC: for certificates and log lines, never for waiting. */
msec clock_calendar(void);

#endif
