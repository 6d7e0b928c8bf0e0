/* SPDX-License-Identifier: MIT */
/*
 * probe: judges one conversation with a peer: is it ready?
 *
 * The one rule: a probe is a pure function of what was heard. It makes no
 * system call, reads no clock and keeps no state. It is called when the
 * conversation opens and after every read, each time with everything heard
 * since then, and writes everything that should have been said by then.
 *
 * For every prefix of what is heard it must not change its mind, and what it
 * says may only grow.
 */
#ifndef SHIM_PROBE_PROBE_H
#define SHIM_PROBE_PROBE_H

#include "base/target.h"
#include "base/verdict.h"

enum outcome {
	PENDING,
	READY,
	NOT_READY,
	START_TLS, /* and begin again within it: only in clear text, where the scheme has TLS_ON_REQUEST */
};

struct heard {
	struct span bytes; /* everything since the conversation opened, or began again */
	bool eof; /* nothing more will come */
	bool is_secure; /* through TLS that the probe asked for */
};

/* NOT_READY fills *verdict; the other outcomes leave it alone. */
typedef enum outcome judge_function(const struct target *target, const struct heard *heard, struct buf *say,
				    struct verdict *verdict);

struct probe {
	judge_function *judge;
};

enum {
	SAY_MAX = 8192, /* a request with a long path and a token or two */
	HEARD_MAX = 4096, /* a status line behind some 1xx answers; the longest error that we met */
	HEARD_LONG_MAX = 128 << 10, /* a head, 64 KiB of body, and what frames chunks of 8 bytes and more */
};

/* How much of the peer's words may be needed: HEARD_MAX, or HEARD_LONG_MAX where more than a status counts. */
unsigned heard_max(const struct target *t);

extern const struct probe amqp_probe, cassandra_probe, grpc_probe, http_probe, kafka_probe, memcached_probe,
	mongodb_probe, mysql_probe, nats_probe, postgres_probe, redis_probe, smtp_probe, tcp_probe, zookeeper_probe;

/* Every scheme there is; parsing, --help and the README's table come from it. Ends with a row without a name. */
extern const struct scheme schemes[];

/* The name and the port that a target is asked by, as HTTP wants it; a writer of struct target. */
void buf_put_authority(struct buf *b, const void *target);

/* It may go on, unless the peer ended the conversation. */
enum outcome judge_unfinished(const struct heard *heard, struct verdict *verdict);
/*
 * The peer says in words of its own why it is not ready; `reason` is SERVER_SAYS_WAIT or SERVER_SAYS_NO.
 * Words that repeat the target's password are not shown.
 */
enum outcome judge_refusal(const struct target *target, enum reason reason, const struct span *words,
			   struct verdict *verdict);
/* The peer speaks something else; `said` is the line that shows it. */
enum outcome judge_foreign(const char *protocol, const struct span *said, struct verdict *verdict);

#endif
