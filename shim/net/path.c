/* SPDX-License-Identifier: MIT */
#include "net/path.h"

#include "base/date.h"
#include "net/constraints.h"
#include "net/signature.h"

enum {
	RSA_BITS_MIN = 2048, /* in whole bytes: some have 2047 */
	RSA_BITS_MAX = 4096, /* what BearSSL has memory for */
	STEPS_MAX = 32, /* a few CAs of the same name, not a search without end: each may cost a signature */
};

/* Records what of one certificate is in the way. Returns false. */
static bool fail(struct chain *c, enum reason reason, writer *write, const void *object)
{
	return verdict_fail(&c->tried, reason, 0, "%w", write, object);
}

/* Keeps the verdict on the path that was tried last, unless another got further. Returns false. */
static bool give_up(struct chain *c)
{
	if (c->tried.reason > c->verdict.reason)
		c->verdict = c->tried;
	return false;
}

static bool check_key(struct chain *c, const struct certificate *x)
{
	unsigned bits = key_rsa_bits(&x->key);

	if (x->key.bear.key_type == 0)
		return fail(c, CERTIFICATE_ALGORITHM, buf_put_oid, &x->key.algorithm);
	if (!c->trust || bits == 0 || (bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX))
		return true;
	return verdict_fail(&c->tried, CERTIFICATE_KEY_SIZE, 0, "an RSA key of %u bits, not 2048 to 4096: %w", bits,
			    buf_put_dn, &x->subject);
}

static bool check_dates(struct chain *c, const struct certificate *x, bool is_anchor)
{
	bool is_early = c->calendar < x->not_before;

	if (!is_early && c->calendar <= x->not_after)
		return true;
	return verdict_fail(&c->tried,
			    is_early    ? CERTIFICATE_NOT_YET_VALID
			    : is_anchor ? CERTIFICATE_ANCHOR_EXPIRED
					: CERTIFICATE_EXPIRED,
			    0, "%w (this machine's clock says %w%s): %w", buf_put_date,
			    is_early ? &x->not_before : &x->not_after, buf_put_date, &c->calendar,
			    is_early ? ": is it right?" : "", buf_put_dn, &x->subject);
}

/* May `x` have issued the certificates below it, `below` of them CAs? */
static bool may_issue(const struct certificate *x, bool is_anchor, unsigned below)
{
	/* Version 1 has no word for a CA; as an anchor the user's word stands for it. */
	bool is_ca = x->is_ca || (is_anchor && x->is_v1 && certificate_is_from(x, x));

	return is_ca && x->may_sign_certificates && x->path_len >= below;
}

static bool fail_untrusted(struct chain *c, const struct certificate *last, const char *hint)
{
	return verdict_fail(&c->tried, CERTIFICATE_UNTRUSTED, 0, "%q (issuer: %w)%s", &c->trust->path, buf_put_dn,
			    &last->issuer, hint);
}

static bool check_signature(struct chain *c, const struct certificate *x, const struct certificate *issuer)
{
	switch (signature_check(x, &issuer->key)) {
	case SIGNATURE_GOOD:
		return true;
	case SIGNATURE_UNKNOWN:
		return fail(c, CERTIFICATE_ALGORITHM, buf_put_oid, &x->algorithm);
	case SIGNATURE_BAD:
		break;
	}
	return fail_untrusted(c, x, ": it has that name, but signed with another key");
}

/* Are all names in `x` such as `ca` may put there? */
static bool check_constraints(struct chain *c, const struct certificate *ca, const struct certificate *x)
{
	struct der names, constraints;
	struct element name;

	der_init(&names, x->alt_names);
	while (der_next(&names, &name)) {
		der_init(&constraints, ca->name_constraints);

		bool is_allowed = constraints_take(&constraints, &name);

		if (!der_is_done(&constraints))
			return verdict_fail(&c->tried, CERTIFICATE_CONSTRAINED, 0,
					    "anything: they are of a kind that is not supported");
		if (!is_allowed)
			return fail(c, CERTIFICATE_CONSTRAINED, buf_put_alt_name, &name);
	}
	return true;
}

/* What a CA needs beyond a server: the right to issue all that is on the path, and the key that signed the last of it. */
static bool check_issuer(struct chain *c, const struct certificate *x, bool is_anchor)
{
	unsigned last = c->path_len - 1;

	if (!may_issue(x, is_anchor, last))
		return fail(c, CERTIFICATE_NOT_CA, buf_put_dn, &x->subject);
	for (unsigned i = 0; x->name_constraints.at && i <= last; i++)
		if (!check_constraints(c, x, c->path[i]))
			return false;
	return check_signature(c, c->path[last], x);
}

static bool check_name(struct chain *c, const struct certificate *server)
{
	return identity_is_among(&c->identity, server->alt_names) ||
	       verdict_fail(&c->tried, CERTIFICATE_WRONG_NAME, 0, "%w, not for %q", buf_put_alt_names,
			    &server->alt_names, c->shown);
}

/* What it says itself comes first, and what costs most comes last. */
static bool is_fit(struct chain *c, const struct certificate *x, bool is_anchor)
{
	if (c->budget == 0)
		return verdict_fail(&c->tried, CERTIFICATE_MALFORMED, 0, "too many issuers of one name");
	c->budget--;
	if (!check_key(c, x) || !check_dates(c, x, is_anchor))
		return false;
	if (!x->is_for_servers)
		return fail(c, CERTIFICATE_NOT_FOR_SERVERS, buf_put_dn, &x->subject);
	if (x->critical.len > 0)
		return fail(c, CERTIFICATE_CRITICAL, buf_put_oid, &x->critical);
	return c->path_len == 0 ? check_name(c, x) : check_issuer(c, x, is_anchor);
}

/* May `x` be the next on the path? */
static bool check(struct chain *c, const struct certificate *x, bool is_anchor)
{
	return is_fit(c, x, is_anchor) || give_up(c);
}

static bool is_on_path(const struct chain *c, const struct certificate *x)
{
	for (unsigned i = 0; i < c->path_len; i++)
		if (certificate_equals(c->path[i], x)) /* some servers send one twice */
			return true;
	return false;
}

/* Nothing issued the last certificate of the path. If the server sent others as well, there is only a gap. */
static bool fail_dead_end(struct chain *c, const struct certificate *last)
{
	if (certificate_is_from(last, last))
		return fail_untrusted(c, last, c->path_len == 1 ? ": it signed itself" : "");
	if (c->count > c->path_len)
		return fail(c, CERTIFICATE_GAP, buf_put_dn, &last->issuer);
	return fail_untrusted(c, last, "; the server must send its intermediates");
}

/* Lengthens the path by `x` and its issuers, until it ends at an anchor or all ways have been tried. */
static bool search(struct chain *c, const struct certificate *x)
{
	struct certificate *anchor = &c->certificates[CHAIN_COUNT_MAX];
	bool found = false;
	struct der anchors;

	c->path[c->path_len++] = x;
	der_init(&anchors, c->trust->anchors);
	while (certificate_take(anchor, &anchors)) {
		if (c->path_len == 1 && certificate_equals(anchor, x))
			return true;
		if (!certificate_is_from(x, anchor))
			continue;
		found = true;
		if (check(c, anchor, true))
			return true;
	}
	for (unsigned i = 0; i < c->count; i++) {
		const struct certificate *next = &c->certificates[i];

		if (is_on_path(c, next) || !certificate_is_from(x, next))
			continue;
		found = true;
		if (check(c, next, false) && search(c, next))
			return true;
	}
	if (!found)
		fail_dead_end(c, x);
	c->path_len--;
	return give_up(c);
}

bool path_find(struct chain *c)
{
	const struct certificate *server = &c->certificates[0];

	c->tried.reason = NOTHING_YET;
	c->budget = STEPS_MAX;
	c->path_len = 0;
	if (c->count == 0)
		verdict_fail(&c->tried, CERTIFICATE_MALFORMED, 0, "the server sent none");
	else if (!c->trust ? check_key(c, server) : check(c, server, false) && search(c, server)) {
		c->verdict.reason = NOTHING_YET;
		return true;
	}
	return give_up(c);
}
