/* SPDX-License-Identifier: MIT */
#include "net/constraints.h"

#include "net/identity.h"

enum { PERMITTED, EXCLUDED, LISTS };

/* Is `name` the domain `base`, or below it? Behind a dot in front stand only those below. */
static bool is_within(struct span name, struct span base)
{
	if (base.len == 0)
		return true;
	if (name.len < base.len || !span_equals_nocase(span_tail(name, name.len - base.len), base))
		return false;
	return base.at[0] == '.' ? name.len > base.len : name.len == base.len || name.at[name.len - base.len - 1] == '.';
}

/* Could a name that `name` stands for be excluded by `base`? In doubt it could. */
static bool may_touch(struct span name, struct span base)
{
	if (span_starts_with(base, SPAN(".")))
		base = span_tail(base, 1);
	return is_within(name, base) || (span_starts_with(name, SPAN("*.")) && is_within(base, span_tail(name, 2)));
}

/* `range` is an address and a mask. */
static bool is_in_range(struct span address, struct span range)
{
	if (range.len != 2 * address.len)
		return false;
	for (size_t i = 0; i < address.len; i++)
		if ((address.at[i] ^ range.at[i]) & range.at[address.len + i])
			return false;
	return true;
}

/* Takes the base of the next subtree. Its minimum and maximum have no meaning, and may not be there. */
static void take_base(struct der *d, struct element *base)
{
	der_enter(d, DER_SEQUENCE);
	der_next(d, base);
	if (base->tag != NAME_IS_DNS && (base->tag != NAME_IS_IP || (base->content.len != 8 && base->content.len != 32)))
		d->damaged = true;
	der_leave(d);
}

static bool matches(struct span name, const struct element *base, unsigned list)
{
	if (base->tag == NAME_IS_IP)
		return is_in_range(name, base->content);
	return list == PERMITTED ? is_within(name, base->content) : may_touch(name, base->content);
}

/* Takes all constraints: do they allow this name? */
static bool take_all(struct der *d, const struct element *name)
{
	bool is_limited = false, found[LISTS] = {false};
	struct element base;

	der_enter(d, DER_SEQUENCE);
	for (unsigned list = 0; list < LISTS; list++) {
		if (der_peek(d) != (DER_CONTEXT_CONSTRUCTED | list))
			continue;
		der_enter(d, DER_CONTEXT_CONSTRUCTED | list);
		while (der_peek(d)) {
			take_base(d, &base);
			if (base.tag != name->tag)
				continue;
			if (list == PERMITTED)
				is_limited = true;
			if (matches(name->content, &base, list))
				found[list] = true;
		}
		der_leave(d);
	}
	der_leave(d);
	return !found[EXCLUDED] && (found[PERMITTED] || !is_limited);
}

bool constraints_allow(struct span constraints, struct span names, struct verdict *v)
{
	struct der all, d;
	struct element name;

	der_init(&all, names);
	while (der_next(&all, &name)) {
		der_init(&d, constraints);

		bool allowed = take_all(&d, &name);

		if (!der_is_done(&d))
			return verdict_fail(v, CERTIFICATE_CONSTRAINED, 0,
					    "anything: they are of a kind that is not supported");
		if (!allowed)
			return verdict_fail(v, CERTIFICATE_CONSTRAINED, 0, "%w", buf_put_alt_name, &name);
	}
	return true;
}
