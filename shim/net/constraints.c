/* SPDX-License-Identifier: MIT */
#include "net/constraints.h"

#include "net/certificate.h"

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

/* Could a name that `name`, with "*." in front, stands for be `base`, or above it? */
static bool may_stand_above(struct span name, struct span base)
{
	return name.len > 1 && name.at[0] == '*' && name.at[1] == '.' &&
	       is_within(base, (struct span){name.at + 2, name.len - 2});
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
static void take_base(struct der *d, struct element *base, unsigned list)
{
	der_enter_sequence(d);
	der_next(d, base);
	if (base->tag != NAME_IS_DNS &&
	    (base->tag != NAME_IS_IP || (base->content.len != 8 && base->content.len != 32)))
		d->damaged = true;
	if (list == EXCLUDED && base->tag == NAME_IS_DNS && base->content.len > 0 && base->content.at[0] == '.')
		base->content.at++, base->content.len--; /* in doubt the domain itself is excluded as well */
	der_leave(d);
}

static bool matches(struct span name, const struct element *base, unsigned list)
{
	if (base->tag == NAME_IS_IP)
		return is_in_range(name, base->content);
	return is_within(name, base->content) || (list == EXCLUDED && may_stand_above(name, base->content));
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
			take_base(d, &base, list);
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
