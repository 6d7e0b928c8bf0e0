/* SPDX-License-Identifier: MIT */
#include "gate/attempt.h"

#include "gate/local.h"

#include <errno.h>

enum {
	NEXT_ADDRESS_AFTER = 250, /* ms, RFC 8305 §5 */
	/* How far it got, where absence is wanted. */
	NOT_HERE = 1,
	GONE,
	DOUBTFUL,
};

static struct conversation *find(struct attempt *a, enum conversation_state state)
{
	for (int i = 0; i < SIDE_BY_SIDE; i++)
		if (a->talks[i].state == state)
			return &a->talks[i];
	return NULL;
}

static bool is_looking(const struct attempt *a)
{
	return a->lookup.fd >= 0;
}

void attempt_init(struct attempt *a)
{
	a->lookup.fd = -1;
}

static void close_all(struct attempt *a, enum conversation_state state)
{
	struct conversation *c;

	while ((c = find(a, state)))
		conversation_close(c);
}

/* The attempt is over; conversations that lost, or that nobody waits for any more, are cut. */
static enum outcome end(struct attempt *a, enum outcome outcome)
{
	lookup_close(&a->lookup);
	program_close(&a->program);
	close_all(a, TALKING);
	a->target = NULL;
	return outcome;
}

void attempt_abandon(struct attempt *a)
{
	end(a, NOT_READY);
}

/*
 * How far it got; but where absence is wanted, that is the last thing to be believed. A machine without IPv6, whose
 * errno this is, can be served at other addresses only.
 */
static unsigned rank(const struct attempt *a, const struct verdict *v)
{
	enum down down = a->target->down;

	if (down && verdict_means_gone(v, down == DOWN_OR_IN_DOUBT))
		return GONE;
	return down && v->code == EADDRNOTAVAIL ? NOT_HERE : DOUBTFUL * v->reason;
}

/* The first of two that got equally far stands. Where all addresses count, one is enough to fail. */
static void note_failure(struct attempt *a)
{
	unsigned new = rank(a, &a->last);

	if (new > rank(a, &a->best))
		a->best = a->last;
	a->has_failed |= a->target->all && new > GONE;
}

/* No conversation went well. */
static enum outcome fail(struct attempt *a)
{
	return end(a, rank(a, &a->best) == GONE ? READY : NOT_READY);
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
	struct conversation *c = find(a, ABSENT);

	if (!c && (c = find(a, DRAINING)))
		conversation_close(c);
	if (!c) {
		c = a->newest == a->talks ? a->talks + 1 : a->talks;
		cut_short(a, c);
	}
	if (!conversation_open(c, a->target, &a->whom, address, &a->last)) {
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
static void start_next(struct attempt *a, msec now)
{
	const struct addresses *found = &a->lookup.found;
	unsigned first = found->count > SIDE_BY_SIDE ? a->number : 0;

	a->next_start = NEVER;
	if (a->target->all && !find(a, ABSENT) && !find(a, DRAINING))
		return; /* none of them is cut to make room for the next */
	while (a->next < found->count && !a->has_failed) {
		const struct address *address = &found->list[(first + a->next++) % found->count];

		if (start_conversation(a, address)) {
			if (a->next < found->count)
				a->next_start = now + NEXT_ADDRESS_AFTER;
			return;
		}
	}
}

static enum outcome go_on(struct attempt *a, msec now)
{
	if (now >= a->next_start)
		start_next(a, now);
	return find(a, TALKING) && !a->has_failed ? PENDING : fail(a);
}

static enum outcome follow_lookup(struct attempt *a, enum lookup_state state, msec now)
{
	if (state == LOOKUP_PENDING)
		return PENDING;
	if (a->lookup.found.is_cut && a->target->all) {
		state = LOOKUP_FAILED;
		verdict_fail(&a->last, TOO_MANY_ADDRESSES, 0, "");
	}
	if (state == LOOKUP_FAILED)
		note_failure(a);
	else if (a->target->scheme->medium == BY_NAME)
		return end(a, READY);
	a->next_start = now;
	return go_on(a, now);
}

enum outcome attempt_open(struct attempt *a, const struct target *t, msec now, msec deadline)
{
	close_all(a, DRAINING);
	a->target = t;
	a->number++;
	a->next = a->ready = 0;
	a->has_failed = false;
	a->next_start = NEVER;
	a->deadline = deadline;
	a->best.reason = NOTHING_YET;
	switch (t->scheme->medium) {
	case BY_FILE:
	case BY_DISK:
	case BY_VARIABLE:
		return end(a, local_is_ready(t, &a->best) ? READY : NOT_READY);
	case BY_SOCKET:
		return start_conversation(a, NULL) ? PENDING : fail(a);
	case BY_PROGRAM:
		return program_open(&a->program, t->argv, &a->best) ? PENDING : end(a, NOT_READY);
	case BY_NAME:
	case BY_NETWORK:
		break;
	}
	a->lookup.found.unwanted = t->unwanted;
	a->lookup.message = (char *)a->talks->scratch; /* in which nothing is heard before the look-up is over */
	return follow_lookup(a, lookup_open(&a->lookup, t->host.value, t->port, now, deadline, &a->last), now);
}

static enum outcome time_out(struct attempt *a)
{
	struct conversation *c;

	if (is_looking(a)) {
		lookup_time_out(&a->lookup, &a->last);
		note_failure(a);
	}
	while ((c = find(a, TALKING)))
		cut_short(a, c);
	if (a->program.pid)
		verdict_fail(&a->best, PROGRAM_TIMED_OUT, 0, "");
	return fail(a);
}

static enum outcome follow_program(struct attempt *a, msec now)
{
	enum outcome outcome = program_step(&a->program, a->target, &a->best);

	if (outcome == PENDING)
		return now < a->deadline ? PENDING : time_out(a);
	return end(a, outcome);
}

enum outcome attempt_step(struct attempt *a, msec now)
{
	for (int i = 0; i < SIDE_BY_SIDE; i++) {
		enum outcome outcome = PENDING;

		if (conversation_is_due(&a->talks[i], now))
			outcome = conversation_step(&a->talks[i], now, &a->last);
		if (outcome == READY && (!a->target->all || ++a->ready == a->lookup.found.count))
			return end(a, READY);
		if (outcome == NOT_READY)
			note_failure(a);
		if (outcome != PENDING)
			a->next_start = now; /* the turn of the next address */
	}
	if (!a->target)
		return PENDING;
	if (a->program.pid)
		return follow_program(a, now);
	if (now >= a->deadline)
		return time_out(a);
	if (is_looking(a))
		return follow_lookup(a, lookup_step(&a->lookup, a->look->revents, now), now);
	return go_on(a, now);
}

msec attempt_await(struct attempt *a, struct polling *p)
{
	msec wake = a->target ? earlier(a->deadline, a->next_start) : NEVER;

	if (is_looking(a)) {
		a->look = polling_add(p, a->lookup.fd, a->lookup.events);
		wake = earlier(wake, a->lookup.wake);
	}
	program_await(&a->program, p);
	for (int i = 0; i < SIDE_BY_SIDE; i++)
		wake = earlier(wake, conversation_await(&a->talks[i], p));
	return wake;
}
