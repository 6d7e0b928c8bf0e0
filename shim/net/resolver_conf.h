/* SPDX-License-Identifier: MIT */
/*
 * resolver_conf: what resolv.conf(5) says: whom to ask, and for which names.
 */
#ifndef SHIM_NET_RESOLVER_CONF_H
#define SHIM_NET_RESOLVER_CONF_H

#include "base/clock.h"
#include "net/address.h"

/* The limits of resolv.conf(5). */
enum {
	SERVERS_MAX = 3,
	DOMAINS_MAX = 6,
	SEARCH_MAX = 256,
};

struct resolver_conf {
	unsigned timeout; /* of one server in one round, seconds */
	unsigned attempts; /* rounds over all servers */
	unsigned ndots;
	unsigned servers; /* at least one after reading */
	unsigned domains;
	struct address server[SERVERS_MAX];
	char search[SEARCH_MAX]; /* so many domains, each with a blank behind */
};

void resolver_conf_init(struct resolver_conf *c);
/* One line of the file; what is not understood is skipped, as libc does. True: it goes on for file_each_line(). */
bool resolver_conf_take(void *conf, struct span line);
/* Reads /etc/resolv.conf; without one, or without a server in it, 127.0.0.1 is asked. */
void resolver_conf_read(struct resolver_conf *c);

/*
 * The domain, empty for none, of the `n`-th name to ask for when the user says `host`, in libc's order;
 * a dot at the host's end means as it stands. False after the last one.
 */
bool resolver_conf_candidate(const struct resolver_conf *c, struct span host, unsigned n, struct span *domain);

#endif
