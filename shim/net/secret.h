/* SPDX-License-Identifier: MIT */
/*
 * secret: what only the two ends of a connection know, and what they prove and seal with it.
 */
#ifndef SHIM_NET_SECRET_H
#define SHIM_NET_SECRET_H

#include "net/handshake.h"

enum { PROOF_LEN = 12 };

/* Puts our half of the key agreement, makes the master secret, and readies both seals. False: no such point. */
bool secret_agree(struct handshake *h, struct record *r);
/* Proves that the sides agree on all that was said in the first `len` bytes of the transcript; "client finished". */
void secret_prove(struct handshake *h, const char *label, size_t len, unsigned char *proof);

#endif
