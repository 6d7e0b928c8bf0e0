/* SPDX-License-Identifier: MIT */
/*
 * AES in counter mode (FIPS 197, SP 800-38A §6.5) behind BearSSL's names, in place of 2.4 KB of it that work on bits.
 *
 * Its time tells nothing: there are no tables, and no branch and no index depends on a byte of the text or of the key.
 * What others look up is computed, for eight bytes at a time, each in its part of a number.
 */
#include <bearssl.h>
#include <endian.h>
#include <string.h>

enum { BLOCK = 16 };

enum { FIELD = 0x1b }; /* x^8 in the field of the bytes: x^4 + x^3 + x + 1 (FIPS 197 §4.2) */

#define EACH 0x0101010101010101ULL /* times a byte: that byte in each of eight places */

/* Eight products of bytes as polynomials over bits, in which x^8 is `modulus`. */
static uint64_t multiply(uint64_t a, uint64_t b, unsigned modulus)
{
	uint64_t product = 0;

	for (unsigned i = 0; i < 8; i++) {
		product ^= a & (b >> i & EACH) * 0xff;
		a = (a << 1 & ~EACH) ^ (a >> 7 & EACH) * modulus;
	}
	return product;
}

/* SubBytes (§5.1.1): the inverse, which is the power of 254, and an affine map, which is a product modulo x^8 + 1. */
static uint64_t substitute(uint64_t x)
{
	uint64_t power = x;

	for (unsigned i = 0; i < 6; i++) /* 3, 7, 15 ... 127 */
		power = multiply(multiply(power, power, FIELD), x, FIELD);
	return multiply(multiply(power, power, FIELD), 0x1f * EACH, 1) ^ 0x63 * EACH;
}

static uint32_t rotate(uint32_t word, unsigned by)
{
	return word >> by | word << (32 - by);
}

/* MixColumns (§5.1.3): a byte a becomes 2a + 3b + c + d of those that follow it in its column. */
static void mix(unsigned char *column)
{
	uint32_t word;

	memcpy(&word, column, sizeof(word));
	word = le32toh(word);

	uint32_t next = rotate(word, 8), sum = word ^ next;

	word = htole32((uint32_t)multiply(sum, 2 * EACH, FIELD) ^ next ^ rotate(sum, 16));
	memcpy(column, &word, sizeof(word));
}

static uint64_t key_at(const br_aes_ct_ctr_keys *ctx, unsigned half)
{
	uint64_t key;

	memcpy(&key, ctx->skey + half * 2, sizeof(key));
	return key;
}

/* §5.1, in which the last round does not mix: here each mixes what the one before left it. */
static void encrypt(const br_aes_ct_ctr_keys *ctx, uint64_t *block)
{
	unsigned char *bytes = (unsigned char *)block;
	unsigned half = 0;

	while (half < ctx->num_rounds * 2) {
		uint64_t old[2];

		for (unsigned i = 0; i < BLOCK && half > 0; i += 4)
			mix(bytes + i);
		for (unsigned i = 0; i < 2; i++, half++)
			old[i] = substitute(block[i] ^ key_at(ctx, half));
		for (unsigned i = 0; i < BLOCK; i++) /* ShiftRows (§5.1.2) */
			bytes[i] = ((unsigned char *)old)[i * 5 % BLOCK];
	}
	block[0] ^= key_at(ctx, half);
	block[1] ^= key_at(ctx, half + 1);
}

/* FIPS 197 §5.2. A key has 128 or 256 bits: TLS has no other. */
void br_aes_ct_ctr_init(br_aes_ct_ctr_keys *ctx, const void *key, size_t len)
{
	uint32_t *words = ctx->skey, constant = 1;
	unsigned count = len / 4;

	ctx->num_rounds = count + 6;
	memcpy(words, key, len);
	for (unsigned i = 0; i < len + 28 - count; i++) {
		uint32_t word = words[i + count - 1];

		if (i % 4 == 0)
			word = substitute(word);
		if ((i & (count - 1)) == 0) {
			word = htole32(rotate(le32toh(word), 8) ^ constant);
			constant = multiply(constant, 2, FIELD);
		}
		words[i + count] = words[i] ^ word;
	}
}

uint32_t br_aes_ct_ctr_run(const br_aes_ct_ctr_keys *ctx, const void *iv, uint32_t cc, void *data, size_t len)
{
	uint64_t block[2];
	unsigned char *bytes = (unsigned char *)block;

	for (size_t i = 0; i < len; i++) {
		if (i % BLOCK == 0) {
			uint32_t counter = htobe32(cc++);

			memcpy(bytes, iv, 12);
			memcpy(bytes + 12, &counter, 4);
			encrypt(ctx, block);
		}
		((unsigned char *)data)[i] ^= bytes[i % BLOCK];
	}
	return cc;
}
