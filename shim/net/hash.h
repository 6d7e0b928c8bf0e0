/* SPDX-License-Identifier: MIT */
/*
 * hash: SHA-2 of a whole text, and what TLS 1.2 makes secrets with (RFC 5246 §5).
 */
#ifndef SHIM_NET_HASH_H
#define SHIM_NET_HASH_H

#include "net/sha2.h"

/* Length of the hash of `text`, which is written to `out`. */
size_t hash_text(enum hash hash, struct span text, unsigned char *out);

/* The PRF; `seed` begins with the label. The hash is one of the first two. */
void hash_expand(enum hash hash, struct span secret, struct span seed, unsigned char *out, size_t len);

#endif
