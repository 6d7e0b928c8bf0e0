/* SPDX-License-Identifier: MIT */
/*
 * tls: one TLS connection as an engine without I/O.
 *
 * The one rule: it has four ports, and its owner carries the bytes: records
 * to send, records received, text that was heard, text to say. Nothing is
 * heard or said before the peer's certificate was accepted.
 */
#ifndef SHIM_NET_TLS_H
#define SHIM_NET_TLS_H

#include "net/handshake.h"

struct tls;

/* Bytes of memory that a connection needs, aligned for every type. A handshake touches about 22 KB of them. */
size_t tls_size(void);

/* Begins a handshake. `calendar` is the time that certificates are judged by; `peer` must stay. It may be over at once. */
void tls_init(struct tls *t, const struct tls_peer *peer, msec calendar);

/* The handshake is done and the peer is who it should be. */
bool tls_is_open(const struct tls *t);
/* Nothing more can be heard or said: the peer took its leave, or something failed. */
bool tls_is_over(const struct tls *t);
/* Why it is over, or was cut off: false and the reason, true when the peer took its leave as it should. */
bool tls_outcome(const struct tls *t, struct verdict *v);

/* Records to send, empty when there are none; then how many bytes of them were sent. */
struct span tls_records(struct tls *t);
void tls_sent(struct tls *t, size_t n);

/* Room for records from the peer; NULL when none are wanted now. Then how many bytes came. */
char *tls_room(struct tls *t, size_t *size);
void tls_received(struct tls *t, size_t n);

/* Text from the peer, empty when there is none; then how many bytes of it were used. */
struct span tls_text(struct tls *t);
void tls_used(struct tls *t, size_t n);

/* Takes as much of `text` as fits and makes records of it; how many bytes that was. */
size_t tls_say(struct tls *t, struct span text);
/* Makes the record that says good-bye. */
void tls_finish(struct tls *t);

#endif
