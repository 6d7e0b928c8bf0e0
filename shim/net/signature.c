/* SPDX-License-Identifier: MIT */
#include "net/signature.h"

#include <string.h>

/* The last byte of each OID counts the hashes: SHA-256, SHA-384, SHA-512 (RFC 8017 §A.2.4, RFC 5758 §3.2). */
static const struct span rsa_prefix = {"\x2a\x86\x48\x86\xf7\x0d\x01\x01", 8}; /* 1.2.840.113549.1.1, from 11 */
static const struct span ec_prefix = {"\x2a\x86\x48\xce\x3d\x04\x03", 7}; /* 1.2.840.10045.4.3, from 2 */

static const br_hash_class *const hashes[] = {&br_sha256_vtable, &br_sha384_vtable, &br_sha512_vtable};

/* Index of the hash; negative when the algorithm is not `prefix` and one of three numbers. */
static int hash_of(struct span algorithm, struct span prefix, int first)
{
	int index;

	if (algorithm.len != prefix.len + 1 || !span_starts_with(algorithm, prefix))
		return -1;
	index = algorithm.at[prefix.len] - first;
	return index < 3 ? index : -1;
}

static size_t hash_body(const struct certificate *c, int index, unsigned char *out)
{
	br_hash_compat_context context;
	const br_hash_class *class = hashes[index];

	class->init(&context.vtable);
	class->update(&context.vtable, c->body.at, c->body.len);
	class->out(&context.vtable, out);
	return class->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK;
}

static bool check_rsa(const struct certificate *c, const br_rsa_public_key *key, int index)
{
	unsigned char oid[] = {9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, (unsigned char)(1 + index)}; /* RFC 8017 §B.1 */
	unsigned char hash[64], signed_hash[64];
	size_t len = hash_body(c, index, hash);

	return br_rsa_i31_pkcs1_vrfy((const unsigned char *)c->signature.at, c->signature.len, oid, len, key,
				     signed_hash) &&
	       memcmp(hash, signed_hash, len) == 0;
}

static bool check_ec(const struct certificate *c, const br_ec_public_key *key, int index)
{
	unsigned char hash[64];
	size_t len = hash_body(c, index, hash);

	return br_ecdsa_i31_vrfy_asn1(&br_ec_prime_i31, hash, len, key, c->signature.at, c->signature.len);
}

enum signature signature_check(const struct certificate *c, const br_x509_pkey *issuer)
{
	int rsa = hash_of(c->algorithm, rsa_prefix, 11), ec = hash_of(c->algorithm, ec_prefix, 2);
	bool is_good = false;

	if (rsa < 0 && ec < 0)
		return SIGNATURE_UNKNOWN;
	if (rsa >= 0 && issuer->key_type == BR_KEYTYPE_RSA)
		is_good = check_rsa(c, &issuer->key.rsa, rsa);
	else if (ec >= 0 && issuer->key_type == BR_KEYTYPE_EC)
		is_good = check_ec(c, &issuer->key.ec, ec);
	return is_good ? SIGNATURE_GOOD : SIGNATURE_BAD;
}
