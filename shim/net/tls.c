/* SPDX-License-Identifier: MIT */
#include "net/tls.h"

#include "net/chain.h"

#include <string.h>

enum {
	HEADER_LEN = 5, /* of a record */
	HANDSHAKE_MAX = CHAIN_BYTES_MAX + (32 << 10), /* bytes from the peer */
	RECORD_FIRST = 20, /* of four types */
};

struct tls {
	br_ssl_client_context client;
	size_t heard; /* bytes of records */
	bool is_open;
	char records[BR_SSL_BUFSIZE_MONO]; /* at its start the header of the last record, heard or said */
	struct chain chain; /* large, most of it at its end, and not touched */
};

size_t tls_size(void)
{
	return sizeof(struct tls);
}

/* AES-GCM with ephemeral keys and SHA-2, on NIST's curves: what every TLS 1.2 server of the last ten years has. */
static void set_profile(br_ssl_client_context *client)
{
	static const uint16_t suites[] = {
		BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	};
	br_ssl_engine_context *e = &client->eng;

	br_ssl_client_zero(client);
	br_ssl_engine_set_versions(e, BR_TLS12, BR_TLS12);
	br_ssl_engine_set_suites(e, suites, sizeof(suites) / sizeof(suites[0]));
	br_ssl_engine_set_hash(e, br_sha256_ID, &br_sha256_vtable);
	br_ssl_engine_set_hash(e, br_sha384_ID, &br_sha384_vtable);
	br_ssl_engine_set_hash(e, br_sha512_ID, &br_sha512_vtable);
	br_ssl_engine_set_prf_sha256(e, br_tls12_sha256_prf);
	br_ssl_engine_set_prf_sha384(e, br_tls12_sha384_prf);
	br_ssl_engine_set_ec(e, &br_ec_prime_i31);
	br_ssl_engine_set_ecdsa(e, br_ecdsa_i31_vrfy_asn1);
	br_ssl_engine_set_rsavrfy(e, br_rsa_i31_pkcs1_vrfy);
	br_ssl_engine_set_gcm(e, &br_sslrec_in_gcm_vtable, &br_sslrec_out_gcm_vtable);
	br_ssl_engine_set_aes_ctr(e, &br_aes_ct_ctr_vtable);
	br_ssl_engine_set_ghash(e, br_ghash_ctmul64);
	br_ssl_engine_add_flags(e, BR_OPT_NO_RENEGOTIATION);
}

void tls_init(struct tls *t, const struct tls_peer *peer, msec calendar)
{
	struct identity *identity = &t->chain.identity;

	t->heard = 0;
	t->is_open = false;
	chain_init(&t->chain, peer->trust, calendar);
	t->chain.shown = &peer->name->shown;
	if (!identity_parse(identity, peer->name->value))
		verdict_fail(&t->chain.verdict, TLS_FAILED, 0, "none: bad host"); /* no chain is accepted after that */
	set_profile(&t->client);
	br_ssl_engine_set_x509(&t->client.eng, &t->chain.vtable);
	br_ssl_engine_set_buffer(&t->client.eng, t->records, sizeof(t->records), 0);
	br_ssl_engine_set_protocol_names(&t->client.eng, (const char **)&peer->protocol, peer->has_protocol);
	/* An address is never sent as a server's name (RFC 6066 §3). */
	br_ssl_client_reset(&t->client, identity->kind == NAME_IS_IP ? NULL : identity->text, 0);
}

static unsigned state_of(const struct tls *t)
{
	return br_ssl_engine_current_state(&t->client.eng);
}

bool tls_is_open(const struct tls *t)
{
	return t->is_open;
}

static bool is_too_long(const struct tls *t)
{
	return !t->is_open && t->heard > HANDSHAKE_MAX;
}

bool tls_is_over(const struct tls *t)
{
	return state_of(t) == BR_SSL_CLOSED || is_too_long(t);
}

/* What BearSSL's errors mean; BR_ERR_RECV_FATAL_ALERT + N is the peer's alert N (RFC 5246 §7.2). */
static const struct {
	uint16_t error;
	uint16_t reason;
} errors[] = {
	{BR_ERR_NO_RANDOM, NO_RANDOMNESS},
	{BR_ERR_WRONG_KEY_USAGE, CERTIFICATE_KEY_USAGE},
	{BR_ERR_RECV_FATAL_ALERT + 40, TLS_NO_COMMON},
	{BR_ERR_RECV_FATAL_ALERT + 42, TLS_REFUSED_CERTIFICATE},
	{BR_ERR_RECV_FATAL_ALERT + 45, TLS_REFUSED_CERTIFICATE},
	{BR_ERR_RECV_FATAL_ALERT + 48, TLS_REFUSED_CERTIFICATE},
	{BR_ERR_RECV_FATAL_ALERT + 51, TLS_REFUSED_CERTIFICATE},
	{BR_ERR_RECV_FATAL_ALERT + 70, TLS_13_ONLY},
	{BR_ERR_RECV_FATAL_ALERT + 112, TLS_NO_VIRTUAL_HOST},
	{BR_ERR_RECV_FATAL_ALERT + 116, TLS_WANTS_CERTIFICATE},
	{BR_ERR_RECV_FATAL_ALERT + 120, TLS_NO_ALPN},
};

static enum reason reason_of(int error)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].error == error)
			return errors[i].reason;
	return error >= BR_ERR_RECV_FATAL_ALERT ? TLS_ALERT : TLS_FAILED;
}

/* Is it one of TLS or SSL 3? */
static bool is_tls(struct span header)
{
	return header.len >= 2 && (unsigned)header.at[0] - RECORD_FIRST < 4 && header.at[1] == 3;
}

bool tls_outcome(const struct tls *t, struct verdict *v)
{
	int error = br_ssl_engine_last_error(&t->client.eng);
	struct span header = span_head((struct span){t->records, t->heard}, HEADER_LEN);

	if (t->chain.verdict.reason != NOTHING_YET) {
		*v = t->chain.verdict;
		return false;
	}
	if (is_too_long(t))
		return verdict_fail(v, TLS_TOO_LONG, 0, "more than 160 KB");
	if (t->is_open && error == BR_ERR_OK)
		return true;
	if (t->is_open)
		return verdict_fail(v, ANSWER_RESET, error, "by TLS error %u", error);
	if (header.len > 0 && !is_tls(header))
		return verdict_fail(v, NOT_TLS, 0, " (it says \"%q\")", &header);
	if (error == BR_ERR_OK) /* Java's that know TLS 1.3 only just close */
		return verdict_fail(v, TLS_CLOSED, header.len > 0, "closed during the handshake%s",
				    header.len > 0 ? "" : "; it may require TLS 1.3");
	if (error == BR_ERR_UNSUPPORTED_VERSION || error == BR_ERR_BAD_VERSION)
		return verdict_fail(v, NOT_TLS, error, " 1.2 (it answers in an older version)");

	enum reason reason = reason_of(error);

	if (reason == TLS_NO_VIRTUAL_HOST)
		return verdict_fail(v, reason, error, "%q", t->chain.shown);
	return verdict_fail(v, reason, error, "%u", (unsigned)error % BR_ERR_RECV_FATAL_ALERT);
}

struct span tls_records(struct tls *t)
{
	struct span records;

	records.at = (char *)br_ssl_engine_sendrec_buf(&t->client.eng, &records.len);
	return records;
}

void tls_sent(struct tls *t, size_t n)
{
	br_ssl_engine_sendrec_ack(&t->client.eng, n);
}

char *tls_room(struct tls *t, size_t *size)
{
	return (char *)br_ssl_engine_recvrec_buf(&t->client.eng, size);
}

void tls_received(struct tls *t, size_t n)
{
	t->heard += n;
	br_ssl_engine_recvrec_ack(&t->client.eng, n);
	if (state_of(t) & BR_SSL_SENDAPP)
		t->is_open = true;
}

struct span tls_text(struct tls *t)
{
	struct span text;

	text.at = (char *)br_ssl_engine_recvapp_buf(&t->client.eng, &text.len);
	return text;
}

void tls_used(struct tls *t, size_t n)
{
	br_ssl_engine_recvapp_ack(&t->client.eng, n);
}

size_t tls_say(struct tls *t, struct span text)
{
	size_t room = 0;
	unsigned char *at = br_ssl_engine_sendapp_buf(&t->client.eng, &room);

	if (!at)
		return 0;
	text = span_head(text, room);
	memcpy(at, text.at, text.len);
	br_ssl_engine_sendapp_ack(&t->client.eng, text.len);
	br_ssl_engine_flush(&t->client.eng, 0);
	return text.len;
}

void tls_finish(struct tls *t)
{
	/* Text that nobody read would stand in the way: there is one buffer for both directions. */
	struct span text = tls_text(t);

	if (text.len > 0)
		tls_used(t, text.len);
	br_ssl_engine_close(&t->client.eng);
}
