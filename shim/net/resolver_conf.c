/* SPDX-License-Identifier: MIT */
#include "net/resolver_conf.h"

#include "base/file.h"
#include "base/format.h"
#include "base/setting.h"

enum { DNS_PORT = 53 };

void resolver_conf_init(struct resolver_conf *c)
{
	c->servers = 0;
	c->attempts = 2;
	c->ndots = 1;
	c->timeout = 1; /* libc's 5 s would be a whole attempt */
	c->domains = 0;
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
	struct span domain;

	for (c->domains = 0; c->domains < max && (domain = span_word(&rest)).len > 0; c->domains++) {
		buf_format(&b, "%S ", &domain);
		if (b.full)
			break;
	}
}

static void take_option(struct resolver_conf *c, struct span option)
{
	/* resolv.conf(5) cuts larger values down to these. */
	static const struct {
		uint8_t at, min, max;
	} options[] = {
		{offsetof(struct resolver_conf, ndots), 0, 15},
		{offsetof(struct resolver_conf, timeout), 0, 30},
		{offsetof(struct resolver_conf, attempts), 1, 5},
	};
	struct span name = span_cut(&option, ':');
	uint64_t i, n;

	if (!word_find("ndots|timeout|attempts", name, &i) || !span_number(option, UINT32_MAX, &n))
		return;
	if (n >= options[i].min)
		*(unsigned *)((char *)c + options[i].at) = n < options[i].max ? (unsigned)n : options[i].max;
}

bool resolver_conf_take(void *conf, struct span line)
{
	struct resolver_conf *c = conf;
	enum { DOMAIN, SEARCH, NAMESERVER, OPTIONS };
	struct span word;
	uint64_t what;

	line.len = span_find_any(line, "#;");
	if (!word_find("domain|search|nameserver|options", span_word(&line), &what))
		return true;
	if (what <= SEARCH)
		take_search(c, line, what == SEARCH ? DOMAINS_MAX : 1);
	else if (what == NAMESERVER)
		take_server(c, span_word(&line));
	else
		while ((word = span_word(&line)).len > 0)
			take_option(c, word);
	return true;
}

void resolver_conf_read(struct resolver_conf *c)
{
	resolver_conf_init(c);
	file_each_line("/etc/resolv.conf", resolver_conf_take, c);
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

bool resolver_conf_candidate(const struct resolver_conf *c, struct span host, unsigned n, struct span *domain)
{
	struct span rest = {c->search, sizeof(c->search)};
	bool is_absolute = host.len > 0 && host.at[host.len - 1] == '.';
	unsigned domains = is_absolute ? 0 : c->domains;

	if (n > domains)
		return false;
	if (count_dots(host) < c->ndots) /* then the host alone comes last */
		n = n == domains ? 0 : n + 1;
	*domain = (struct span){0};
	while (n-- > 0)
		*domain = span_word(&rest);
	if (domain->len == 1 && domain->at[0] == '.') /* Podman writes the root when there is no other domain */
		domain->len = 0;
	return true;
}
