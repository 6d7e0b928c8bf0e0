/* SPDX-License-Identifier: MIT */
#include "net/signature.h"

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

bool signature_fits(struct span signature, const struct key *key, enum hash hash, struct span text)
{
	unsigned char oid[] = {9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, (unsigned char)(1 + hash)}; /* RFC 8017 §B.1 */
	const unsigned char *at = (const unsigned char *)signature.at;
	unsigned char hashed[HASH_LEN_MAX], signed_hash[HASH_LEN_MAX];
	size_t len = hash_text(hash, text, hashed);

	if (key->bear.key_type == BR_KEYTYPE_EC)
		return br_ecdsa_i31_vrfy_asn1(&br_ec_prime_i31, hashed, len, &key->bear.key.ec, at, signature.len);
	return br_rsa_i31_pkcs1_vrfy(at, signature.len, oid, len, &key->bear.key.rsa, signed_hash) &&
	       memcmp(hashed, signed_hash, len) == 0;
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
