/* SPDX-License-Identifier: MIT */
/*
 * constraints: which names a CA may put into certificates (RFC 5280 §4.2.1.10).
 *
 * The one rule: names of hosts and addresses are judged; a constraint on any
 * other kind of name cannot be, so it damages the whole.
 */
#ifndef SHIM_NET_CONSTRAINTS_H
#define SHIM_NET_CONSTRAINTS_H

#include "net/der.h"

/* Takes all constraints: do they allow `name`, one of a certificate's? */
bool constraints_take(struct der *d, const struct element *name);

#endif
