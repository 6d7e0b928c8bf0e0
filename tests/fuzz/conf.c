/* SPDX-License-Identifier: MIT */
/* conf: what may stand in resolv.conf and in hosts. */
#include "net/resolver_conf.h"

#include "base/file.h"
#include "edge.h"
#include "fuzz.h"
#include "net/resolver_hosts.h"
#include "net/resolver_packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void check_candidates(const struct resolver_conf *c)
{
	struct span domain;
	struct question q;
	unsigned n = 0;

	for (; resolver_conf_candidate(c, SPAN("db.test"), n, &domain); n++)
		question_init(&q, SPAN("db.test"), domain);
	assert_in_range(n, 1, DOMAINS_MAX + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct edge edge;
	struct addresses found = {.count = 0};
	struct hosts hosts = {SPAN("db"), 80, &found};
	struct span rest = {(const char *)data, size};
	struct resolver_conf c;

	resolver_conf_init(&c);
	while (rest.len > 0) {
		struct span line = edge_copy(&edge, span_head(span_cut(&rest, '\n'), FILE_LINE_MAX));

		assert_true(resolver_conf_take(&c, line) && hosts_take(&hosts, line));
	}
	assert_true(found.count <= ADDRESSES_MAX && c.servers <= SERVERS_MAX && c.domains <= DOMAINS_MAX);
	check_candidates(&c);
	return 0;
}
