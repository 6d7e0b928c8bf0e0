/* SPDX-License-Identifier: MIT */
/*
 * address: where a connection goes: IPv4 or IPv6, and a port.
 */
#ifndef SHIM_NET_ADDRESS_H
#define SHIM_NET_ADDRESS_H

#include "base/buf.h"

#include <netinet/in.h>
#include <sys/socket.h>

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} socket;
};

/* For bind(2) and connect(2). */
socklen_t address_len(const struct address *a);
/* Network byte order: 4 or 16 bytes of `octets`, by the family. */
struct address address_from(int family, const void *octets, uint16_t port);

/* False when `host`, which a NUL follows, is no literal. A scope is an interface's name or number. */
bool address_parse(struct address *a, struct span host, uint16_t port);

/* "10.0.0.3:5432", "[2001:db8::3]:5432" (RFC 5952) */
void buf_put_address(struct buf *b, const struct address *a);

#endif
