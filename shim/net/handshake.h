/* SPDX-License-Identifier: MIT */
/*
 * handshake: a client's handshake of TLS 1.2 (RFC 5246 §7), as ECDHE with AES-GCM alone needs it: no resumption, no
 * second handshake.
 *
 * The one rule: each message has one place. What comes at another is refused, and so is each that is not to the
 * last byte what it must be.
 */
#ifndef SHIM_NET_HANDSHAKE_H
#define SHIM_NET_HANDSHAKE_H

#include "base/target.h"
#include "net/chain.h"
#include "net/client_key.h"
#include "net/hash.h"
#include "net/record.h"

/* Whom TLS must find at the other end. */
struct tls_peer {
	const struct part *name; /* a host name or an IP literal, never empty */
	const struct trust *trust; /* NULL: insecure, the certificate is not verified */
	const char *protocol; /* to be asked for by ALPN; NULL: none */
	const struct client_key *client; /* to be shown when the server asks; NULL: none */
};

/* Messages by their numbers, and two states that are none. */
enum message_type {
	HELLO_REQUEST,
	CLIENT_HELLO,
	SERVER_HELLO,
	CERTIFICATES = 11,
	SERVER_KEY,
	CERTIFICATE_REQUEST,
	HELLO_DONE,
	CERTIFICATE_VERIFY,
	CLIENT_KEY,
	FINISHED = 20,
	CHANGE = 0x100, /* the peer's next record says that those after it are sealed */
	AGREED, /* with whom it should be */
};

enum {
	HANDSHAKE_MAX = CHAIN_BYTES_MAX + (32 << 10), /* bytes from the peer */
	MASTER_LEN = 48,
	SCALAR_LEN_MAX = 66,
};

struct handshake {
	enum message_type awaited;
	bool is_asked; /* for a certificate of ours */
	bool can_sign; /* as the server would like it: with this hash */
	enum hash signs_with;
	bool binds_all; /* extended master secret (RFC 7627) */
	enum hash hash; /* of the cipher suite */
	unsigned char key_type; /* of the server, as the cipher suite wants it */
	unsigned curve;
	uint64_t offered; /* extensions that the server has not answered */
	struct span names; /* the protocol, where one is asked for, as the server must answer it */
	struct span point; /* of the server, on that curve */
	size_t taken; /* bytes of the transcript */
	size_t server_random; /* where it is in the transcript */
	struct buf transcript; /* all messages of both sides */
	unsigned char master[MASTER_LEN];
	unsigned char scalar[SCALAR_LEN_MAX]; /* our key for this handshake */
	const struct tls_peer *peer;
	struct chain chain; /* its verdict is that of the handshake */
	char bytes[HANDSHAKE_MAX + RECORD_CONTENT_MAX]; /* at the end: pages that are not touched cost nothing */
};

/* Both may line up records. Where h->chain.verdict says nothing after a failure, the alert has to. */

/* False when it is over before it begins. */
bool handshake_start(struct handshake *h, struct record *r, const struct tls_peer *peer, msec calendar);
/* A RECORD_HANDSHAKE or RECORD_CHANGE came before AGREED. The alert that has to end it, or 0. */
unsigned handshake_take(struct handshake *h, struct record *r, enum record_kind kind, struct span content);

#endif
