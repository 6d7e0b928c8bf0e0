/* SPDX-License-Identifier: MIT */
/*
 * constraints: which names a CA may put into certificates (RFC 5280 §4.2.1.10).
 *
 * The one rule: names of hosts and addresses are judged; a constraint on any
 * other kind of name cannot be, so it allows nothing.
 */
#ifndef SHIM_NET_CONSTRAINTS_H
#define SHIM_NET_CONSTRAINTS_H

#include "base/verdict.h"

/* Do `constraints` allow all of `names`, a certificate's? If not, the verdict says what they do not allow. */
bool constraints_allow(struct span constraints, struct span names, struct verdict *v);

#endif
