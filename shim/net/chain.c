/* SPDX-License-Identifier: MIT */
#include "net/chain.h"

#include "net/path.h"

void chain_init(struct chain *c, const struct trust *trust, msec calendar)
{
	c->trust = trust;
	c->calendar = calendar > 0 ? calendar : 0;
	c->verdict.reason = NOTHING_YET;
	c->count = 0;
	c->len = 0;
}

bool chain_add(struct chain *c, struct span der)
{
	struct der d;

	c->len += der.len;
	if (c->count == CHAIN_COUNT_MAX || c->len > CHAIN_BYTES_MAX)
		return verdict_fail(&c->verdict, TLS_TOO_LONG, 0, "more than 12 certificates or 128 KB of them");
	der_init(&d, der);
	if (!certificate_take(&c->certificates[c->count], &d) || !der_is_done(&d))
		return verdict_fail(&c->verdict, CERTIFICATE_MALFORMED, 0, "number %u that the server sent",
				    c->count + 1);
	c->count++;
	return true;
}

bool chain_judge(struct chain *c)
{
	return c->verdict.reason == NOTHING_YET && path_find(c);
}
