/* SPDX-License-Identifier: MIT */
/*
 * scheme: what the word before "://" stands for.
 *
 * The one rule: a scheme is one row of the table in probe/scheme.c. The rest
 * of the program asks the row and never compares scheme names.
 */
#ifndef SHIM_BASE_SCHEME_H
#define SHIM_BASE_SCHEME_H

#include "base/span.h"

enum medium {
	BY_NETWORK, /* a TCP connection to a host and a port */
	BY_SOCKET, /* a connection to a unix stream socket */
	BY_FILE, /* no conversation: a file of this machine */
};

enum security {
	CLEAR,
	TLS_ON_REQUEST, /* when the probe says so */
	TLS, /* this and those below: from the first byte */
	TLS_H2, /* HTTP/2 is asked for by ALPN (RFC 7301) */
};

/* What the declaration of a target may hold. */
enum {
	TAKES_PATH = 1, /* and a query */
	TAKES_USER = 2,
	TAKES_HTTP = 4, /* the options of a request, and of the answer that counts */
	TAKES_TLS = 8, /* ca, cert, key, insecure */
	TAKES_NAME = 16, /* host: a name to ask for, other than the host that is dialled */
	TAKES_STRICT = 32, /* strict */
	TAKES_ADDRESSES = 64, /* all; not in the rows: it goes for what is BY_NETWORK */
};

struct scheme {
	/*
	 * NULL ends a table. What a target looks like behind it, and what "ready" means, follow it; nothing where another
	 * row tells of this one.
	 */
	const char *name;
	enum medium medium : 4;
	enum security security : 4;
	unsigned takes : 8;
	uint16_t port; /* 0: the target must name one */
	const struct probe *probe; /* NULL where there is no conversation */
} __attribute__((packed));

#endif
