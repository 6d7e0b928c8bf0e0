/* SPDX-License-Identifier: MIT */
/*
 * stream: a connection to a peer, in clear text or through TLS.
 *
 * The one rule: whoever reads and writes cannot tell which, and nothing
 * here ever blocks. The owner waits for stream_events() on `fd`.
 */
#ifndef SHIM_NET_STREAM_H
#define SHIM_NET_STREAM_H

#include "net/address.h"
#include "net/tls.h"

#include <sys/types.h>

enum stream_state { STREAM_CONNECTING, STREAM_SHAKING_HANDS, STREAM_OPEN, STREAM_FAILED };

struct stream {
	int fd; /* -1 for none */
	enum stream_state state;
	bool eof; /* all that the peer had to say was read */
	/* private */
	bool is_local; /* a unix socket */
	bool was_reset; /* the peer no longer listens; what it said before may still be read */
	bool has_ended; /* the peer will send no more */
	bool has_heard; /* text came */
	bool is_stuck; /* the last write could not take everything */
	int error; /* errno of a failed read or write; 0 for none */
	struct tls *tls; /* NULL: clear text, or the handshake has not begun */
	struct tls *memory; /* for that; until then anything may stand there */
	const struct tls_peer *whom; /* NULL: clear text */
	struct address peer; /* unused when local */
};

/* Begins to connect, non-blocking. False when it failed at once; then nothing is held. */
bool stream_open(struct stream *s, const struct address *peer, struct verdict *v);
bool stream_open_local(struct stream *s, struct span path, struct verdict *v);
/*
 * TLS begins with the next settling: right after the opening, or in the middle of a conversation, of which nothing is
 * left to write. `memory` and what `peer` points to stay the owner's.
 */
void stream_secure(struct stream *s, struct tls *memory, const struct tls_peer *peer);

/* Moves on with connecting and the handshake; the new state. `calendar` judges certificates. */
enum stream_state stream_settle(struct stream *s, msec calendar, struct verdict *v);
/* What the owner should poll(2) for. */
short stream_events(struct stream *s);

/* Bytes read; 0 when there are none for now, or at the end (`eof`); -1 after a failure. Read on until it gives 0. */
ssize_t stream_read(struct stream *s, char *at, size_t size, struct verdict *v);
/* Bytes taken of `text`, all of them or fewer; -1 after a failure. */
ssize_t stream_write(struct stream *s, struct span text, struct verdict *v);

/* The deadline is over while connecting or shaking hands: says where it stood. */
void stream_time_out(const struct stream *s, struct verdict *v);

/* Says good-bye: nothing more will be written. */
void stream_finish(struct stream *s);
/* Then, again and again: throws away a piece of what still comes; true when the peer has ended too. */
bool stream_drain(struct stream *s);
void stream_close(struct stream *s);

#endif
