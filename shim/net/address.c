/* SPDX-License-Identifier: MIT */
#include "net/address.h"

#include "base/format.h"

#include <endian.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool is_v6(const struct address *a)
{
	return a->socket.any.sa_family == AF_INET6;
}

void address_init(struct address *a, const void *octets, unsigned len, uint16_t port)
{
	memset(a, 0, sizeof(*a)); /* padding too: addresses are compared as bytes */
	a->socket.v4.sin_port = htobe16(port); /* in the same place for IPv6 */
	a->socket.any.sa_family = len == IPV6_LEN ? AF_INET6 : AF_INET;
	memcpy(is_v6(a) ? (void *)&a->socket.v6.sin6_addr : &a->socket.v4.sin_addr, octets, len);
}

/* socket(2) itself: libc's wrapper goes on for kernels that know no SOCK_CLOEXEC. */
static int open_socket(int family, int type)
{
	return (int)syscall(SYS_socket, family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

int dial(const struct sockaddr *to, socklen_t len, int type)
{
	int fd = open_socket(to->sa_family, type);

	if (fd >= 0 && connect(fd, to, len) != 0 && errno != EINPROGRESS) {
		close(fd); /* leaves errno alone */
		return -1;
	}
	return fd;
}

bool is_out_of_sockets(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* The number of an interface; 0 when there is none. */
static uint32_t find_scope(struct span scope)
{
	struct ifreq interface = {0};
	uint64_t number;
	int fd;

	if (span_number(scope, UINT32_MAX, &number))
		return (uint32_t)number;
	if (scope.len < sizeof(interface.ifr_name))
		memcpy(interface.ifr_name, scope.at, scope.len);
	fd = open_socket(AF_UNIX, SOCK_DGRAM);
	ioctl(fd, SIOCGIFINDEX, &interface); /* without a name, or without a socket, the number stays 0 */
	close(fd);
	return (uint32_t)interface.ifr_ifindex;
}

bool address_parse(struct address *a, struct span host, uint16_t port)
{
	uint8_t octets[IPV6_LEN];
	size_t end = span_find(host, '%');
	unsigned len = ip_parse(span_head(host, end), octets);

	if (len == 0)
		return false;
	address_init(a, octets, len, port);
	if (end == host.len)
		return true;
	a->socket.v6.sin6_scope_id = find_scope(span_tail(host, end + 1));
	return len == IPV6_LEN && a->socket.v6.sin6_scope_id != 0;
}

void buf_put_address(struct buf *b, const void *address)
{
	const struct address *a = address;
	const char *form = ":%u";

	if (is_v6(a)) {
		form = "]:%u";
		buf_put_char(b, '[');
		buf_put_ip(b, (const uint8_t *)&a->socket.v6.sin6_addr, IPV6_LEN);
		if (a->socket.v6.sin6_scope_id) {
			buf_put_char(b, '%');
			buf_put_number(b, a->socket.v6.sin6_scope_id);
		}
	} else {
		buf_put_ip(b, (const uint8_t *)&a->socket.v4.sin_addr, IPV4_LEN);
	}
	buf_format(b, form, be16toh(a->socket.v4.sin_port));
}

void addresses_add(struct addresses *all, const struct address *a)
{
	unsigned of_family = 0, at;
	struct address *place;

	for (unsigned i = 0; i < all->count; i++) {
		if (memcmp(&all->list[i], a, sizeof(*a)) == 0)
			return;
		of_family += all->list[i].socket.any.sa_family == a->socket.any.sa_family;
	}
	if (all->unwanted & (is_v6(a) ? UNWANTED_IPV6 : UNWANTED_IPV4))
		return;
	all->is_cut |= of_family == FAMILY_MAX;
	if (of_family == FAMILY_MAX)
		return;
	/* Its turn; if the other family has too few for turns, the end. */
	at = 2 * of_family + !is_v6(a);
	if (at > all->count)
		at = all->count;
	place = &all->list[at];
	memmove(place + 1, place, (all->count++ - at) * sizeof(*a));
	*place = *a;
}
