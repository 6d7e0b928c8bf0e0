/* SPDX-License-Identifier: MIT */
#include "net/path.h"

#include "base/date.h"
#include "net/constraints.h"
#include "net/key.h"
#include "net/signature.h"

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
	struct span text = buf_span(detail);

	if (reason > c->verdict.reason)
		verdict_fail(&c->verdict, reason, 0, "%S", &text);
	return false;
}

static struct buf words(struct chain *c)
{
	return buf_init(c->memory, sizeof(c->memory));
}

static bool fail_named(struct chain *c, enum reason reason, struct span name)
{
	struct buf b = words(c);

	buf_put_dn(&b, &name);
	return fail(c, reason, &b);
}

static bool fail_oid(struct chain *c, enum reason reason, struct span oid)
{
	struct buf b = words(c);

	buf_put_oid(&b, span_head(oid, 32));
	return fail(c, reason, &b);
}

static bool refuse_key(struct chain *c, struct span oid)
{
	struct buf b = words(c);

	if (oid.len > 0)
		return fail_oid(c, CERTIFICATE_ALGORITHM, oid);
	buf_put_text(&b, "public key");
	return fail(c, CERTIFICATE_MALFORMED, &b);
}

/* The key that the handshake is checked with. */
bool path_take_key(struct chain *c, const struct certificate *server)
{
	struct span oid;

	if (!key_parse(&c->server_key, server->key, &oid))
		return refuse_key(c, oid);
	c->usages = server->may_sign ? BR_KEYTYPE_SIGN : 0;
	c->key = &c->server_key;
	return true;
}

static bool check_key(struct chain *c, const struct certificate *x)
{
	struct buf b = words(c);
	br_x509_pkey key;
	struct span oid;

	if (!key_parse(&key, x->key, &oid))
		return refuse_key(c, oid);

	unsigned bits = key_rsa_bits(&key);

	if (bits == 0 || (key.key.rsa.nlen >= RSA_BYTES_MIN && bits <= RSA_BITS_MAX))
		return true;
	buf_put_text(&b, "an RSA key of ");
	buf_put_number(&b, bits);
	buf_put_text(&b, " bits, not 2048 to 4096: ");
	buf_put_dn(&b, &x->subject);
	return fail(c, CERTIFICATE_KEY_SIZE, &b);
}

static bool check_dates(struct chain *c, const struct path *p, const struct certificate *x)
{
	struct buf b = words(c);
	bool is_early = c->calendar < x->not_before;
	bool is_server = x == p->at[0], is_anchor = x == p->at[p->len - 1];

	if (!is_early && c->calendar <= x->not_after)
		return true;
	buf_put_date(&b, is_early ? &x->not_before : &x->not_after);
	buf_put_text(&b, " (this machine's clock says ");
	buf_put_date(&b, &c->calendar);
	buf_put_text(&b, is_early ? ": is it right?)" : ")");
	if (!is_server) {
		buf_put_text(&b, ": the CA ");
		buf_put_dn(&b, &x->subject);
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

static struct buf untrusted(struct chain *c, const struct certificate *last)
{
	enum { PATH_SHOWN_MAX = 60 };
	struct buf b = words(c);

	buf_put_excerpt(&b, span_of(c->trust->path), PATH_SHOWN_MAX);
	buf_put_text(&b, " (issuer: ");
	buf_put_dn(&b, &last->issuer);
	buf_put_char(&b, ')');
	return b;
}

/* The key of an issuer has been read before, in check_key(). */
static bool check_signature(struct chain *c, const struct certificate *x, const struct certificate *issuer)
{
	br_x509_pkey key;
	struct span oid;
	struct buf b;

	key_parse(&key, issuer->key, &oid);
	switch (signature_check(x, &key)) {
	case SIGNATURE_GOOD:
		return true;
	case SIGNATURE_UNKNOWN:
		return fail_oid(c, CERTIFICATE_ALGORITHM, x->algorithm);
	case SIGNATURE_BAD:
		break;
	}
	b = untrusted(c, x);
	buf_put_text(&b, ": it has that name, but signed with another key");
	return fail(c, CERTIFICATE_UNTRUSTED, &b);
}

/* An anchor is trusted as it stands; what it cannot do is checked elsewhere. */
static bool check_signatures(struct chain *c, const struct path *p)
{
	for (unsigned i = 0; i + 1 < p->len; i++)
		if (!check_signature(c, p->at[i], p->at[i + 1]))
			return false;
	return true;
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
		if (x->critical.len > 0)
			return fail_oid(c, CERTIFICATE_CRITICAL, x->critical);
	}
	if (!check_name(c, p->at[0]) || !check_signatures(c, p))
		return false;
	return path_take_key(c, p->at[0]);
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
