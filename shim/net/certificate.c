/* SPDX-License-Identifier: MIT */
#include "net/certificate.h"

#include <limits.h>

/* 2.5.29.N: what all of these extensions begin with. */
static const struct span extension_arc = {"\x55\x1d", 2};

static const unsigned char extension_number[EXTENSION_COUNT] = {
	[KEY_USAGE] = 15,
	[ALT_NAMES] = 17,
	[BASIC_CONSTRAINTS] = 19,
	[NAME_CONSTRAINTS] = 30,
	[PURPOSES] = 37,
};

enum { POLICIES_NUMBER = 32 };

/* Takes a number of two digits off the front. */
static int64_t take_two(struct span *digits, bool *damaged)
{
	uint64_t n = 0;

	if (digits->len < 2 || !span_number(span_head(*digits, 2), 99, &n))
		*damaged = true;
	*digits = span_tail(*digits, 2);
	return (int64_t)n;
}

/* RFC 5280 §4.1.2.5: with seconds, in Greenwich's time, and no other form. */
static msec take_time(struct der *d)
{
	unsigned tag = der_peek(d);
	struct span text = der_take(d, tag == DER_TIME ? DER_TIME : DER_UTC_TIME);
	bool *damaged = d->damaged;
	int64_t year = tag == DER_TIME ? take_two(&text, damaged) * 100 : 0;

	year += take_two(&text, damaged);
	if (tag == DER_UTC_TIME)
		year += year < 50 ? 2000 : 1900;

	int64_t month = take_two(&text, damaged), day = take_two(&text, damaged), hour = take_two(&text, damaged);
	int64_t minute = take_two(&text, damaged), second = take_two(&text, damaged);

	if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59 ||
	    !span_equals(text, SPAN("Z"))) {
		*damaged = true;
		return 0;
	}
	return days_from_date(year, (unsigned)month, (unsigned)day) * 24 * HOUR + hour * HOUR + minute * MINUTE +
	       second * SECOND;
}

/* DEFAULT FALSE; some write the default out, which is no DER but clear. */
static bool take_boolean(struct der *d)
{
	if (der_peek(d) != DER_BOOLEAN)
		return false;

	struct span value = der_take(d, DER_BOOLEAN);

	if (value.len != 1 || (octets(value)[0] != 0 && octets(value)[0] != 0xff))
		*d->damaged = true;
	return value.len == 1 && value.at[0] != 0;
}

static void parse_extension(struct certificate *c, struct der e)
{
	struct span oid = der_take(&e, DER_OID);
	bool critical = take_boolean(&e);
	struct span value = der_take(&e, DER_OCTETS);
	unsigned number = oid.len == 3 && span_starts_with(oid, extension_arc) ? octets(oid)[2] : 0;

	der_end(&e);
	for (unsigned i = 0; i < EXTENSION_COUNT; i++) {
		if (number != extension_number[i])
			continue;
		if (c->extension[i].at) /* a second one: which counts? */
			*e.damaged = true;
		c->extension[i] = value;
		if (i < NAME_CONSTRAINTS)
			return;
	}
	if (critical && number != POLICIES_NUMBER && c->critical.len == 0)
		c->critical = oid;
}

static void parse_key_usage(struct certificate *c, bool *damaged)
{
	enum { CERTIFICATE_SIGN = 0x04 }; /* bit 5, counted from the top */
	struct der d = der_init(c->extension[KEY_USAGE], damaged);

	c->may_sign_certificates = true;
	if (!d.rest.at)
		return;

	struct span bits = der_take(&d, DER_BITS);

	der_end(&d);
	if (bits.len < 2 || octets(bits)[0] > 7)
		*damaged = true;
	c->may_sign_certificates = bits.len >= 2 && (octets(bits)[1] & CERTIFICATE_SIGN);
}

static void parse_basic_constraints(struct certificate *c, bool *damaged)
{
	struct der d = der_init(c->extension[BASIC_CONSTRAINTS], damaged);

	c->path_len = UINT_MAX;
	if (!d.rest.at)
		return;

	struct der inside = der_open(&d, DER_SEQUENCE);

	der_end(&d);
	c->is_ca = take_boolean(&inside);
	if (der_peek(&inside) == DER_INTEGER) {
		struct span number = der_take_natural(&inside);

		c->path_len = number.len == 0 ? 0 : number.len == 1 ? octets(number)[0] : UINT_MAX;
	}
	der_end(&inside);
}

/* Every name must be readable, and addresses as long as addresses are. */
static void check_alt_names(struct certificate *c, bool *damaged)
{
	struct der d = der_init(c->extension[ALT_NAMES], damaged);

	if (!d.rest.at)
		return;

	struct der names = der_open(&d, DER_SEQUENCE);

	der_end(&d);
	c->extension[ALT_NAMES] = names.rest;
	while (der_peek(&names)) {
		unsigned kind = der_peek(&names);
		struct span name = der_take(&names, kind);

		if (kind == NAME_IS_IP && name.len != 4 && name.len != 16)
			*damaged = true;
	}
}

static void parse_extensions(struct certificate *c, struct der *body)
{
	enum { EXTENSIONS = DER_CONTEXT | DER_CONSTRUCTED | 3 };

	if (der_peek(body) == EXTENSIONS) {
		struct der outer = der_open(body, EXTENSIONS);
		struct der list = der_open(&outer, DER_SEQUENCE);

		der_end(&outer);
		if (c->is_v1)
			*body->damaged = true;
		while (der_peek(&list))
			parse_extension(c, der_open(&list, DER_SEQUENCE));
	}
	parse_key_usage(c, body->damaged);
	parse_basic_constraints(c, body->damaged);
	check_alt_names(c, body->damaged);
}

/* Up to the algorithm of the signature: version and number. */
static void parse_head(struct certificate *c, struct der *body)
{
	enum { VERSION = DER_CONTEXT | DER_CONSTRUCTED };

	c->is_v1 = true;
	if (der_peek(body) == VERSION) {
		struct der outer = der_open(body, VERSION);
		struct span version = der_take(&outer, DER_INTEGER);

		der_end(&outer);
		if (version.len != 1 || octets(version)[0] > 2)
			*body->damaged = true;
		c->is_v1 = version.len == 1 && octets(version)[0] < 2;
	}
	der_take(body, DER_INTEGER);
}

static void parse_body(struct certificate *c, struct der body, struct span algorithm)
{
	parse_head(c, &body);
	if (!span_equals(der_take_whole(&body, DER_SEQUENCE), algorithm)) /* RFC 5280 §4.1.1.2 */
		*body.damaged = true;
	c->issuer = der_take_whole(&body, DER_SEQUENCE);

	struct der validity = der_open(&body, DER_SEQUENCE);

	c->not_before = take_time(&validity);
	c->not_after = take_time(&validity);
	der_end(&validity);
	c->subject = der_take_whole(&body, DER_SEQUENCE);
	c->key = der_take(&body, DER_SEQUENCE);
	for (unsigned unique_id = 1; unique_id <= 2; unique_id++)
		if (der_peek(&body) == (DER_CONTEXT | unique_id))
			der_take(&body, DER_CONTEXT | unique_id);
	parse_extensions(c, &body);
	der_end(&body);
}

bool certificate_parse(struct certificate *c, struct span der)
{
	bool damaged = false;
	struct der file = der_init(der, &damaged), whole = der_open(&file, DER_SEQUENCE);
	struct der body = der_open(&whole, DER_SEQUENCE);
	struct span algorithm = der_take_whole(&whole, DER_SEQUENCE);
	struct der in_algorithm = der_init(algorithm, &damaged), oid = der_open(&in_algorithm, DER_SEQUENCE);

	*c = (struct certificate){.der = der, .algorithm = der_take(&oid, DER_OID)};
	der_take_bits(&whole);
	der_end(&whole);
	der_end(&file);
	parse_body(c, body, algorithm);
	return !damaged;
}

bool is_self_issued(const struct certificate *c)
{
	return span_equals(c->issuer, c->subject);
}

bool has_server_purpose(struct der purposes)
{
	static const struct span server = {"\x2b\x06\x01\x05\x05\x07\x03\x01", 8}; /* 1.3.6.1.5.5.7.3.1 */
	static const struct span any = {"\x55\x1d\x25\x00", 4}; /* 2.5.29.37.0 */
	bool found = false;

	while (der_peek(&purposes)) {
		struct span oid = der_take(&purposes, DER_OID);

		found |= span_equals(oid, server) || span_equals(oid, any);
	}
	return found && !*purposes.damaged;
}

bool is_for_servers(const struct certificate *c)
{
	bool damaged = false;
	struct der d = der_init(c->extension[PURPOSES], &damaged);

	return !d.rest.at || has_server_purpose(der_open(&d, DER_SEQUENCE));
}

/* The name of an attribute 2.5.4.N that tells people apart; NULL for the others. */
static const char *attribute_name(struct span oid)
{
	if (oid.len != 3 || !span_starts_with(oid, SPAN("\x55\x04")))
		return NULL;
	switch (oid.at[2]) {
	case 3:
		return "CN=";
	case 10:
		return "O=";
	case 11:
		return "OU=";
	}
	return NULL;
}

void buf_put_dn(struct buf *b, struct span name)
{
	enum { ATTRIBUTE_MAX = 40 };
	bool damaged = false;
	struct der d = der_init(name, &damaged), sets = der_open(&d, DER_SEQUENCE);
	size_t start = b->len;

	while (der_peek(&sets)) {
		struct der set = der_open(&sets, DER_SET), attribute = der_open(&set, DER_SEQUENCE);
		const char *what = attribute_name(der_take(&attribute, DER_OID));
		struct span value = der_take(&attribute, der_peek(&attribute));

		if (!what || damaged)
			continue;
		buf_put_text(b, b->len > start ? ", " : "");
		buf_put_text(b, what);
		buf_put_excerpt(b, value, ATTRIBUTE_MAX);
	}
	if (b->len == start)
		buf_put_text(b, "without a name");
}
