/* SPDX-License-Identifier: MIT */
/*
 * clock: the only file that asks the kernel what time it is.
 *
 * The one rule: everybody else is handed `now` as an argument.
 */
#ifndef SHIM_BASE_CLOCK_H
#define SHIM_BASE_CLOCK_H

#include "base/buf.h"

/* Milliseconds: a length of time, or a moment on the clock that never goes back. */
typedef int64_t msec;

enum {
	SECOND = 1000,
	MINUTE = 60 * SECOND,
	HOUR = 60 * MINUTE,
};

/* No limit, or a moment that never comes. Sums with real lengths do not overflow. */
#define NEVER ((msec)1 << 62)

/* Milliseconds since some moment in the past (CLOCK_MONOTONIC). */
msec clock_now(void);
/* Milliseconds since 1970-01-01 00:00 UTC: for certificates and log lines, never for waiting. */
msec clock_calendar(void);

/* "500ms", "1.5s", "2m", "1h30m": digits with a unit each. False leaves *length alone. */
bool duration_parse(struct span text, msec *length);

/* "12ms", "2.74s", "1m30s", "5m", "2h", "no limit". */
void buf_put_duration(struct buf *b, msec length);
/* "2026-11-24T16:38:16.896Z" (RFC 3339) from clock_calendar()'s milliseconds. */
void buf_put_timestamp(struct buf *b, msec calendar);
/* "2026-11-24 16:38 UTC"; a writer of msec */
void buf_put_date(struct buf *b, const void *calendar);

/* Days from 1970-01-01 to a date of the Gregorian calendar; months and days count from 1. */
int64_t days_from_date(int64_t year, unsigned month, unsigned day);

#endif
