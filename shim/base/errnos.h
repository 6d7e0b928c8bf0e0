/* SPDX-License-Identifier: MIT */
/*
 * errnos: what an errno is called, for those that shim meets.
 * (libc's strerror brings 3 KB of messages that nobody here can cause.)
 */
#ifndef SHIM_BASE_ERRNOS_H
#define SHIM_BASE_ERRNOS_H

#include "base/buf.h"

/* "permission denied (EACCES)"; "errno 133" for one that is not listed. */
void buf_put_errno(struct buf *b, int error);

#endif
