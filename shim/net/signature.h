/* SPDX-License-Identifier: MIT */
/*
 * signature: did the holder of a key sign this certificate?
 *
 * The one rule: SHA-2 with RSA (PKCS#1 v1.5) or ECDSA, and nothing older.
 */
#ifndef SHIM_NET_SIGNATURE_H
#define SHIM_NET_SIGNATURE_H

#include "net/certificate.h"

enum signature { SIGNATURE_GOOD, SIGNATURE_BAD, SIGNATURE_UNKNOWN };

/* UNKNOWN: c->algorithm is none of those above. An algorithm for another type of key is BAD. */
enum signature signature_check(const struct certificate *c, const struct key *issuer);

#endif
