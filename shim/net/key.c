/* SPDX-License-Identifier: MIT */
#include "net/key.h"

#define OID(bytes) {bytes, sizeof(bytes) - 1}

static const struct span rsa_oid = OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"); /* 1.2.840.113549.1.1.1 */
static const struct span ec_oid = OID("\x2a\x86\x48\xce\x3d\x02\x01"); /* 1.2.840.10045.2.1 */

static const struct curve {
	struct span oid;
	int id;
	unsigned point_len;
} curves[] = {
	{OID("\x2a\x86\x48\xce\x3d\x03\x01\x07"), BR_EC_secp256r1, 65}, /* 1.2.840.10045.3.1.7 */
	{OID("\x2b\x81\x04\x00\x22"), BR_EC_secp384r1, 97}, /* 1.3.132.0.34 */
	{OID("\x2b\x81\x04\x00\x23"), BR_EC_secp521r1, 133}, /* 1.3.132.0.35 */
};

static void take_rsa(br_rsa_public_key *rsa, struct der *d)
{
	struct span bits = der_take_bits(d);
	struct der inside;

	der_init(&inside, bits);
	der_enter(&inside, DER_SEQUENCE);

	struct span modulus = der_take_natural(&inside), exponent = der_take_natural(&inside);

	der_leave(&inside);
	if (!der_is_done(&inside) || modulus.len == 0 || exponent.len == 0)
		d->damaged = true;
	*rsa = (br_rsa_public_key){(unsigned char *)modulus.at, modulus.len, (unsigned char *)exponent.at, exponent.len};
}

/* False when the curve is not known. */
static bool take_point(br_ec_public_key *ec, struct der *d, struct span curve)
{
	enum { UNCOMPRESSED = 4 };
	struct span point = der_take_bits(d);

	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		if (!span_equals(curve, curves[i].oid))
			continue;
		*ec = (br_ec_public_key){curves[i].id, (unsigned char *)point.at, point.len};
		if (point.len != curves[i].point_len || point.at[0] != UNCOMPRESSED)
			d->damaged = true;
		return true;
	}
	return false;
}

bool key_parse(br_x509_pkey *key, struct span info, struct span *oid)
{
	bool known = true;
	struct span curve;
	struct der d;

	der_init(&d, info);
	der_enter(&d, DER_SEQUENCE);
	*oid = der_take(&d, DER_OID);
	curve = der_take(&d, der_peek(&d)); /* of RSA: NULL */
	der_leave(&d);
	if (span_equals(*oid, rsa_oid)) {
		key->key_type = BR_KEYTYPE_RSA;
		take_rsa(&key->key.rsa, &d);
	} else if (span_equals(*oid, ec_oid)) {
		*oid = curve;
		key->key_type = BR_KEYTYPE_EC;
		known = take_point(&key->key.ec, &d, curve);
	} else {
		return false;
	}
	if (known && !der_is_done(&d))
		*oid = (struct span){NULL, 0};
	return known && der_is_done(&d);
}

unsigned key_rsa_bits(const br_x509_pkey *key)
{
	if (key->key_type != BR_KEYTYPE_RSA)
		return 0;

	unsigned bits = (unsigned)key->key.rsa.nlen * 8;

	for (unsigned top = key->key.rsa.n[0]; top < 0x80; top <<= 1)
		bits--;
	return bits;
}
