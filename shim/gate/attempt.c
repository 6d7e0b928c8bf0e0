/* SPDX-License-Identifier: MIT */
#include "gate/attempt.h"

#include <errno.h>
#include <unistd.h>

enum { NEXT_ADDRESS_AFTER = 250 }; /* ms, RFC 8305 §5 */

bool is_under_way(const struct attempt *a)
{
	return a->target != NULL;
}

static struct conversation *find(struct attempt *a, bool is_so(const struct conversation *))
{
	for (int i = 0; i < SIDE_BY_SIDE; i++)
		if (is_so(&a->talks[i]))
			return &a->talks[i];
	return NULL;
}

static bool is_looking(const struct attempt *a)
{
	return a->lookup.fd >= 0;
}

bool is_closed(struct attempt *a)
{
	return !is_looking(a) && !find(a, is_talking) && !find(a, is_draining);
}

void attempt_init(struct attempt *a)
{
	a->target = NULL;
	a->lookup.fd = -1;
	for (int i = 0; i < SIDE_BY_SIDE; i++) {
		a->talks[i].stream.fd = -1;
		a->talks[i].equipment = &a->equipment[i];
	}
}

static void close_all(struct attempt *a, bool are_so(const struct conversation *))
{
	struct conversation *c;

	while ((c = find(a, are_so)))
		conversation_close(c);
}

/* The attempt is over; conversations that lost, or that nobody waits for any more, are cut. */
static enum outcome end(struct attempt *a, enum outcome outcome)
{
	lookup_close(&a->lookup);
	close_all(a, is_talking);
	a->target = NULL;
	return outcome;
}

void attempt_abandon(struct attempt *a)
{
	end(a, NOT_READY);
}

void attempt_close(struct attempt *a)
{
	attempt_abandon(a);
	close_all(a, is_draining);
}

/* The first of two that got equally far stands. */
static void note_failure(struct attempt *a)
{
	if (a->last.reason > a->best.reason)
		a->best = a->last;
}

static void cut_short(struct attempt *a, struct conversation *c)
{
	conversation_time_out(c, &a->last);
	note_failure(a);
	conversation_close(c);
}

/* In a free place, else in that of one that drains, else in that of the older of two. */
static bool start_conversation(struct attempt *a, const struct address *address)
{
	struct conversation *c = find(a, is_absent);

	if (!c && (c = find(a, is_draining)))
		conversation_close(c);
	if (!c) {
		c = a->newest == a->talks ? a->talks + 1 : a->talks;
		cut_short(a, c);
	}
	if (!conversation_open(c, a->target, address, &a->last)) {
		note_failure(a);
		return false;
	}
	a->newest = c;
	return true;
}

/*
 * Tries the next address. With many of them each attempt begins at another one, so that all
 * get their turn even where silent ones eat up the time.
 */
static bool start_next(struct attempt *a, msec now)
{
	const struct addresses *found = &a->lookup.found;
	unsigned first = found->count > SIDE_BY_SIDE ? a->number : 0;

	a->next_start = NEVER;
	while (a->next < found->count) {
		const struct address *address = &found->list[(first % found->count + a->next++) % found->count];

		if (start_conversation(a, address)) {
			if (a->next < found->count)
				a->next_start = now + NEXT_ADDRESS_AFTER;
			return true;
		}
	}
	return false;
}

static enum outcome go_on(struct attempt *a, msec now)
{
	if (find(a, is_talking) || start_next(a, now))
		return PENDING;
	return end(a, NOT_READY);
}

/* A file of this machine is asked for, not talked to. */
static enum outcome look_at_file(struct attempt *a)
{
	if (access(a->target->path.value.at, F_OK) == 0)
		return end(a, READY);
	verdict_fail(&a->best, errno == EACCES ? PATH_DENIED : NO_FILE, 0, "");
	return end(a, NOT_READY);
}

static enum outcome follow_lookup(struct attempt *a, enum lookup_state state, msec now)
{
	if (state == LOOKUP_PENDING)
		return PENDING;
	if (state == LOOKUP_FAILED)
		note_failure(a);
	return go_on(a, now);
}

enum outcome attempt_open(struct attempt *a, const struct target *t, unsigned number, msec now, msec deadline)
{
	attempt_close(a);
	a->target = t;
	a->number = number;
	a->next = 0;
	a->next_start = NEVER;
	a->deadline = deadline;
	a->best.reason = NOTHING_YET;
	a->lookup.found.count = 0;
	switch (t->scheme->medium) {
	case BY_FILE:
		return look_at_file(a);
	case BY_SOCKET:
		return start_conversation(a, NULL) ? PENDING : end(a, NOT_READY);
	case BY_NETWORK:
		break;
	}
	return follow_lookup(a, lookup_open(&a->lookup, t->host.value, t->port, now, deadline, &a->last), now);
}

static enum outcome time_out(struct attempt *a)
{
	struct conversation *c;

	if (is_looking(a)) {
		lookup_time_out(&a->lookup, &a->last);
		note_failure(a);
	}
	while ((c = find(a, is_talking)))
		cut_short(a, c);
	return end(a, NOT_READY);
}

static enum outcome step_talk(struct attempt *a, struct conversation *c, msec now)
{
	enum outcome outcome = conversation_step(c, now, &a->last);

	if (outcome == READY)
		return end(a, READY);
	if (outcome == PENDING)
		return PENDING;
	note_failure(a);
	start_next(a, now);
	return go_on(a, now);
}

enum outcome attempt_step(struct attempt *a, const short revents[SOURCES], msec now)
{
	enum outcome outcome = PENDING;

	for (int i = 0; i < SIDE_BY_SIDE; i++) {
		struct conversation *c = &a->talks[i];

		if (is_draining(c)) {
			if (revents[1 + i] || now >= c->drained)
				conversation_drain(c, now);
		} else if (outcome == PENDING && is_talking(c) && revents[1 + i]) {
			outcome = step_talk(a, c, now);
		}
	}
	if (outcome != PENDING || !is_under_way(a))
		return outcome;
	if (now >= a->deadline)
		return time_out(a);
	if (is_looking(a))
		return follow_lookup(a, lookup_step(&a->lookup, revents[0], now), now);
	if (now >= a->next_start)
		start_next(a, now);
	return go_on(a, now);
}

msec attempt_await(struct attempt *a, struct pollfd entries[SOURCES])
{
	msec wake = is_under_way(a) ? earlier(a->deadline, a->next_start) : NEVER;

	entries[0] = (struct pollfd){.fd = a->lookup.fd, .events = a->lookup.events};
	if (is_looking(a))
		wake = earlier(wake, a->lookup.wake);
	for (int i = 0; i < SIDE_BY_SIDE; i++) {
		struct conversation *c = &a->talks[i];

		entries[1 + i] = (struct pollfd){.fd = c->stream.fd};
		if (!is_absent(c))
			entries[1 + i].events = stream_events(&c->stream);
		if (is_draining(c))
			wake = earlier(wake, c->drained);
	}
	return wake;
}
