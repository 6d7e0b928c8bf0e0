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
	char name[HOST_NAME_MAX_LEN + 1]; /* without a final dot, not empty; not set for an address */
	unsigned char address[16];
	unsigned address_len; /* 4 or 16; 0: it is a name */
};

/* False when `host` can be neither. A NUL need not follow it. */
bool identity_parse(struct identity *i, struct span host);

/* Is it one of `names`, the alternative names of a certificate? */
bool identity_is_among(const struct identity *i, struct span names);

/* A name of ALT_NAMES, escaped and cut. */
void buf_put_alt_name(struct buf *b, unsigned kind, struct span name);
/* "a.example, 10.0.0.3, ..." in at most about `max` bytes. */
void buf_put_alt_names(struct buf *b, struct span names, size_t max);

#endif
