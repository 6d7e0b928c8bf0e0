/* SPDX-License-Identifier: MIT */
#include "net/constraints.h"

#include "net/identity.h"

enum {
	PERMITTED = DER_CONTEXT | DER_CONSTRUCTED,
	EXCLUDED = DER_CONTEXT | DER_CONSTRUCTED | 1,
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
static struct name take_base(struct der *list)
{
	struct der subtree = der_open(list, DER_SEQUENCE);
	unsigned kind = der_peek(&subtree);
	struct name base = {kind, der_take(&subtree, kind)};

	der_end(&subtree);
	if (kind != NAME_IS_DNS && (kind != NAME_IS_IP || (base.text.len != 8 && base.text.len != 32)))
		*list->damaged = true;
	return base;
}

/* Is the name in a subtree of the list? `otherwise`: the answer when there is none of its kind. */
static bool is_listed(struct der list, struct name n, bool excluding, bool otherwise)
{
	bool found = false, is_limited = false;

	while (der_peek(&list)) {
		struct name base = take_base(&list);

		if (base.kind != n.kind)
			continue;
		is_limited = true;
		if (n.kind == NAME_IS_IP)
			found |= is_in_range(n.text, base.text);
		else
			found |= excluding ? may_touch(n.text, base.text) : is_within(n.text, base.text);
	}
	return is_limited ? found : otherwise;
}

/* The list with that tag; empty when it is not the next. */
static struct der take_list(struct der *d, unsigned tag)
{
	return der_peek(d) == tag ? der_open(d, tag) : der_init((struct span){NULL, 0}, d->damaged);
}

bool constraints_allow(struct span constraints, struct span names, struct buf *why)
{
	bool damaged = false;
	struct der d = der_init(constraints, &damaged), both = der_open(&d, DER_SEQUENCE);
	struct der permitted = take_list(&both, PERMITTED), excluded = take_list(&both, EXCLUDED);
	struct der list = der_init(names, &damaged);

	der_end(&both);
	der_end(&d);
	while (der_peek(&list)) {
		unsigned kind = der_peek(&list);
		struct name n = {kind, der_take(&list, kind)};

		if (is_listed(permitted, n, false, true) && !is_listed(excluded, n, true, false))
			continue;
		if (damaged)
			break;
		buf_put_alt_name(why, n.kind, n.text);
		return false;
	}
	if (damaged)
		buf_put_text(why, "anything: they are of a kind that is not supported");
	return !damaged;
}
