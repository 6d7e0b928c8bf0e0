/* SPDX-License-Identifier: MIT */
#include "net/resolver_hosts.h"

#include "base/file.h"

bool hosts_take(void *hosts, struct span line)
{
	const struct hosts *h = hosts;
	bool is_cut = line.len == FILE_LINE_MAX; /* then the last word may be a piece of a longer one */
	struct span rest = span_head(line, span_find(line, '#'));
	struct span literal = span_word(&rest);
	struct address a;

	for (struct span name; (name = span_word(&rest)).len > 0;) {
		if ((is_cut && rest.len == 0) || !span_equals_nocase(name, h->name))
			continue;
		if (address_parse(&a, literal, h->port))
			addresses_add(h->found, &a);
		break;
	}
	return true;
}

/* Cuts everything below "localhost" down to that. */
static void cut_localhost(struct span *name)
{
	enum { LEN = sizeof("localhost") - 1 };

	if (name->len > LEN && name->at[name->len - LEN - 1] == '.') {
		name->at += name->len - LEN;
		name->len = LEN;
	}
}

void hosts_find(struct span host, uint16_t port, struct addresses *found)
{
	struct hosts h = {host, port, found};

	if (host.len > 0 && host.at[host.len - 1] == '.')
		h.name.len--;
	file_each_line("/etc/hosts", hosts_take, &h);
	if (found->count == 0) {
		cut_localhost(&h.name);
		hosts_take(&h, SPAN("127.0.0.1 localhost"));
		hosts_take(&h, SPAN("::1 localhost"));
	}
}
