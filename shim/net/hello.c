/* SPDX-License-Identifier: MIT */
#include "net/hello.h"

enum {
	TLS_12 = 0x0303,
	SUITES_ECDSA = 0xc02b, /* ECDHE, ECDSA and AES-128-GCM with SHA-256; behind it the one with 256 and 384 */
	SUITES_RSA = 0xc02f, /* the same two with RSA */
};

/* Those that are asked for, by their numbers (RFC 6066, 4492, 5246, 7301, 7627, 5746). */
enum extension {
	SERVER_NAME = 0,
	CURVES = 10,
	POINT_FORMATS = 11,
	SIGNATURES = 13,
	PROTOCOLS = 16,
	MASTER_BINDS_ALL = 23,
	RENEGOTIATION = 31, /* it stands for 0xff01, which is no such small number */
};

enum { ALWAYS = 1 << CURVES | 1 << POINT_FORMATS | 1 << SIGNATURES | 1 << MASTER_BINDS_ALL };

/* From the empty session to the extensions' length: the suites in the order of our liking, no compression. */
static const char choices[] = "\0"
			      "\0\x08\xc0\x2b\xc0\x2f\xc0\x2c\xc0\x30"
			      "\1\0"
			      "\0";

/*
 * None of another kind of curve, of signature, or of point. Some servers do not like an extension without content at
 * the end.
 */
static const char extensions[] = "\xff\1\0\1\0"
				 "\0\x17\0\0"
				 "\0\x0d\0\x0e\0\x0c\4\3\4\1\5\3\5\1\6\3\6\1"
				 "\0\x0a\0\x08\0\6\0\x17\0\x18\0\x19"
				 "\0\x0b\0\2\1\0";

/* An extension with a list of one name; its length has `width` bytes, with the kind of name where there are kinds: 0. */
static void put_name(struct handshake *h, enum extension extension, struct span name, unsigned width)
{
	struct buf *b = &h->transcript;

	if (name.len == 0)
		return;
	buf_put_bytes(b, extension, 2);
	buf_put_bytes(b, (unsigned)name.len + width + 2, 2);
	h->names = (struct span){b->at + b->len, name.len + width + 2};
	buf_put_bytes(b, (unsigned)name.len + width, 2);
	buf_put_vector(b, name, width);
	h->offered |= 1U << extension;
}

void hello_put(struct handshake *h, const unsigned char *random)
{
	struct buf *b = &h->transcript;

	h->offered = ALWAYS | 1U << RENEGOTIATION;
	buf_put_bytes(b, CLIENT_HELLO << 24, 4);
	buf_put_bytes(b, TLS_12, 2);
	buf_put(b, (struct span){(const char *)random, RANDOM_LEN});
	buf_put(b, (struct span){choices, sizeof(choices)});

	size_t start = b->len;

	buf_put(b, (struct span){extensions, sizeof(extensions) - 1});
	if (h->chain.identity.kind != NAME_IS_IP) /* an address is never sent as a name (RFC 6066 §3) */
		put_name(h, SERVER_NAME, (struct span){h->chain.identity.text, h->chain.identity.len}, 3);
	put_name(h, PROTOCOLS, span_of(h->peer->protocol), 1);
	buf_close_vector(b, start, 2);
	buf_close_vector(b, 4, 3);
}

static bool is_answer(struct handshake *h, enum extension extension, struct span content)
{
	struct span expected = SPAN("");

	switch (extension) {
	case CURVES: /* some servers send these three, and need not (RFC 4492 §5.2, RFC 5246 §7.4.1.4.1) */
	case POINT_FORMATS:
	case SIGNATURES:
		return true;
	case PROTOCOLS: /* the one that was asked for */
		expected = h->names;
		break;
	case RENEGOTIATION: /* nothing is renegotiated (RFC 5746 §3.4) */
		expected = SPAN("\0");
		break;
	case MASTER_BINDS_ALL:
		h->binds_all = true;
		break;
	case SERVER_NAME:
		break;
	}
	return span_equals(content, expected);
}

/* Each at most once, and only what was offered. */
static unsigned take_extensions(struct handshake *h, struct message m)
{
	while (m.rest.len > 0) {
		unsigned type = message_number(&m, 2);
		struct span content = message_vector(&m, 2);

		if (type == 0xff01)
			type = RENEGOTIATION;
		else if (type >= RENEGOTIATION)
			return ALERT_UNSUPPORTED_EXTENSION;
		if (!(h->offered >> type & 1))
			return ALERT_UNSUPPORTED_EXTENSION;
		h->offered &= ~((uint64_t)1 << type);
		if (m.damaged)
			return ALERT_DECODE_ERROR;
		if (!is_answer(h, (enum extension)type, content))
			return ALERT_ILLEGAL_PARAMETER;
	}
	return 0;
}

/*
 * RFC 8446 §4.1.3 lets a server that knows TLS 1.3 mark its random number when it speaks an older version. That means
 * nothing to a client that has not offered 1.3.
 */
unsigned hello_take(struct handshake *h, struct message *m)
{
	enum { SESSION_LEN_MAX = 32 };
	unsigned version = message_number(m, 2), suite, compression;
	struct span session;

	if (version != TLS_12)
		return ALERT_PROTOCOL_VERSION;
	message_bytes(m, RANDOM_LEN);
	session = message_vector(m, 1);
	suite = message_number(m, 2);
	compression = message_number(m, 1);
	if (m->damaged || session.len > SESSION_LEN_MAX)
		return ALERT_DECODE_ERROR;
	if (compression != 0 || (suite - SUITES_ECDSA > 1 && suite - SUITES_RSA > 1))
		return ALERT_ILLEGAL_PARAMETER;
	h->hash = suite & 1 ? HASH_256 : HASH_384;
	h->key_type = suite < SUITES_RSA ? BR_KEYTYPE_EC : BR_KEYTYPE_RSA;
	if (m->rest.len == 0) /* extensions may be missing as a whole */
		return 0;
	return take_extensions(h, (struct message){message_vector(m, 2), m->damaged});
}
