/* SPDX-License-Identifier: MIT */
#include "gate/polling.h"

const struct pollfd *polling_add(struct polling *p, int fd, short events, msec wake)
{
	struct pollfd *new = &p->entries[p->count++];

	*new = (struct pollfd){.fd = fd, .events = events};
	polling_wake(p, wake);
	return new;
}

void polling_wake(struct polling *p, msec moment)
{
	p->wake = earlier(p->wake, moment);
}

void polling_wait(struct polling *p, msec now, msec latest)
{
	polling_wake(p, latest);
	poll(p->entries, p->count, p->wake > now ? (int)(p->wake - now) : 0);
}
