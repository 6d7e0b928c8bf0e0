/* SPDX-License-Identifier: MIT */
/*
 * statuses: the HTTP statuses that count as ready, as they are declared: "200-299+404".
 */
#ifndef SHIM_BASE_STATUSES_H
#define SHIM_BASE_STATUSES_H

#include "base/span.h"

/* Is it such a list? A NUL follows. */
bool statuses_are_good(struct span list);
/* Is `status` in the list? */
bool statuses_hold(const struct span *list, unsigned status);

#endif
