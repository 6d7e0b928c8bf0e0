/* SPDX-License-Identifier: MIT */
/*
 * chain: what a server may send as its certificates.
 *
 * An input is a list of certificates, each with its length in three bytes in front, as in a handshake (RFC 5246
 * §7.4.2). The first is what is trusted, if it can be read; a server sends the rest.
 */
#include "net/chain.h"

#include "base/date.h"
#include "fuzz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

/* Takes the next off `rest`. */
static struct span take(struct span *rest)
{
	const unsigned char *at = (const unsigned char *)rest->at;
	size_t len = rest->len < 3 ? 0 : (size_t)at[0] << 16 | (size_t)at[1] << 8 | at[2];
	struct span certificate = span_head(span_tail(*rest, 3), len);

	*rest = span_tail(*rest, 3 + len);
	return certificate;
}

static bool is_certificate(struct span bytes)
{
	struct certificate c;
	struct der d;

	der_init(&d, bytes);
	return certificate_take(&c, &d) && der_is_done(&d);
}

static void send(struct chain *c, struct span rest)
{
	while (rest.len > 0)
		if (!chain_add(c, take(&rest)))
			return;
}

/* A refusal has its reason. */
static void check(const struct trust *trust, struct span sent)
{
	static struct chain c;
	static const struct span shown = SPAN("localhost");

	assert_true(identity_parse(&c.identity, shown));
	c.shown = &shown;
	chain_init(&c, trust, days_from_date(2026, 1, 1) * 24 * HOUR);
	send(&c, sent);
	assert_int_equal(chain_judge(&c), c.verdict.reason == NOTHING_YET);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = {(const char *)data, size};
	struct trust trust = {.path = SPAN("ca.pem")};

	if (size == 0)
		return -1;
	trust.anchors = take(&rest);
	check(is_certificate(trust.anchors) ? &trust : NULL, rest);
	return 0;
}
