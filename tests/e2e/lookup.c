/* SPDX-License-Identifier: MIT */
/*
 * lookup HOST MILLISECONDS: looks up one host the way the gate does, and prints each address
 * or why there is none. For test_resolver.py.
 */
#include "net/resolver.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

static char message[ANSWER_ROOM];
static struct lookup lookup;

static enum lookup_state settle(struct span host, msec deadline, struct verdict *v)
{
	enum lookup_state state = lookup_open(&lookup, host, 80, clock_now(), deadline, v);

	while (state == LOOKUP_PENDING) {
		struct pollfd p = {.fd = lookup.fd, .events = lookup.events};
		msec now = clock_now(), wake = lookup.wake < deadline ? lookup.wake : deadline;

		poll(&p, 1, wake > now ? (int)(wake - now) : 0);
		now = clock_now();
		if (now >= deadline) {
			lookup_time_out(&lookup, v);
			return LOOKUP_FAILED;
		}
		state = lookup_step(&lookup, p.revents, now);
	}
	return state;
}

int main(int argc, char **argv)
{
	char memory[4096];
	struct buf b = buf_init(memory, sizeof(memory));
	struct verdict v = {.reason = NOTHING_YET};
	uint64_t limit;

	if (argc != 3 || !span_number(span_of(argv[2]), HOUR, &limit))
		return 2;
	memset(&lookup, 0xa5, sizeof(lookup)); /* whoever reads what was not set shall notice */
	lookup.message = message;
	lookup.found.unwanted = 0;

	enum lookup_state state = settle(span_of(argv[1]), clock_now() + (msec)limit, &v);

	lookup_close(&lookup);
	for (unsigned i = 0; state == LOOKUP_DONE && i < lookup.found.count; i++) {
		buf_put_address(&b, &lookup.found.list[i]);
		buf_put_char(&b, '\n');
	}
	if (state == LOOKUP_FAILED) {
		buf_put_verdict(&b, &v);
		buf_put_char(&b, '\n');
	}
	return write(STDOUT_FILENO, b.at, b.len) == (ssize_t)b.len && state == LOOKUP_DONE ? 0 : 1;
}
