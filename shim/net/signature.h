/* SPDX-License-Identifier: MIT */
/*
 * signature: did the holder of a key sign this text, or this certificate?
 *
 * The one rule: SHA-2 with RSA (PKCS#1 v1.5) or ECDSA, and nothing older.
 */
#ifndef SHIM_NET_SIGNATURE_H
#define SHIM_NET_SIGNATURE_H

#include "net/certificate.h"
#include "net/hash.h"

enum signature { SIGNATURE_GOOD, SIGNATURE_BAD, SIGNATURE_UNKNOWN };

/* Is it the signature of `text` with the key, of either type? */
bool signature_fits(struct span signature, const struct key *key, enum hash hash, struct span text);

/* UNKNOWN: c->algorithm is none of those above. An algorithm for another type of key is BAD. */
enum signature signature_check(const struct certificate *c, const struct key *issuer);

#endif
