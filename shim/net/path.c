/* SPDX-License-Identifier: MIT */
#include "net/path.h"

#include "net/constraints.h"
#include "net/key.h"

enum {
	RSA_BYTES_MIN = 256, /* 2,048 bits */
	RSA_BITS_MAX = 4096, /* what BearSSL has memory for */
	STEPS_MAX = 32, /* a few CAs of the same name, not a search without end */
};

struct path {
	/* The server's first, each issued by the next, the anchor last. One alone: the server's is itself an anchor. */
	const struct certificate *at[CHAIN_COUNT_MAX + 1];
	unsigned len;
};

/* Records why a path fails, unless another got further. Returns false. */
static bool fail(struct chain *c, enum reason reason, const struct buf *detail)
{
	if (reason > c->verdict.reason)
		verdict_fail(&c->verdict, reason, 0, buf_span(detail));
	return false;
}

static struct buf words(struct chain *c)
{
	return buf_init(c->memory, sizeof(c->memory));
}

static bool fail_named(struct chain *c, enum reason reason, struct span name)
{
	struct buf b = words(c);

	buf_put_dn(&b, name);
	return fail(c, reason, &b);
}

static bool fail_oid(struct chain *c, enum reason reason, struct span oid)
{
	struct buf b = words(c);

	buf_put_oid(&b, span_head(oid, 32));
	return fail(c, reason, &b);
}

bool path_refuse_key(struct chain *c, struct span oid)
{
	struct buf b = words(c);

	if (oid.len > 0)
		return fail_oid(c, CERTIFICATE_ALGORITHM, oid);
	buf_put_text(&b, "public key");
	return fail(c, CERTIFICATE_MALFORMED, &b);
}

static bool check_key(struct chain *c, const struct certificate *x)
{
	struct buf b = words(c);
	br_x509_pkey key;
	struct span oid;

	if (!key_parse(&key, x->key, &oid))
		return path_refuse_key(c, oid);

	unsigned bits = key_rsa_bits(&key);

	if (bits == 0 || (key.key.rsa.nlen >= RSA_BYTES_MIN && bits <= RSA_BITS_MAX))
		return true;
	buf_put_text(&b, "an RSA key of ");
	buf_put_number(&b, bits);
	buf_put_text(&b, " bits, not 2048 to 4096: ");
	buf_put_dn(&b, x->subject);
	return fail(c, CERTIFICATE_KEY_SIZE, &b);
}

static bool check_dates(struct chain *c, const struct path *p, const struct certificate *x)
{
	struct buf b = words(c);
	bool is_early = c->calendar < x->not_before;
	bool is_server = x == p->at[0], is_anchor = x == p->at[p->len - 1];

	if (!is_early && c->calendar <= x->not_after)
		return true;
	buf_put_date(&b, is_early ? x->not_before : x->not_after);
	buf_put_text(&b, " (this machine's clock says ");
	buf_put_date(&b, c->calendar);
	buf_put_text(&b, is_early ? ": is it right?)" : ")");
	if (!is_server) {
		buf_put_text(&b, ": the CA ");
		buf_put_dn(&b, x->subject);
	}
	if (is_early)
		return fail(c, CERTIFICATE_NOT_YET_VALID, &b);
	return fail(c, is_anchor && !is_server ? CERTIFICATE_ANCHOR_EXPIRED : CERTIFICATE_EXPIRED, &b);
}

/* May `x` have issued the certificates below it, `below` of them CAs? */
static bool may_issue(const struct certificate *x, bool is_anchor, unsigned below)
{
	/* Version 1 has no word for a CA; as an anchor the user's word stands for it. */
	bool is_ca = x->is_ca || (is_anchor && x->is_v1 && is_self_issued(x));

	return is_ca && x->may_sign_certificates && x->path_len >= below;
}

static bool check_issuer(struct chain *c, const struct path *p, unsigned i)
{
	const struct certificate *x = p->at[i];
	struct buf b = words(c);

	if (!may_issue(x, i == p->len - 1, i - 1))
		return fail_named(c, CERTIFICATE_NOT_CA, x->subject);
	if (!x->name_constraints.at || constraints_allow(x->name_constraints, p->at[0]->alt_names, &b))
		return true;
	return fail(c, CERTIFICATE_CONSTRAINED, &b);
}

static bool check_name(struct chain *c, const struct certificate *server)
{
	enum { NAMES_MAX = 80, SHOWN_MAX = 60 };
	struct buf b = words(c);

	if (identity_is_among(&c->identity, server->alt_names))
		return true;
	buf_put_alt_names(&b, server->alt_names, NAMES_MAX);
	buf_put_text(&b, ", not for ");
	buf_put_excerpt(&b, c->shown, SHOWN_MAX);
	return fail(c, CERTIFICATE_WRONG_NAME, &b);
}

/* Sets up BearSSL's engine and feeds it the path. Its error, 0 for none; *culprit is the certificate it stopped at. */
static unsigned run_minimal(struct chain *c, const struct path *p, const struct certificate **culprit)
{
	enum { DAYS_TO_1970 = 719528 }; /* BearSSL counts from the year 0 */
	const struct certificate *last = p->at[p->len - 1];
	bool direct = p->len == 1;
	br_x509_minimal_context *m = &c->minimal;
	const br_x509_class **engine = &m->vtable, *class = &br_x509_minimal_vtable;
	br_x509_trust_anchor anchor = {
		.dn = {(unsigned char *)last->subject.at, last->subject.len},
		.flags = direct ? 0 : BR_X509_TA_CA,
	};
	struct span oid;

	if (!key_parse(&anchor.pkey, last->key, &oid))
		return BR_ERR_X509_UNSUPPORTED;
	br_x509_minimal_init(m, &br_sha256_vtable, &anchor, 1);
	br_x509_minimal_set_rsa(m, br_rsa_i31_pkcs1_vrfy);
	br_x509_minimal_set_ecdsa(m, &br_ec_prime_i31, br_ecdsa_i31_vrfy_asn1);
	br_x509_minimal_set_hash(m, br_sha256_ID, &br_sha256_vtable);
	br_x509_minimal_set_hash(m, br_sha384_ID, &br_sha384_vtable);
	br_x509_minimal_set_hash(m, br_sha512_ID, &br_sha512_vtable);
	br_x509_minimal_set_minrsa(m, RSA_BYTES_MIN);
	br_x509_minimal_set_time(m, (uint32_t)(c->calendar / (24 * HOUR)) + DAYS_TO_1970,
				 (uint32_t)(c->calendar / SECOND % (24 * 60 * 60)));
	/* It knows no addresses, and would take one for a name: for those the check of our own stands alone. */
	class->start_chain(engine, c->identity.address_len > 0 ? NULL : c->identity.name);
	for (unsigned i = 0; i < p->len - !direct && m->err == 0; i++) {
		struct span der = p->at[i]->der;

		*culprit = p->at[i];
		class->start_cert(engine, (uint32_t)der.len);
		class->append(engine, (const unsigned char *)der.at, der.len);
		class->end_cert(engine);
	}
	return class->end_chain(engine);
}

static struct buf untrusted(struct chain *c, const struct certificate *last)
{
	enum { PATH_SHOWN_MAX = 60 };
	struct buf b = words(c);

	buf_put_excerpt(&b, span_of(c->trust->path), PATH_SHOWN_MAX);
	buf_put_text(&b, " (issuer: ");
	buf_put_dn(&b, last->issuer);
	buf_put_char(&b, ')');
	return b;
}

static bool check_signatures(struct chain *c, const struct path *p)
{
	const struct certificate *culprit = p->at[0];
	unsigned error = run_minimal(c, p, &culprit);
	struct buf b;

	switch (error) {
	case 0:
		return true;
	case BR_ERR_X509_UNSUPPORTED:
		return fail_oid(c, CERTIFICATE_ALGORITHM, culprit->algorithm);
	case BR_ERR_X509_CRITICAL_EXTENSION:
		return fail_oid(c, CERTIFICATE_CRITICAL, culprit->critical);
	case BR_ERR_X509_NOT_TRUSTED:
	case BR_ERR_X509_BAD_SIGNATURE:
	case BR_ERR_X509_WRONG_KEY_TYPE:
		b = untrusted(c, culprit);
		buf_put_text(&b, ": it has that name, but signed with another key");
		return fail(c, CERTIFICATE_UNTRUSTED, &b);
	}
	b = words(c);
	buf_put_text(&b, "BearSSL error ");
	buf_put_number(&b, error);
	return fail(c, CERTIFICATE_MALFORMED, &b);
}

/* The server's certificate first: what is wrong with that is told before what is wrong above it. */
static bool check_path(struct chain *c, const struct path *p)
{
	for (unsigned i = 0; i < p->len; i++) {
		const struct certificate *x = p->at[i];

		if (!check_key(c, x) || (i > 0 && !check_issuer(c, p, i)) || !check_dates(c, p, x))
			return false;
		if (!x->is_for_servers)
			return fail_named(c, CERTIFICATE_NOT_FOR_SERVERS, x->subject);
	}
	if (!check_name(c, p->at[0]) || !check_signatures(c, p))
		return false;
	c->key = &c->minimal.pkey;
	return true;
}

static bool is_on_path(const struct path *p, const struct certificate *x)
{
	for (unsigned i = 0; i < p->len; i++)
		if (span_equals(p->at[i]->der, x->der)) /* some servers send one twice */
			return true;
	return false;
}

/* Did the server send, beside the path, something that an anchor issued? Then there is only a gap. */
static bool has_gap(const struct chain *c, const struct path *p)
{
	struct certificate anchor;

	for (struct span rest = c->trust->anchors; trust_next(&rest, &anchor);)
		for (unsigned i = 0; i < c->count; i++)
			if (!is_on_path(p, &c->certificates[i]) &&
			    span_equals(c->certificates[i].issuer, anchor.subject))
				return true;
	return false;
}

/* Nothing issued the last certificate of the path. */
static bool fail_dead_end(struct chain *c, const struct path *p)
{
	const struct certificate *last = p->at[p->len - 1];

	if (has_gap(c, p))
		return fail_named(c, CERTIFICATE_GAP, last->issuer);

	struct buf b = untrusted(c, last);

	if (!is_self_issued(last))
		buf_put_text(&b, "; the server must send its intermediates");
	else if (p->len == 1)
		buf_put_text(&b, ": it signed itself");
	return fail(c, CERTIFICATE_UNTRUSTED, &b);
}

/* Tries all anchors that may end the path here. *found: there were some. */
static bool try_anchors(struct chain *c, struct path *p, bool *found)
{
	const struct certificate *last = p->at[p->len - 1];
	struct certificate anchor;
	struct path whole = *p;

	for (struct span rest = c->trust->anchors; trust_next(&rest, &anchor);) {
		bool direct = p->len == 1 && span_equals(anchor.der, last->der);

		if (!direct && !span_equals(anchor.subject, last->issuer))
			continue;
		*found = true;
		if (c->budget == 0)
			return false;
		c->budget--;
		whole.len = p->len + !direct;
		whole.at[p->len] = &anchor;
		if (check_path(c, &whole))
			return true;
	}
	return false;
}

/* Lengthens the path until it ends at an anchor and holds, or all ways have been tried. */
static bool search(struct chain *c, struct path *p)
{
	const struct certificate *last = p->at[p->len - 1];
	bool found = false;

	if (try_anchors(c, p, &found))
		return true;
	for (unsigned i = 0; i < c->count && c->budget > 0; i++) {
		const struct certificate *x = &c->certificates[i];

		if (is_on_path(p, x) || !span_equals(x->subject, last->issuer))
			continue;
		found = true;
		c->budget--;
		p->at[p->len++] = x;
		if (search(c, p))
			return true;
		p->len--;
	}
	return found ? false : fail_dead_end(c, p);
}

bool path_find(struct chain *c)
{
	struct path p = {.at = {&c->certificates[0]}, .len = 1};

	c->budget = STEPS_MAX;
	return search(c, &p) || fail(c, CERTIFICATE_MALFORMED, &(struct buf){0});
}
