/* SPDX-License-Identifier: MIT */
#include "net/identity.h"

#include "base/host.h"
#include "base/ip.h"

#include <string.h>

bool identity_parse(struct identity *i, struct span host)
{
	uint8_t octets[IPV6_LEN];

	i->kind = NAME_IS_IP;
	if (host_problem(host))
		return false;
	host = span_head(host, span_find(host, '%')); /* a scope is known to this machine only */
	if (host.at[host.len - 1] == '.')
		host.len--;
	memcpy(i->text, host.at, host.len); /* host_problem() has seen that there is room */
	i->text[host.len] = '\0';
	i->len = ip_parse(host, octets);
	if (i->len > 0) {
		memcpy(i->text, octets, i->len);
	} else {
		i->kind = NAME_IS_DNS;
		i->len = (unsigned)host.len;
	}
	return true;
}

/* "*" stands for one whole label at the front, and only above two more (RFC 9525 §6.3). */
static bool name_matches(struct span name, struct span pattern)
{
	if (pattern.len > 2 && pattern.at[0] == '*' && pattern.at[1] == '.') {
		if (!memchr(pattern.at + 2, '.', pattern.len - 2))
			return false;
		pattern = (struct span){pattern.at + 1, pattern.len - 1};
		name = span_tail(name, span_find(name, '.'));
	}
	return span_equals_nocase(name, pattern);
}

bool identity_is_among(const struct identity *i, struct span names)
{
	struct span wanted = {i->text, i->len};
	struct element name;
	struct der d;

	der_init(&d, names);
	while (der_next(&d, &name)) {
		if (name.tag != i->kind)
			continue;
		if (name.tag == NAME_IS_IP ? span_equals(wanted, name.content) : name_matches(wanted, name.content))
			return true;
	}
	return false;
}

void buf_put_alt_name(struct buf *b, const void *name)
{
	enum { NAME_SHOWN_MAX = 60 };
	const struct element *e = name;

	if (e->tag != NAME_IS_IP) {
		buf_put_excerpt(b, e->content, NAME_SHOWN_MAX);
		return;
	}
	buf_put_ip(b, (const uint8_t *)e->content.at, (unsigned)e->content.len);
}

void buf_put_alt_names(struct buf *b, const void *names)
{
	enum { NAMES_MAX = 80 };
	struct element name;
	size_t start = b->len;
	struct der d;

	der_init(&d, *(const struct span *)names);
	while (der_next(&d, &name)) {
		if (name.tag != NAME_IS_DNS && name.tag != NAME_IS_IP)
			continue;
		if (b->len > start)
			buf_put_text(b, ", ");
		if (b->len - start > NAMES_MAX) {
			buf_put_text(b, "...");
			return;
		}
		buf_put_alt_name(b, &name);
	}
	if (b->len == start)
		buf_put_text(b, "no host (no subjectAltName)");
}
