/* SPDX-License-Identifier: MIT */
#include "net/client_key.h"

#include "base/file.h"
#include "net/message.h"
#include "net/pem.h"

#include <string.h>

enum {
	FILE_MAX = 64 << 10, /* text, and others' certificates that are too many */
	DER_MAX = 2500, /* a key of RSA with 4096 bits has 2,376 */
	RSA_BITS_MAX = 4096, /* what BearSSL has memory for */
	POINT_LEN_MAX = 133,
};

/* Appends a certificate to the others, which stand before it in the same memory. */
static void keep(struct span *certificates, char *start, struct span der)
{
	struct buf header = buf_init(start + certificates->len, 3); /* its PEM had more before it */

	buf_put_bytes(&header, (unsigned)der.len, 3);
	memmove(header.at + header.len, der.at, der.len);
	*certificates = (struct span){start, certificates->len + header.len + der.len};
}

/* What is wrong with the file, or NULL. Each of `certificates` and `key`, as DER, may be NULL: not from this file. */
static const char *read_file(struct arena *memory, const char *path, struct span *certificates, struct span *key)
{
	struct buf file = arena_rest(memory);
	int error = file_read(path, FILE_MAX, &file);
	struct pem p = {file.at, file.at + file.len};
	struct span bytes;

	if (error)
		return arena_format(memory, "%e", error);
	arena_keep(memory, &file);
	for (enum pem_kind kind; (kind = pem_next(&p, &bytes)) != PEM_END;) {
		if (kind == PEM_DAMAGED)
			return "a PEM object is damaged";
		if (key && kind == PEM_LOCKED_KEY)
			return "the key is encrypted";
		if (key && kind == PEM_KEY && bytes.len > DER_MAX)
			return "the key has more than 4096 bits";
		if (key && kind == PEM_KEY)
			*key = arena_copy(memory, bytes);
		if (certificates && kind <= PEM_TRUSTED)
			keep(certificates, file.at, bytes);
	}
	return key && key->len == 0 ? "holds no private key" : NULL;
}

/* PKCS#1 (RFC 8017 §A.1.2) or SEC1 (RFC 5915 §3), in PKCS#8 (RFC 5208 §5) or not. False when it is not what it must be. */
static bool parse(struct client_key *k, struct span bytes)
{
	unsigned char point[POINT_LEN_MAX];
	const br_x509_pkey *public = &k->key.bear;
	struct der d;

	der_init(&d, bytes);
	der_enter_sequence(&d);
	der_take_natural(&d); /* a version */
	if (der_peek(&d) == DER_SEQUENCE) { /* which algorithm says the certificate as well */
		der_take(&d, DER_SEQUENCE);
		der_enter(&d, DER_OCTETS);
		der_enter_sequence(&d);
		der_take_natural(&d);
	}
	if (public->key_type == BR_KEYTYPE_RSA) {
		struct span modulus = der_take_natural(&d);

		der_take_natural(&d);
		k->secret = der_take_natural(&d);
		return !d.damaged &&
		       span_equals(modulus, (struct span){(char *)public->key.rsa.n, public->key.rsa.nlen});
	}
	k->secret = der_take(&d, DER_OCTETS);
	if (d.damaged)
		return false;
	br_ec_prime_i31.mulgen(point, (const unsigned char *)k->secret.at, k->secret.len, public->key.ec.curve);
	return memcmp(point, public->key.ec.q, public->key.ec.qlen) == 0;
}

/* What is wrong with the certificate, or NULL. */
static const char *check_certificate(struct client_key *k)
{
	struct message first = {k->certificates, false};
	struct certificate c;
	struct der d;

	if (k->certificates.len == 0)
		return "holds no certificate (is it PEM?)";
	if (k->certificates.len > CLIENT_CERTIFICATES_MAX)
		return "holds more than 12 KB of certificates";
	der_init(&d, message_vector(&first, 3));
	if (!certificate_take(&c, &d))
		return "the certificate is malformed";
	k->key = c.key;
	if (c.key.bear.key_type == 0 || key_rsa_bits(&c.key) > RSA_BITS_MAX)
		return "a key of this kind is not supported";
	return NULL;
}

bool client_key_open(struct client_key *k, const struct part *cert, const struct part *key, struct buf *problem)
{
	const struct part *file = cert;
	const char *wrong = "no memory for it";
	struct span der = {NULL, 0};

	*k = (struct client_key){0};
	if (arena_open(&k->memory, 2 * (FILE_MAX + DER_MAX + 16)))
		wrong = read_file(&k->memory, cert->value.at, &k->certificates, key->value.len == 0 ? &der : NULL);
	if (!wrong)
		wrong = check_certificate(k);
	if (!wrong && key->value.len > 0) {
		file = key;
		wrong = read_file(&k->memory, key->value.at, NULL, &der);
	}
	if (!wrong && !parse(k, der))
		wrong = "the private key is not that of the certificate";
	if (!wrong)
		return true;
	buf_format(problem, "%q: %s", &file->shown, wrong);
	client_key_close(k);
	return false;
}

void client_key_close(struct client_key *k)
{
	arena_close(&k->memory);
}
