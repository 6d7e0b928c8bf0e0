/* SPDX-License-Identifier: MIT */
#include "net/certificate.h"

#include "base/date.h"
#include "base/format.h"

#include <limits.h>
#include <string.h>

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
	enum { CENTURY, YEAR, MONTH, DAY, HOURS, MINUTES, SECONDS, PARTS };
	static const unsigned char most[PARTS] = {99, 99, 12, 31, 23, 59, 59};
	unsigned n[PARTS], first = der_peek(d) == DER_TIME ? CENTURY : YEAR;
	struct span text = der_take(d, first == CENTURY ? DER_TIME : DER_UTC_TIME);

	if (text.len != 2 * (PARTS - first) + 1 || text.at[text.len - 1] != 'Z') {
		d->damaged = true;
		return 0;
	}
	for (unsigned i = first; i < PARTS; i++, text.at += 2) {
		unsigned char tens = (unsigned char)(text.at[0] - '0'), ones = (unsigned char)(text.at[1] - '0');

		n[i] = tens * 10 + ones;
		if (tens > 9 || ones > 9 || n[i] > most[i])
			d->damaged = true;
	}
	if (first == YEAR)
		n[CENTURY] = n[YEAR] < 50 ? 20 : 19;

	unsigned year = n[CENTURY] * 100 + n[YEAR];
	int64_t days = days_from_date(year, n[MONTH], n[DAY]);

	if (n[MONTH] == 0 || n[DAY] == 0 || days >= days_from_date(year, n[MONTH] + 1, 1))
		d->damaged = true;
	return (((days * 24 + n[HOURS]) * 60 + n[MINUTES]) * 60 + n[SECONDS]) * SECOND;
}

/* DEFAULT FALSE; some write the default out, which is no DER but clear. */
static bool take_boolean(struct der *d)
{
	if (der_peek(d) != DER_BOOLEAN)
		return false;

	struct span value = der_take(d, DER_BOOLEAN);

	if (value.len == 1 && (value.at[0] == 0 || value.at[0] == '\xff'))
		return value.at[0] != 0;
	d->damaged = true;
	return false;
}

static void take_key_usage(struct certificate *c, struct der *d)
{
	enum { DIGITAL_SIGNATURE = 0x80, CERTIFICATE_SIGN = 0x04 }; /* bits 0 and 5, counted from the top */
	struct span bits = der_take_bits(d, 7);
	int usage = bits.len > 0 ? bits.at[0] : 0;

	c->may_sign = usage & DIGITAL_SIGNATURE;
	c->may_sign_certificates = usage & CERTIFICATE_SIGN;
}

static void take_basic_constraints(struct certificate *c, struct der *d)
{
	der_enter_sequence(d);
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
	struct element name;

	der_enter_sequence(d);
	c->alt_names = (struct span){d->at, (size_t)(d->end - d->at)};
	while (der_next(d, &name))
		if (name.tag == NAME_IS_IP && name.content.len != 4 && name.content.len != 16)
			d->damaged = true;
	der_leave(d);
}

/* Reads OIDs to the end of the level: is serverAuth, or any purpose, one of them? */
static bool take_purposes(struct der *d)
{
	bool found = false;

	while (der_peek(d)) {
		struct span oid = der_take(d, DER_OID);

		if ((oid.len == 8 &&
		     memcmp(oid.at, "\x2b\x06\x01\x05\x05\x07\x03\x01", 8) == 0) || /* 1.3.6.1.5.5.7.3.1 */
		    (oid.len == 4 && memcmp(oid.at, "\x55\x1d\x25\x00", 4) == 0)) /* 2.5.29.37.0 */
			found = true;
	}
	return found;
}

bool certificate_take_trust(struct der *d)
{
	enum { REJECTED = DER_CONTEXT_CONSTRUCTED };
	bool trusted = true;

	if (!der_peek(d)) /* nothing stands there */
		return true;
	der_enter_sequence(d);
	if (der_enters(d, DER_SEQUENCE)) {
		trusted = take_purposes(d);
		der_leave(d);
	}
	if (der_enters(d, REJECTED)) {
		trusted &= !take_purposes(d);
		der_leave(d);
	}
	der_take_rest(d); /* a name for people */
	der_leave(d);
	return trusted;
}

/* Of the OID 2.5.`arc`.N the N, where that has one byte; 0 of all others. */
static int number_in(struct span oid, char arc)
{
	return oid.len == 3 && oid.at[0] == 0x55 && oid.at[1] == arc ? oid.at[2] : 0;
}

/* What is in an extension 2.5.29.`number`; false when that is not understood. */
static bool take_content(struct certificate *c, struct der *d, int number)
{
	switch (number) {
	case KEY_USAGE:
		take_key_usage(c, d);
		break;
	case ALT_NAMES:
		take_alt_names(c, d);
		break;
	case BASIC_CONSTRAINTS:
		take_basic_constraints(c, d);
		break;
	case PURPOSES:
		der_enter_sequence(d);
		c->is_for_servers = take_purposes(d);
		der_leave(d);
		break;
	case NAME_CONSTRAINTS:
		c->name_constraints = der_take_rest(d);
		break;
	default:
		der_take_rest(d);
		return false;
	}

	unsigned bit = 1U << number % 32; /* another one for each of these */

	if (c->seen & bit) /* a second one: which counts? */
		d->damaged = true;
	c->seen |= bit;
	return true;
}

static void take_extension(struct certificate *c, struct der *d)
{
	der_enter_sequence(d);

	const char *start = d->at;
	struct span oid = der_take(d, DER_OID);
	int number = number_in(oid, 29);
	bool is_critical = take_boolean(d);

	der_enter(d, DER_OCTETS);
	if (!take_content(c, d, number) && is_critical)
		c->critical = (struct span){start, (size_t)(d->end - start)};
	der_leave(d);
	der_leave(d);
}

static void take_extensions(struct certificate *c, struct der *d)
{
	enum { EXTENSIONS = DER_CONTEXT_CONSTRUCTED | 3 };

	if (!der_enters(d, EXTENSIONS))
		return;
	if (c->is_v1)
		d->damaged = true;
	der_enter_sequence(d);
	while (der_peek(d))
		take_extension(c, d);
	der_leave(d);
	der_leave(d);
}

static void take_version(struct certificate *c, struct der *d)
{
	enum { V3 = 2 };

	c->is_v1 = !der_enters(d, DER_CONTEXT_CONSTRUCTED);
	if (c->is_v1)
		return;

	struct span version = der_take_natural(d);

	if (version.len != 1 || version.at[0] != V3) /* nobody ever used version 2 */
		d->damaged = true;
	der_leave(d);
}

static void take_body(struct certificate *c, struct der *d)
{
	der_enter_sequence(d);
	take_version(c, d);
	der_take(d, DER_INTEGER);
	c->algorithm = der_take(d, DER_SEQUENCE);
	c->issuer = der_take(d, DER_SEQUENCE);
	der_enter_sequence(d);
	c->not_before = take_time(d);
	c->not_after = take_time(d);
	der_leave(d);
	c->subject = der_take(d, DER_SEQUENCE);
	key_take(&c->key, d);
	take_extensions(c, d); /* unique identifiers, which nobody ever had, are not read */
	der_leave(d);
}

bool certificate_take(struct certificate *c, struct der *d)
{
	*c = (struct certificate){
		.may_sign = true,
		.may_sign_certificates = true,
		.is_for_servers = true,
		.path_len = UINT_MAX,
	};
	if (!der_peek(d))
		return false;
	der_enter_sequence(d);
	c->body.at = d->at;
	take_body(c, d);
	c->body.len = (size_t)(d->at - c->body.at);
	if (!key_parse(&c->key) || !span_equals(c->algorithm, der_take(d, DER_SEQUENCE))) /* RFC 5280 §4.1.1.2 */
		d->damaged = true;
	c->signature = der_take_bits(d, 0);
	der_leave(d);
	return !d->damaged;
}

bool certificate_equals(const struct certificate *a, const struct certificate *b)
{
	return span_equals(a->body, b->body);
}

bool certificate_is_from(const struct certificate *c, const struct certificate *issuer)
{
	return span_equals(issuer->subject, c->issuer);
}

/* The name of an attribute 2.5.4.N that tells people apart; NULL for the others. */
static const char *attribute_name(struct span oid)
{
	int number = number_in(oid, 4);

	return number == 3 ? "CN" : number == 10 ? "O" : number == 11 ? "OU" : NULL;
}

void buf_put_dn(struct buf *b, const void *name)
{
	enum { ATTRIBUTE_MAX = 40 };
	struct der all, one;
	struct element set, value;
	const char *separator = "";

	der_init(&all, *(const struct span *)name);
	while (der_next(&all, &set)) {
		der_init(&one, set.content);
		der_enter_sequence(&one);

		const char *what = attribute_name(der_take(&one, DER_OID));

		if (!what || !der_next(&one, &value))
			continue;
		value.content = span_head(value.content, ATTRIBUTE_MAX);
		buf_format(b, "%s%s=%q", separator, what, &value.content);
		separator = ", ";
	}
	if (!*separator)
		buf_put_text(b, "without a name");
}
