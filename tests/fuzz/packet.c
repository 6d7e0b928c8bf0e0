/* SPDX-License-Identifier: MIT */
/* packet: what a name server may say. Its tables ask for db.test with these numbers. */
#include "net/resolver_packet.h"

#include "edge.h"
#include "fuzz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct edge edge;
	struct addresses found = {.count = 0};
	struct answer a = {.port = 80, .found = &found};
	struct question q;
	struct span packet = span_head((struct span){(const char *)data, size}, EDGE_MAX);

	memset(&q, 0xa5, sizeof(q));
	assert_true(question_init(&q, SPAN("db.test"), SPAN("")));
	q.id[ASK_IPV4] = 0x1234;
	q.id[ASK_IPV6] = 0x5678;
	if (!answer_parse(&a, &q, edge_copy(&edge, packet)) || a.is_truncated || a.rcode != RCODE_FINE)
		assert_int_equal(found.count, 0);
	assert_true(found.count <= FAMILY_MAX);
	return 0;
}
