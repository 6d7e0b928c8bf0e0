/* SPDX-License-Identifier: MIT */
#include "net/hash.h"

#include <string.h>

enum { BLOCK_LEN_MAX = 128 };

/* Of three pieces one behind the other. */
static size_t hash_pieces(enum hash hash, const struct span *pieces, unsigned char *out)
{
	struct sha2 s;

	sha2_init(&s, hash);
	for (int i = 0; i < 3; i++)
		sha2_put(&s, pieces[i]);
	return sha2_digest(&s, out);
}

size_t hash_text(enum hash hash, struct span text, unsigned char *out)
{
	return hash_pieces(hash, (const struct span[3]){text}, out);
}

static size_t block_len(enum hash hash)
{
	return hash == HASH_256 ? 64 : BLOCK_LEN_MAX;
}

/* HMAC (RFC 2104) of two pieces, the first of which may be `out`; `key` is a whole block. */
static size_t authenticate(enum hash hash, const unsigned char *key, struct span first, struct span second,
			   unsigned char *out)
{
	unsigned char block[BLOCK_LEN_MAX];
	struct span pieces[3] = {{(char *)block, block_len(hash)}, first, second};

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = key[i] ^ 0x36;
	pieces[1] = (struct span){(char *)out, hash_pieces(hash, pieces, out)};
	pieces[2].len = 0;
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = key[i] ^ 0x5c;
	return hash_pieces(hash, pieces, out);
}

void hash_expand(enum hash hash, struct span secret, struct span seed, unsigned char *out, size_t len)
{
	unsigned char key[BLOCK_LEN_MAX] = {0}, chain[HASH_LEN_MAX], piece[HASH_LEN_MAX];
	struct span last = seed;

	if (secret.len > block_len(hash))
		hash_text(hash, secret, key);
	else
		memcpy(key, secret.at, secret.len);
	for (size_t n; len > 0; len -= n, out += n) {
		last.len = authenticate(hash, key, last, (struct span){NULL, 0}, chain);
		last.at = (char *)chain;
		authenticate(hash, key, last, seed, piece);
		n = len < last.len ? len : last.len;
		memcpy(out, piece, n);
	}
}
