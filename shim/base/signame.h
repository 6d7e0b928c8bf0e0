/* SPDX-License-Identifier: MIT */
/*
 * signame: signals as people call them.
 */
#ifndef SHIM_BASE_SIGNAME_H
#define SHIM_BASE_SIGNAME_H

#include "base/buf.h"

enum { SIGNAL_MAX = 64 };

/* "TERM", "SIGTERM", "15", "RTMIN+1", in any case. 0 when it is none. */
int signal_parse(struct span name);

/* "TERM", "signal 34"; a writer of int */
void buf_put_signal(struct buf *b, const void *number);

#endif
