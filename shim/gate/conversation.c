/* SPDX-License-Identifier: MIT */
#include "gate/conversation.h"

#include <string.h>

enum { DRAIN_TIME = 50 }; /* ms; a server that closes after its answer takes less than one */

static void secure(struct conversation *c)
{
	stream_secure(&c->stream, (struct tls *)c->scratch->tls, c->whom);
}

bool conversation_open(struct conversation *c, const struct target *t, const struct tls_peer *whom,
		       const struct address *address, struct verdict *v)
{
	c->target = t;
	c->said = c->heard = 0;
	c->is_cut = c->is_secure = false;
	c->wake = NEVER;
	c->entry = NULL;
	if (address ? !stream_open(&c->stream, address, v) : !stream_open_local(&c->stream, t->path.value, v))
		return false;
	c->state = TALKING;
	c->whom = whom;
	if (t->scheme->security >= TLS)
		secure(c);
	return true;
}

msec conversation_await(struct conversation *c, struct polling *p)
{
	if (c->state == ABSENT)
		return NEVER;
	c->entry = polling_add(p, c->stream.fd, stream_events(&c->stream));
	return c->wake;
}

bool conversation_is_due(const struct conversation *c, msec now)
{
	return c->state != ABSENT && (now >= c->wake || (c->entry && c->entry->revents));
}

static void drain(struct conversation *c, msec now)
{
	if (stream_drain(&c->stream) || now >= c->wake)
		conversation_close(c);
}

static void finish(struct conversation *c, msec now)
{
	c->state = DRAINING;
	c->wake = now + DRAIN_TIME;
	stream_finish(&c->stream);
	drain(c, now);
}

/* Sends what the probe has to say and was not sent yet. */
static void say(struct conversation *c, struct span text, struct verdict *v)
{
	ssize_t n = c->is_cut ? 0 : stream_write(&c->stream, span_tail(text, c->said), v);

	if (n < 0)
		c->is_cut = true;
	else
		c->said += (unsigned)n;
}

/* Asks the probe, and says what it wants said. */
static enum outcome judge(struct conversation *c, struct verdict *v)
{
	struct heard heard = {{c->scratch->heard, c->heard}, c->stream.eof, c->is_secure};
	struct buf text = buf_init(c->scratch->say, SAY_MAX);
	enum outcome outcome = c->target->scheme->probe->judge(c->target, &heard, &text, v);

	if (outcome != NOT_READY)
		say(c, buf_span(&text), v);
	if (outcome != PENDING || c->heard < heard_max(c->target))
		return outcome;
	verdict_fail(v, ANSWER_TOO_LONG, 0, "%u bytes", c->heard);
	return NOT_READY;
}

/* Nothing that came in clear text counts any more, and what came too early least of all (CVE-2021-23222). */
static void begin_again(struct conversation *c)
{
	c->said = c->heard = 0;
	c->is_secure = true;
	secure(c);
}

/* Reads all that has come. */
static enum outcome talk(struct conversation *c, struct verdict *v)
{
	enum outcome outcome;
	ssize_t n = 0;

	do {
		c->heard += (unsigned)n;
		outcome = judge(c, v);
		if (outcome != PENDING || c->stream.eof)
			break;
		n = stream_read(&c->stream, c->scratch->heard + c->heard, heard_max(c->target) - c->heard, v);
		if (n < 0)
			return NOT_READY;
	} while (n > 0 || c->stream.eof);
	/* A server that refuses may answer and reset before it was asked: what it said counted more. */
	return outcome == PENDING && c->is_cut ? NOT_READY : outcome;
}

/* Where all addresses count: which one it was, if the words for the reason do not say so. */
static void add_place(const struct conversation *c, struct verdict *v)
{
	_Static_assert(sizeof(c->stream.peer) == sizeof(v->place), "an address fits");
	if (!c->target->all || v->reason <= TLS_RESET || c->stream.is_local)
		return;
	v->put_place = buf_put_address;
	memcpy(v->place, &c->stream.peer, sizeof(v->place));
}

/* Whoever was reached is there, whatever the probe thinks of it. */
static enum outcome conclude(const struct conversation *c, enum outcome outcome, struct verdict *v)
{
	if (c->target->down && (outcome == READY || v->reason > REFUSED)) {
		verdict_fail(v, STILL_THERE, 0, "");
		outcome = NOT_READY;
	}
	if (outcome == NOT_READY)
		add_place(c, v);
	return outcome;
}

enum outcome conversation_step(struct conversation *c, msec now, struct verdict *v)
{
	enum outcome outcome = PENDING;

	if (c->state == DRAINING) {
		drain(c, now);
		return PENDING;
	}
	switch (stream_settle(&c->stream, clock_calendar(), v)) {
	case STREAM_CONNECTING:
	case STREAM_SHAKING_HANDS:
		break;
	case STREAM_OPEN:
		outcome = talk(c, v);
		if (outcome == START_TLS) {
			begin_again(c);
			outcome = PENDING;
		}
		break;
	case STREAM_FAILED:
		outcome = NOT_READY;
		break;
	}
	if (outcome == PENDING)
		return PENDING;
	finish(c, now);
	return conclude(c, outcome, v);
}

void conversation_time_out(const struct conversation *c, struct verdict *v)
{
	if (c->stream.state != STREAM_OPEN)
		stream_time_out(&c->stream, v);
	else
		verdict_fail(v, ANSWER_TIMED_OUT, c->heard > 0,
			     c->heard > 0 ? "the answer did not end in time" : "no answer in time");
	add_place(c, v);
}

void conversation_close(struct conversation *c)
{
	stream_close(&c->stream);
	c->state = ABSENT;
}
