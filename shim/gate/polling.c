/* SPDX-License-Identifier: MIT */
#include "gate/polling.h"

const struct pollfd *polling_add(struct polling *p, int fd, short events)
{
	struct pollfd *new = &p->entries[p->count++];

	*new = (struct pollfd){.fd = fd, .events = events};
	return new;
}

void polling_wait(const struct polling *p, msec now, msec wake)
{
	poll(p->entries, p->count, wake > now ? (int)(wake - now) : 0);
}
