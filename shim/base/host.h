/* SPDX-License-Identifier: MIT */
/*
 * host: what may stand where a host is asked for: a name or an address.
 */
#ifndef SHIM_BASE_HOST_H
#define SHIM_BASE_HOST_H

#include "base/span.h"

/* Why `host` is neither a name nor an IPv4 nor an IPv6 address; NULL when it is one. */
const char *host_problem(struct span host);

/* Letters, digits, "-", "_" and ".". */
bool is_host_character(char c);
/* Why it is no name made of those; NULL when it is one. */
const char *name_problem(struct span name);

#endif
