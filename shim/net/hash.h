/* SPDX-License-Identifier: MIT */
/*
 * hash: SHA-256, SHA-384 and SHA-512, and what TLS 1.2 makes secrets with (RFC 5246 §5).
 *
 * The one rule: a hash is called by its number here; it has 32 + 16 * number bytes.
 */
#ifndef SHIM_NET_HASH_H
#define SHIM_NET_HASH_H

#include "base/span.h"

#include <bearssl.h>

enum hash { HASH_256, HASH_384, HASH_512, HASH_COUNT };
enum { HASH_LEN_MAX = 64 };

extern const br_hash_class *const hash_classes[HASH_COUNT];

/* Length of the hash of `text`, which is written to `out`. */
size_t hash_text(enum hash hash, struct span text, unsigned char *out);

/* The PRF; `seed` begins with the label. The hash is one of the first two. */
void hash_expand(enum hash hash, struct span secret, struct span seed, unsigned char *out, size_t len);

#endif
