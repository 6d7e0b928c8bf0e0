/* SPDX-License-Identifier: MIT */
#include "net/chain.h"

#include "base/date.h"
#include "corpus.h"
#include "net/constraints.h"
#include "net/signature.h"
#include "pki.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Later than the PKI's dates begin, and before they end. */
#define TODAY (days_from_date(2026, 1, 1) * 24 * HOUR)

static const char *const names[] = {
	"good", "intermediate", "p384", "permitted-by-root", "wildcard", "client-only", "rsa8192-root", "critical-unknown",
	"common-name-only", "expired", "v1-root", "aux-trusted", "aux-rejected", "aux-other-purpose", "twin-first",
	"intermediate-not-permitted", "unknown-not-critical", "two-intermediates", "out-of-order", NULL,
};

/* The first certificate of a file. */
static struct certificate first_of(const struct trust *t)
{
	struct certificate c;
	struct der d;

	der_init(&d, t->anchors);
	assert_true(certificate_take(&c, &d));
	return c;
}

/* The DER of each certificate of a file; how many. */
static unsigned split(const struct trust *t, struct span *certificates)
{
	struct certificate c;
	unsigned count = 0;
	struct der d;

	der_init(&d, t->anchors);
	for (const char *start = d.at; certificate_take(&c, &d); start = d.at)
		certificates[count++] = (struct span){start, (size_t)(d.at - start)};
	return count;
}

static struct span der_of(const struct trust *t)
{
	struct span certificates[CHAIN_COUNT_MAX];

	split(t, certificates);
	return certificates[0];
}

/* Valid until the fourth call after it. */
static const char *written(writer *write, const struct span *about)
{
	static char memory[4][200];
	static unsigned next;
	struct buf b = buf_init(memory[next++ % 4], sizeof(memory[0]));

	write(&b, about);
	return buf_text(&b);
}

static void test_certificates_are_taken_apart(void **state)
{
	enum { V1 = 1, IS_CA = 2, SIGNS = 4, SERVES = 8, CONSTRAINED = 16 };
	static const struct {
		const char *kind, *name, *subject, *issuer, *alt_names;
		unsigned flags;
		int until; /* year */
	} rows[] = {
		{"leaf", "good", "CN=server", "CN=root", "localhost, db.example, 127.0.0.1, ::1", SIGNS | SERVES, 2089},
		{"leaf", "expired", "CN=server", "CN=root", "localhost, db.example, 127.0.0.1, ::1", SIGNS | SERVES, 2021},
		{"leaf", "wildcard", "CN=server", "CN=root", "*.wild.example", SIGNS | SERVES, 2089},
		{"leaf", "client-only", "CN=server", "CN=root", "localhost, db.example, 127.0.0.1, ::1", SIGNS, 2089},
		{"leaf", "common-name-only", "CN=localhost", "CN=root", "no host (no subjectAltName)",
		 V1 | SIGNS | SERVES, 2089},
		{"leaf", "p384", "CN=server", "CN=int-p384", "localhost, db.example, 127.0.0.1, ::1", SIGNS | SERVES, 2089},
		{"ca", "root", "CN=root", "CN=root", "no host (no subjectAltName)", IS_CA | SIGNS | SERVES, 2089},
		{"ca", "root-permits", "CN=root-permits", "CN=root-permits", "no host (no subjectAltName)",
		 IS_CA | SIGNS | SERVES | CONSTRAINED, 2089},
		{"ca", "intermediate", "CN=intermediate", "CN=root", "no host (no subjectAltName)", IS_CA | SIGNS | SERVES, 2089},
		{"ca", "root-v1", "CN=root-v1", "CN=root-v1", "no host (no subjectAltName)", V1 | SIGNS | SERVES, 2089},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust t = pki_read(rows[i].kind, rows[i].name);
		struct certificate c = first_of(&t);
		unsigned flags = (c.is_v1 ? V1 : 0) | (c.is_ca ? IS_CA : 0) | (c.may_sign_certificates ? SIGNS : 0) |
				 (c.is_for_servers ? SERVES : 0) | (c.name_constraints.at ? CONSTRAINED : 0);

		assert_non_null(strstr(written(buf_put_dn, &c.subject), rows[i].subject));
		assert_non_null(strstr(written(buf_put_dn, &c.issuer), rows[i].issuer));
		assert_string_equal(written(buf_put_alt_names, &c.alt_names), rows[i].alt_names);
		assert_int_equal(flags, rows[i].flags);
		assert_int_equal(c.not_after, days_from_date(rows[i].until, 1, 1) * 24 * HOUR);
		trust_close(&t);
	}
}

/* Calls certificate_take() with memory that ends where the bytes end. */
static bool parses(const char *bytes, size_t len)
{
	char *copy = malloc(len ? len : 1);
	struct certificate c;
	struct der d;

	memcpy(copy, bytes, len);
	der_init(&d, (struct span){copy, len});

	bool good = certificate_take(&c, &d) && der_is_done(&d);

	if (good) { /* what was taken out can be read to its end */
		written(buf_put_dn, &c.subject);
		written(buf_put_alt_names, &c.alt_names);
	}
	free(copy);
	return good;
}

static void test_a_cut_certificate_is_refused(void **state)
{
	static const char *const files[] = {"good", "permitted-by-root", "p384", "critical-unknown"};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct trust t = pki_read("leaf", files[i]);
		struct span der = der_of(&t);

		assert_true(parses(der.at, der.len));
		for (size_t len = 0; len < der.len; len++)
			assert_false(parses(der.at, len));
		trust_close(&t);
	}
}

static void test_any_byte_may_be_wrong(void **state)
{
	static const char *const files[] = {"root-permits", "root-v1", "intermediate"};
	static const char bytes[] = "\x00\x01\x7f\x80\x81\x82\x84\x30\x31\xa0\xff";

	(void)state;
	for (size_t file = 0; file < sizeof(files) / sizeof(files[0]); file++) {
		struct trust t = pki_read("ca", files[file]);
		struct span der = der_of(&t);
		char copy[4096];

		assert_true(der.len <= sizeof(copy));
		memcpy(copy, der.at, der.len);
		for (size_t at = 0; at < der.len; at++) {
			for (size_t i = 0; i < sizeof(bytes); i++) {
				copy[at] = bytes[i];
				parses(copy, der.len);
			}
			for (unsigned bit = 1; bit < 256; bit <<= 1) {
				copy[at] = (char)(der.at[at] ^ (char)bit);
				parses(copy, der.len);
			}
			copy[at] = der.at[at];
		}
		trust_close(&t);
	}
}

static struct chain *new_chain(const struct trust *trust, const char *host)
{
	static struct span shown;
	struct chain *c = malloc(sizeof(*c));

	shown = span_of(host);
	assert_true(identity_parse(&c->identity, shown));
	c->shown = &shown;
	chain_init(c, trust, TODAY);
	return c;
}

static void send_all(struct chain *c, const struct trust *certificates)
{
	struct span sent[CHAIN_COUNT_MAX];
	unsigned count = split(certificates, sent);

	for (unsigned i = 0; i < count; i++)
		chain_add(c, sent[i]);
}

/* Both must say the same. */
static bool is_accepted(struct chain *c)
{
	bool accepted = chain_judge(c);

	assert_int_equal(accepted, c->verdict.reason == NOTHING_YET);
	return accepted;
}

/* Everything in a chain is signed, or is a signature: whatever bit turns over, it is refused. */
static void test_no_altered_chain_is_accepted(void **state)
{
	static const char *const files[] = {"good", "intermediate", "p384"};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct trust sent = pki_read("chain", files[i]), trust = pki_read("trust", files[i]);
		struct chain *c = new_chain(&trust, "localhost"), *insecure = new_chain(NULL, "localhost");
		struct span each[CHAIN_COUNT_MAX];
		size_t step = i == 2 ? 29 : 3; /* elliptic curves take their time under a sanitizer */
		unsigned count = split(&sent, each);

		send_all(c, &sent);
		assert_true(is_accepted(c));
		for (size_t at = 0; at < sent.anchors.len; at += step) {
			sent.memory.at[at] ^= (char)(1 << at % 8);
			chain_init(c, &trust, TODAY);
			chain_init(insecure, NULL, TODAY);
			for (unsigned n = 0; n < count; n++) {
				chain_add(c, each[n]);
				chain_add(insecure, each[n]);
			}
			if (is_accepted(c))
				fail_msg("%s was accepted with byte %zu altered", files[i], at);
			chain_judge(insecure);
			sent.memory.at[at] ^= (char)(1 << at % 8);
		}
		free(c);
		free(insecure);
		trust_close(&sent);
		trust_close(&trust);
	}
}

static void put_with_length(struct buf *b, struct span der)
{
	char length[3] = {(char)(der.len >> 16), (char)(der.len >> 8), (char)der.len};

	buf_put(b, (struct span){length, sizeof(length)});
	buf_put(b, der);
}

/* For the fuzzer "chain": what is trusted, then what is sent. */
static void keep(const struct trust *trust, const struct trust *sent)
{
	static char memory[CHAIN_BYTES_MAX];
	struct buf b = buf_init(memory, sizeof(memory));
	struct span each[CHAIN_COUNT_MAX];
	unsigned count = split(sent, each);

	put_with_length(&b, der_of(trust));
	for (unsigned i = 0; i < count; i++)
		put_with_length(&b, each[i]);
	assert_false(b.full);
	corpus_keep("chain", buf_span(&b));
}

static void test_what_the_judgement_says(void **state)
{
	static const struct {
		const char *name;
		enum reason reason; /* NOTHING_YET: also when another anchor was tried in vain */
	} rows[] = {
		{"good", NOTHING_YET},
		{"twin-first", NOTHING_YET},
		{"unknown-not-critical", NOTHING_YET},
		{"two-intermediates", NOTHING_YET},
		{"out-of-order", NOTHING_YET},
		{"expired", CERTIFICATE_EXPIRED},
		{"client-only", CERTIFICATE_NOT_FOR_SERVERS},
		{"rsa8192-root", CERTIFICATE_KEY_SIZE},
		{"critical-unknown", CERTIFICATE_CRITICAL},
		{"common-name-only", CERTIFICATE_WRONG_NAME},
		{"intermediate-not-permitted", CERTIFICATE_CONSTRAINED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trust sent = pki_read("chain", rows[i].name), trust = pki_read("trust", rows[i].name);
		struct chain *c = new_chain(&trust, "localhost");

		keep(&trust, &sent);
		send_all(c, &sent);
		assert_int_equal(is_accepted(c), rows[i].reason == NOTHING_YET);
		assert_int_equal(c->verdict.reason, rows[i].reason);
		free(c);
		trust_close(&sent);
		trust_close(&trust);
	}
}

/* Is the certificate still read when `old`, a piece of it, is another of the same length? */
static bool parses_with(struct span der, struct span old, const char *new)
{
	char copy[4096];
	size_t at = 0;

	memcpy(copy, der.at, der.len);
	while (memcmp(copy + at, old.at, old.len) != 0)
		at++;
	assert_true(at + old.len <= der.len);
	memcpy(copy + at, new, old.len);
	return parses(copy, der.len);
}

static void test_dates_are_dates(void **state)
{
	static const struct {
		const char *from, *until; /* NULL: as it is */
		bool good;
	} rows[] = {
		{"200101000000Z", NULL, true},
		{"200229235959Z", NULL, true},
		{"491231000000Z", NULL, true},
		{"500101000000Z", NULL, true},
		{"190229000000Z", NULL, false}, /* no leap year */
		{"200431000000Z", NULL, false},
		{"200001000000Z", NULL, false},
		{"200100000000Z", NULL, false},
		{"201301000000Z", NULL, false},
		{"200132000000Z", NULL, false},
		{"200101240000Z", NULL, false},
		{"200101006000Z", NULL, false},
		{"200101000060Z", NULL, false},
		{"20010100000 Z", NULL, false},
		{"20010100000:Z", NULL, false},
		{"2001010000Z00", NULL, false},
		{"20010100+0100", NULL, false},
		{"200101000000z", NULL, false},
		{NULL, "20881231235959Z", true},
		{NULL, "20880229000000Z", true},
		{NULL, "20890229000000Z", false},
		{NULL, "21000229000000Z", false},
		{NULL, "2089010100000.Z", false},
		{NULL, "208901010000.0Z", false},
		{NULL, "20890101000000+", false},
	};
	struct trust t = pki_read("leaf", "good");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span old = rows[i].from ? SPAN("200101000000Z") : SPAN("20890101000000Z");

		if (parses_with(der_of(&t), old, rows[i].from ? rows[i].from : rows[i].until) != rows[i].good)
			fail_msg("row %zu: %s", i, rows[i].from ? rows[i].from : rows[i].until);
	}
	trust_close(&t);
}

static void test_small_pieces_that_cannot_be_meant(void **state)
{
	static const struct {
		struct span old;
		const char *new;
		bool good;
	} rows[] = {
		/* the key usage of a CA: keyCertSign, cRLSign */
		{SPAN("\x04\x04\x03\x02\x01\x06"), "\x04\x04\x03\x02\x02\x04", true},
		{SPAN("\x04\x04\x03\x02\x01\x06"), "\x04\x04\x03\x02\x02\x06", false}, /* behind its end */
		{SPAN("\x04\x04\x03\x02\x01\x06"), "\x04\x04\x03\x02\x08\x00", false},
		{SPAN("\x04\x04\x03\x02\x01\x06"), "\x04\x04\x04\x02\x01\x06", false},
		/* version 3 */
		{SPAN("\xa0\x03\x02\x01\x02"), "\xa0\x03\x02\x01\x03", false},
		{SPAN("\xa0\x03\x02\x01\x02"), "\xa0\x03\x02\x01\xff", false},
		{SPAN("\xa0\x03\x02\x01\x02"), "\xa0\x03\x02\x01\x01", false}, /* version 2 has no extensions */
		/* a CA, critical */
		{SPAN("\x01\x01\xff\x04\x05\x30\x03\x01\x01\xff"), "\x01\x01\xff\x04\x05\x30\x03\x01\x01\x01", false},
		{SPAN("\x01\x01\xff\x04\x05\x30\x03\x01\x01\xff"), "\x01\x01\x00\x04\x05\x30\x03\x01\x01\x00", true},
		/* sha256WithRSAEncryption in one place and not in the other */
		{SPAN("\x01\x0b\x05\x00"), "\x01\x0c\x05\x00", false},
		/* the exponent 65537 */
		{SPAN("\x02\x03\x01\x00\x01"), "\x02\x03\x01\x00\x00", false},
		{SPAN("\x02\x03\x01\x00\x01"), "\x02\x03\x00\x00\x01", false},
		{SPAN("\x02\x03\x01\x00\x01"), "\x02\x03\x81\x00\x01", false},
		{SPAN("\x02\x03\x01\x00\x01"), "\x02\x03\x00\x00\x03", true},
	};
	struct trust t = pki_read("ca", "intermediate");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (parses_with(der_of(&t), rows[i].old, rows[i].new) != rows[i].good)
			fail_msg("row %zu", i);
	trust_close(&t);
}

static void test_an_extension_that_comes_twice_is_refused(void **state)
{
	struct trust t = pki_read("leaf", "unknown-not-critical");

	(void)state;
	assert_true(parses_with(der_of(&t), SPAN("\x06\x03\x55\x1d\x10"), "\x06\x03\x55\x1d\x12"));
	assert_false(parses_with(der_of(&t), SPAN("\x06\x03\x55\x1d\x10"), "\x06\x03\x55\x1d\x11"));
	assert_true(parses_with(der_of(&t), SPAN("\x06\x03\x55\x1d\x11"), "\x06\x03\x55\x1d\x12"));
	trust_close(&t);
}

/* Puts an element of at most 65,535 bytes. */
static void put_element(struct buf *b, unsigned tag, struct span content)
{
	buf_put_char(b, (char)tag);
	if (content.len > 255)
		buf_put(b, (struct span){(char[]){'\x82', (char)(content.len >> 8)}, 2});
	else if (content.len > 127)
		buf_put_char(b, '\x81');
	buf_put_char(b, (char)content.len);
	buf_put(b, content);
}

enum fitness { FIT, UNKNOWN, DAMAGED };

/* What key_parse() finds of a SubjectPublicKeyInfo with that algorithm, and that content of the bit string. */
static enum fitness fitness_of(struct span algorithm, struct span bits)
{
	char inside[4096], whole[4096];
	struct buf in = buf_init(inside, sizeof(inside)), b = buf_init(whole, sizeof(whole));
	struct key k = {.bear = {.key_type = 0}};
	struct der d;

	put_element(&in, DER_SEQUENCE, algorithm);
	put_element(&in, DER_BITS, bits);
	put_element(&b, DER_SEQUENCE, buf_span(&in));
	assert_false(b.full);
	der_init(&d, buf_span(&b));
	key_take(&k, &d);
	return !der_is_done(&d) || !key_parse(&k) ? DAMAGED : k.bear.key_type == 0 ? UNKNOWN : FIT;
}

#define RSA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
#define EC "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
#define P256 EC "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"

static void test_rsa_keys_that_can_be_computed_with(void **state)
{
	static const struct {
		struct span modulus, exponent; /* content of INTEGERs */
		enum fitness fitness;
	} rows[] = {
		{SPAN("\x7f\x01\x01"), SPAN("\x01\x00\x01"), FIT},
		{SPAN("\x00\xff\x01"), SPAN("\x03"), FIT},
		{SPAN("\x7f\x01"), SPAN("\x00\xff\xff\xff\xff\xff\xff\xff\xff"), FIT},
		{SPAN("\x7f\x01"), SPAN("\x01\x00\x00\x00\x00\x00\x00\x00\x01"), DAMAGED}, /* over 64 bits */
		{SPAN("\x7f\x01"), SPAN("\x01"), DAMAGED},
		{SPAN("\x7f\x01"), SPAN("\x00"), DAMAGED},
		{SPAN("\x7f\x01"), SPAN("\x02"), DAMAGED},
		{SPAN("\x7f\x01"), SPAN(""), DAMAGED},
		{SPAN("\x7f\x01"), SPAN("\x83"), DAMAGED}, /* negative */
		{SPAN("\x7f\x02"), SPAN("\x03"), DAMAGED}, /* an even modulus */
		{SPAN("\xff\x01"), SPAN("\x03"), DAMAGED},
		{SPAN("\x00"), SPAN("\x03"), DAMAGED},
		{SPAN(""), SPAN("\x03"), DAMAGED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char inside[100], whole[100];
		struct buf in = buf_init(inside, sizeof(inside)), b = buf_init(whole, sizeof(whole));

		put_element(&in, DER_INTEGER, rows[i].modulus);
		put_element(&in, DER_INTEGER, rows[i].exponent);
		buf_put_char(&b, '\0'); /* no unused bits */
		put_element(&b, DER_SEQUENCE, buf_span(&in));
		if (fitness_of(SPAN(RSA "\x05\x00"), buf_span(&b)) != rows[i].fitness)
			fail_msg("row %zu", i);
		buf_put_char(&b, '\0'); /* something behind it */
		assert_int_equal(fitness_of(SPAN(RSA "\x05\x00"), buf_span(&b)), DAMAGED);
	}
}

static void test_points_that_can_be_computed_with(void **state)
{
	static const struct {
		struct span algorithm;
		unsigned char unused, form;
		size_t len; /* of the point */
		enum fitness fitness;
	} rows[] = {
		{SPAN(P256), 0, 4, 65, FIT},
		{SPAN(EC "\x06\x05\x2b\x81\x04\x00\x22"), 0, 4, 97, FIT},
		{SPAN(EC "\x06\x05\x2b\x81\x04\x00\x23"), 0, 4, 133, FIT},
		{SPAN(P256), 0, 4, 64, DAMAGED},
		{SPAN(P256), 0, 4, 66, DAMAGED},
		{SPAN(P256), 0, 4, 97, DAMAGED}, /* as on another curve */
		{SPAN(P256), 0, 2, 33, DAMAGED}, /* compressed */
		{SPAN(P256), 0, 6, 65, DAMAGED}, /* hybrid */
		{SPAN(P256), 0, 0, 1, DAMAGED}, /* at infinity */
		{SPAN(P256), 0, 0, 0, DAMAGED},
		{SPAN(P256), 1, 4, 65, DAMAGED},
		{SPAN(P256 "\x05\x00"), 0, 4, 65, UNKNOWN},
		{SPAN(EC), 0, 4, 65, UNKNOWN}, /* no curve */
		{SPAN(EC "\x05\x00"), 0, 4, 65, UNKNOWN},
		{SPAN(EC "\x30\x00"), 0, 4, 65, UNKNOWN}, /* a curve of one's own */
		{SPAN(EC "\x06\x05\x2b\x81\x04\x00\x0a"), 0, 4, 65, UNKNOWN}, /* secp256k1 */
		{SPAN(RSA), 0, 4, 65, UNKNOWN}, /* without parameters */
		{SPAN(RSA "\x30\x00"), 0, 4, 65, UNKNOWN},
		{SPAN("\x06\x03\x2b\x65\x70"), 0, 4, 32, UNKNOWN}, /* Ed25519 */
		{SPAN(""), 0, 4, 65, UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char point[200] = {(char)rows[i].unused, (char)rows[i].form};

		if (fitness_of(rows[i].algorithm, (struct span){point, rows[i].len + 1}) != rows[i].fitness)
			fail_msg("row %zu", i);
	}
}

static void test_algorithms_of_signatures(void **state)
{
	static const struct {
		struct span algorithm;
		enum signature signature;
	} rows[] = {
		{SPAN("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"), SIGNATURE_GOOD},
		{SPAN("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"), SIGNATURE_GOOD},
		{SPAN("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05"), SIGNATURE_UNKNOWN},
		{SPAN("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00\x00"), SIGNATURE_UNKNOWN},
		{SPAN("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x30\x00"), SIGNATURE_UNKNOWN},
		{SPAN("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00"), SIGNATURE_BAD}, /* SHA-384 */
		{SPAN("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00"), SIGNATURE_BAD}, /* SHA-512 */
		{SPAN("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e\x05\x00"), SIGNATURE_UNKNOWN}, /* SHA-224 */
		{SPAN("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00"), SIGNATURE_UNKNOWN}, /* SHA-1 */
		{SPAN("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x05\x00"), SIGNATURE_UNKNOWN}, /* PSS */
		{SPAN("\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"), SIGNATURE_BAD}, /* for another type of key */
		{SPAN("\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x01"), SIGNATURE_UNKNOWN}, /* SHA-224 */
		{SPAN("\x06\x08\x2a\x86\x48\xce\x3d\x04\x03"), SIGNATURE_UNKNOWN},
		{SPAN(""), SIGNATURE_UNKNOWN},
	};
	struct trust server = pki_read("leaf", "good"), ca = pki_read("ca", "root");
	struct certificate c = first_of(&server), issuer = first_of(&ca);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		c.algorithm = rows[i].algorithm;
		if (signature_check(&c, &issuer.key) != rows[i].signature)
			fail_msg("row %zu", i);
	}
	trust_close(&server);
	trust_close(&ca);
}

static void test_too_much_is_refused(void **state)
{
	struct trust sent = pki_read("chain", "good"), trust = pki_read("trust", "good");
	struct span der = der_of(&sent);
	static char large[CHAIN_BYTES_MAX];
	struct chain *c = new_chain(&trust, "localhost");

	(void)state;
	for (unsigned i = 0; i < CHAIN_COUNT_MAX; i++)
		chain_add(c, der);
	assert_true(is_accepted(c));
	chain_init(c, &trust, TODAY);
	for (unsigned i = 0; i <= CHAIN_COUNT_MAX; i++)
		chain_add(c, der);
	assert_false(is_accepted(c));
	assert_int_equal(c->verdict.reason, TLS_TOO_LONG);
	chain_init(c, &trust, TODAY);
	chain_add(c, der);
	chain_add(c, (struct span){large, sizeof(large)});
	assert_false(is_accepted(c));
	assert_int_equal(c->verdict.reason, TLS_TOO_LONG);
	free(c);
	trust_close(&sent);
	trust_close(&trust);
}

static void test_nothing_is_no_certificate(void **state)
{
	struct trust trust = pki_read("trust", "good");
	const struct trust *both[] = {&trust, NULL};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct chain *c = new_chain(both[i], "localhost");

		assert_false(is_accepted(c));
		chain_init(c, both[i], TODAY);
		chain_add(c, (struct span){"", 0});
		assert_false(is_accepted(c));
		assert_int_equal(c->verdict.reason, CERTIFICATE_MALFORMED);
		free(c);
	}
	trust_close(&trust);
}

/* What is said of a chain that is good, to a clock that is not. */
static void test_dates_hold_to_the_second(void **state)
{
	static const struct {
		msec from_2020, from_2089; /* one of them: seconds from the first or the last that is good */
		enum reason reason;
	} rows[] = {
		{-1, 0, CERTIFICATE_NOT_YET_VALID}, {0, 0, NOTHING_YET},    {1, 0, NOTHING_YET},
		{0, -1, NOTHING_YET},		    {0, 1, CERTIFICATE_EXPIRED},
	};
	struct trust sent = pki_read("chain", "good"), trust = pki_read("trust", "good");
	struct chain *c = new_chain(&trust, "localhost");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		msec start = days_from_date(rows[i].from_2089 ? 2089 : 2020, 1, 1) * 24 * HOUR;

		chain_init(c, &trust, start + (rows[i].from_2020 + rows[i].from_2089) * SECOND);
		send_all(c, &sent);
		assert_int_equal(is_accepted(c), rows[i].reason == NOTHING_YET);
		assert_int_equal(c->verdict.reason, rows[i].reason);
	}
	free(c);
	trust_close(&sent);
	trust_close(&trust);
}

/* Puts "dns:NAME ip:BYTES ..." as the content of a list of names; "sub:" before makes subtrees of them. */
static struct span names_of(char *memory, size_t size, const char *text, bool subtrees)
{
	struct buf b = buf_init(memory, size);
	struct span rest = span_of(text), word;

	while ((word = span_word(&rest)).len > 0) {
		bool is_dns = span_starts_with(word, SPAN("dns:")), is_ip = span_starts_with(word, SPAN("ip:"));
		struct span value = span_tail(word, span_find(word, ':') + 1);
		char bytes[64];
		size_t len = 0;

		if (is_ip)
			for (struct span number = value; number.len > 0;)
				bytes[len++] = (char)strtol(span_cut(&number, '.').at, NULL, 10);
		else
			memcpy(bytes, value.at, len = value.len);
		if (subtrees) {
			buf_put_char(&b, DER_SEQUENCE);
			buf_put_char(&b, (char)(len + 2));
		}
		buf_put_char(&b, (char)(is_dns ? NAME_IS_DNS : is_ip ? NAME_IS_IP : DER_CONTEXT | 6));
		buf_put_char(&b, (char)len);
		buf_put(&b, (struct span){bytes, len});
	}
	assert_false(b.full);
	return buf_span(&b);
}

static void test_who_a_certificate_is_for(void **state)
{
	static const struct {
		const char *host, *names;
		bool good;
	} rows[] = {
		{"db.example", "dns:db.example", true},
		{"db.example.", "dns:db.example", true},
		{"DB.example", "dns:db.EXAMPLE", true},
		{"db.example", "dns:a.example dns:db.example", true},
		{"db", "dns:db", true},
		{"db_1", "dns:db_1", true},
		{"db.example", "dns:db.example.", false},
		{"db.example", "dns:example", false},
		{"db.example", "dns:xdb.example", false},
		{"db.example", "dns:db.example.com", false},
		{"db.example", "uri:db.example", false},
		{"db.example", "", false},
		{"db.example", "dns:", false},
		{"a.b.example", "dns:*.b.example", true},
		{"A.B.example", "dns:*.b.EXAMPLE", true},
		{"b.example", "dns:*.b.example", false},
		{"x.a.b.example", "dns:*.b.example", false},
		{"ab.example", "dns:*.example", false},
		{"db", "dns:*", false},
		{"db.example", "dns:*.*", false},
		{"a.b.example", "dns:*.*.example", false},
		{"a.b.example", "dns:a.*.example", false},
		{"ab.b.example", "dns:a*.b.example", false},
		{"db.", "dns:*.", false},
		{"10.0.0.3", "ip:10.0.0.3", true},
		{"10.0.0.3", "ip:10.0.0.4", false},
		{"10.0.0.3", "dns:10.0.0.3", false},
		{"10.0.0.3", "dns:*.0.0.3", false},
		{"10.0.0.3", "ip:10.0.0", false},
		{"::1", "ip:0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1", true},
		{"0:0::1", "ip:0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1", true},
		{"fe80::1%1", "ip:254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1", true},
		{"::1", "ip:0.0.0.1", false},
		{"::ffff:10.0.0.3", "ip:10.0.0.3", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char memory[200];
		struct identity id;

		assert_true(identity_parse(&id, span_of(rows[i].host)));
		if (identity_is_among(&id, names_of(memory, sizeof(memory), rows[i].names, false)) != rows[i].good)
			fail_msg("%s and %s", rows[i].host, rows[i].names);
	}
}

static void test_who_a_certificate_can_never_be_for(void **state)
{
	static const char *const rows[] = {"", ".", "*.example", "a b", "::x", "1::2::3", "a:b", "a/b", "\xc3\xa4.example"};
	char long_name[300];
	struct identity id;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_false(identity_parse(&id, span_of(rows[i])));
	assert_false(identity_parse(&id, (struct span){"a\0b", 3}));
	for (size_t at = 0; at < sizeof(long_name); at++)
		long_name[at] = at % 64 == 63 ? '.' : 'a';
	long_name[HOST_NAME_MAX_LEN] = '\0';
	assert_true(identity_parse(&id, span_of(long_name)));
	long_name[HOST_NAME_MAX_LEN] = 'a';
	long_name[HOST_NAME_MAX_LEN + 1] = '\0';
	assert_false(identity_parse(&id, span_of(long_name)));
}

static void put_list(struct buf *b, unsigned tag, const char *text)
{
	char memory[200];
	struct span list = names_of(memory, sizeof(memory), text, true);

	if (*text == '\0')
		return;
	buf_put_char(b, (char)tag);
	buf_put_char(b, (char)list.len);
	buf_put(b, list);
}

static bool all_allowed(struct span constraints, struct span list)
{
	struct element name;
	struct der all, d;

	der_init(&all, list);
	while (der_next(&all, &name)) {
		der_init(&d, constraints);
		if (!constraints_take(&d, &name) || !der_is_done(&d))
			return false;
	}
	return true;
}

static void test_what_constraints_allow(void **state)
{
	static const struct {
		const char *permitted, *excluded, *names;
		bool good;
	} rows[] = {
		{"dns:example", "", "dns:example", true},
		{"dns:example", "", "dns:a.b.EXAMPLE", true},
		{"dns:example", "", "dns:*.example", true},
		{"dns:example", "", "dns:xexample", false},
		{"dns:example", "", "dns:a.example dns:b.other", false},
		{"dns:.example", "", "dns:a.example", true},
		{"dns:.example", "", "dns:example", false},
		{"dns:", "", "dns:anything", true},
		{"dns:a.example dns:b.example", "", "dns:b.example", true},
		{"dns:example", "", "ip:10.0.0.3", true}, /* addresses are not limited */
		{"dns:example", "", "uri:x", true},
		{"", "dns:example", "dns:other", true},
		{"", "dns:example", "dns:a.example", false},
		{"", "dns:.example", "dns:example", false}, /* in doubt */
		{"", "dns:a.example", "dns:*.example", false},
		{"", "dns:b.a.example", "dns:*.example", false}, /* in doubt */
		{"", "dns:a.example", "dns:b.example", true},
		{"", "dns:", "dns:anything", false},
		{"dns:example", "dns:bad.example", "dns:good.example", true},
		{"dns:example", "dns:bad.example", "dns:very.bad.example", false},
		{"ip:10.0.0.0.255.0.0.0", "", "ip:10.1.2.3", true},
		{"ip:10.0.0.0.255.0.0.0", "", "ip:11.1.2.3", false},
		{"ip:10.0.0.0.255.0.0.0", "", "ip:0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1", false},
		{"ip:10.0.0.0.255.0.0.0", "", "dns:example", true},
		{"", "ip:0.0.0.0.0.0.0.0", "ip:10.1.2.3", false},
		{"", "ip:10.0.0.0.255.0.0.0", "ip:11.1.2.3", true},
		{"ip:10.0.0.0", "", "dns:example", false}, /* without a mask */
		{"uri:x", "", "dns:example", false}, /* of a kind that is not judged */
		{"", "uri:x", "dns:example", false},
		{"dns:example", "uri:x", "dns:example", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char names_memory[200], inside[200], whole[200];
		struct span list = names_of(names_memory, sizeof(names_memory), rows[i].names, false);
		struct buf in = buf_init(inside, sizeof(inside)), b = buf_init(whole, sizeof(whole));

		put_list(&in, DER_CONTEXT_CONSTRUCTED, rows[i].permitted);
		put_list(&in, DER_CONTEXT_CONSTRUCTED | 1, rows[i].excluded);
		buf_put_char(&b, DER_SEQUENCE);
		buf_put_char(&b, (char)in.len);
		buf_put(&b, buf_span(&in));
		if (all_allowed(buf_span(&b), list) != rows[i].good)
			fail_msg("row %zu: +%s -%s %s", i, rows[i].permitted, rows[i].excluded, rows[i].names);
		for (size_t len = 0; len < b.len; len++) /* a piece of a constraint allows nothing */
			assert_false(all_allowed((struct span){whole, len}, list));
	}
}

static void test_der_that_is_none(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool good;
	} rows[] = {
		{"\x30\x00", 2, true},
		{"\x30\x02\x05\x00", 4, false}, /* something is left */
		{"\x30", 1, false},
		{"\x30\x01", 2, false},
		{"\x30\x80\x00\x00", 4, false}, /* of indefinite length */
		{"\x30\x81\x00", 3, false}, /* longer than needed */
		{"\x30\x82\x00\x00", 4, false},
		{"\x30\x84\x00\x00\x00\x00", 6, false},
		{"\x30\xff", 2, false},
		{"\x3f\x81\x00", 3, false}, /* a long tag */
		{"\x31\x00", 2, false},
		{"\x00\x00", 2, false},
		{"\x30\x00\x00", 3, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct der d;

		der_init(&d, (struct span){rows[i].bytes, rows[i].len});
		der_enter(&d, DER_SEQUENCE);
		der_leave(&d);
		assert_int_equal(der_is_done(&d), rows[i].good);
	}
}

static void test_trust_files(void **state)
{
	static const struct {
		const char *kind, *name, *problem; /* NULL: it is good */
	} rows[] = {
		{"trust", "good", NULL},
		{"trust", "aux-trusted", NULL},
		{"trust", "aux-rejected", "trusted for servers"},
		{"trust", "aux-other-purpose", "trusted for servers"},
		{"key", "rsa2048", "trusted for servers"}, /* a key is no certificate */
		{"missing", "x", "no such file"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = pki_path(rows[i].kind, rows[i].name);
		char memory[400];
		struct buf problem = buf_init(memory, sizeof(memory));
		struct trust t = {.path = span_of(path)};
		bool opened = trust_open(&t, path, &problem);

		assert_int_equal(opened, rows[i].problem == NULL);
		if (opened) {
			trust_close(&t);
			continue;
		}
		assert_non_null(strstr(buf_text(&problem), rows[i].problem));
		assert_non_null(strstr(buf_text(&problem), path));
	}
}

static void test_an_empty_bundle_names_the_file(void **state)
{
	char memory[400];
	struct buf problem = buf_init(memory, sizeof(memory));
	struct trust t;

	(void)state;
	setenv("SSL_CERT_FILE", "/dev/null", 1);
	assert_false(trust_open(&t, NULL, &problem));
	unsetenv("SSL_CERT_FILE");
	assert_non_null(strstr(buf_text(&problem), "/dev/null"));
}

static int make(void **state)
{
	(void)state;
	return pki_make(names) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_certificates_are_taken_apart),
		cmocka_unit_test(test_a_cut_certificate_is_refused),
		cmocka_unit_test(test_any_byte_may_be_wrong),
		cmocka_unit_test(test_no_altered_chain_is_accepted),
		cmocka_unit_test(test_what_the_judgement_says),
		cmocka_unit_test(test_dates_are_dates),
		cmocka_unit_test(test_small_pieces_that_cannot_be_meant),
		cmocka_unit_test(test_an_extension_that_comes_twice_is_refused),
		cmocka_unit_test(test_rsa_keys_that_can_be_computed_with),
		cmocka_unit_test(test_points_that_can_be_computed_with),
		cmocka_unit_test(test_algorithms_of_signatures),
		cmocka_unit_test(test_too_much_is_refused),
		cmocka_unit_test(test_nothing_is_no_certificate),
		cmocka_unit_test(test_dates_hold_to_the_second),
		cmocka_unit_test(test_who_a_certificate_is_for),
		cmocka_unit_test(test_who_a_certificate_can_never_be_for),
		cmocka_unit_test(test_what_constraints_allow),
		cmocka_unit_test(test_der_that_is_none),
		cmocka_unit_test(test_trust_files),
		cmocka_unit_test(test_an_empty_bundle_names_the_file),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
