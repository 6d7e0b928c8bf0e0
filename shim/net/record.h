/* SPDX-License-Identifier: MIT */
/*
 * record: the layer of TLS 1.2 that cuts bytes into records and seals them (RFC 5246 §6.2, AES-GCM of RFC 5288).
 *
 * The one rule: one buffer serves both ways, so nothing is heard while something is left to send, and nothing is
 * given out before its seal was found unbroken.
 */
#ifndef SHIM_NET_RECORD_H
#define SHIM_NET_RECORD_H

#include "base/span.h"

#include <bearssl.h>

enum record_kind { RECORD_PART, RECORD_CHANGE = 20, RECORD_ALERT, RECORD_HANDSHAKE, RECORD_TEXT };

/* RFC 5246 §7.2.2 and those of its extensions that are sent */
enum alert {
	ALERT_CLOSE_NOTIFY = 0,
	ALERT_UNEXPECTED_MESSAGE = 10,
	ALERT_BAD_RECORD_MAC = 20,
	ALERT_RECORD_OVERFLOW = 22,
	ALERT_BAD_CERTIFICATE = 42,
	ALERT_CERTIFICATE_EXPIRED = 45,
	ALERT_ILLEGAL_PARAMETER = 47,
	ALERT_UNKNOWN_CA = 48,
	ALERT_DECODE_ERROR = 50,
	ALERT_DECRYPT_ERROR = 51,
	ALERT_PROTOCOL_VERSION = 70,
	ALERT_INTERNAL_ERROR = 80,
	ALERT_NO_RENEGOTIATION = 100,
	ALERT_UNSUPPORTED_EXTENSION = 110,
};

enum {
	RECORD_HEADER_LEN = 5, /* kind, version, length */
	RECORD_NONCE_LEN = 8, /* the part of it that is sent */
	RECORD_TAG_LEN = 16,
	RECORD_CONTENT_MAX = 1 << 14,
	RECORD_SALT_LEN = 4, /* the part of the nonce that is secret */
};

/* How one direction is sealed. */
struct seal {
	bool is_on;
	uint64_t number; /* of the next record; for ours it is the nonce as well */
	unsigned char salt[RECORD_SALT_LEN];
	unsigned char hash_key[16];
	br_aes_ct_ctr_keys aes;
};

struct record {
	size_t heard; /* bytes of the record that is coming in */
	struct span out; /* not sent yet */
	struct seal seal, unseal;
	/* What is sent at once: a content of any size, then a few small ones. At its start the last header, heard or said. */
	unsigned char bytes[RECORD_HEADER_LEN + RECORD_NONCE_LEN + RECORD_CONTENT_MAX + RECORD_TAG_LEN + 256];
};

void record_init(struct record *r);

/* Where bytes from the peer go: never more than of one record. NULL while something is left to send. */
char *record_room(struct record *r, size_t *size);
/*
 * So many came. The kind of the record when it is whole: then its content is *content, until there is something to
 * send, or more comes. RECORD_PART before that. After a failure the alert to send, negative.
 */
int record_received(struct record *r, size_t n, struct span *content);

/* Lines up a record to be sent; false when there is no room for it. */
bool record_put(struct record *r, enum record_kind kind, struct span content);
void record_sent(struct record *r, size_t n);

/* From the next record on a direction is sealed when is_on is set, too. */
void seal_init(struct seal *s, const unsigned char *key, size_t key_len, const unsigned char *salt);

#endif
