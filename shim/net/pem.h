/* SPDX-License-Identifier: MIT */
/*
 * pem: the certificates and keys of a PEM file (RFC 7468, and what people make of it).
 *
 * The one rule: it decodes in place. What was read is overwritten by what it
 * says, so a file is read once.
 */
#ifndef SHIM_NET_PEM_H
#define SHIM_NET_PEM_H

#include "base/span.h"

struct pem {
	char *at, *end; /* what is not read yet; not owned */
};

enum pem_kind {
	PEM_END, /* no more objects */
	PEM_CERTIFICATE,
	PEM_TRUSTED, /* OpenSSL's TRUSTED CERTIFICATE: a certificate and what it may be used for */
	PEM_KEY, /* private: PKCS#8, PKCS#1 or SEC1 */
	PEM_LOCKED_KEY, /* the same, encrypted: *bytes means nothing */
	PEM_OTHER, /* parameters, say: *bytes is empty */
	PEM_DAMAGED, /* an object that does not end, or holds what is no base64; reading goes on behind it */
};

/* Reads the next object; its bytes live in the file's memory. */
enum pem_kind pem_next(struct pem *p, struct span *bytes);

#endif
