/* SPDX-License-Identifier: MIT */
#include "base/statuses.h"

static unsigned take_number(const char **text)
{
	unsigned number = 0;

	while (is_digit(**text) && number < 1000)
		number = number * 10 + (unsigned)(*(*text)++ - '0');
	return number;
}

/* Is it a list of statuses, "200-299+404"? Then *found says whether `status` is in it. */
static bool search_list(const char *list, unsigned status, bool *found)
{
	unsigned from, to;

	*found = false;
	do {
		from = to = take_number(&list);
		if (*list == '-') {
			list++;
			to = take_number(&list);
		}
		if (from < 100 || from > to || to > 599)
			return false;
		*found |= status >= from && status <= to;
	} while (*list++ == '+');
	return list[-1] == '\0';
}

bool statuses_are_good(struct span list)
{
	bool unused;

	return search_list(list.at, 0, &unused);
}

bool statuses_hold(const struct span *list, unsigned status)
{
	bool found;

	search_list(list->at, status, &found);
	return found;
}
