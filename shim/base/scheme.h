/* SPDX-License-Identifier: MIT */
/*
 * scheme: what the word before "://", or before ":" alone, stands for.
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
	/* No conversation: this machine is asked. */
	BY_NAME, /* for the addresses of a host */
	BY_FILE,
	BY_DISK, /* the file system that holds a file */
	/* These and those below stand behind "scheme:" alone. */
	BY_VARIABLE,
	BY_PROGRAM,
};

enum security {
	CLEAR,
	TLS_ON_REQUEST, /* when the probe says so */
	TLS, /* this and those below: from the first byte */
	TLS_H2, /* HTTP/2 is asked for by ALPN (RFC 7301) */
};

/* What the declaration of a target may hold. */
enum {
	TAKES_HTTP = 1, /* the options of a request, and of the answer that counts */
	TAKES_TLS = 2, /* ca, cert, key, insecure */
	TAKES_NAME = 4, /* host: a name to ask for, other than the host that is dialled */
	TAKES_STRICT = 8, /* strict */
	TAKES_CONTENT = 16, /* contains, min-size */
	TAKES_FREE = 32, /* free */
	TAKES_TYPE = 64, /* of an address */
	TAKES_DOWN = 128, /* down; what is connected to takes it without a word in its row */
	TAKES_ADDRESSES = 256, /* all; in no row: it goes for what is BY_NETWORK */
	/* No option uses these and those below. */
	TAKES_PATH = 512, /* and a query */
	TAKES_USER = 1024,
};

struct scheme {
	/*
	 * NULL ends a table. What a target looks like behind it, and what "ready" means, follow it; nothing where another
	 * row tells of this one.
	 */
	const char *name;
	enum medium medium : 3;
	enum security security : 2;
	unsigned takes : 11;
	uint16_t port; /* 0: the target must name one */
	const struct probe *probe; /* NULL where there is no conversation */
} __attribute__((packed));

#endif
