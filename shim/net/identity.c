/* SPDX-License-Identifier: MIT */
#include "net/identity.h"

#include "base/host.h"
#include "net/address.h"

#include <string.h>

bool identity_parse(struct identity *i, struct span host)
{
	struct buf b = buf_init(i->name, sizeof(i->name) - 1);
	struct address a;

	host = span_head(host, span_find(host, '%')); /* a scope is known to this machine only */
	i->address_len = 0;
	if (address_parse(&a, host, 0)) {
		bool is_v6 = a.socket.any.sa_family == AF_INET6;

		i->address_len = is_v6 ? sizeof(a.socket.v6.sin6_addr) : sizeof(a.socket.v4.sin_addr);
		memcpy(i->address, is_v6 ? (void *)&a.socket.v6.sin6_addr : (void *)&a.socket.v4.sin_addr, i->address_len);
		return true;
	}
	if (host.len > 0 && host.at[host.len - 1] == '.')
		host.len--;
	for (size_t at = 0; at < host.len; at++)
		if (!is_host_character(host.at[at]))
			return false;
	buf_put(&b, host);
	buf_text(&b);
	return b.len > 0;
}

/* "*" stands for one whole label at the front, and only above two more (RFC 9525 §6.3). */
static bool name_matches(struct span name, struct span pattern)
{
	if (span_equals_nocase(name, pattern))
		return true;
	if (!span_starts_with(pattern, SPAN("*.")))
		return false;
	pattern = span_tail(pattern, 1);
	name = span_tail(name, span_find(name, '.'));
	return span_find(span_tail(pattern, 1), '.') < pattern.len - 1 && span_equals_nocase(name, pattern);
}

bool identity_is_among(const struct identity *i, struct span names)
{
	bool is_address = i->address_len > 0, found = false;
	struct span wanted = {(const char *)i->address, i->address_len};
	unsigned kind;
	struct der d;

	if (!is_address)
		wanted = span_of(i->name);
	der_init(&d, names);
	while ((kind = der_peek(&d))) {
		struct span name = der_take(&d, kind);

		if (kind == (is_address ? NAME_IS_IP : NAME_IS_DNS))
			found |= is_address ? span_equals(wanted, name) : name_matches(wanted, name);
	}
	return found && der_is_done(&d);
}

void buf_put_alt_name(struct buf *b, unsigned kind, struct span name)
{
	enum { NAME_SHOWN_MAX = 60 };

	if (kind != NAME_IS_IP) {
		buf_put_excerpt(b, name, NAME_SHOWN_MAX);
		return;
	}

	struct address a = address_from(name.len == 4 ? AF_INET : AF_INET6, name.at, 0);

	buf_put_address(b, &a);
	b->len -= b->full ? 0 : 2; /* ":0" */
}

void buf_put_alt_names(struct buf *b, struct span names, size_t max)
{
	size_t start = b->len;
	unsigned kind;
	struct der d;

	der_init(&d, names);
	while ((kind = der_peek(&d))) {
		struct span name = der_take(&d, kind);

		if (kind != NAME_IS_DNS && kind != NAME_IS_IP)
			continue;
		buf_put_text(b, b->len > start ? ", " : "");
		if (b->len - start > max) {
			buf_put_text(b, "...");
			return;
		}
		buf_put_alt_name(b, kind, name);
	}
	if (b->len == start)
		buf_put_text(b, "no host (no subjectAltName)");
}
