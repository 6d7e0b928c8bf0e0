/* SPDX-License-Identifier: MIT */
#include "net/secret.h"

#include "net/hello.h"

#include <string.h>

enum { SEED_MAX = 96 }; /* "extended master secret" and a hash of 64 bytes */

/* From the master secret, or to it: `secret` is what is there already. */
static void expand(struct handshake *h, struct span secret, struct buf *seed, unsigned char *out, size_t len)
{
	hash_expand(h->hash, secret, buf_span(seed), out, len);
}

static struct span master_of(const struct handshake *h)
{
	return (struct span){(const char *)h->master, MASTER_LEN};
}

/* The seed: a label, and the hash of the first `len` bytes of the transcript. */
static void put_hash(struct handshake *h, struct buf *seed, const char *label, size_t len)
{
	unsigned char hash[HASH_LEN_MAX];

	buf_put_text(seed, label);
	len = hash_text(h->hash, span_head(buf_span(&h->transcript), len), hash);
	buf_put(seed, (struct span){(char *)hash, len});
}

static void put_randoms(struct handshake *h, struct buf *seed, const char *label, bool is_client_first)
{
	struct span client = {h->bytes + RANDOM_AT, RANDOM_LEN}, server = {h->bytes + h->server_random, RANDOM_LEN};

	buf_put_text(seed, label);
	buf_put(seed, is_client_first ? client : server);
	buf_put(seed, is_client_first ? server : client);
}

static void make_master(struct handshake *h, struct span shared)
{
	char memory[SEED_MAX];
	struct buf seed = buf_init(memory, SEED_MAX);

	if (h->binds_all)
		put_hash(h, &seed, "extended master secret", h->transcript.len);
	else
		put_randoms(h, &seed, "master secret", true);
	expand(h, shared, &seed, h->master, MASTER_LEN);
}

static void make_keys(struct handshake *h, struct record *r)
{
	enum { KEY_LEN_MAX = 32 };
	size_t len = h->hash == HASH_256 ? 16 : KEY_LEN_MAX;
	unsigned char keys[2 * KEY_LEN_MAX + 2 * RECORD_SALT_LEN], *salts = keys + 2 * len;
	char memory[SEED_MAX];
	struct buf seed = buf_init(memory, SEED_MAX);

	put_randoms(h, &seed, "key expansion", false);
	expand(h, master_of(h), &seed, keys, sizeof(keys));
	seal_init(&r->seal, keys, len, salts);
	seal_init(&r->unseal, keys + len, len, salts + RECORD_SALT_LEN);
}

bool secret_agree(struct handshake *h, struct record *r)
{
	enum { POINT_LEN_MAX = 133 };
	unsigned char point[POINT_LEN_MAX]; /* a whole one is written, whatever length is given */
	size_t len = h->point.len, scalar_len = len / 2;
	int curve = (int)h->curve;

	/* Less than the order of the curve, which begins with 0xff or 0x01, and not 0. */
	h->scalar[0] &= curve == BR_EC_secp521r1 ? 0 : 0x7f;
	h->scalar[scalar_len - 1] |= 1;
	br_ec_prime_i31.mulgen(point, h->scalar, scalar_len, curve);
	buf_put_bytes(&h->transcript, CLIENT_KEY << 24 | (unsigned)(len + 1), 4);
	buf_put_vector(&h->transcript, (struct span){(char *)point, len}, 1);
	memcpy(point, h->point.at, len);
	if (!br_ec_prime_i31.mul(point, len, h->scalar, scalar_len, curve)) /* it is not on the curve */
		return false;
	make_master(h, (struct span){(char *)point + 1, scalar_len}); /* the point's X */
	make_keys(h, r);
	return true;
}

void secret_prove(struct handshake *h, const char *label, size_t len, unsigned char *proof)
{
	char memory[SEED_MAX];
	struct buf seed = buf_init(memory, SEED_MAX);

	put_hash(h, &seed, label, len);
	expand(h, master_of(h), &seed, proof, PROOF_LEN);
}
