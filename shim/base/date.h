/* SPDX-License-Identifier: MIT */
/*
 * date: a moment of the calendar, in milliseconds since 1970-01-01 00:00 UTC.
 */
#ifndef SHIM_BASE_DATE_H
#define SHIM_BASE_DATE_H

#include "base/buf.h"
#include "base/clock.h"

/* Days from 1970-01-01 to a date of the Gregorian calendar; months and days count from 1. */
int64_t days_from_date(int64_t year, unsigned month, unsigned day);

/* "2026-11-24T16:38:16.896Z" (RFC 3339); a writer of msec */
void buf_put_timestamp(struct buf *b, const void *calendar);
/* "2026-11-24 16:38 UTC"; a writer of msec */
void buf_put_date(struct buf *b, const void *calendar);

#endif
