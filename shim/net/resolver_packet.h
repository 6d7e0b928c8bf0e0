/* SPDX-License-Identifier: MIT */
/*
 * resolver_packet: questions to a name server, and its answers, as bytes (RFC 1035 §4).
 *
 * The one rule: nothing is believed of an answer until all of it was found
 * to be well-formed and to be about the question.
 */
#ifndef SHIM_NET_RESOLVER_PACKET_H
#define SHIM_NET_RESOLVER_PACKET_H

#include "net/address.h"

enum {
	NAME_MAX = 255,
	QUESTION_MAX = 12 + NAME_MAX + 4, /* header, name, type and class */
	PACKET_MAX = UINT16_MAX, /* what TCP's length can say */
};

/* A name has two questions: for its IPv4 addresses (A) and for those of IPv6 (AAAA). */
enum { ASK_IPV4, ASK_IPV6, ASK_COUNT };

struct question {
	uint16_t id[ASK_COUNT]; /* by chance, anew for each go */
	unsigned len;
	char tcp_len[2]; /* what stands before the packet on TCP (RFC 1035 §4.2.2) */
	char packet[QUESTION_MAX]; /* as it was asked last */
};

/* The rest of the header's numbers are only handed on. */
enum { RCODE_FINE = 0, RCODE_NO_NAME = 3 };

/* A name without pointers: labels, each behind its length. */
struct name {
	unsigned len;
	char labels[NAME_MAX];
};

struct answer {
	unsigned asked; /* which question it answers */
	unsigned rcode;
	bool is_truncated; /* must be asked again over TCP; nothing else was looked at */
	/* set before: where addresses go to, and the port that they get */
	uint16_t port;
	struct addresses *found;
	/* private: how far it was read */
	const char *packet;
	unsigned len;
	unsigned links; /* from name to name that were followed */
	struct name wanted; /* its addresses are wanted */
	struct name owner; /* of a record */
};

/* False when `host`.`domain`, with or without a dot at its end, cannot stand in a packet. */
bool question_init(struct question *q, struct span host, struct span domain);
/* The packet to send, for TCP with its length in front; valid until the next call. */
struct span question_packet(struct question *q, unsigned asked, bool over_tcp);

/* Adds the addresses in `packet`. False when it answers neither question, or is malformed. */
bool answer_parse(struct answer *a, struct question *q, struct span packet);

#endif
