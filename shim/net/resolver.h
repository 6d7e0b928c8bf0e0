/* SPDX-License-Identifier: MIT */
/*
 * resolver: from a host to its addresses, without ever waiting.
 *
 * The one rule: a lookup is one pollable socket. The owner waits for `fd`,
 * `events` and `wake`, and calls lookup_step() when one of them comes.
 */
#ifndef SHIM_NET_RESOLVER_H
#define SHIM_NET_RESOLVER_H

#include "base/clock.h"
#include "base/verdict.h"
#include "net/address.h"
#include "net/resolver_conf.h"
#include "net/resolver_packet.h"

enum lookup_state { LOOKUP_PENDING, LOOKUP_DONE, LOOKUP_FAILED };

enum { ANSWER_ROOM = 2 + PACKET_MAX };

struct lookup {
	int fd; /* -1 for none */
	short events;
	msec wake; /* lookup_step() is due then, whatever the socket does */
	/* private: the name that is looked up, and as which candidate */
	struct span host; /* not owned */
	msec deadline;
	uint16_t port;
	bool exists; /* a candidate does, but has no address */
	bool doubtful; /* of an earlier candidate it could not be found out */
	bool failed; /* the server that is asked now */
	bool answered; /* this candidate: some server said something, be it that it failed */
	unsigned candidates; /* so far, this one included */
	unsigned tries_left; /* for this candidate, over all servers */
	/* private: the server that is asked now */
	const struct address *server;
	struct verdict *verdict; /* the failure so far that says most */
	unsigned waiting; /* a bit for each question that is still open */
	bool over_tcp, wants_tcp;
	unsigned heard; /* bytes of `message` */
	/* public: when done, in the order in which they should be tried; the owner sets what is unwanted of them */
	struct addresses found;
	char *message; /* owner's to set: ANSWER_ROOM bytes for what a server says, over TCP behind its length */
	/* private: what is too big to stand above */
	struct resolver_conf conf;
	struct question question;
};

/*
 * Looks up `host`, which stays the owner's until the result is there. Literals, the hosts file and localhost
 * are done at once. A failure is in *v, which stays too: NO_SUCH_NAME, NO_ADDRESS, NAME_SERVER_SILENT, ...
 * The owner closes after any result but may read `found` then.
 */
enum lookup_state lookup_open(struct lookup *l, struct span host, uint16_t port, msec now, msec deadline,
			      struct verdict *v);
enum lookup_state lookup_step(struct lookup *l, short revents, msec now);
/* The owner's deadline is over: says what was waited for. */
void lookup_time_out(const struct lookup *l, struct verdict *v);
void lookup_close(struct lookup *l);

#endif
