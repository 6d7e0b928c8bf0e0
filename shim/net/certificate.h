/* SPDX-License-Identifier: MIT */
/*
 * certificate: one X.509 certificate, taken apart (RFC 5280 §4.1).
 *
 * The one rule: nothing here is true because the certificate says so. Its
 * signature is checked elsewhere; what cannot be read for certain is refused.
 */
#ifndef SHIM_NET_CERTIFICATE_H
#define SHIM_NET_CERTIFICATE_H

#include "base/clock.h"
#include "net/key.h"

/* Kinds of names in alt_names and name_constraints (RFC 5280 §4.2.1.6). */
enum { NAME_IS_DNS = DER_CONTEXT | 2, NAME_IS_IP = DER_CONTEXT | 7 };

/* Spans are pieces of what was read; at == NULL for an extension that is missing. */
struct certificate {
	bool is_v1; /* knows no extensions */
	bool is_ca;
	bool may_sign; /* handshakes: the key usage does not forbid it */
	bool may_sign_certificates; /* the key usage does not forbid it */
	bool is_for_servers; /* the extended key usage does not forbid it */
	unsigned path_len; /* that many more CAs may follow below */
	unsigned seen; /* a bit for each extension that is understood */
	msec not_before, not_after; /* on clock_calendar()'s scale */
	struct span body; /* what is signed: all of it that counts */
	struct span algorithm; /* of the signature: OID and parameters */
	struct span signature;
	struct span issuer, subject; /* without tag and length */
	struct span alt_names; /* one name behind the other, each readable */
	struct span name_constraints; /* not read yet */
	struct span critical; /* the first extension that must be understood and is not; empty for none */
	struct key key;
};

/* Takes the next certificate; false when there is none, or anything in it is not as it must be: then d is damaged. */
bool certificate_take(struct certificate *c, struct der *d);

/* Two that say the same are one. */
bool certificate_equals(const struct certificate *a, const struct certificate *b);
/* By the names: is `issuer` the one that `c` says it has? */
bool certificate_is_from(const struct certificate *c, const struct certificate *issuer);

/* Takes what stands behind an OpenSSL TRUSTED CERTIFICATE (X509_CERT_AUX): may that vouch for servers? */
bool certificate_take_trust(struct der *d);

/* "CN=Some CA, O=X" of a subject or an issuer, escaped and cut; a writer of struct span */
void buf_put_dn(struct buf *b, const void *name);

#endif
