/* SPDX-License-Identifier: MIT */
/*
 * hello: what client and server say first: what the one offers, and what the other chose (RFC 5246 §7.4.1).
 *
 * The one rule: nothing is taken that was not offered.
 */
#ifndef SHIM_NET_HELLO_H
#define SHIM_NET_HELLO_H

#include "net/handshake.h"
#include "net/message.h"

/* The server's random number follows its version, ours the same in our own. */
enum { RANDOM_LEN = 32, RANDOM_AT = 4 + 2 };

/* Begins the transcript with our hello. */
void hello_put(struct handshake *h, const unsigned char *random);
/* The server's. The alert, or 0. */
unsigned hello_take(struct handshake *h, struct message *m);

#endif
