/* SPDX-License-Identifier: MIT */
/*
 * conversation: one connection to one address, judged by a probe.
 *
 * The one rule: what the peer sent is read before the connection is closed;
 * else it sees a reset, and logs or counts it.
 */
#ifndef SHIM_GATE_CONVERSATION_H
#define SHIM_GATE_CONVERSATION_H

#include "net/stream.h"
#include "net/tls.h"
#include "probe/probe.h"

/* Lies in untouched pages until a conversation needs it. */
struct scratch {
	char say[SAY_MAX];
	char heard[HEARD_MAX];
};

/* What a conversation about a target needs. */
struct equipment {
	struct scratch *scratch;
	struct tls *tls; /* NULL for clear text */
	const struct trust *trust; /* NULL: the certificate is not verified */
};

struct conversation {
	struct stream stream; /* fd -1: there is none */
	const struct equipment *equipment; /* owner's to set, once */
	const struct target *target;
	unsigned said, heard; /* bytes sent, bytes received */
	bool is_cut; /* nothing more can be said */
	bool is_over; /* judged: only to be drained */
	msec drained; /* when the draining ends at the latest */
	struct tls_peer whom; /* to be found by TLS */
};

/* To `address`, or NULL for the target's unix socket. False when it failed at once; then nothing is held. */
bool conversation_open(struct conversation *c, const struct target *t, const struct address *address,
		       struct verdict *v);

/* Moves on after poll(2). After READY and NOT_READY the conversation is over and drains. */
enum outcome conversation_step(struct conversation *c, msec now, struct verdict *v);

/* Its time is over: says where it stood. */
void conversation_time_out(const struct conversation *c, struct verdict *v);

bool is_absent(const struct conversation *c);
bool is_talking(const struct conversation *c);
bool is_draining(const struct conversation *c);

/* Throws away what still comes; closes when the peer has ended, or the time for it is over. */
void conversation_drain(struct conversation *c, msec now);
void conversation_close(struct conversation *c);

#endif
