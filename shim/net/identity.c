/* SPDX-License-Identifier: MIT */
#include "net/identity.h"

#include "net/address.h"

#include <arpa/inet.h>

bool identity_parse(struct identity *i, struct span host)
{
	struct buf b = buf_init(i->name, sizeof(i->name) - 1);
	bool is_v6 = span_find(host, ':') < host.len;

	if (is_v6)
		host = span_head(host, span_find(host, '%')); /* a scope is known to this machine only */
	else if (host.len > 0 && host.at[host.len - 1] == '.')
		host.len--;
	buf_put(&b, host);
	if (b.full || b.len == 0 || span_find(host, '\0') < host.len)
		return false;
	buf_text(&b);

	bool is_address = inet_pton(is_v6 ? AF_INET6 : AF_INET, i->name, i->address) == 1;

	i->address_len = !is_address ? 0 : is_v6 ? 16 : 4;
	return is_address || !is_v6;
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
	bool damaged = false, found = false;
	struct der d = der_init(names, &damaged);
	struct span address = {(const char *)i->address, i->address_len};

	while (der_peek(&d)) {
		unsigned kind = der_peek(&d);
		struct span name = der_take(&d, kind);

		if (i->address_len > 0)
			found |= kind == NAME_IS_IP && span_equals(name, address);
		else
			found |= kind == NAME_IS_DNS && name_matches(span_of(i->name), name);
	}
	return found && !damaged;
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
	bool damaged = false;
	struct der d = der_init(names, &damaged);
	size_t start = b->len;

	while (der_peek(&d)) {
		unsigned kind = der_peek(&d);
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
		buf_put_text(b, "no host (it has no subjectAltName with one)");
}
