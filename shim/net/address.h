/* SPDX-License-Identifier: MIT */
/*
 * address: where a connection goes: IPv4 or IPv6, and a port.
 */
#ifndef SHIM_NET_ADDRESS_H
#define SHIM_NET_ADDRESS_H

#include "base/ip.h"

#include <netinet/in.h>
#include <sys/socket.h>

/* As a whole it is what connect(2) wants: the kernel does not mind that it is longer than an IPv4 address must be. */
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

enum { UNWANTED_IPV4 = 1, UNWANTED_IPV6 = 2 };

/* In the order in which they should be tried (RFC 8305 §4): the families by turns, IPv6 first. */
struct addresses {
	unsigned count;
	unsigned unwanted; /* owner's to set: a bit for each family that is left out, UNWANTED_IPV4 or UNWANTED_IPV6 */
	bool is_cut; /* there are more */
	struct address list[ADDRESSES_MAX];
};

/* `len` octets in network byte order: IPV4_LEN or IPV6_LEN. */
void address_init(struct address *a, const void *octets, unsigned len, uint16_t port);
/*
 * A socket of that type that begins to connect, non-blocking and closed on exec; its owner closes it.
 * -1 when it failed at once, and errno says why.
 */
int dial(const struct sockaddr *to, socklen_t len, int type);
/* Is this errno about this machine, which has no socket left? */
bool is_out_of_sockets(int error);

/* False when `host` is no literal. A scope is an interface's name or number. */
bool address_parse(struct address *a, struct span host, uint16_t port);

/* "10.0.0.3:5432", "[2001:db8::3]:5432" (RFC 5952); a writer of struct address */
void buf_put_address(struct buf *b, const void *address);

/* Behind the others of its family; one that is unwanted or there already, or one too many, is left out. */
void addresses_add(struct addresses *all, const struct address *a);

#endif
