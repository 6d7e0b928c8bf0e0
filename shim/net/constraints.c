/* SPDX-License-Identifier: MIT */
#include "net/constraints.h"

#include "net/certificate.h"

#include <string.h>

enum { PERMITTED, EXCLUDED, LISTS };

/* Is `name` the domain `base`, or below it? Behind a dot in front stand only those below. */
static bool is_within(struct span name, struct span base)
{
	size_t above = name.len - base.len;

	if (base.len == 0)
		return true;
	if (name.len < base.len || !span_equals_nocase((struct span){name.at + above, base.len}, base))
		return false;
	return above == 0 ? base.at[0] != '.' : base.at[0] == '.' || name.at[above - 1] == '.';
}

/* Could a name that `name` stands for be excluded by `base`? In doubt it could. */
static bool may_touch(struct span name, struct span base)
{
	bool is_wild = name.len > 2 && memcmp(name.at, "*.", 2) == 0;

	if (base.len > 0 && base.at[0] == '.')
		base = (struct span){base.at + 1, base.len - 1};
	return is_within(name, base) || (is_wild && is_within(base, (struct span){name.at + 2, name.len - 2}));
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
	der_enter_sequence(d);
	der_next(d, base);
	if (base->tag != NAME_IS_DNS &&
	    (base->tag != NAME_IS_IP || (base->content.len != 8 && base->content.len != 32)))
		d->damaged = true;
	der_leave(d);
}

static bool matches(struct span name, const struct element *base, unsigned list)
{
	if (base->tag == NAME_IS_IP)
		return is_in_range(name, base->content);
	return list == PERMITTED ? is_within(name, base->content) : may_touch(name, base->content);
}

bool constraints_take(struct der *d, const struct element *name)
{
	bool is_limited = false, found[LISTS] = {false};
	struct element base;

	der_enter_sequence(d);
	for (unsigned list = 0; list < LISTS; list++) {
		if (!der_enters(d, DER_CONTEXT_CONSTRUCTED | list))
			continue;
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
