/* SPDX-License-Identifier: MIT */
/*
 * path: from a server's certificate over its issuers to one that is trusted.
 *
 * The one rule: a path counts when every check on every certificate of it
 * passed. When none does, the verdict is that of the path that got furthest.
 */
#ifndef SHIM_NET_PATH_H
#define SHIM_NET_PATH_H

#include "net/chain.h"

/* Finds a path for c->certificates, c->count of them, and sets c->key; false: why not is in c->verdict. */
bool path_find(struct chain *c);

/* Sets c->key to that of the server's certificate, which the handshake is checked with; false as above. */
bool path_take_key(struct chain *c, const struct certificate *server);

#endif
