/* SPDX-License-Identifier: MIT */
/*
 * key: the public key of a certificate, as BearSSL wants it.
 *
 * The one rule: a key that is here is one that can be computed with: no curve
 * but those that are known, no point of another length, no endless exponent.
 */
#ifndef SHIM_NET_KEY_H
#define SHIM_NET_KEY_H

#include "net/der.h"

#include <bearssl.h>

struct key {
	struct span algorithm; /* OID and parameters */
	struct span bits; /* what stands behind that */
	br_x509_pkey bear; /* points into what was read; key_type 0 for an algorithm that is not supported */
};

/* Takes a SubjectPublicKeyInfo apart. */
void key_take(struct key *k, struct der *d);
/* Then: RSA, or a point on P-256, P-384 or P-521. False when it says that it is one of them, and is not. */
bool key_parse(struct key *k);

/* Size of an RSA key, in whole bytes; 0 for the others, which are all fit for use. */
unsigned key_rsa_bits(const struct key *k);

#endif
