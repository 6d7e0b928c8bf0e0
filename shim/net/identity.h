/* SPDX-License-Identifier: MIT */
/*
 * identity: whom a certificate must name: a host name or an IP address.
 *
 * The one rule: only subjectAltName counts (RFC 9525 §6.3): an address only
 * where an address stands, a name only where a name stands, never the CN.
 */
#ifndef SHIM_NET_IDENTITY_H
#define SHIM_NET_IDENTITY_H

#include "net/certificate.h"

enum { HOST_NAME_MAX_LEN = 253 };

struct identity {
	unsigned kind; /* NAME_IS_DNS or NAME_IS_IP; NAME_IS_IP also after a failure */
	unsigned len; /* not 0 */
	char text[HOST_NAME_MAX_LEN + 1]; /* a name without a final dot, and a NUL; or the bytes of an address */
};

/* False when `host`, which a NUL must follow, can be neither. */
bool identity_parse(struct identity *i, struct span host);

/* Is it one of `names`, the alternative names of a certificate? */
bool identity_is_among(const struct identity *i, struct span names);

/* A name of ALT_NAMES, escaped and cut; a writer of struct element */
void buf_put_alt_name(struct buf *b, const void *name);
/* "a.example, 10.0.0.3, ..." in about 80 bytes, of ALT_NAMES; a writer of struct span */
void buf_put_alt_names(struct buf *b, const void *names);

#endif
