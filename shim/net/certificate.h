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
#include "net/der.h"

/* The extensions that are understood. */
enum extension { KEY_USAGE, ALT_NAMES, BASIC_CONSTRAINTS, NAME_CONSTRAINTS, PURPOSES, EXTENSION_COUNT };

/* Kinds of names in ALT_NAMES and NAME_CONSTRAINTS (RFC 5280 §4.2.1.6). */
enum { NAME_IS_DNS = DER_CONTEXT | 2, NAME_IS_IP = DER_CONTEXT | 7 };

/* Spans are pieces of `der`. */
struct certificate {
	struct span der; /* the whole */
	struct span issuer, subject; /* with tag and length, fit to be compared */
	struct span key; /* the content of SubjectPublicKeyInfo */
	struct span algorithm; /* OID of the signature */
	struct span critical; /* OID of the first extension that must be understood and seldom is; empty for none */
	struct span extension[EXTENSION_COUNT]; /* at == NULL for those that are missing */
	msec not_before, not_after; /* on clock_calendar()'s scale */
	bool is_v1; /* knows no extensions */
	bool is_ca;
	bool may_sign_certificates; /* the key usage does not forbid it */
	unsigned path_len; /* that many more CAs may follow below; UINT_MAX for no limit */
};

/* False when anything in it is not as it must be; then *c is unusable. */
bool certificate_parse(struct certificate *c, struct span der);

bool is_self_issued(const struct certificate *c);
/* May it stand for a server, or issue those that do? True without an extended key usage. */
bool is_for_servers(const struct certificate *c);
/* Is serverAuth, or any purpose, one of these OIDs? */
bool has_server_purpose(struct der purposes);

/* "CN=Some CA, O=X" of a subject or an issuer, escaped and cut. */
void buf_put_dn(struct buf *b, struct span name);

#endif
