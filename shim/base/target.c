/* SPDX-License-Identifier: MIT */
#include "base/host.h"
#include "base/parse.h"

#include <string.h>

enum {
	OPTIONAL_TIMEOUT = 10 * SECOND, /* what a target that is not required may cost */
	SOCKET_PATH_MAX = 107, /* sun_path less its NUL, unix(7) */
};

/* `whole` is host and port. */
static bool take_port(struct parse *p, char *raw, struct span whole)
{
	struct target *t = p->target;
	struct span text;
	uint64_t port = t->scheme->port;

	if (raw && *raw) {
		if (!parse_value(p, raw, DECODE_PERCENT, &text))
			return false;
		if (!span_number(text, 65535, &port) || port == 0)
			return parse_fail(p, raw, "a port is a number from 1 to 65535\n"
						  "in a password write / ? # @ : as %2F %3F %23 %40 %3A");
	}
	t->port = (uint16_t)port;
	return port ? true : parse_fail_at(p, whole, "the port is missing\nwrite host:port");
}

static bool take_host_and_port(struct parse *p, char *raw)
{
	struct part *host = &p->target->host;
	struct span whole = span_of(raw);
	const char *problem;
	char *port;

	if (*raw == '[') {
		port = cut_unquoted(++raw, "]");
		if (!port)
			return parse_fail_at(p, whole, "the ] of the IPv6 address is missing");
		if (*port && *port++ != ':')
			return parse_fail(p, port - 1, "behind the ] stands only :port");
	} else {
		port = cut_unquoted(raw, ":");
		if (port && *find_unquoted(port, ":"))
			return parse_fail_at(p, whole, "there is more than one colon\nwrite an IPv6 address as [::1]:port");
	}

	bool good = parse_part(p, raw, host);

	problem = good ? host_problem(host->value) : NULL;
	if (problem)
		good = parse_fail(p, raw, problem);
	return take_port(p, port, whole) && good;
}

static bool take_user(struct parse *p, char *raw)
{
	struct target *t = p->target;
	char *password;

	if (!(t->scheme->takes & TAKES_USER))
		return parse_fail(p, raw, "this scheme has no user");
	t->has_user = true;
	password = cut_unquoted(raw, ":");
	return parse_value(p, raw, DECODE_PERCENT, &t->user) &&
	       (!password || parse_value(p, password, DECODE_PERCENT, &t->password));
}

static bool take_authority(struct parse *p, char *raw)
{
	char *host = raw;
	bool good = true;

	/* A raw "@" in a password is common; a host has none, so the last one counts. */
	for (char *at = raw; *(at = find_unquoted(at, "@"));)
		host = ++at;
	if (host > raw) {
		host[-1] = '\0';
		good = take_user(p, raw);
	}
	return take_host_and_port(p, host) && good;
}

/* Path and query go out as they are written, so a line end or a blank in them would forge a request. */
static bool take_resource(struct parse *p, char *raw)
{
	struct target *t = p->target;

	if (!*raw)
		return true;
	if (!(t->scheme->takes & TAKES_PATH))
		return parse_fail(p, raw, "this scheme has no path");
	if (!parse_value(p, raw, KEEP_PERCENT, &t->resource))
		return false;
	return has_control(t->resource, '!')
		       ? parse_fail(p, raw, "a path holds no blanks and no control characters\nwrite a blank as %20")
		       : true;
}

static bool take_file_path(struct parse *p, char *raw)
{
	struct target *t = p->target;

	if (!parse_part(p, raw, &t->path))
		return false;
	if (*t->path.value.at != '/')
		return parse_fail(p, raw, t->scheme->takes & TAKES_PATH
						  ? "the path of a file starts with /\nwrite http+unix://%2Frun%2Fapp.sock/health"
						  : "the path of a file starts with /\nwrite three slashes, as in unix:///run/app.sock");
	if (t->scheme->medium == BY_SOCKET && t->path.value.len > SOCKET_PATH_MAX)
		return parse_fail(p, raw, "the path of a unix socket is at most 107 bytes long");
	return true;
}

/* What stands between "scheme://" and "#": a server or a file, and where it has both, the path of a request. */
static bool take_place(struct parse *p, char *raw)
{
	const struct scheme *scheme = p->target->scheme;
	bool is_by_network = scheme->medium == BY_NETWORK;
	char *resource = find_unquoted(raw, is_by_network || scheme->takes & TAKES_PATH ? "/?" : "");
	char first = *resource;
	bool good;

	*resource = '\0';
	good = is_by_network ? take_authority(p, raw) : take_file_path(p, raw);
	*resource = first;
	return take_resource(p, resource) && good;
}

static const struct scheme *scheme_find(const struct scheme *schemes, struct span name,
					bool (*fits)(struct span name, struct span of_row))
{
	for (; schemes->name; schemes++)
		if (fits(name, span_of(schemes->name)))
			return schemes;
	return NULL;
}

/* A writer of rows of schemes. */
static void put_names(struct buf *b, const void *schemes)
{
	for (const struct scheme *s = schemes; s->name; s++)
		buf_format(b, " %s", s->name);
}

/* Takes "scheme://" off, and returns what follows it; NULL after a mistake. */
static char *take_scheme(struct parse *p, char *raw, const struct scheme *schemes)
{
	struct arena *a = p->mistakes->arena;
	char *rest = find_unquoted(raw, ":");
	struct span name = {raw, (size_t)(rest - raw)};
	const struct scheme *near;

	if (begins_with(rest, "://")) {
		rest += 3;
	} else {
		if (*find_unquoted(raw, "/?")) {
			parse_fail(p, raw, "a target is host:port or scheme://...\nis the scheme missing?");
			return NULL;
		}
		rest = raw;
		name = SPAN("tcp");
	}
	p->target->scheme = scheme_find(schemes, name, span_equals);
	if (p->target->scheme)
		return rest;
	near = scheme_find(schemes, name, is_near);
	parse_fail_at(p, name, near ? arena_format(a, "unknown scheme\ndid you mean %s", near->name)
				    : arena_format(a, "unknown scheme\nknown are%w", put_names, schemes));
	return NULL;
}

/* "scheme://host:port", or the path for what has none. */
static struct span make_label(const struct target *t, struct arena *a)
{
	bool is_by_network = t->scheme->medium == BY_NETWORK;
	const struct span *place = is_by_network ? &t->host.shown : &t->path.shown;
	bool is_v6 = place->at[0] != '$' && span_find(*place, ':') < place->len;
	const char *form = !is_by_network ? "%s://%S" : is_v6 ? "%s://[%S]:%u" : "%s://%S:%u";

	return span_of(arena_format(a, form, t->scheme->name, place, t->port));
}

static bool finish(struct parse *p)
{
	struct target *t = p->target;

	if (!t->is_named)
		t->label = make_label(t, p->mistakes->arena);
	if (!t->names_server)
		t->server_name = t->host;
	if (t->optional && !p->has_timeout && t->policy.timeout > OPTIONAL_TIMEOUT)
		t->policy.timeout = OPTIONAL_TIMEOUT;
	if (t->insecure && t->ca.value.len > 0)
		return mistake_say(p->mistakes, &t->declared, (struct span){0},
				   "ca and insecure contradict each other\nleave one of them out");
	return !p->mistakes->arena->full;
}

bool target_parse(struct target *t, const struct declaration *d, const struct scheme *schemes,
		  const struct policy *defaults, struct mistakes *mistakes)
{
	char *place = (char *)arena_copy(mistakes->arena, d->text).at, *options;
	struct parse p = {.target = t, .mistakes = mistakes, .copy = place};
	bool good;

	*t = (struct target){
		.declared = *d,
		.policy = *defaults,
		.method = SPAN("GET"),
		.statuses = SPAN("200-399"),
	};
	if (mistakes->arena->full)
		return false;
	options = cut_unquoted(place, "#");
	place = take_scheme(&p, place, schemes);
	if (!place)
		return false;
	good = take_place(&p, place);
	if (options)
		good &= parse_options(&p, options);
	return good && finish(&p);
}

/* Takes "200-299" or "404" off the list. False when it is none. */
static bool take_range(struct span *list, uint64_t *from, uint64_t *to)
{
	struct span range = span_head(*list, span_find(*list, '+'));
	struct span first = span_head(range, span_find(range, '-'));
	struct span last = first.len < range.len ? span_tail(range, first.len + 1) : first;

	*list = span_tail(*list, range.len);
	return span_number(first, 599, from) && span_number(last, 599, to) && *from >= 100 && *from <= *to;
}

bool is_status_list(struct span list)
{
	uint64_t from, to;

	while (take_range(&list, &from, &to)) {
		if (list.len == 0)
			return true;
		list = span_tail(list, 1);
	}
	return false;
}

bool statuses_hold(const struct span *list, unsigned status)
{
	struct span rest = *list;
	uint64_t from, to;

	while (take_range(&rest, &from, &to)) {
		if (status >= from && status <= to)
			return true;
		rest = span_tail(rest, 1);
	}
	return false;
}
