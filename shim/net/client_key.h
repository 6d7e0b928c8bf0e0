/* SPDX-License-Identifier: MIT */
/*
 * client_key: a certificate of ours, and the private key that belongs to it.
 *
 * The one rule: it is whole and fits together, or it is a mistake that is told before anything is dialled.
 */
#ifndef SHIM_NET_CLIENT_KEY_H
#define SHIM_NET_CLIENT_KEY_H

#include "base/arena.h"
#include "base/target.h"
#include "net/certificate.h"

enum { CLIENT_CERTIFICATES_MAX = 12 << 10 }; /* bytes: with the rest of our answer in one record */

struct client_key {
	struct key key; /* of the certificate */
	struct span certificates; /* our own first, each with its length of three bytes before it */
	struct span secret; /* for signature_make() */
	struct arena memory; /* owned: all that the spans point to */
};

/*
 * Reads PEM files: `cert` may hold its intermediates, and the key, when `key` is empty. PKCS#1, SEC1 or PKCS#8.
 * False: why not stands in `problem`, and nothing is held. client_key_close() gives the memory back.
 */
bool client_key_open(struct client_key *k, const struct part *cert, const struct part *key, struct buf *problem);
void client_key_close(struct client_key *k);

#endif
