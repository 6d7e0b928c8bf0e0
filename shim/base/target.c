/* SPDX-License-Identifier: MIT */
#include "base/parse.h"

enum {
	OPTIONAL_TIMEOUT = 10 * SECOND, /* what a target that is not required may cost */
	SOCKET_PATH_MAX = 107, /* sun_path less its NUL, unix(7) */
};

static bool take_port(struct parse *p, struct span raw, struct span place)
{
	struct target *t = p->target;
	struct span text;
	uint64_t port;

	if (raw.len == 0) {
		t->port = t->scheme->port;
		return t->port ? true : parse_fail(p, place, "the port is missing", "write host:port");
	}
	if (!parse_value(p, raw, DECODE_PERCENT, &text))
		return false;
	if (!span_number(text, 65535, &port) || port == 0)
		return parse_fail(p, raw, "a port is a number from 1 to 65535",
			    "in a password write / ? # @ : as %2F %3F %23 %40 %3A");
	t->port = (uint16_t)port;
	return true;
}

static bool take_host_and_port(struct parse *p, struct span raw)
{
	struct span host, port;
	bool in_brackets = span_starts_with(raw, SPAN("["));

	if (in_brackets) {
		size_t close = span_find(raw, ']');

		if (close == raw.len)
			return parse_fail(p, raw, "the ] of the IPv6 address is missing", NULL);
		host = (struct span){raw.at + 1, close - 1};
		port = span_tail(raw, close + 1);
		if (port.len > 0 && port.at[0] != ':')
			return parse_fail(p, port, "behind the ] stands only :port", NULL);
	} else {
		host = span_head(raw, find_unquoted(raw, ":"));
		port = span_tail(raw, host.len);
		if (find_unquoted(span_tail(port, 1), ":") + 1 < port.len)
			return parse_fail(p, raw, "there is more than one colon", "write an IPv6 address as [::1]:port");
	}
	port = span_tail(port, 1);

	bool host_is_good = parse_host(p, host, &p->target->host);

	return take_port(p, port, raw) && host_is_good;
}

static bool take_user(struct parse *p, struct span raw)
{
	struct target *t = p->target;
	struct span user = span_head(raw, find_unquoted(raw, ":"));
	struct span password = span_tail(raw, user.len + 1);

	t->has_user = true;
	return parse_value(p, user, DECODE_PERCENT, &t->user) &&
	       parse_value(p, password, DECODE_PERCENT, &t->password);
}

static bool take_authority(struct parse *p, struct span raw)
{
	struct span rest = raw;
	size_t at;
	bool good = true;

	/* A raw "@" in a password is common; a host has none, so the last one counts. */
	for (at = find_unquoted(rest, "@"); at < rest.len; at = find_unquoted(rest, "@"))
		rest = span_tail(rest, at + 1);

	struct span user = span_head(raw, raw.len - rest.len);

	if (user.len > 0) {
		user.len--;
		if (p->target->scheme->takes & TAKES_USER)
			good = take_user(p, user);
		else
			good = parse_fail(p, user, "this scheme has no user", NULL);
	}
	return take_host_and_port(p, rest) && good;
}

/* Path and query go out as they are written, so a line end or a blank in them would forge a request. */
static bool take_resource(struct parse *p, struct span raw)
{
	struct target *t = p->target;

	if (raw.len == 0)
		return true;
	if (!(t->scheme->takes & TAKES_PATH))
		return parse_fail(p, raw, "this scheme has no path", NULL);
	if (!parse_value(p, raw, KEEP_PERCENT, &t->resource))
		return false;
	if (has_control(t->resource) || span_find(t->resource, ' ') < t->resource.len)
		return parse_fail(p, raw, "a path holds no blanks and no control characters", "write a blank as %20");
	return true;
}

static bool take_socket_path(struct parse *p, struct span raw)
{
	struct target *t = p->target;

	if (!parse_part(p, raw, &t->path))
		return false;
	if (t->path.value.len == 0 || t->path.value.at[0] != '/')
		return parse_fail(p, raw, "the path of a file starts with /",
			    t->scheme->takes & TAKES_HTTP ? "write http+unix://%2Frun%2Fapp.sock/health"
							  : "write three slashes, as in unix:///run/app.sock");
	if (t->scheme->medium == BY_SOCKET && t->path.value.len > SOCKET_PATH_MAX)
		return parse_fail(p, raw, "the path of a unix socket is at most 107 bytes long", NULL);
	return true;
}

/* What stands between "scheme://" and "#". */
static bool take_place(struct parse *p, struct span raw)
{
	const struct scheme *scheme = p->target->scheme;
	struct span authority = span_head(raw, find_unquoted(raw, "/?"));
	struct span path = span_tail(raw, authority.len);

	if (scheme->medium == BY_NETWORK) {
		bool good = take_authority(p, authority);

		return take_resource(p, path) && good;
	}
	if (scheme->takes & TAKES_PATH)
		return take_socket_path(p, authority) && take_resource(p, path);
	return take_socket_path(p, raw);
}

static bool fail_unknown_scheme(struct parse *p, struct span name, const struct scheme *schemes)
{
	struct buf b = arena_rest(p->mistakes->arena);

	for (const struct scheme *s = schemes; s->name; s++)
		if (is_near(name, span_of(s->name)))
			return parse_fail_near(p, name, "unknown scheme", s->name);
	buf_put_text(&b, "known are");
	for (const struct scheme *s = schemes; s->name; s++) {
		buf_put_char(&b, ' ');
		buf_put_text(&b, s->name);
	}
	return parse_fail(p, name, "unknown scheme", arena_keep(p->mistakes->arena, &b).at);
}

static const struct scheme *scheme_find(const struct scheme *schemes, struct span name)
{
	for (; schemes->name; schemes++)
		if (span_equals(name, span_of(schemes->name)))
			return schemes;
	return NULL;
}

/* Takes "scheme://" off `rest`. */
static bool take_scheme(struct parse *p, struct span *rest, const struct scheme *schemes)
{
	size_t colon = find_unquoted(*rest, ":");
	struct span name = span_head(*rest, colon);

	if (span_starts_with(span_tail(*rest, colon), SPAN("://"))) {
		*rest = span_tail(*rest, colon + 3);
	} else {
		if (find_unquoted(*rest, "/?") < rest->len)
			return parse_fail(p, *rest, "a target is host:port or scheme://...", "is the scheme missing?");
		name = SPAN("tcp");
	}
	p->target->scheme = scheme_find(schemes, name);
	return p->target->scheme ? true : fail_unknown_scheme(p, name, schemes);
}

/* "scheme://host:port", or the path for what has none. */
static struct span make_label(struct parse *p)
{
	const struct target *t = p->target;
	struct buf b = arena_rest(p->mistakes->arena);

	buf_put_text(&b, t->scheme->name);
	buf_put_text(&b, "://");
	if (t->scheme->medium == BY_NETWORK) {
		bool is_v6 = span_find(t->host.shown, ':') < t->host.shown.len && t->host.shown.at[0] != '$';

		buf_put_text(&b, is_v6 ? "[" : "");
		buf_put(&b, t->host.shown);
		buf_put_text(&b, is_v6 ? "]:" : ":");
		buf_put_number(&b, t->port);
	} else {
		buf_put(&b, t->path.shown);
	}
	return arena_keep(p->mistakes->arena, &b);
}

static bool finish(struct parse *p)
{
	struct target *t = p->target;

	if (t->label.len == 0)
		t->label = make_label(p);
	if (!t->names_server)
		t->server_name = t->host;
	if (t->optional && !p->has_timeout && t->policy.timeout > OPTIONAL_TIMEOUT)
		t->policy.timeout = OPTIONAL_TIMEOUT;
	if (t->insecure && t->ca.value.len > 0)
		return parse_fail(p, (struct span){0}, "ca and insecure contradict each other", "leave one of them out");
	return !p->mistakes->arena->full;
}

bool target_parse(struct target *t, const struct declaration *d, const struct scheme *schemes,
		  const struct policy *defaults, struct mistakes *mistakes)
{
	struct parse p = {.target = t, .declared = d, .mistakes = mistakes};
	struct span place = span_head(d->text, find_unquoted(d->text, "#"));
	bool has_options = place.len < d->text.len;
	struct span options = span_tail(d->text, place.len + 1);

	*t = (struct target){.declared = *d, .policy = *defaults, .method = SPAN("GET")};
	t->statuses = (struct statuses){.range = {{200, 399}}, .count = 1};
	if (!take_scheme(&p, &place, schemes))
		return false;

	bool good = take_place(&p, place);

	if (has_options)
		good &= parse_options(&p, options);
	return good && finish(&p);
}

bool statuses_hold(const struct statuses *s, unsigned status)
{
	for (unsigned i = 0; i < s->count; i++)
		if (status >= s->range[i].from && status <= s->range[i].to)
			return true;
	return false;
}
