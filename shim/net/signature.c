/* SPDX-License-Identifier: MIT */
#include "net/signature.h"

#include "net/message.h"

#include <string.h>

/*
 * The last byte of each OID counts the hashes: SHA-256, SHA-384, SHA-512 (RFC 8017 §A.2.4, RFC 5758 §3.2).
 * The two kinds of OIDs differ in their length, which is the second byte.
 */
static const struct algorithm {
	unsigned char key_type, first, prefix_len;
	char prefix[10];
} algorithms[] = {
	{BR_KEYTYPE_RSA, 11, 10, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01"}, /* 1.2.840.113549.1.1 */
	{BR_KEYTYPE_EC, 2, 9, "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03"}, /* 1.2.840.10045.4.3 */
};

/*
 * Writes what RSA raises to a power: padding and the hash of `text`. False when the key is too small for it. `len` is
 * that of the modulus (RFC 8017 §9.2).
 */
static bool encode(enum hash hash, struct span text, unsigned char *out, size_t len)
{
	/* All of DigestInfo but the hash, of SHA-256 */
	static const char info[] = "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
	enum { INFO_LEN = sizeof(info) - 1, PADDING_MIN = 11 };
	unsigned char *at = out + len - INFO_LEN - 32 - 16 * hash;

	if (len < INFO_LEN + HASH_LEN_MAX + PADDING_MIN || len > SIGNATURE_LEN_MAX)
		return false;
	memset(out, 0xff, len);
	out[0] = 0;
	out[1] = 1;
	at[-1] = 0;
	memcpy(at, info, INFO_LEN);
	at[1] += 16 * hash;
	at[14] += hash;
	at[18] += 16 * hash;
	hash_text(hash, text, at + INFO_LEN);
	return true;
}

/* By encoding it again: there is one encoding, and not one byte to fill in at will (RFC 8017 §8.2.2). */
static bool fits_rsa(struct span signature, const br_rsa_public_key *rsa, enum hash hash, struct span text)
{
	unsigned char expected[SIGNATURE_LEN_MAX], found[SIGNATURE_LEN_MAX];
	size_t len = signature.len;

	if (len != rsa->nlen || !encode(hash, text, expected, len))
		return false;
	memcpy(found, signature.at, len);
	return br_rsa_i31_public(found, len, rsa) && memcmp(expected, found, len) == 0;
}

enum { SCALAR_MAX = 66 };

/* Takes one of the two numbers of ECDSA into `len` bytes; one that is too large is damage. */
static void take_scalar(struct der *d, unsigned char *at, size_t len)
{
	struct span number = der_take_natural(d);

	if (number.len == 0 || number.len > len) /* FIPS 186-5 §6.4.2: neither is 0 */
		d->damaged = true;
	if (!d->damaged)
		memcpy(at + len - number.len, number.at, number.len);
}

/* RFC 3279 §2.2.3 */
static bool fits_ec(struct span signature, const br_ec_public_key *ec, enum hash hash, struct span text)
{
	unsigned char hashed[HASH_LEN_MAX], numbers[2 * SCALAR_MAX] = {0};
	size_t len = ec->qlen / 2;
	struct der d;

	der_init(&d, signature);
	der_enter_sequence(&d);
	take_scalar(&d, numbers, len);
	take_scalar(&d, numbers + len, len);
	der_leave(&d);
	return der_is_done(&d) &&
	       br_ecdsa_i31_vrfy_raw(&br_ec_prime_i31, hashed, hash_text(hash, text, hashed), ec, numbers, 2 * len);
}

bool signature_fits(struct span signature, const struct key *key, enum hash hash, struct span text)
{
	if (key->bear.key_type == BR_KEYTYPE_RSA)
		return fits_rsa(signature, &key->bear.key.rsa, hash, text);
	return fits_ec(signature, &key->bear.key.ec, hash, text);
}

/* With the exponent as a whole: half the code, and no fault in one half can give the key away. */
static size_t make_rsa(br_rsa_public_key rsa, struct span secret, enum hash hash, struct span text, unsigned char *out)
{
	rsa.e = (unsigned char *)secret.at;
	rsa.elen = secret.len;
	return encode(hash, text, out, rsa.nlen) && br_rsa_i31_public(out, rsa.nlen, &rsa) ? rsa.nlen : 0;
}

/* Without leading zeros, but one where it would be taken for negative. */
static void put_scalar(struct buf *b, const unsigned char *at, size_t len)
{
	for (; len > 1 && *at == 0; len--)
		at++;

	unsigned sign = *at >> 7;

	buf_put_bytes(b, DER_INTEGER << 8 | (unsigned)(len + sign), 2);
	buf_put_bytes(b, 0, sign);
	buf_put(b, (struct span){(const char *)at, len});
}

static size_t make_ec(const br_ec_public_key *public, struct span secret, enum hash hash, struct span text,
		      unsigned char *out)
{
	br_ec_private_key ec = {public->curve, (unsigned char *)secret.at, secret.len};
	unsigned char hashed[HASH_LEN_MAX], numbers[2 * SCALAR_MAX];
	char memory[2 * (2 + 1 + SCALAR_MAX)];
	struct buf body = buf_init(memory, sizeof(memory)), b = buf_init((char *)out, SIGNATURE_LEN_MAX);
	/* Nothing else is asked of it: see br_hmac_drbg_init() in bearssl.c. */
	br_hash_class length = {.desc = BR_HASHDESC_OUT(hash_text(hash, text, hashed))};
	size_t len = br_ecdsa_i31_sign_raw(&br_ec_prime_i31, &length, hashed, &ec, numbers) / 2;

	if (len == 0)
		return 0;
	put_scalar(&body, numbers, len);
	put_scalar(&body, numbers + len, len);
	buf_put_bytes(&b, DER_SEQUENCE, 1);
	if (body.len > 127) /* X.690 §8.1.3.5 */
		buf_put_bytes(&b, 0x81, 1);
	buf_put_vector(&b, buf_span(&body), 1);
	return b.len;
}

size_t signature_make(const struct key *key, struct span secret, enum hash hash, struct span text,
		      unsigned char *signature)
{
	if (key->bear.key_type == BR_KEYTYPE_RSA)
		return make_rsa(key->bear.key.rsa, secret, hash, text, signature);
	return make_ec(&key->bear.key.ec, secret, hash, text, signature);
}

/* Behind the OID: nothing, or NULL. */
static bool is_without_parameters(const char *at, size_t len)
{
	return len == 0 || (len == 2 && memcmp(at, "\x05", 2) == 0);
}

enum signature signature_check(const struct certificate *c, const struct key *issuer)
{
	const char *at = c->algorithm.at;

	const struct algorithm *a = &algorithms[c->algorithm.len > 1 && at[1] == algorithms[1].prefix[1]];
	size_t len = a->prefix_len;

	if (c->algorithm.len <= len || memcmp(at, a->prefix, len) != 0)
		return SIGNATURE_UNKNOWN;

	unsigned index = (unsigned)at[len] - a->first;

	if (index > 2 || !is_without_parameters(at + len + 1, c->algorithm.len - len - 1))
		return SIGNATURE_UNKNOWN;
	if (a->key_type == issuer->bear.key_type && signature_fits(c->signature, issuer, (enum hash)index, c->body))
		return SIGNATURE_GOOD;
	return SIGNATURE_BAD;
}
