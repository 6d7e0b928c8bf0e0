/* SPDX-License-Identifier: MIT */
/* The options of a target: what stands behind "#". */
#include "base/host.h"
#include "base/parse.h"

#include <string.h>

/* Options whose values this file understands; the rest is stored by setting_assign(). */
enum { OPTION_NAME, OPTION_HOST, OPTION_CA, OPTION_METHOD, OPTION_STATUS, OPTION_HEADER };

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

static const char *take_name(struct target *t, const struct part *value)
{
	t->is_named = true;
	t->label = value->value;
	return name_problem(t->label);
}

static const char *take_server_name(struct target *t, const struct part *value)
{
	t->names_server = true;
	t->server_name = *value;
	return host_problem(value->value);
}

static const char *take_ca(struct target *t, const struct part *value)
{
	t->ca = *value;
	return value->value.len > 0 ? NULL : "the name of the file is missing";
}

static const char *take_method(struct target *t, const struct part *value)
{
	bool is_good = value->value.len > 0;

	t->method = value->value;
	for (const char *c = t->method.at; *c; c++)
		is_good &= *c >= 'A' && *c <= 'Z';
	return is_good ? NULL : "a method is one word in capitals";
}

static const char *take_statuses(struct target *t, const struct part *value)
{
	t->statuses = value->value;
	return is_status_list(t->statuses) ? NULL : "this is no list of HTTP statuses\nwrite it like 200-299+404";
}

/* What is wrong with an option that has a value of its own; it is stored first. */
static const char *(*const takers[])(struct target *t, const struct part *value) = {
	[OPTION_NAME] = take_name,
	[OPTION_HOST] = take_server_name,
	[OPTION_CA] = take_ca,
	[OPTION_METHOD] = take_method,
	[OPTION_STATUS] = take_statuses,
};

/* Headers that frame the request, or that shim is known by. */
static bool is_reserved(struct span name)
{
	struct span rest = SPAN("Host Connection User-Agent Content-Length Transfer-Encoding");

	while (rest.len > 0)
		if (span_equals_nocase(name, span_word(&rest)))
			return true;
	return false;
}

static bool take_header(struct parse *p, char *raw)
{
	char *text = cut_unquoted(raw, ":");
	struct header *h = arena_take(p->mistakes->arena, sizeof(*h));
	struct header **end = &p->target->headers;
	const char *problem;

	if (!h)
		return false;
	if (!text)
		return parse_fail(p, raw, "a header is NAME:VALUE\nwrite header=NAME:%20VALUE");
	*h = (struct header){.name = span_of(raw)};
	problem = is_reserved(h->name) ? "shim sends this header itself\nfor Host write host=NAME, leave out others"
				       : name_problem(h->name);
	if (problem)
		return parse_fail(p, raw, problem);
	if (!parse_value(p, text, DECODE_PERCENT, &h->value))
		return false;
	h->value = span_trim(h->value);
	if (has_control(h->value, ' '))
		return parse_fail(p, text, "the value of a header holds no control characters");
	while (*end)
		end = &(*end)->next;
	*end = h;
	return true;
}

static bool take_value(struct parse *p, const struct setting *s, char *raw)
{
	struct part value;
	const char *problem;

	if (s->kind == TEXT && s->offset == OPTION_HEADER)
		return take_header(p, raw);
	if (!parse_part(p, raw, &value))
		return false;
	if (s->kind == TEXT)
		problem = takers[s->offset](p->target, &value);
	else
		problem = mistake_in_value(p->mistakes, setting_assign(s, p->target, value.value));
	return problem ? parse_fail(p, raw, problem) : true;
}

static bool fail_unknown(struct parse *p, char *name)
{
	const struct setting *near = setting_find(target_settings, span_of(name), is_near);

	return parse_fail(p, name,
			  near ? arena_format(p->mistakes->arena, "unknown option\ndid you mean %s", near->name)
			       : "unknown option\nin a path write # as %23, in a value , as %2C");
}

static bool take_option(struct parse *p, char *raw)
{
	char *value = cut_unquoted(raw, "=");
	const struct setting *s = setting_find(target_settings, span_of(raw), span_equals);

	if (!*raw && !value)
		return parse_fail(p, raw, "an option is missing here");
	if (!s)
		return fail_unknown(p, raw);
	if (s->uses & ~p->target->scheme->takes)
		return parse_fail(p, raw, "this option means nothing to this scheme");
	if (s->value && !value)
		return parse_fail(p, raw, "this option needs a value");
	p->has_timeout |= strcmp(raw, "timeout") == 0;
	return take_value(p, s, value ? value : raw + strlen(raw));
}

bool parse_options(struct parse *p, char *raw)
{
	bool good = true;
	char *next;

	do {
		next = cut_unquoted(raw, ",");
		good &= take_option(p, raw);
		raw = next;
	} while (next);
	return good;
}
