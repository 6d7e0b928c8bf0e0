/* SPDX-License-Identifier: MIT */
/*
 * chain: the certificates that a server sends, and the judgement on them.
 *
 * The one rule: every doubt is a refusal. Nothing is accepted before
 * chain_judge() accepts it.
 */
#ifndef SHIM_NET_CHAIN_H
#define SHIM_NET_CHAIN_H

#include "base/verdict.h"
#include "net/certificate.h"
#include "net/identity.h"
#include "net/trust.h"

enum {
	CHAIN_COUNT_MAX = 12, /* public chains have 2 to 4 */
	CHAIN_BYTES_MAX = 128 << 10,
};

struct chain {
	const struct trust *trust; /* NULL: insecure */
	const struct span *shown; /* what the peer is called in messages */
	msec calendar;
	unsigned count;
	size_t len; /* bytes of all of them */
	unsigned budget; /* steps that the search for a path may still take */
	unsigned path_len;
	struct verdict tried; /* why the path that was tried last is none */
	struct verdict verdict; /* why not: of all paths that were tried, from the one that got furthest */
	const struct certificate *path[CHAIN_COUNT_MAX]; /* the server's own first, each issued by the next */
	struct identity identity;
	struct certificate certificates[CHAIN_COUNT_MAX + 1]; /* the last is the anchor that is being looked at */
};

/* Gets ready for one handshake. Identity and shown are set. */
void chain_init(struct chain *c, const struct trust *trust, msec calendar);
/* The next certificate, the server's own first; it must stay where it is. False: c->verdict says why not. */
bool chain_add(struct chain *c, struct span der);
/* After the last: may the key of certificates[0] be believed? False: c->verdict says why not. */
bool chain_judge(struct chain *c);

#endif
