/* SPDX-License-Identifier: MIT */
#include "net/chain.h"

#include "net/path.h"

#include <string.h>

static void start_chain(const br_x509_class **engine, const char *server_name)
{
	(void)engine, (void)server_name; /* it is NULL for an address: chain_init() knows better */
}

static void start_certificate(const br_x509_class **engine, uint32_t len)
{
	struct chain *c = (struct chain *)engine;

	(void)len;
	c->start = c->len;
}

static void fail_too_long(struct chain *c)
{
	verdict_fail(&c->verdict, TLS_TOO_LONG, 0, "more than 12 certificates or 128 KB of them");
}

static void append(const br_x509_class **engine, const unsigned char *bytes, size_t len)
{
	struct chain *c = (struct chain *)engine;

	if (len > sizeof(c->bytes) - c->len) {
		fail_too_long(c);
		return;
	}
	memcpy(c->bytes + c->len, bytes, len);
	c->len += len;
}

static void end_certificate(const br_x509_class **engine)
{
	struct chain *c = (struct chain *)engine;
	struct der d;

	der_init(&d, (struct span){c->bytes + c->start, c->len - c->start});
	if (c->verdict.reason != NOTHING_YET)
		return;
	if (c->count == CHAIN_COUNT_MAX)
		fail_too_long(c);
	else if (!certificate_take(&c->certificates[c->count], &d) || !der_is_done(&d))
		verdict_fail(&c->verdict, CERTIFICATE_MALFORMED, 0, "number %u that the server sent", c->count + 1);
	else
		c->count++;
}

static unsigned end_chain(const br_x509_class **engine)
{
	struct chain *c = (struct chain *)engine;

	if (c->verdict.reason == NOTHING_YET)
		c->is_accepted = path_find(c);
	return c->is_accepted ? 0 : BR_ERR_X509_NOT_TRUSTED;
}

static const br_x509_pkey *get_key(const br_x509_class *const *engine, unsigned *usages)
{
	const struct chain *c = (const struct chain *)engine;

	if (!c->is_accepted)
		return NULL;
	if (usages)
		*usages = c->certificates[0].may_sign ? BR_KEYTYPE_SIGN : 0;
	return &c->certificates[0].key.bear;
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
	c->is_accepted = false;
	c->count = 0;
	c->len = 0;
}
