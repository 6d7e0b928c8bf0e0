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

enum {
	FAMILY_MAX = 8, /* addresses of IPv4, and as many of IPv6: neither may crowd out the other */
	ADDRESSES_MAX = 2 * FAMILY_MAX,
};

struct addresses {
	struct address list[ADDRESSES_MAX];
	unsigned count;
};

/* For bind(2) and connect(2). */
socklen_t address_len(const struct address *a);
/* Network byte order: 4 or 16 bytes of `octets`, by the family. */
struct address address_from(int family, const void *octets, uint16_t port);

/* False when `host` is no literal. A scope is an interface's name or number. */
bool address_parse(struct address *a, struct span host, uint16_t port);

/* "10.0.0.3:5432", "[2001:db8::3]:5432" (RFC 5952); a writer of struct address */
void buf_put_address(struct buf *b, const void *address);

/* Appends; one that is there already, or one too many of its family, is left out. */
void addresses_add(struct addresses *all, const struct address *a);
/* Sorts for trying (RFC 8305 §4): families by turns, IPv6 first if this machine has a route for it. */
void addresses_order(struct addresses *all);

#endif
