/* SPDX-License-Identifier: MIT */
/*
 * trust: the certificates that a user trusts, from one PEM file.
 *
 * The one rule: no anchors is an error at start, never an empty trust.
 */
#ifndef SHIM_NET_TRUST_H
#define SHIM_NET_TRUST_H

#include "base/arena.h"

struct trust {
	struct span path; /* of the file that was read, as messages show it; not owned */
	struct span anchors; /* one DER certificate behind the other, all good */
	struct arena memory; /* owned: the file, decoded in place */
};

/*
 * Reads the certificates in `path`, which may be a secret: what it is called stands in t->path already. Or for NULL
 * the system's bundle (SSL_CERT_FILE, then the usual places).
 * False: why not stands in `problem`, and nothing is held. trust_close() gives the memory back.
 */
bool trust_open(struct trust *t, const char *path, struct buf *problem);
void trust_close(struct trust *t);

#endif
