/* SPDX-License-Identifier: MIT */
#include "net/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static const char *shown(const struct address *a)
{
	static char memory[100];
	struct buf b = buf_init(memory, sizeof(memory));

	buf_put_address(&b, a);
	assert_false(b.full);
	return buf_text(&b);
}

static struct address made(const unsigned char *octets, unsigned len)
{
	struct address a;

	address_init(&a, octets, len, 80);
	return a;
}

static struct address parsed(const char *host)
{
	struct address a;

	if (!address_parse(&a, span_of(host), 5432))
		fail_msg("%s is no literal", host);
	return a;
}

static void test_literals_are_shown_in_the_canonical_form(void **state)
{
	static const struct {
		const char *host, *shown;
	} rows[] = {
		{"10.0.0.3", "10.0.0.3:5432"},
		{"0.0.0.0", "0.0.0.0:5432"},
		{"255.255.255.255", "255.255.255.255:5432"},
		{"::", "[::]:5432"},
		{"::1", "[::1]:5432"},
		{"1::", "[1::]:5432"},
		{"2001:DB8::3", "[2001:db8::3]:5432"},
		{"2001:db8:0:0:0:0:2:1", "[2001:db8::2:1]:5432"},
		{"2001:db8:0:1:1:1:1:1", "[2001:db8:0:1:1:1:1:1]:5432"}, /* RFC 5952 §4.2.2 */
		{"2001:0:0:1:0:0:0:1", "[2001:0:0:1::1]:5432"}, /* §4.2.3: the longest */
		{"2001:db8:0:0:1:0:0:1", "[2001:db8::1:0:0:1]:5432"}, /* of two the first */
		{"1:2:3:4:5:6:0:0", "[1:2:3:4:5:6::]:5432"},
		{"0:0:3:4:5:6:7:8", "[::3:4:5:6:7:8]:5432"},
		{"0001:0020:0300:4000:a:b0:c00:d000", "[1:20:300:4000:a:b0:c00:d000]:5432"},
		{"1:2:3:4:5:6:7::", "[1:2:3:4:5:6:7:0]:5432"},
		{"::2:3:4:5:6:7:8", "[0:2:3:4:5:6:7:8]:5432"},
		{"1:2:3:4:5:6:1.2.3.4", "[1:2:3:4:5:6:102:304]:5432"},
		{"64:ff9b::1.2.3.4", "[64:ff9b::102:304]:5432"},
		{"::ffff:1.2.3.4", "[::ffff:1.2.3.4]:5432"},
		{"fe80::1%7", "[fe80::1%7]:5432"},
		{"fe80::1%4294967295", "[fe80::1%4294967295]:5432"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct address a = parsed(rows[i].host);

		assert_string_equal(shown(&a), rows[i].shown);
	}
}

static void test_what_is_no_literal(void **state)
{
	static const char *const rows[] = {
		"", "db", "10.0.0", "10.0.0.", "10.0.0.3.", "10..0.3", "010.0.0.3", "00.0.0.3", "0x10.0.0.3", "1000.0.0.3", ".10.0.0.3",
		":", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
		"1::2::3", "00001::", "g::", "::1.2.3", "::1.2.3.4.5", "::1.2.3.4:5", "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "::01.2.3.4",
		"fe80::1%eth0-is-no-name-that-long", "10.0.0.256", "10.0.0.3.4", "10.0.0.3%1", "10.0.0.3 ", "1:2", ":::", "::1::", "12345::",
		"1:2:3:4:5:6:7:8:9", "fe80::1%", "fe80::1%0", "fe80::1%no-such-interface", "fe80::1%4294967296", "%1", "::%",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb",
	};
	struct address a;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (address_parse(&a, span_of(rows[i]), 1))
			fail_msg("'%s' is taken for a literal", rows[i]);
}

static void test_scope_is_an_interface(void **state)
{
	struct if_nameindex *all = if_nameindex();
	char host[64] = "fe80::1%";

	(void)state;
	assert_non_null(all);
	if (all->if_index) {
		strcat(host, all->if_name);

		struct address a = parsed(host);

		assert_int_equal(a.socket.v6.sin6_scope_id, all->if_index);
	}
	if_freenameindex(all);
}

/* libc writes addresses in the same form, but for those that begin with zeros and hold an IPv4 address. */
static void test_every_pattern_of_zeros_is_as_libc_writes_it(void **state)
{
	(void)state;
	for (unsigned zeros = 0; zeros < 256; zeros++) {
		unsigned char octets[16];
		char ip[INET6_ADDRSTRLEN], expected[INET6_ADDRSTRLEN + 8] = "[";

		for (unsigned i = 0; i < 8; i++) {
			octets[2 * i] = 0;
			octets[2 * i + 1] = zeros >> i & 1 ? 0 : (unsigned char)(0x10 + i);
		}
		if ((zeros & 0x1f) == 0x1f)
			octets[1] = 1; /* ::1.2.3.4 is deprecated (RFC 4291 §2.5.5.1) */

		struct address a = made(octets, IPV6_LEN);

		strcat(expected, inet_ntop(AF_INET6, octets, ip, sizeof(ip)));
		strcat(expected, "]:80");
		assert_string_equal(shown(&a), expected);

		struct address again;

		assert_true(address_parse(&again, span_of(ip), 80));
		assert_memory_equal(&again, &a, sizeof(a));
	}
}

static struct address numbered(int family, unsigned char n)
{
	unsigned char octets[16] = {127, 0, 0, n};
	static const unsigned char loopback[16] = {[15] = 1};

	if (family == AF_INET6)
		memcpy(octets, loopback, sizeof(octets));
	octets[3] = n;
	return made(octets, family == AF_INET6 ? IPV6_LEN : IPV4_LEN);
}

static void test_duplicates_and_too_many_are_left_out(void **state)
{
	struct addresses all = {.count = 0};

	(void)state;
	for (unsigned char n = 1; n <= 20; n++) {
		struct address a = numbered(AF_INET, n);

		addresses_add(&all, &a);
		addresses_add(&all, &a);
	}
	assert_int_equal(all.count, FAMILY_MAX);
	for (unsigned char n = 1; n <= 20; n++) {
		struct address a = numbered(AF_INET6, n);

		addresses_add(&all, &a);
	}
	assert_int_equal(all.count, ADDRESSES_MAX);
}

static void test_a_family_can_be_unwanted(void **state)
{
	struct addresses all = {.count = 0, .unwanted = UNWANTED_IPV4};
	struct address v4 = numbered(AF_INET, 1), v6 = numbered(AF_INET6, 1);

	(void)state;
	addresses_add(&all, &v4);
	addresses_add(&all, &v6);
	assert_int_equal(all.count, 1);
	assert_memory_equal(all.list, &v6, sizeof(v6));
	all = (struct addresses){.count = 0, .unwanted = UNWANTED_IPV6};
	addresses_add(&all, &v6);
	addresses_add(&all, &v4);
	assert_int_equal(all.count, 1);
	assert_memory_equal(all.list, &v4, sizeof(v4));
}

static void add_numbered(struct addresses *all, int family, unsigned count)
{
	for (unsigned n = 1; n <= count; n++) {
		struct address a = numbered(family, (unsigned char)n);

		addresses_add(all, &a);
	}
}

/* Each keeps its order, and they take turns, IPv6 first, whichever was added first. */
static void test_families_take_turns(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2 * (FAMILY_MAX + 1); i++) {
		unsigned v4 = i / 2, turns = 2 * (v4 < 3 ? v4 : 3);
		unsigned char last[2] = {0, 0};
		struct addresses all = {.count = 0};

		add_numbered(&all, AF_INET6, i % 2 ? 3 : 1);
		add_numbered(&all, AF_INET, v4);
		add_numbered(&all, AF_INET6, 3);
		assert_int_equal(all.count, v4 + 3);
		for (unsigned at = 0; at < all.count; at++) {
			const struct address *a = &all.list[at];
			bool is_v6 = a->socket.any.sa_family == AF_INET6;
			const unsigned char *octets = is_v6 ? a->socket.v6.sin6_addr.s6_addr
							    : (const unsigned char *)&a->socket.v4.sin_addr;

			assert_int_equal(octets[3], last[is_v6] + 1);
			last[is_v6] = octets[3];
			if (at < turns)
				assert_int_equal(is_v6, at % 2 == 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_literals_are_shown_in_the_canonical_form),
		cmocka_unit_test(test_what_is_no_literal),
		cmocka_unit_test(test_scope_is_an_interface),
		cmocka_unit_test(test_every_pattern_of_zeros_is_as_libc_writes_it),
		cmocka_unit_test(test_duplicates_and_too_many_are_left_out),
		cmocka_unit_test(test_a_family_can_be_unwanted),
		cmocka_unit_test(test_families_take_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
