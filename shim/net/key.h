/* SPDX-License-Identifier: MIT */
/*
 * key: the public key of a certificate, as BearSSL wants it.
 */
#ifndef SHIM_NET_KEY_H
#define SHIM_NET_KEY_H

#include "net/der.h"

#include <bearssl.h>

/*
 * Reads `info`, the content of a SubjectPublicKeyInfo: RSA, or a point on P-256, P-384 or P-521. The key points into it.
 * False for every other; then *oid is the algorithm or the curve that is not known, or empty: damaged.
 */
bool key_parse(br_x509_pkey *key, struct span info, struct span *oid);

/* Size of an RSA key; 0 for the others, which are all fit for use. */
unsigned key_rsa_bits(const br_x509_pkey *key);

#endif
