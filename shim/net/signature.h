/* SPDX-License-Identifier: MIT */
/*
 * signature: did the holder of a key sign this text, or this certificate? And how we sign ourselves.
 *
 * The one rule: SHA-2 with RSA (PKCS#1 v1.5) or ECDSA, and nothing older.
 */
#ifndef SHIM_NET_SIGNATURE_H
#define SHIM_NET_SIGNATURE_H

#include "net/certificate.h"
#include "net/hash.h"

enum signature { SIGNATURE_GOOD, SIGNATURE_BAD, SIGNATURE_UNKNOWN };
enum { SIGNATURE_LEN_MAX = 512 }; /* RSA with 4096 bits */

/* Is it the signature of `text` with the key, of either type? */
bool signature_fits(struct span signature, const struct key *key, enum hash hash, struct span text);

/* UNKNOWN: c->algorithm is none of those above. An algorithm for another type of key is BAD. */
enum signature signature_check(const struct certificate *c, const struct key *issuer);

/*
 * Signs `text` with the secret that belongs to the key: a private exponent, or a scalar. That takes the same time
 * for each secret of one length. Length of the signature; 0 when there is none.
 */
size_t signature_make(const struct key *key, struct span secret, enum hash hash, struct span text,
		      unsigned char *signature);

#endif
