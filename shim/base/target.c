/* SPDX-License-Identifier: MIT */
#include "base/host.h"
#include "base/parse.h"

#include <string.h>

enum {
	OPTIONAL_TIMEOUT = 10 * SECOND, /* what a target that is not required may cost */
	SOCKET_PATH_MAX = 107, /* sun_path less its NUL, unix(7) */
};

static void take_port(struct parse *p, char *raw, const char *host)
{
	struct target *t = p->target;
	uint64_t port = t->scheme->port;
	struct span text;

	if (t->scheme->medium == BY_NAME)
		parse_tell(p, raw, raw && *raw ? "this scheme has no port" : NULL);
	else if (!raw || !*raw)
		parse_tell(p, host, port ? NULL : "the port is missing\nwrite host:port");
	else if (parse_value(p, raw, DECODE_PERCENT, &text) && (!span_number(text, 65535, &port) || port == 0))
		parse_tell(p, raw,
			   arena_format(p->mistakes->arena, "a port is a number from 1 to 65535\n%s",
					span_find(t->declared.text, '@') < t->declared.text.len
						? "in a password write / ? # @ : as %2F %3F %23 %40 %3A"
						: "write host:port"));
	t->port = (uint16_t)port;
}

/* What is wrong with the brackets or the colons is returned. */
static const char *take_host_and_port(struct parse *p, char *raw)
{
	struct part *host = &p->target->host;
	char *port;

	if (*raw == '[') {
		port = cut_unquoted(++raw, "]");
		if (!port)
			return "the ] of the IPv6 address is missing";
		if (*port && *port++ != ':') {
			parse_tell(p, port - 1, "behind the ] stands only :port");
			return NULL;
		}
	} else {
		port = cut_unquoted(raw, ":");
		if (port && *find_unquoted(port, ":")) {
			port[-1] = ':';
			return "there is more than one colon\nwrite [::1]:port for IPv6, and blanks between targets";
		}
	}
	if (parse_part(p, raw, host))
		parse_tell(p, raw, host_problem(host->value));
	take_port(p, port, raw);
	return NULL;
}

static void take_user(struct parse *p, char *raw)
{
	struct target *t = p->target;
	char *password;

	parse_tell(p, raw, t->scheme->takes & TAKES_USER ? NULL : "this scheme has no user");
	t->has_user = true;
	password = cut_unquoted(raw, ":");
	parse_value(p, raw, DECODE_PERCENT, &t->user);
	if (password)
		parse_value(p, password, DECODE_PERCENT, &t->password);
}

static void take_authority(struct parse *p, char *raw)
{
	char *host = raw;

	/* A raw "@" in a password is common; a host has none, so the last one counts. */
	for (char *at = raw; *(at = find_unquoted(at, "@"));)
		host = ++at;
	if (host > raw) {
		host[-1] = '\0';
		take_user(p, raw);
	}
	parse_tell(p, host, take_host_and_port(p, host));
}

/* In a request, path and query go out as they are written, so a line end or a blank in them would forge one. */
static void take_resource(struct parse *p, char *raw)
{
	struct target *t = p->target;
	bool is_sent = t->scheme->takes & TAKES_HTTP;

	if (*raw && !(t->scheme->takes & TAKES_PATH))
		parse_tell(p, raw, "this scheme has no path");
	else if (parse_value(p, raw, is_sent ? KEEP_PERCENT : DECODE_PERCENT, &t->resource) && is_sent &&
		 has_control(t->resource, '!'))
		parse_tell(p, raw, "a path holds no blanks or control characters\nwrite a blank as %20");
}

static void take_file_path(struct parse *p, char *raw)
{
	struct target *t = p->target;
	const struct span *path = &t->path.value;

	if (!parse_part(p, raw, &t->path))
		return;
	if (*path->at != '/')
		parse_tell(p, raw,
			   "the path of a file starts with /\n"
			   "write file:///x or unix:///x, but http+unix://%2Fx/");
	if (t->scheme->medium == BY_SOCKET && path->len > SOCKET_PATH_MAX)
		parse_tell(p, raw, "the path of a socket has 107 bytes at most");
}

static void take_variable(struct parse *p, char *raw)
{
	struct target *t = p->target;

	if (parse_part(p, raw, &t->path))
		parse_tell(p, raw, name_problem(t->path.value));
	t->policy.fail_fast = 1; /* nobody changes the environment of a process that runs */
}

/* What stands between "scheme://" and "#": a server or a file, and where it has both, the path of a request. */
static void take_place(struct parse *p, char *raw)
{
	const struct scheme *scheme = p->target->scheme;
	bool has_host = scheme->medium == BY_NETWORK || scheme->medium == BY_NAME;
	char *resource = find_unquoted(raw, has_host || scheme->takes & TAKES_PATH ? "/?" : "");
	char first = *resource;

	*resource = '\0';
	switch (scheme->medium) {
	case BY_NETWORK:
	case BY_NAME:
		take_authority(p, raw);
		break;
	case BY_SOCKET:
	case BY_FILE:
	case BY_DISK:
		take_file_path(p, raw);
		break;
	case BY_VARIABLE:
		take_variable(p, raw);
		break;
	case BY_PROGRAM:
		parse_words(p, raw);
		break;
	}
	*resource = first;
	take_resource(p, resource);
}

/* A writer of rows of schemes. */
static void put_names(struct buf *b, const void *schemes)
{
	for (const struct scheme *s = schemes; s->name; s++)
		buf_format(b, " %s", s->name);
}

/* Takes "scheme://" or "scheme:" off, and returns what follows it; NULL after a mistake. */
static char *take_scheme(struct parse *p, char *raw, const struct scheme *schemes)
{
	const struct scheme *s = schemes;
	const char *near = NULL;
	char *end = find_unquoted(raw, ":"), *rest = end + (*end != '\0');
	struct span name = {raw, (size_t)(end - raw)};
	uint64_t port;

	for (; s->name && !span_equals(name, span_of(s->name)); s++)
		if (!near && is_near(name, span_of(s->name)))
			near = s->name;
	if (begins_with(end, "://")) {
		rest += 2;
	} else if (s->medium < BY_VARIABLE || span_number(span_of(rest), UINT64_MAX, &port)) {
		/* "env:8080" is a host that is called so, and a port. */
		if (*find_unquoted(raw, "/?")) {
			parse_tell(p, raw, "a target is host:port or scheme://...\nis the scheme missing?");
			return NULL;
		}
		rest = raw;
		s = schemes; /* tcp */
	}
	p->target->scheme = s;
	if (s->name)
		return rest;
	parse_tell_at(p, name,
		      arena_format(p->mistakes->arena,
				   near ? "unknown scheme\ndid you mean %s" : "unknown scheme\nknown are%w",
				   near ? (const void *)near : (const void *)put_names, schemes));
	return NULL;
}

/* "scheme://host:port", or "scheme://" and the path; of a long one the start, so that lines have room for it. */
static struct span make_label(const struct target *t, struct arena *a)
{
	const struct span *place = &t->host.shown;
	const char *form = "%s://%q:%u";

	if (t->scheme->medium != BY_NETWORK) {
		if (t->scheme->medium != BY_NAME)
			place = &t->path.shown;
		form = t->scheme->medium < BY_VARIABLE ? "%s://%q" : "%s:%q";
	} else if (place->at[0] != '$' && span_find(*place, ':') < place->len) {
		form = "%s://[%q]:%u";
	}
	return span_of(arena_format(a, form, t->scheme->name, place, t->port));
}

/* What follows from what was said, and from what was not. */
static void finish(struct parse *p)
{
	struct target *t = p->target;
	struct span whole = {p->copy, t->declared.text.len};

	if (!t->is_named)
		t->label = make_label(t, p->mistakes->arena);
	if (!t->names_server)
		t->server_name = t->host;
	t->all |= t->down != NOT_DOWN;
	if (!t->method.at)
		t->method = t->data.at ? SPAN("POST") : SPAN("GET");
	if (t->optional && !p->has_timeout && t->policy.timeout > OPTIONAL_TIMEOUT)
		t->policy.timeout = OPTIONAL_TIMEOUT;
	if (t->insecure && t->ca.value.len > 0)
		parse_tell_at(p, whole, "ca and insecure contradict each other");
	if (t->key.value.len > 0 && t->cert.value.len == 0)
		parse_tell_at(p, whole, "key is that of cert, which is missing");
	if (t->scheme->medium == BY_DISK && t->size == 0)
		parse_tell_at(p, whole, "free is missing\nwrite #free=1G");
}

bool target_parse(struct target *t, const struct declaration *d, const struct scheme *schemes,
		  const struct policy *defaults, struct mistakes *mistakes)
{
	const struct mistake *before = mistakes->last;
	char *copy = (char *)arena_copy(mistakes->arena, d->text).at, *place, *options;
	struct parse p = {.target = t, .mistakes = mistakes, .copy = copy};

	*t = (struct target){.statuses = SPAN("200-399")};
	t->declared = *d;
	t->policy = *defaults;
	if (mistakes->arena->full)
		return false;
	options = cut_unquoted(copy, "#");
	place = take_scheme(&p, copy, schemes);
	if (!place)
		return false;
	take_place(&p, place);
	if (options)
		parse_options(&p, options);
	if (mistakes->last == before)
		finish(&p);
	return mistakes->last == before && !mistakes->arena->full;
}
