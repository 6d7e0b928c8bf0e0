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

static const br_hash_class *const hashes[] = {&br_sha256_vtable, &br_sha384_vtable, &br_sha512_vtable};

static bool check(const struct certificate *c, const br_x509_pkey *key, unsigned index)
{
	unsigned char oid[] = {9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, (unsigned char)(1 + index)}; /* RFC 8017 §B.1 */
	const unsigned char *signature = (const unsigned char *)c->signature.at;
	unsigned char hash[64], signed_hash[64];
	br_hash_compat_context context;
	size_t len = 32 + 16 * index;

	hashes[index]->init(&context.vtable);
	hashes[index]->update(&context.vtable, c->body.at, c->body.len);
	hashes[index]->out(&context.vtable, hash);
	if (key->key_type == BR_KEYTYPE_EC)
		return br_ecdsa_i31_vrfy_asn1(&br_ec_prime_i31, hash, len, &key->key.ec, signature, c->signature.len);
	return br_rsa_i31_pkcs1_vrfy(signature, c->signature.len, oid, len, &key->key.rsa, signed_hash) &&
	       memcmp(hash, signed_hash, len) == 0;
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
	if (a->key_type == issuer->bear.key_type && check(c, &issuer->bear, index))
		return SIGNATURE_GOOD;
	return SIGNATURE_BAD;
}
