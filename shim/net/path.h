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

/*
 * Finds a path for c->certificates, c->count of them; false: why not is in c->verdict. Without c->trust
 * the server's key alone must be fit for use: the handshake still proves that the server has it.
 */
bool path_find(struct chain *c);

#endif
