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
	h->is_asked = h->can_sign = h->binds_all = false;
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

/* How signatures with such keys are called (RFC 5246 §7.4.1.4.1), as hashes are from SHA_256 on. */
enum { RSA_SIGNATURE = 1, ECDSA_SIGNATURE = 3, SHA_256 = 4 };

static unsigned signature_of(unsigned char key_type)
{
	return key_type == BR_KEYTYPE_RSA ? RSA_SIGNATURE : ECDSA_SIGNATURE;
}

/* RFC 4492 §5.4: a point that was made for this connection, signed with the certificate's key. */
static unsigned take_server_key(struct handshake *h, struct message *m)
{
	enum { NAMED_CURVE = 3, PARAMETERS_MAX = 4 + 133 };
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
	    algorithm != signature_of(h->key_type))
		return ALERT_ILLEGAL_PARAMETER;
	buf_put(&text, (struct span){h->bytes + RANDOM_AT, RANDOM_LEN});
	buf_put(&text, (struct span){h->bytes + h->server_random, RANDOM_LEN});
	buf_put(&text, parameters);
	if (!signature_fits(signature, &h->chain.certificates[0].key, (enum hash)hash, buf_span(&text)))
		return ALERT_DECRYPT_ERROR;
	return 0;
}

/* Of the algorithms that the server would take, the first that we can. */
static void choose_signature(struct handshake *h, struct message algorithms)
{
	while (h->peer->client && !h->can_sign && algorithms.rest.len > 0) {
		unsigned hash = message_number(&algorithms, 1) - SHA_256, algorithm = message_number(&algorithms, 1);

		h->can_sign = hash < HASH_COUNT && algorithm == signature_of(h->peer->client->key.bear.key_type);
		h->signs_with = (enum hash)hash;
	}
}

static unsigned take_certificate_request(struct handshake *h, struct message *m)
{
	message_vector(m, 1); /* types of certificates */
	choose_signature(h, (struct message){message_vector(m, 2), false});
	message_vector(m, 2); /* names of CAs */
	h->is_asked = true;
	return message_is_done(m) ? 0 : ALERT_DECODE_ERROR;
}

/* Without one that fits, there are none in it. */
static void put_certificates(struct handshake *h)
{
	struct span list = h->can_sign ? h->peer->client->certificates : (struct span){NULL, 0};

	buf_put_bytes(&h->transcript, CERTIFICATES << 24 | (unsigned)(list.len + 3), 4);
	buf_put_vector(&h->transcript, list, 3);
}

/* Proves that we have its key, with a signature of all that was said. */
static bool put_proof(struct handshake *h)
{
	unsigned char signature[SIGNATURE_LEN_MAX];
	const struct client_key *client = h->peer->client;
	size_t len = signature_make(&client->key, client->secret, h->signs_with, buf_span(&h->transcript), signature);

	buf_put_bytes(&h->transcript, CERTIFICATE_VERIFY << 24 | (unsigned)(len + 4), 4);
	buf_put_bytes(&h->transcript, h->signs_with + SHA_256, 1);
	buf_put_bytes(&h->transcript, signature_of(client->key.bear.key_type), 1);
	buf_put_vector(&h->transcript, (struct span){(char *)signature, len}, 2);
	return len > 0;
}

/* Our half: all that is still to say, up to the proof that nobody has altered what was said. */
static unsigned answer(struct handshake *h, struct record *r)
{
	unsigned char finished[HEADER_LEN + PROOF_LEN] = {FINISHED, 0, 0, PROOF_LEN};
	struct span proof = {(char *)finished, sizeof(finished)};
	size_t start = h->transcript.len;

	if (h->is_asked)
		put_certificates(h);
	if (!secret_agree(h, r))
		return ALERT_ILLEGAL_PARAMETER;
	if (h->can_sign && !put_proof(h))
		return ALERT_INTERNAL_ERROR;
	if (!record_put(r, RECORD_HANDSHAKE, said_since(h, start)))
		return ALERT_INTERNAL_ERROR;
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
	if (said_since(h, h->taken).len > HEADER_LEN + PROOF_LEN) /* something stands behind it */
		return ALERT_UNEXPECTED_MESSAGE;
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
	if (h->awaited != CHANGE || !span_equals(content, SPAN("\1")))
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
	if (failure || h->awaited != CHANGE)
		return failure;
	return is_between_messages(h) ? answer(h, r) : ALERT_UNEXPECTED_MESSAGE;
}
