/* SPDX-License-Identifier: MIT */
#include "net/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

socklen_t address_len(const struct address *a)
{
	return a->socket.any.sa_family == AF_INET6 ? sizeof(a->socket.v6) : sizeof(a->socket.v4);
}

struct address address_from(int family, const void *octets, uint16_t port)
{
	struct address a;

	memset(&a, 0, sizeof(a)); /* padding too: addresses are compared as bytes */
	a.socket.any.sa_family = (sa_family_t)family;
	a.socket.v4.sin_port = htons(port); /* in the same place for IPv6 */
	if (family == AF_INET6)
		memcpy(&a.socket.v6.sin6_addr, octets, sizeof(a.socket.v6.sin6_addr));
	else
		memcpy(&a.socket.v4.sin_addr, octets, sizeof(a.socket.v4.sin_addr));
	return a;
}

/* The number of an interface; 0 when there is none. */
static uint32_t scope_find(struct span scope)
{
	char name[IF_NAMESIZE];
	struct buf b = buf_init(name, sizeof(name) - 1);
	uint64_t number;

	if (span_number(scope, UINT32_MAX, &number))
		return (uint32_t)number;
	buf_put(&b, scope);
	return b.full ? 0 : if_nametoindex(buf_text(&b));
}

bool address_parse(struct address *a, struct span host, uint16_t port)
{
	char text[INET6_ADDRSTRLEN];
	struct buf b = buf_init(text, sizeof(text) - 1);
	unsigned char octets[sizeof(struct in6_addr)];
	int family = span_find(host, ':') < host.len ? AF_INET6 : AF_INET;
	size_t end = span_find(host, '%');

	buf_put(&b, span_head(host, end));
	if (b.full || inet_pton(family, buf_text(&b), octets) != 1)
		return false;
	*a = address_from(family, octets, port);
	if (end == host.len)
		return true;
	if (family != AF_INET6)
		return false;
	a->socket.v6.sin6_scope_id = scope_find(span_tail(host, end + 1));
	return a->socket.v6.sin6_scope_id != 0;
}

static void put_ipv4(struct buf *b, const uint8_t *octets)
{
	for (unsigned i = 0; i < 4; i++) {
		if (i > 0)
			buf_put_char(b, '.');
		buf_put_number(b, octets[i]);
	}
}

/* Hexadecimal without zeros in front (RFC 5952 §4.1). */
static void put_group(struct buf *b, unsigned group)
{
	for (unsigned shift = 16; shift > 0;) {
		shift -= 4;
		if (shift == 0 || group >> shift)
			buf_put_char(b, "0123456789abcdef"[group >> shift & 15]);
	}
}

struct run {
	unsigned at, len;
};

/* The longest run of zeros, of two the first (RFC 5952 §4.2). */
static struct run longest_zeros(const unsigned group[8])
{
	struct run longest = {8, 1}; /* a single zero is not shortened */

	for (unsigned i = 0, len = 0; i < 8; i++) {
		len = group[i] ? 0 : len + 1;
		if (len > longest.len)
			longest = (struct run){i + 1 - len, len};
	}
	return longest;
}

static void put_ipv6(struct buf *b, const struct in6_addr *ip)
{
	unsigned group[8];

	for (unsigned i = 0; i < 8; i++)
		group[i] = (unsigned)ip->s6_addr[2 * i] << 8 | ip->s6_addr[2 * i + 1];

	struct run zeros = longest_zeros(group);

	if (IN6_IS_ADDR_V4MAPPED(ip)) {
		buf_put_text(b, "::ffff:");
		put_ipv4(b, ip->s6_addr + 12);
		return;
	}
	for (unsigned i = 0; i < 8; i++) {
		if (i == zeros.at) {
			buf_put_text(b, "::");
			i += zeros.len - 1;
			continue;
		}
		if (i > 0 && i != zeros.at + zeros.len)
			buf_put_char(b, ':');
		put_group(b, group[i]);
	}
}

void buf_put_address(struct buf *b, const void *address)
{
	const struct address *a = address;

	if (a->socket.any.sa_family == AF_INET6) {
		buf_put_char(b, '[');
		put_ipv6(b, &a->socket.v6.sin6_addr);
		if (a->socket.v6.sin6_scope_id) {
			buf_put_char(b, '%');
			buf_put_number(b, a->socket.v6.sin6_scope_id);
		}
		buf_put_char(b, ']');
	} else {
		put_ipv4(b, (const uint8_t *)&a->socket.v4.sin_addr);
	}
	buf_put_char(b, ':');
	buf_put_number(b, ntohs(a->socket.v4.sin_port));
}

void addresses_add(struct addresses *all, const struct address *a)
{
	unsigned of_family = 0;

	for (unsigned i = 0; i < all->count; i++) {
		if (memcmp(&all->list[i], a, sizeof(*a)) == 0)
			return;
		of_family += all->list[i].socket.any.sa_family == a->socket.any.sa_family;
	}
	if (of_family < FAMILY_MAX)
		all->list[all->count++] = *a;
}

/* Sends nothing: connecting a datagram socket only asks the kernel for a route. */
static bool has_route(const struct address *a)
{
	int fd = socket(a->socket.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return false;

	bool routed = connect(fd, &a->socket.any, address_len(a)) == 0;

	close(fd);
	return routed;
}

void addresses_order(struct addresses *all)
{
	struct addresses of[2] = {{.count = 0}, {.count = 0}}; /* IPv4, IPv6 */

	for (unsigned i = 0; i < all->count; i++)
		addresses_add(&of[all->list[i].socket.any.sa_family == AF_INET6], &all->list[i]);
	if (of[0].count == 0 || of[1].count == 0)
		return;

	unsigned first = has_route(&of[1].list[0]);

	all->count = 0;
	for (unsigned i = 0; i < 2 * FAMILY_MAX; i++) {
		const struct addresses *family = &of[(i & 1) ^ first];

		if (i / 2 < family->count)
			all->list[all->count++] = family->list[i / 2];
	}
}
