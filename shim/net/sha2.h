/* SPDX-License-Identifier: MIT */
/*
 * sha2: SHA-256, SHA-384 and SHA-512 (FIPS 180-4), piecewise.
 *
 * The one rule: a hash is called by its number here; it has 32 + 16 * number bytes.
 */
#ifndef SHIM_NET_SHA2_H
#define SHIM_NET_SHA2_H

#include "base/span.h"

enum hash { HASH_256, HASH_384, HASH_512, HASH_COUNT };

enum {
	HASH_LEN_MAX = 64,
	SHA2_STATE = 8, /* words */
	SHA2_BLOCK = 16,
};

struct sha2 {
	enum hash hash;
	uint64_t count; /* bytes so far; there are never 2^61 */
	uint64_t state[SHA2_STATE];
	uint64_t block[SHA2_BLOCK];
};

void sha2_init(struct sha2 *s, enum hash hash);
void sha2_put(struct sha2 *s, struct span text);
/* Writes the hash of what was put, of which more may follow; its length. */
size_t sha2_digest(const struct sha2 *s, unsigned char *digest);

#endif
