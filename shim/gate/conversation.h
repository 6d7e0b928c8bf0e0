/* SPDX-License-Identifier: MIT */
/*
 * conversation: one connection to one address, judged by a probe.
 *
 * The one rule: what the peer sent is read before the connection is closed;
 * else it sees a reset, and logs or counts it.
 */
#ifndef SHIM_GATE_CONVERSATION_H
#define SHIM_GATE_CONVERSATION_H

#include "gate/polling.h"
#include "net/stream.h"
#include "net/tls.h"
#include "probe/probe.h"

/* Lies in untouched pages until a conversation needs it. */
struct scratch {
	char say[SAY_MAX];
	char heard[HEARD_LONG_MAX];
	uint64_t tls[]; /* tls_size() bytes */
};

enum conversation_state {
	ABSENT,
	TALKING,
	DRAINING, /* it was judged */
};

struct conversation {
	enum conversation_state state;
	unsigned said, heard; /* bytes sent, bytes received */
	bool is_cut; /* nothing more can be said */
	bool is_secure; /* the probe has asked for TLS */
	msec wake; /* when the draining ends at the latest */
	const struct pollfd *entry; /* where poll(2) answers; NULL before it was asked */
	struct scratch *scratch; /* owner's to set, once */
	const struct target *target;
	const struct tls_peer *whom; /* to be found by TLS */
	struct stream stream;
};

/*
 * To `address`, or NULL for the target's unix socket; `whom`, whom TLS must find there, must stay.
 * False when it failed at once; then nothing is held.
 */
bool conversation_open(struct conversation *c, const struct target *t, const struct tls_peer *whom,
		       const struct address *address, struct verdict *v);

/* Adds what it waits for, if it is there; until when at the latest. */
msec conversation_await(struct conversation *c, struct polling *p);
/* Has poll(2) an answer for it, or is its time over? */
bool conversation_is_due(const struct conversation *c, msec now);

/*
 * Moves on after poll(2). After READY and NOT_READY it drains: what still comes is thrown away, until the peer has
 * ended too, or the time for it is over; all the while that is PENDING.
 */
enum outcome conversation_step(struct conversation *c, msec now, struct verdict *v);

/* Its time is over: says where it stood. */
void conversation_time_out(const struct conversation *c, struct verdict *v);

void conversation_close(struct conversation *c);

#endif
