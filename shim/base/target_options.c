/* SPDX-License-Identifier: MIT */
/* The options of a target: what stands behind "#". */
#include "base/host.h"
#include "base/parse.h"

/* Options whose values this file understands; the rest is stored by setting_assign(). */
enum option { OPTION_NAME, OPTION_HOST, OPTION_CA, OPTION_METHOD, OPTION_HEADER, OPTION_STATUS };

const struct setting target_settings[] = {
	{"name", "NAME", "what messages call it", TEXT, OPTION_NAME, 0},
	{"optional", NULL, "open without it after its timeout (default 10s)", SWITCH,
	 offsetof(struct target, optional), 0},
	{"host", "NAME", "ask for this name: Host header, SNI, certificate", TEXT, OPTION_HOST, TAKES_NAME},
	{"ca", "FILE", "trust only the certificates in this PEM file", TEXT, OPTION_CA, TAKES_TLS},
	{"insecure", NULL, "do not verify the certificate", SWITCH, offsetof(struct target, insecure), TAKES_TLS},
	{"method", "NAME", "instead of GET", TEXT, OPTION_METHOD, TAKES_HTTP},
	{"header", "NAME:%20VALUE", "send this header too (repeatable)", TEXT, OPTION_HEADER, TAKES_HTTP},
	{"status", "LIST", "statuses that are ready, as 200-299+404 (default 200-399)", TEXT, OPTION_STATUS,
	 TAKES_HTTP},
	{0},
};

static bool is_token(struct span s, bool upper_only)
{
	for (size_t i = 0; i < s.len; i++)
		if (upper_only ? s.at[i] < 'A' || s.at[i] > 'Z' : !is_alnum(s.at[i]) && s.at[i] != '-' && s.at[i] != '_')
			return false;
	return s.len > 0;
}

static bool take_name(struct parse *p, struct span raw)
{
	struct target *t = p->target;

	t->is_named = true;
	if (!parse_value(p, raw, DECODE_PERCENT, &t->label))
		return false;
	for (size_t i = 0; i < t->label.len; i++)
		if (!is_host_character(t->label.at[i]))
			return parse_fail(p, raw, "a name is made of letters, digits, - _ and .", NULL);
	return t->label.len > 0 ? true : parse_fail(p, raw, "the name is empty", NULL);
}

static bool take_server_name(struct parse *p, struct span raw)
{
	p->target->names_server = true;
	return parse_host(p, raw, &p->target->server_name);
}

static bool take_ca(struct parse *p, struct span raw)
{
	if (!parse_part(p, raw, &p->target->ca))
		return false;
	return p->target->ca.value.len > 0 ? true : parse_fail(p, raw, "the name of the file is missing", NULL);
}

static bool take_method(struct parse *p, struct span raw)
{
	if (!parse_value(p, raw, DECODE_PERCENT, &p->target->method))
		return false;
	return is_token(p->target->method, true) ? true : parse_fail(p, raw, "a method is one word in capitals", NULL);
}

/* Headers that frame the request, or that shim is known by. */
static const char *header_conflict(struct span name)
{
	if (span_equals_nocase(name, SPAN("Host")))
		return "write host=NAME instead";
	if (span_equals_nocase(name, SPAN("Connection")) || span_equals_nocase(name, SPAN("User-Agent")) ||
	    span_equals_nocase(name, SPAN("Content-Length")) || span_equals_nocase(name, SPAN("Transfer-Encoding")))
		return "leave it out";
	return NULL;
}

static bool take_header(struct parse *p, struct span raw)
{
	struct span name = span_head(raw, find_unquoted(raw, ":"));
	struct header *h = arena_take(p->mistakes->arena, sizeof(*h));
	struct header **end = &p->target->headers;

	if (!h)
		return false;
	if (name.len == raw.len)
		return parse_fail(p, raw, "a header is NAME:VALUE", "write header=NAME:%20VALUE");
	if (!is_token(name, false))
		return parse_fail(p, name, "the name of a header is made of letters, digits, - and _", NULL);
	if (header_conflict(name))
		return parse_fail(p, name, "shim sends this header itself", header_conflict(name));
	if (!parse_value(p, span_tail(raw, name.len + 1), DECODE_PERCENT, &h->value))
		return false;
	h->next = NULL;
	h->name = name;
	h->value = span_trim(h->value);
	if (has_control(h->value))
		return parse_fail(p, raw, "the value of a header holds no control characters", NULL);
	while (*end)
		end = &(*end)->next;
	*end = h;
	return true;
}

static bool put_status_range(struct statuses *s, struct span text)
{
	struct span last = text;
	struct span first = span_cut(&last, '-');
	uint64_t from, to;

	if (!span_number(first, 599, &from))
		return false;
	if (first.len == text.len)
		to = from;
	else if (!span_number(last, 599, &to))
		return false;
	if (from < 100 || from > to || s->count == STATUS_RANGES_MAX)
		return false;
	s->range[s->count].from = (uint16_t)from;
	s->range[s->count++].to = (uint16_t)to;
	return true;
}

static bool take_status(struct parse *p, struct span raw)
{
	struct span list;

	if (!parse_value(p, raw, DECODE_PERCENT, &list))
		return false;
	p->target->statuses.count = 0;
	for (;;) {
		struct span range = span_head(list, span_find(list, '+'));

		if (!put_status_range(&p->target->statuses, range))
			return parse_fail(p, raw, "this is no list of HTTP statuses", "write it like 200-299+404");
		if (range.len == list.len)
			return true;
		list = span_tail(list, range.len + 1);
	}
}

static bool take_text(struct parse *p, enum option option, struct span raw)
{
	switch (option) {
	case OPTION_NAME:
		return take_name(p, raw);
	case OPTION_HOST:
		return take_server_name(p, raw);
	case OPTION_CA:
		return take_ca(p, raw);
	case OPTION_METHOD:
		return take_method(p, raw);
	case OPTION_HEADER:
		return take_header(p, raw);
	case OPTION_STATUS:
		return take_status(p, raw);
	}
	return false;
}

static bool take_setting(struct parse *p, const struct setting *s, void *object, struct span raw)
{
	struct span value;

	if (s->kind == TEXT)
		return take_text(p, (enum option)s->offset, raw);
	if (!parse_value(p, raw, DECODE_PERCENT, &value))
		return false;

	const char *right = setting_assign(s, object, value);

	return right ? parse_fail(p, raw, "this value is not understood", right) : true;
}

static bool fail_unknown_option(struct parse *p, struct span name)
{
	const char *near = setting_nearest(target_settings, name);

	if (!near)
		near = setting_nearest(policy_settings, name);
	if (near)
		return parse_fail_near(p, name, "unknown option", near);
	return parse_fail(p, name, "unknown option", "in a path write # as %23, in a value , as %2C");
}

static bool take_option(struct parse *p, struct span raw)
{
	struct span name = span_head(raw, find_unquoted(raw, "="));
	struct span value = span_tail(raw, name.len + 1);
	bool has_value = name.len < raw.len;
	const struct setting *s = setting_find(target_settings, name);
	void *object = p->target;

	if (raw.len == 0)
		return parse_fail(p, raw, "an option is missing here", NULL);
	if (!s) {
		s = setting_find(policy_settings, name);
		object = &p->target->policy;
		p->has_timeout |= span_equals(name, SPAN("timeout"));
	}
	if (!s)
		return fail_unknown_option(p, name);
	if ((p->target->scheme->takes & s->uses) != s->uses)
		return parse_fail(p, name, "this option means nothing to this scheme", NULL);
	if (s->value && !has_value)
		return parse_fail(p, name, "this option needs a value", NULL);
	return take_setting(p, s, object, value);
}

bool parse_options(struct parse *p, struct span raw)
{
	bool good = true;

	for (;;) {
		struct span option = span_head(raw, find_unquoted(raw, ","));

		good &= take_option(p, option);
		if (option.len == raw.len)
			return good;
		raw = span_tail(raw, option.len + 1);
	}
}
