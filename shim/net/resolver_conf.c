/* SPDX-License-Identifier: MIT */
#include "net/resolver_conf.h"

#include "base/file.h"

enum { DNS_PORT = 53 };

void resolver_conf_init(struct resolver_conf *c)
{
	c->servers = 0;
	c->attempts = 2;
	c->ndots = 1;
	c->timeout = SECOND; /* libc's 5 s would be a whole attempt */
	c->domains = 0;
	c->search_len = 0;
}

static void take_server(struct resolver_conf *c, struct span text)
{
	if (c->servers < SERVERS_MAX && address_parse(&c->server[c->servers], text, DNS_PORT))
		c->servers++;
}

/* The last list replaces those before it. */
static void take_search(struct resolver_conf *c, struct span rest, unsigned max)
{
	struct buf b = buf_init(c->search, sizeof(c->search));

	for (c->domains = 0; c->domains < max; c->domains++) {
		struct span domain = span_word(&rest);

		if (domain.len == 0 || domain.at[0] == '#' || domain.at[0] == ';' || domain.len >= b.cap - b.len)
			break;
		buf_put_char(&b, ' ');
		buf_put(&b, domain);
	}
	c->search_len = (unsigned)b.len;
}

static void take_option(struct resolver_conf *c, struct span option)
{
	/* resolv.conf(5) cuts larger values down to these */
	enum { NDOTS_MAX = 15, TIMEOUT_MAX = 30, ATTEMPTS_MAX = 5 };
	struct span name = span_cut(&option, ':');
	uint64_t n;

	if (!span_number(option, UINT32_MAX, &n))
		return;
	if (span_equals(name, SPAN("ndots")))
		c->ndots = n < NDOTS_MAX ? (unsigned)n : NDOTS_MAX;
	else if (span_equals(name, SPAN("timeout")))
		c->timeout = (n < TIMEOUT_MAX ? (msec)n : TIMEOUT_MAX) * SECOND;
	else if (span_equals(name, SPAN("attempts")) && n > 0)
		c->attempts = n < ATTEMPTS_MAX ? (unsigned)n : ATTEMPTS_MAX;
}

void resolver_conf_take(struct resolver_conf *c, struct span line)
{
	struct span keyword = span_word(&line);

	if (span_equals(keyword, SPAN("nameserver")))
		take_server(c, span_word(&line));
	else if (span_equals(keyword, SPAN("search")))
		take_search(c, line, DOMAINS_MAX);
	else if (span_equals(keyword, SPAN("domain")))
		take_search(c, line, 1);
	else if (span_equals(keyword, SPAN("options")))
		for (struct span option; (option = span_word(&line)).len > 0;)
			take_option(c, option);
}

static bool take_line(void *context, struct span line)
{
	resolver_conf_take(context, line);
	return true;
}

void resolver_conf_read(struct resolver_conf *c)
{
	resolver_conf_init(c);
	file_each_line("/etc/resolv.conf", take_line, c);
	if (c->servers == 0)
		take_server(c, SPAN("127.0.0.1"));
}

static unsigned count_dots(struct span host)
{
	unsigned dots = 0;

	for (size_t i = 0; i < host.len; i++)
		dots += host.at[i] == '.';
	return dots;
}

/* A dot and the `n`-th domain; nothing for the root, which podman writes when there is no other. */
static void put_domain(struct buf *name, const struct resolver_conf *c, unsigned n)
{
	struct span rest = {c->search, c->search_len}, domain;

	do
		domain = span_word(&rest);
	while (n-- > 0);
	if (span_equals(domain, SPAN(".")))
		return;
	buf_put_char(name, '.');
	buf_put(name, domain);
}

bool resolver_conf_candidate(const struct resolver_conf *c, struct span host, unsigned n, struct buf *name)
{
	bool is_absolute = host.len > 0 && host.at[host.len - 1] == '.';
	unsigned domains = is_absolute ? 0 : c->domains;
	unsigned alone = is_absolute || count_dots(host) >= c->ndots ? 0 : domains; /* without a domain */

	if (n > domains)
		return false;
	buf_put(name, host);
	if (n != alone)
		put_domain(name, c, n - (n > alone));
	return true;
}
