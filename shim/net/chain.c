/* SPDX-License-Identifier: MIT */
#include "net/chain.h"

#include "net/key.h"
#include "net/path.h"

#include <string.h>

static void start_chain(const br_x509_class **engine, const char *server_name)
{
	(void)engine, (void)server_name; /* it is NULL for an address: chain_init() knows better */
}

static void start_certificate(const br_x509_class **engine, uint32_t len)
{
	struct chain *c = (struct chain *)engine;

	if (c->count == CHAIN_COUNT_MAX || len > sizeof(c->bytes) - c->len)
		c->too_long = true;
	if (!c->too_long)
		c->sent[c->count++] = (struct span){c->bytes + c->len, 0};
}

static void append(const br_x509_class **engine, const unsigned char *bytes, size_t len)
{
	struct chain *c = (struct chain *)engine;

	if (len > sizeof(c->bytes) - c->len)
		c->too_long = true;
	if (c->too_long || c->count == 0)
		return;
	memcpy(c->bytes + c->len, bytes, len);
	c->len += len;
	c->sent[c->count - 1].len += len;
}

static void end_certificate(const br_x509_class **engine)
{
	(void)engine;
}

static bool parse_all(struct chain *c)
{
	struct buf b = buf_init(c->memory, sizeof(c->memory));

	for (unsigned i = 0; i < c->count; i++) {
		if (certificate_parse(&c->certificates[i], c->sent[i]))
			continue;
		buf_put_text(&b, "number ");
		buf_put_number(&b, i + 1);
		buf_put_text(&b, " of the ");
		buf_put_number(&b, c->count);
		buf_put_text(&b, " that the server sent");
		return verdict_fail(&c->verdict, CERTIFICATE_MALFORMED, 0, "%s", buf_text(&b));
	}
	return c->count > 0 || verdict_fail(&c->verdict, CERTIFICATE_MALFORMED, 0, "the server sent none");
}

static bool judge(struct chain *c)
{
	if (c->too_long)
		return verdict_fail(&c->verdict, TLS_TOO_LONG, 0, "more than 12 certificates or 128 KB of them");
	if (!parse_all(c))
		return false;
	/* Insecure: the handshake still proves that the server has the key of its certificate. */
	return c->trust ? path_find(c) : path_take_key(c, &c->certificates[0]);
}

static unsigned end_chain(const br_x509_class **engine)
{
	return judge((struct chain *)engine) ? 0 : BR_ERR_X509_NOT_TRUSTED;
}

static const br_x509_pkey *get_key(const br_x509_class *const *engine, unsigned *usages)
{
	const struct chain *c = (const struct chain *)engine;

	if (usages)
		*usages = c->usages;
	return c->key;
}

static const br_x509_class chain_class = {
	sizeof(struct chain), start_chain, start_certificate, append, end_certificate, end_chain, get_key,
};

void chain_init(struct chain *c, const struct trust *trust, msec calendar)
{
	c->vtable = &chain_class;
	c->trust = trust;
	c->calendar = calendar > 0 ? calendar : 0;
	c->verdict.reason = NOTHING_YET;
	c->key = NULL;
	c->count = 0;
	c->too_long = false;
	c->len = 0;
}
