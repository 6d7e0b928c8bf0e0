/* SPDX-License-Identifier: MIT */
#include "net/constraints.h"

#include "net/identity.h"

enum {
	PERMITTED = DER_CONTEXT_CONSTRUCTED,
	EXCLUDED = DER_CONTEXT_CONSTRUCTED | 1,
};

struct name {
	unsigned kind;
	struct span text;
};

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
	bool is_wild = span_starts_with(name, SPAN("*."));

	if (span_starts_with(base, SPAN(".")))
		base = span_tail(base, 1);
	return is_within(name, base) || (is_wild && is_within(base, span_tail(name, 2)));
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
static struct name take_base(struct der *d)
{
	der_enter(d, DER_SEQUENCE);

	unsigned kind = der_peek(d);
	struct name base = {kind, der_take(d, kind)};

	if (kind != NAME_IS_DNS && (kind != NAME_IS_IP || (base.text.len != 8 && base.text.len != 32)))
		d->damaged = true;
	der_leave(d);
	return base;
}

/* Is the name in a subtree of the next list, if that has this tag? `otherwise`: when it limits no name of the kind. */
static bool take_list(struct der *d, unsigned tag, struct name n, bool otherwise)
{
	bool found = false, is_limited = false;

	if (der_peek(d) != tag)
		return otherwise;
	der_enter(d, tag);
	while (der_peek(d)) {
		struct name base = take_base(d);

		if (base.kind != n.kind)
			continue;
		is_limited = true;
		if (n.kind == NAME_IS_IP)
			found |= is_in_range(n.text, base.text);
		else
			found |= tag == EXCLUDED ? may_touch(n.text, base.text) : is_within(n.text, base.text);
	}
	der_leave(d);
	return is_limited ? found : otherwise;
}

bool constraints_allow(struct span constraints, struct span names, struct buf *why)
{
	struct der list, d;
	struct name n;

	der_init(&list, names);
	while ((n.kind = der_peek(&list))) {
		n.text = der_take(&list, n.kind);
		der_init(&d, constraints);
		der_enter(&d, DER_SEQUENCE);

		bool allowed = take_list(&d, PERMITTED, n, true);

		allowed &= !take_list(&d, EXCLUDED, n, false);
		der_leave(&d);
		if (!der_is_done(&d)) {
			buf_put_text(why, "anything: they are of a kind that is not supported");
			return false;
		}
		if (!allowed) {
			buf_put_alt_name(why, n.kind, n.text);
			return false;
		}
	}
	return der_is_done(&list);
}
