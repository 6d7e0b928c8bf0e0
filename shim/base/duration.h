/* SPDX-License-Identifier: MIT */
/*
 * duration: a length of time as people write it.
 */
#ifndef SHIM_BASE_DURATION_H
#define SHIM_BASE_DURATION_H

#include "base/buf.h"
#include "base/clock.h"

/* "500ms", "1.5s", "2m", "1h30m": digits with a unit each. False leaves *length alone. */
bool duration_parse(struct span text, msec *length);

/* "12ms", "2.74s", "1m30s", "5m", "2h", "no limit". */
void buf_put_duration(struct buf *b, msec length);

#endif
