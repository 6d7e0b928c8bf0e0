/* SPDX-License-Identifier: MIT */
#include "net/handshake.h"

#include "base/random.h"
#include "net/hello.h"
#include "net/message.h"
#include "net/secret.h"
#include "net/signature.h"

#include <string.h>

enum { HEADER_LEN = 4 }; /* of a message: type and length */

/* The transcript from there on. */
static struct span said_since(const struct handshake *h, size_t start)
{
	return span_tail(buf_span(&h->transcript), start);
}

bool handshake_start(struct handshake *h, struct record *r, const struct tls_peer *peer, msec calendar)
{
	unsigned char random[RANDOM_LEN];

	h->peer = peer;
	h->awaited = SERVER_HELLO;
	h->is_asked = h->binds_all = false;
	h->transcript = buf_init(h->bytes, sizeof(h->bytes));
	chain_init(&h->chain, peer->trust, calendar);
	h->chain.shown = &peer->name->shown;
	if (!identity_parse(&h->chain.identity, peer->name->value))
		return verdict_fail(&h->chain.verdict, TLS_FAILED, 0, "bad host");
	if (!random_fill(random, sizeof(random)) || !random_fill(h->scalar, sizeof(h->scalar)))
		return verdict_fail(&h->chain.verdict, NO_RANDOMNESS, 0, "");
	hello_put(h, random);
	h->taken = h->transcript.len;
	return record_put(r, RECORD_HANDSHAKE, buf_span(&h->transcript));
}

/* What a certificate that is not accepted is called in an alert. */
static unsigned certificate_alert(enum reason reason)
{
	return reason == CERTIFICATE_UNTRUSTED ? ALERT_UNKNOWN_CA
	       : reason == CERTIFICATE_EXPIRED ? ALERT_CERTIFICATE_EXPIRED
					       : ALERT_BAD_CERTIFICATE;
}

static unsigned take_certificates(struct handshake *h, struct message *m)
{
	struct message list = {message_vector(m, 3), m->damaged};
	struct chain *c = &h->chain;

	while (list.rest.len > 0) {
		struct span der = message_vector(&list, 3);

		if (!list.damaged && !chain_add(c, der))
			return ALERT_BAD_CERTIFICATE;
	}
	if (!message_is_done(&list) || !message_is_done(m))
		return ALERT_DECODE_ERROR;
	if (!chain_judge(c))
		return certificate_alert(c->verdict.reason);
	if (c->certificates[0].key.bear.key_type != h->key_type)
		return ALERT_ILLEGAL_PARAMETER;
	if (c->certificates[0].may_sign)
		return 0;
	verdict_fail(&c->verdict, CERTIFICATE_KEY_USAGE, 0, "");
	return ALERT_BAD_CERTIFICATE;
}

/* The point's length tells that it is uncompressed, with the first byte. */
static bool is_point(unsigned curve, struct span point)
{
	static const unsigned char lengths[] = {65, 97, 133}; /* P-256, P-384, P-521 */

	curve -= BR_EC_secp256r1;
	return curve < sizeof(lengths) && point.len == lengths[curve] && point.at[0] == 4;
}

/* RFC 4492 §5.4: a point that was made for this connection, signed with the certificate's key. */
static unsigned take_server_key(struct handshake *h, struct message *m)
{
	enum { NAMED_CURVE = 3, RSA_SIGNATURE = 1, ECDSA_SIGNATURE = 3, SHA_256 = 4, PARAMETERS_MAX = 4 + 133 };
	char memory[2 * RANDOM_LEN + PARAMETERS_MAX];
	struct buf text = buf_init(memory, sizeof(memory));
	struct span parameters = m->rest, signature;
	unsigned kind = message_number(m, 1), hash, algorithm;

	h->curve = message_number(m, 2);
	h->point = message_vector(m, 1);
	parameters.len -= m->rest.len;
	hash = message_number(m, 1) - SHA_256;
	algorithm = message_number(m, 1);
	signature = message_vector(m, 2);
	if (!message_is_done(m))
		return ALERT_DECODE_ERROR;
	if (kind != NAMED_CURVE || !is_point(h->curve, h->point) || hash >= HASH_COUNT ||
	    algorithm != (h->key_type == BR_KEYTYPE_RSA ? RSA_SIGNATURE : ECDSA_SIGNATURE))
		return ALERT_ILLEGAL_PARAMETER;
	buf_put(&text, (struct span){h->bytes + RANDOM_AT, RANDOM_LEN});
	buf_put(&text, (struct span){h->bytes + h->server_random, RANDOM_LEN});
	buf_put(&text, parameters);
	if (!signature_fits(signature, &h->chain.certificates[0].key, (enum hash)hash, buf_span(&text)))
		return ALERT_DECRYPT_ERROR;
	return 0;
}

static unsigned take_certificate_request(struct handshake *h, struct message *m)
{
	message_vector(m, 1); /* types of certificates */
	message_vector(m, 2); /* signature algorithms */
	message_vector(m, 2); /* names of CAs */
	if (!message_is_done(m))
		return ALERT_DECODE_ERROR;
	h->is_asked = true;
	return 0;
}

/* Our half: all that is still to say, up to the proof that nobody has altered what was said. */
static unsigned answer(struct handshake *h, struct record *r)
{
	static const char no_certificate[] = {CERTIFICATES, 0, 0, 3, 0, 0, 0};
	unsigned char finished[HEADER_LEN + PROOF_LEN] = {FINISHED, 0, 0, PROOF_LEN};
	struct span proof = {(char *)finished, sizeof(finished)};
	size_t start = h->transcript.len;

	if (h->is_asked)
		buf_put(&h->transcript, (struct span){no_certificate, sizeof(no_certificate)});
	if (!secret_agree(h, r))
		return ALERT_ILLEGAL_PARAMETER;
	record_put(r, RECORD_HANDSHAKE, said_since(h, start));
	record_put(r, RECORD_CHANGE, SPAN("\1"));
	r->seal.is_on = true;
	secret_prove(h, "client finished", h->transcript.len, finished + HEADER_LEN);
	record_put(r, RECORD_HANDSHAKE, proof);
	buf_put(&h->transcript, proof);
	h->taken = h->transcript.len;
	return 0;
}

static unsigned take_finished(struct handshake *h, struct message *m)
{
	unsigned char proof[PROOF_LEN], difference = 0;
	struct span sent = message_bytes(m, PROOF_LEN);

	if (!message_is_done(m))
		return ALERT_DECODE_ERROR;
	secret_prove(h, "server finished", h->taken, proof);
	for (unsigned i = 0; i < PROOF_LEN; i++) /* in the same time wherever they differ */
		difference |= proof[i] ^ (unsigned char)sent.at[i];
	return difference ? ALERT_DECRYPT_ERROR : 0;
}

/* Takes one message, of the type that is awaited, and says which is the next. */
static unsigned take_message(struct handshake *h, struct message *m, enum message_type *next)
{
	switch (h->awaited) {
	case SERVER_HELLO:
		*next = CERTIFICATES;
		h->server_random = h->taken + RANDOM_AT;
		return hello_take(h, m);
	case CERTIFICATES:
		*next = SERVER_KEY;
		return take_certificates(h, m);
	case SERVER_KEY:
		*next = HELLO_DONE;
		return take_server_key(h, m);
	case CERTIFICATE_REQUEST:
		*next = HELLO_DONE;
		return take_certificate_request(h, m);
	case HELLO_DONE:
		*next = CHANGE;
		return 0;
	case FINISHED:
		*next = AGREED;
		return take_finished(h, m);
	case HELLO_REQUEST:
	case CLIENT_HELLO:
	case CERTIFICATE_VERIFY:
	case CLIENT_KEY:
	case CHANGE:
	case AGREED:
		break;
	}
	return ALERT_UNEXPECTED_MESSAGE;
}

/* Is no message half there, or there too early? */
static bool is_between_messages(const struct handshake *h)
{
	return h->taken == h->transcript.len;
}

/* Takes the messages that have come as a whole. */
static unsigned take_messages(struct handshake *h)
{
	for (;;) {
		struct message m = {said_since(h, h->taken), false};
		unsigned type = message_number(&m, 1), failure;
		struct span content = message_vector(&m, 3);
		enum message_type next = HELLO_REQUEST;

		if (is_between_messages(h))
			return 0;
		if (type == CERTIFICATE_REQUEST && h->awaited == HELLO_DONE && !h->is_asked)
			h->awaited = CERTIFICATE_REQUEST;
		if (type != (unsigned)h->awaited)
			return ALERT_UNEXPECTED_MESSAGE;
		if (m.damaged) /* the rest of it is still to come */
			return 0;
		m.rest = content;
		failure = take_message(h, &m, &next);
		if (failure)
			return failure;
		if (!message_is_done(&m))
			return ALERT_DECODE_ERROR;
		h->awaited = next;
		h->taken += HEADER_LEN + content.len;
	}
}

static unsigned take_change(struct handshake *h, struct record *r, struct span content)
{
	if (h->awaited != CHANGE || !is_between_messages(h) || !span_equals(content, SPAN("\1")))
		return ALERT_UNEXPECTED_MESSAGE;
	r->unseal.is_on = true;
	h->awaited = FINISHED;
	return 0;
}

unsigned handshake_take(struct handshake *h, struct record *r, enum record_kind kind, struct span content)
{
	unsigned failure;

	if (kind == RECORD_CHANGE)
		return take_change(h, r, content);
	if (h->awaited >= CHANGE)
		return ALERT_UNEXPECTED_MESSAGE;
	buf_put(&h->transcript, content);
	failure = h->transcript.full ? ALERT_RECORD_OVERFLOW : take_messages(h);
	if (failure || h->awaited < CHANGE)
		return failure;
	if (!is_between_messages(h))
		return ALERT_UNEXPECTED_MESSAGE;
	return h->awaited == CHANGE ? answer(h, r) : 0;
}
