/* SPDX-License-Identifier: MIT */
#include "net/key.h"

#define EC "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01" /* 1.2.840.10045.2.1, before a curve's OID */

/* RFC 3279 §2.3.1, RFC 5480 §2.1.1 */
static const struct algorithm {
	unsigned char type, curve, point_len, oids_len;
	char oids[19];
} algorithms[] = {
	/* 1.2.840.113549.1.1.1, NULL */
	{BR_KEYTYPE_RSA, 0, 0, 13, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"},
	/* 1.2.840.10045.3.1.7, 1.3.132.0.34, 1.3.132.0.35 */
	{BR_KEYTYPE_EC, BR_EC_secp256r1, 65, 19, EC "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"},
	{BR_KEYTYPE_EC, BR_EC_secp384r1, 97, 16, EC "\x06\x05\x2b\x81\x04\x00\x22"},
	{BR_KEYTYPE_EC, BR_EC_secp521r1, 133, 16, EC "\x06\x05\x2b\x81\x04\x00\x23"},
};

static bool is_odd(struct span number)
{
	return number.len > 0 && (number.at[number.len - 1] & 1);
}

/* A long exponent is nothing but a way to keep others busy: everybody's is 65537, or at least short. */
static bool parse_rsa(br_rsa_public_key *rsa, struct span sequence)
{
	enum { EXPONENT_BYTES_MAX = 8 };
	struct span modulus, exponent;
	struct der d;

	der_init(&d, sequence);
	der_enter_sequence(&d);
	modulus = der_take_natural(&d);
	exponent = der_take_natural(&d);
	der_leave(&d);
	*rsa = (br_rsa_public_key){(unsigned char *)modulus.at, modulus.len, (unsigned char *)exponent.at,
				   exponent.len};
	return der_is_done(&d) && is_odd(modulus) && is_odd(exponent) && exponent.len <= EXPONENT_BYTES_MAX &&
	       (exponent.len > 1 || exponent.at[0] != 1);
}

static bool parse_point(br_ec_public_key *ec, struct span point, const struct algorithm *a)
{
	enum { UNCOMPRESSED = 4 };

	*ec = (br_ec_public_key){a->curve, (unsigned char *)point.at, point.len};
	return point.len == a->point_len && point.at[0] == UNCOMPRESSED;
}

static const struct algorithm *find_algorithm(const struct span *oids)
{
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (span_equals(*oids, (struct span){algorithms[i].oids, algorithms[i].oids_len}))
			return &algorithms[i];
	return NULL;
}

void key_take(struct key *k, struct der *d)
{
	der_enter_sequence(d);
	k->algorithm = der_take(d, DER_SEQUENCE);
	k->bits = der_take_bits(d, 0);
	der_leave(d);
}

bool key_parse(struct key *k)
{
	const struct algorithm *a = find_algorithm(&k->algorithm);

	if (!a)
		return true;
	k->bear.key_type = a->type;
	if (a->type == BR_KEYTYPE_RSA)
		return parse_rsa(&k->bear.key.rsa, k->bits);
	return parse_point(&k->bear.key.ec, k->bits, a);
}

unsigned key_rsa_bits(const struct key *k)
{
	const br_rsa_public_key *rsa = &k->bear.key.rsa;

	if (k->bear.key_type != BR_KEYTYPE_RSA)
		return 0;
	return (unsigned)rsa->nlen * 8;
}
