/* SPDX-License-Identifier: MIT */
#include "net/resolver_hosts.h"

#include "base/file.h"

void hosts_take(const struct hosts *h, struct span line)
{
	bool is_cut = line.len == FILE_LINE_MAX; /* then the last word may be a piece of a longer one */
	struct span rest = span_head(line, span_find(line, '#'));
	struct span literal = span_word(&rest);
	struct address a;

	for (struct span name; (name = span_word(&rest)).len > 0;) {
		if (is_cut && rest.len == 0)
			return;
		if (!span_equals_nocase(name, h->name))
			continue;
		if (address_parse(&a, literal, h->port))
			addresses_add(h->found, &a);
		return;
	}
}

static bool take_line(void *context, struct span line)
{
	hosts_take(context, line);
	return true;
}

/* "localhost" and everything below it. */
static bool is_localhost(struct span name)
{
	struct span top = SPAN("localhost");

	if (name.len > top.len && name.at[name.len - top.len - 1] == '.')
		name = span_tail(name, name.len - top.len);
	return span_equals_nocase(name, top);
}

void hosts_find(struct span host, uint16_t port, struct addresses *found)
{
	struct hosts h = {host, port, found};

	if (host.len > 0 && host.at[host.len - 1] == '.')
		h.name.len--;
	file_each_line("/etc/hosts", take_line, &h);
	if (found->count == 0 && is_localhost(h.name)) {
		h.name = SPAN("localhost");
		hosts_take(&h, SPAN("127.0.0.1 localhost"));
		hosts_take(&h, SPAN("::1 localhost"));
	}
}
