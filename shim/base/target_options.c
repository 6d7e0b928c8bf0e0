/* SPDX-License-Identifier: MIT */
/* The options of a target: what stands behind "#". */
#include "base/host.h"
#include "base/parse.h"

#include <string.h>

/* Options whose values this file understands; the rest is stored by setting_assign(). */
enum {
	OPTION_NAME,
	OPTION_HOST,
	OPTION_CA,
	OPTION_CERT,
	OPTION_KEY,
	OPTION_METHOD,
	OPTION_STATUS,
	OPTION_BODY,
	OPTION_DATA,
	OPTION_DOWN,
	OPTION_CONTAINS,
	OPTION_SIZE,
	OPTION_HEADER, /* this and those below: headers */
	OPTION_EXPECT_HEADER,
};

const struct setting target_settings[] = {
	{"name\0NAME\0what messages call it", TEXT, OPTION_NAME, 0},
	{"optional\0\0open without it after its timeout (default 10s)", SWITCH, offsetof(struct target, optional), 0},
	{"host\0NAME\0ask for this name: Host header, SNI, certificate", TEXT, OPTION_HOST, TAKES_NAME},
	{"ca\0FILE\0trust only the certificates in this PEM file", TEXT, OPTION_CA, TAKES_TLS},
	{"cert\0FILE\0show this certificate (PEM) to a server that asks for one", TEXT, OPTION_CERT, TAKES_TLS},
	{"key\0FILE\0its private key (PEM), unless cert holds it", TEXT, OPTION_KEY, TAKES_TLS},
	{"insecure\0\0do not verify the certificate", SWITCH, offsetof(struct target, insecure), TAKES_TLS},
	{"method\0NAME\0instead of GET", TEXT, OPTION_METHOD, TAKES_HTTP},
	{"header\0NAME:%20VALUE\0send this header too (repeatable)", TEXT, OPTION_HEADER, TAKES_HTTP},
	{"data\0TEXT\0send this body, by POST", TEXT, OPTION_DATA, TAKES_HTTP},
	{"status\0LIST\0statuses that are ready, as 200-299+404 (default 200-399)", TEXT, OPTION_STATUS, TAKES_HTTP},
	{"expect-header\0NAME:%20VALUE\0the answer must have this header (repeatable)", TEXT, OPTION_EXPECT_HEADER,
	 TAKES_HTTP},
	{"body\0TEXT\0its body must hold this", TEXT, OPTION_BODY, TAKES_HTTP},
	{"strict\0\0postgres, mysql: it must let USER in", SWITCH, offsetof(struct target, strict), TAKES_STRICT},
	{"contains\0TEXT\0file: what it must hold, in its first MiB", TEXT, OPTION_CONTAINS, TAKES_CONTENT},
	{"min-size\0SIZE\0file: it must be so big, as 64K", TEXT, OPTION_SIZE, TAKES_CONTENT},
	{"type\0any|AAAA|A\0dns: which address it must have", CHOICE, offsetof(struct target, unwanted), TAKES_TYPE},
	{"free\0SIZE\0disk: what must be free, as 1G", TEXT, OPTION_SIZE, TAKES_FREE},
	{"all\0\0every address of the name must be ready", SWITCH, offsetof(struct target, all), TAKES_ADDRESSES},
	{"down\0\0ready when gone; down=any: or when nobody can tell", TEXT, OPTION_DOWN, TAKES_DOWN},
	{0},
};

enum { NAME_LEN_MAX = 250 }; /* a line of the log has room for it, in JSON beside a message of any length */

static bool is_method(struct span text)
{
	bool is_good = text.len > 0;

	for (const char *c = text.at; *c; c++)
		is_good &= *c >= 'A' && *c <= 'Z';
	return is_good;
}

/* "4096", "64K", "1G": over 0. What is wrong with it is returned. */
static const char *take_size(struct span text, uint64_t *bytes)
{
	static const char units[] = "TGMK";
	struct span digits = span_head(text, span_find_any(text, units));
	/* A NUL stands behind the text, and behind the units. */
	unsigned shift = 10 * (unsigned)(units + 4 - strchrnul(units, digits.at[digits.len]));

	if (text.len > digits.len + 1 || !span_number(digits, INT64_MAX >> shift, bytes) || *bytes == 0)
		return "write a size over 0 like 4096, 64K or 1G";
	*bytes <<= shift;
	return NULL;
}

/* Stores the value of an option that setting_assign() does not know. What is wrong with it is returned. */
static const char *store(struct target *t, unsigned option, const struct part *part)
{
	struct span value = part->value;
	uint64_t down;

	switch (option) {
	case OPTION_NAME:
		t->is_named = true;
		t->label = value;
		return value.len > NAME_LEN_MAX ? "a name has 250 characters at most" : name_problem(value);
	case OPTION_HOST:
		t->names_server = true;
		t->server_name = *part;
		return host_problem(value);
	case OPTION_CA:
	case OPTION_CERT:
	case OPTION_KEY:
		*(option == OPTION_CA ? &t->ca : option == OPTION_CERT ? &t->cert : &t->key) = *part;
		return value.len > 0 ? NULL : "the name of the file is missing";
	case OPTION_METHOD:
		t->method = value;
		return is_method(value) ? NULL : "a method is one word in capitals";
	case OPTION_BODY:
		t->body = value;
		return value.len > 0 ? NULL : "a value is missing behind this option";
	case OPTION_DATA:
		t->data = value;
		return NULL;
	case OPTION_DOWN:
		if (!word_find("0|1|any", value.len > 0 ? value : SPAN("1"), &down))
			return "write down=any, or down alone";
		t->down = (enum down)down;
		return NULL;
	case OPTION_CONTAINS:
		t->contains = value;
		return value.len > 0 && value.len <= CONTAINS_MAX ? NULL : "the text has 1 to 1000 bytes";
	case OPTION_SIZE:
		return take_size(value, &t->size);
	default: /* OPTION_STATUS */
		t->statuses = value;
		return statuses_are_good(value) ? NULL : "this is no list of statuses\nwrite it like 200-299+404";
	}
}

/* Headers that frame the request, or that shim is known by. */
static bool is_reserved(struct span name)
{
	struct span rest = SPAN("Host Connection User-Agent Content-Length Transfer-Encoding");

	while (rest.len > 0)
		if (span_equals_nocase(name, span_word(&rest)))
			return true;
	return false;
}

/* What is wrong with the name, or with the form, is returned. */
static const char *take_header(struct parse *p, char *raw, bool is_expected)
{
	char *text = cut_unquoted(raw, ":");
	struct header *h = arena_take(p->mistakes->arena, sizeof(*h));
	struct header **end = is_expected ? &p->target->expected : &p->target->headers;

	if (!text && !is_expected)
		return "a header is NAME:VALUE\nwrite header=NAME:%20VALUE";
	if (!h)
		return NULL;
	*h = (struct header){.name = span_of(raw)};
	if (text && !parse_value(p, text, DECODE_PERCENT, &h->value))
		return NULL;
	h->value = span_trim(h->value);
	while (*end)
		end = &(*end)->next;
	*end = h;
	if (has_control(h->value, ' '))
		return "a header holds no control characters";
	if (!is_expected && is_reserved(h->name))
		return "shim sends this header itself\nfor Host write host=NAME";
	return name_problem(h->name);
}

static const char *take_value(struct parse *p, const struct setting *s, char *raw)
{
	struct part value;

	if (s->kind == TEXT && s->offset >= OPTION_HEADER)
		return take_header(p, raw, s->offset > OPTION_HEADER);
	if (!parse_part(p, raw, &value))
		return NULL;
	if (s->kind == TEXT)
		return store(p->target, s->offset, &value);
	return mistake_in_value(p->mistakes, setting_assign(s, p->target, value.value));
}

static const char *unknown(struct parse *p, char *name)
{
	const struct setting *near = policy_find(target_settings, span_of(name), is_near);

	return arena_format(p->mistakes->arena, "unknown option\n%s%s",
			    near ? "did you mean " : "in a path write # as %23, in a value , as %2C",
			    near ? near->name : "");
}

/* What is wrong with the name is returned. */
static const char *take_option(struct parse *p, char *name)
{
	char *end = name + strlen(name), *value = cut_unquoted(name, "=");
	const struct setting *s = policy_find(target_settings, span_of(name), span_equals);
	const struct scheme *scheme = p->target->scheme;

	if (name == end)
		return "an option is missing here";
	if (!s)
		return unknown(p, name);
	if (s->uses & ~(scheme->takes | (scheme->medium == BY_NETWORK  ? TAKES_DOWN | TAKES_ADDRESSES
					 : scheme->medium == BY_SOCKET ? TAKES_DOWN
								       : 0u)))
		return "this option means nothing to this scheme";
	if (*text_at(s->name, VALUE_TEXT) && !value)
		return "a value is missing behind this option";
	p->has_timeout |= s->kind == LIMIT;
	value = value ? value : end;
	parse_tell(p, value, take_value(p, s, value));
	return NULL;
}

void parse_options(struct parse *p, char *raw)
{
	for (char *next; raw; raw = next) {
		next = cut_unquoted(raw, ",");
		parse_tell(p, raw, take_option(p, raw));
	}
}
