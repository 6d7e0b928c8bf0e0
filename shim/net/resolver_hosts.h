/* SPDX-License-Identifier: MIT */
/*
 * resolver_hosts: the names that this machine knows without asking.
 */
#ifndef SHIM_NET_RESOLVER_HOSTS_H
#define SHIM_NET_RESOLVER_HOSTS_H

#include "net/address.h"

/* A name that is being looked for in hosts(5). */
struct hosts {
	struct span name; /* without a dot at its end */
	uint16_t port;
	struct addresses *found;
};

/* Adds the address of one line of the file when the line has the name. True: it goes on for file_each_line(). */
bool hosts_take(void *hosts, struct span line);

/* Looks into /etc/hosts; for localhost (RFC 6761 §6.3) also without one. */
void hosts_find(struct span host, uint16_t port, struct addresses *found);

#endif
