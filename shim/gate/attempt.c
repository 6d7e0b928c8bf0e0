/* SPDX-License-Identifier: MIT */
#include "gate/attempt.h"

#include <errno.h>
#include <unistd.h>

enum { NEXT_ADDRESS_AFTER = 250 }; /* ms, RFC 8305 §5 */

bool is_under_way(const struct attempt *a)
{
	return a->target != NULL;
}

bool is_closed(const struct attempt *a)
{
	for (int i = 0; i < SIDE_BY_SIDE; i++)
		if (a->talks[i].stream.fd >= 0)
			return false;
	return !a->is_looking;
}

void attempt_init(struct attempt *a)
{
	a->target = NULL;
	a->is_looking = false;
	for (int i = 0; i < SIDE_BY_SIDE; i++)
		a->talks[i].stream.fd = -1;
}

static void stop_looking(struct attempt *a)
{
	if (a->is_looking)
		lookup_close(&a->lookup);
	a->is_looking = false;
}

void attempt_close(struct attempt *a)
{
	stop_looking(a);
	for (int i = 0; i < SIDE_BY_SIDE; i++)
		if (a->talks[i].stream.fd >= 0)
			conversation_close(&a->talks[i]);
	a->target = NULL;
}

/* The attempt is over; conversations that lost, or that nobody waits for any more, are cut. */
static enum outcome end(struct attempt *a, enum outcome outcome)
{
	stop_looking(a);
	for (int i = 0; i < SIDE_BY_SIDE; i++)
		if (is_talking(&a->talks[i]))
			conversation_close(&a->talks[i]);
	a->target = NULL;
	return outcome;
}

void attempt_abandon(struct attempt *a)
{
	end(a, NOT_READY);
}

/* The first of two that got equally far stands. */
static void note_failure(struct attempt *a, const struct verdict *v)
{
	if (v->reason > a->best.reason)
		a->best = *v;
}

static bool is_anybody_talking(const struct attempt *a)
{
	for (int i = 0; i < SIDE_BY_SIDE; i++)
		if (is_talking(&a->talks[i]))
			return true;
	return false;
}

/* A place for one more conversation: a free one, else a draining one, else the older of two. */
static unsigned place_for_next(struct attempt *a)
{
	for (unsigned i = 0; i < SIDE_BY_SIDE; i++)
		if (a->talks[i].stream.fd < 0)
			return i;
	for (unsigned i = 0; i < SIDE_BY_SIDE; i++)
		if (is_draining(&a->talks[i]))
			return i;
	return (a->newest + 1) % SIDE_BY_SIDE;
}

static void make_room(struct attempt *a, unsigned place)
{
	struct conversation *c = &a->talks[place];
	struct verdict v;

	if (c->stream.fd < 0)
		return;
	if (is_talking(c)) {
		conversation_time_out(c, &v);
		note_failure(a, &v);
	}
	conversation_close(c);
}

static bool start_conversation(struct attempt *a, const struct address *address)
{
	unsigned place = place_for_next(a);
	struct verdict v;

	make_room(a, place);
	if (!conversation_open(&a->talks[place], a->target, address, &a->equipment[place], &v)) {
		note_failure(a, &v);
		return false;
	}
	a->newest = place;
	return true;
}

/*
 * Tries the next address. With many of them each attempt begins at another one, so that all
 * get their turn even where silent ones eat up the time.
 */
static bool start_next(struct attempt *a, msec now)
{
	const struct addresses *found = &a->lookup.found;
	unsigned first = found->count > SIDE_BY_SIDE ? a->number % found->count : 0;

	a->next_start = NEVER;
	while (a->next < found->count) {
		const struct address *address = &found->list[(first + a->next++) % found->count];

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
	if (is_anybody_talking(a) || start_next(a, now))
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

static enum outcome look_up(struct attempt *a, msec now)
{
	struct verdict v;

	a->is_looking = true;
	switch (lookup_open(&a->lookup, a->target->host.value, a->target->port, now, a->deadline, &v)) {
	case LOOKUP_PENDING:
		return PENDING;
	case LOOKUP_DONE:
		stop_looking(a);
		return go_on(a, now);
	case LOOKUP_FAILED:
		note_failure(a, &v);
		break;
	}
	return end(a, NOT_READY);
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
	return look_up(a, now);
}

static enum outcome time_out(struct attempt *a)
{
	struct verdict v;

	if (a->is_looking) {
		lookup_time_out(&a->lookup, &v);
		note_failure(a, &v);
	}
	for (int i = 0; i < SIDE_BY_SIDE; i++) {
		if (!is_talking(&a->talks[i]))
			continue;
		conversation_time_out(&a->talks[i], &v);
		note_failure(a, &v);
	}
	return end(a, NOT_READY);
}

static enum outcome step_lookup(struct attempt *a, short revents, msec now)
{
	struct verdict v;

	switch (lookup_step(&a->lookup, revents, now, &v)) {
	case LOOKUP_PENDING:
		return PENDING;
	case LOOKUP_DONE:
		stop_looking(a);
		break;
	case LOOKUP_FAILED:
		stop_looking(a);
		note_failure(a, &v);
		break;
	}
	return go_on(a, now);
}

static enum outcome step_talk(struct attempt *a, struct conversation *c, short revents, msec now)
{
	struct verdict v;
	enum outcome outcome;

	if (!revents)
		return PENDING;
	outcome = conversation_step(c, revents, now, &v);
	if (outcome == READY)
		return end(a, READY);
	if (outcome == PENDING)
		return PENDING;
	note_failure(a, &v);
	start_next(a, now);
	return go_on(a, now);
}

enum outcome attempt_step(struct attempt *a, const short revents[SOURCES], msec now)
{
	enum outcome outcome = PENDING;

	for (int i = 0; i < SIDE_BY_SIDE; i++)
		if (is_draining(&a->talks[i]))
			conversation_drain(&a->talks[i], revents[1 + i], now);
		else if (outcome == PENDING && is_under_way(a) && is_talking(&a->talks[i]))
			outcome = step_talk(a, &a->talks[i], revents[1 + i], now);
	if (outcome != PENDING || !is_under_way(a))
		return outcome;
	if (now >= a->deadline)
		return time_out(a);
	if (a->is_looking)
		return step_lookup(a, revents[0], now);
	if (now >= a->next_start)
		start_next(a, now);
	return go_on(a, now);
}

static msec earlier(msec a, msec b)
{
	return a < b ? a : b;
}

msec attempt_await(const struct attempt *a, struct pollfd entries[SOURCES])
{
	msec wake = is_under_way(a) ? earlier(a->deadline, a->next_start) : NEVER;

	entries[0] = (struct pollfd){.fd = -1};
	if (a->is_looking) {
		entries[0] = (struct pollfd){.fd = a->lookup.fd, .events = a->lookup.events};
		wake = earlier(wake, a->lookup.wake);
	}
	for (int i = 0; i < SIDE_BY_SIDE; i++) {
		const struct conversation *c = &a->talks[i];

		entries[1 + i] = (struct pollfd){.fd = c->stream.fd, .events = conversation_events(c)};
		if (is_draining(c))
			wake = earlier(wake, c->drained);
	}
	return wake;
}
