/* SPDX-License-Identifier: MIT */
#include "net/certificate.h"

#include "base/date.h"

#include <limits.h>

#define BIT(number) ((uint64_t)1 << (number))

/* The extensions 2.5.29.N that are understood. */
enum {
	KEY_USAGE = 15,
	ALT_NAMES = 17,
	BASIC_CONSTRAINTS = 19,
	NAME_CONSTRAINTS = 30,
	PURPOSES = 37,
};

/* RFC 5280 §4.1.2.5: with seconds, in Greenwich's time, and no other form. */
static msec take_time(struct der *d)
{
	bool has_century = der_peek(d) == DER_TIME;
	struct span text = der_take(d, has_century ? DER_TIME : DER_UTC_TIME);
	unsigned part[7] = {0}, count = has_century ? 7 : 6;
	const unsigned *p = part + count - 5; /* month, day, hour, minute, second */
	uint64_t n;

	for (unsigned i = 0; i < count; i++) {
		d->damaged |= !span_number(span_head(text, 2), 99, &n);
		part[i] = d->damaged ? 0 : (unsigned)n;
		text = span_tail(text, 2);
	}

	unsigned year = has_century ? part[0] * 100 + part[1] : part[0] < 50 ? part[0] + 2000 : part[0] + 1900;

	if (p[0] - 1 > 11 || p[1] - 1 > 30 || p[2] > 23 || p[3] > 59 || p[4] > 59 || !span_equals(text, SPAN("Z")))
		d->damaged = true;
	return days_from_date(year, p[0], p[1]) * 24 * HOUR + p[2] * HOUR + p[3] * MINUTE + p[4] * SECOND;
}

/* DEFAULT FALSE; some write the default out, which is no DER but clear. */
static bool take_boolean(struct der *d)
{
	struct span value = der_peek(d) == DER_BOOLEAN ? der_take(d, DER_BOOLEAN) : SPAN("\0");

	if (value.len != 1 || (value.at[0] != 0 && value.at[0] != '\xff'))
		d->damaged = true;
	return value.len == 1 && value.at[0] != 0;
}

static void take_key_usage(struct certificate *c, struct der *d)
{
	enum { DIGITAL_SIGNATURE = 0x80, CERTIFICATE_SIGN = 0x04 }; /* bits 0 and 5, counted from the top */
	struct span bits = der_take(d, DER_BITS);

	if (bits.len < 2) {
		d->damaged = true;
		return;
	}
	c->may_sign = bits.at[1] & DIGITAL_SIGNATURE;
	c->may_sign_certificates = bits.at[1] & CERTIFICATE_SIGN;
}

static void take_basic_constraints(struct certificate *c, struct der *d)
{
	der_enter(d, DER_SEQUENCE);
	c->is_ca = take_boolean(d);
	if (der_peek(d) == DER_INTEGER) {
		struct span number = der_take_natural(d);

		c->path_len = number.len == 0 ? 0 : (unsigned char)number.at[0]; /* a chain here is never that long */
	}
	der_leave(d);
}

/* Every name must be readable, and addresses as long as addresses are. */
static void take_alt_names(struct certificate *c, struct der *d)
{
	unsigned kind;

	der_enter(d, DER_SEQUENCE);
	c->alt_names = d->rest;
	while ((kind = der_peek(d))) {
		struct span name = der_take(d, kind);

		if (kind == NAME_IS_IP && name.len != 4 && name.len != 16)
			d->damaged = true;
	}
	der_leave(d);
}

bool der_take_purposes(struct der *d)
{
	static const struct span server = {"\x2b\x06\x01\x05\x05\x07\x03\x01", 8}; /* 1.3.6.1.5.5.7.3.1 */
	static const struct span any = {"\x55\x1d\x25\x00", 4}; /* 2.5.29.37.0 */
	bool found = false;

	while (der_peek(d)) {
		struct span oid = der_take(d, DER_OID);

		found |= span_equals(oid, server) || span_equals(oid, any);
	}
	return found;
}

/* What is in an extension 2.5.29.`number`. */
static void take_content(struct certificate *c, struct der *d, unsigned number)
{
	switch (number) {
	case KEY_USAGE:
		take_key_usage(c, d);
		return;
	case ALT_NAMES:
		take_alt_names(c, d);
		return;
	case BASIC_CONSTRAINTS:
		take_basic_constraints(c, d);
		return;
	case PURPOSES:
		der_enter(d, DER_SEQUENCE);
		c->is_for_servers = der_take_purposes(d);
		der_leave(d);
		return;
	case NAME_CONSTRAINTS:
		c->name_constraints = d->rest;
	}
	d->rest.len = 0;
}

static void take_extension(struct certificate *c, struct der *d)
{
	static const uint64_t understood = BIT(KEY_USAGE) | BIT(ALT_NAMES) | BIT(BASIC_CONSTRAINTS) |
					   BIT(NAME_CONSTRAINTS) | BIT(PURPOSES);

	der_enter(d, DER_SEQUENCE);

	struct span oid = der_take(d, DER_OID);
	bool is_standard = oid.len == 3 && span_starts_with(oid, SPAN("\x55\x1d")) && (unsigned char)oid.at[2] < 64;
	unsigned number = is_standard ? (unsigned)oid.at[2] : 0;
	uint64_t bit = BIT(number);

	if (take_boolean(d) && !(bit & understood) && c->critical.len == 0)
		c->critical = oid;
	if (is_standard && (c->seen & bit)) /* a second one: which counts? */
		d->damaged = true;
	c->seen |= bit;
	der_enter(d, DER_OCTETS);
	take_content(c, d, number);
	der_leave(d);
	der_leave(d);
}

static void take_extensions(struct certificate *c, struct der *d)
{
	enum { EXTENSIONS = DER_CONTEXT_CONSTRUCTED | 3 };

	if (!der_peek(d))
		return;
	if (c->is_v1)
		d->damaged = true;
	der_enter(d, EXTENSIONS);
	der_enter(d, DER_SEQUENCE);
	while (der_peek(d))
		take_extension(c, d);
	der_leave(d);
	der_leave(d);
}

static void take_version(struct certificate *c, struct der *d)
{
	enum { V3 = 2 };

	c->is_v1 = true;
	if (der_peek(d) != DER_CONTEXT_CONSTRUCTED)
		return;
	der_enter(d, DER_CONTEXT_CONSTRUCTED);

	struct span version = der_take(d, DER_INTEGER);

	if (version.len != 1 || (unsigned char)version.at[0] > V3)
		d->damaged = true;
	else
		c->is_v1 = version.at[0] != V3;
	der_leave(d);
}

/* What is signed. The algorithm that it begins with. */
static struct span take_body(struct certificate *c, struct der *d)
{
	der_enter(d, DER_SEQUENCE);
	take_version(c, d);
	der_take(d, DER_INTEGER);

	struct span algorithm = der_take_whole(d, DER_SEQUENCE);

	c->issuer = der_take_whole(d, DER_SEQUENCE);
	der_enter(d, DER_SEQUENCE);
	c->not_before = take_time(d);
	c->not_after = take_time(d);
	der_leave(d);
	c->subject = der_take_whole(d, DER_SEQUENCE);
	c->key = der_take(d, DER_SEQUENCE);
	for (unsigned unique_id = DER_CONTEXT | 1; unique_id <= (DER_CONTEXT | 2); unique_id++)
		if (der_peek(d) == unique_id)
			der_take(d, unique_id);
	take_extensions(c, d);
	der_leave(d);
	return algorithm;
}

bool certificate_parse(struct certificate *c, struct span der)
{
	struct der d;

	*c = (struct certificate){
		.der = der, .may_sign = true, .may_sign_certificates = true, .is_for_servers = true, .path_len = UINT_MAX,
	};
	der_init(&d, der);
	der_enter(&d, DER_SEQUENCE);
	c->body = d.rest;

	struct span inside = take_body(c, &d), start = d.rest;

	c->body.len -= start.len;

	der_enter(&d, DER_SEQUENCE);
	c->algorithm = der_take(&d, DER_OID);
	d.rest.len = 0; /* parameters */
	der_leave(&d);
	if (!span_equals(inside, span_head(start, start.len - d.rest.len))) /* RFC 5280 §4.1.1.2 */
		d.damaged = true;
	c->signature = der_take_bits(&d);
	der_leave(&d);
	return der_is_done(&d);
}

bool is_self_issued(const struct certificate *c)
{
	return span_equals(c->issuer, c->subject);
}

/* The name of an attribute 2.5.4.N that tells people apart; NULL for the others. */
static const char *attribute_name(struct span oid)
{
	if (oid.len != 3 || !span_starts_with(oid, SPAN("\x55\x04")))
		return NULL;
	return oid.at[2] == 3 ? "CN=" : oid.at[2] == 10 ? "O=" : oid.at[2] == 11 ? "OU=" : NULL;
}

void buf_put_dn(struct buf *b, const void *name)
{
	enum { ATTRIBUTE_MAX = 40 };
	struct der d;
	size_t start = b->len;

	der_init(&d, *(const struct span *)name);
	der_enter(&d, DER_SEQUENCE);
	while (der_peek(&d)) {
		der_enter(&d, DER_SET);
		der_enter(&d, DER_SEQUENCE);

		const char *what = attribute_name(der_take(&d, DER_OID));
		struct span value = der_take(&d, der_peek(&d));

		der_leave(&d);
		d.rest.len = 0;
		der_leave(&d);
		if (!what)
			continue;
		buf_put_text(b, b->len > start ? ", " : "");
		buf_put_text(b, what);
		buf_put_excerpt(b, value, ATTRIBUTE_MAX);
	}
	if (b->len == start)
		buf_put_text(b, "without a name");
}
