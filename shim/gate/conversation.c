/* SPDX-License-Identifier: MIT */
#include "gate/conversation.h"

#include <poll.h>

enum { DRAIN_TIME = 50 }; /* ms; a server that closes after its answer takes less than one */

bool is_talking(const struct conversation *c)
{
	return c->stream.fd >= 0 && !c->is_over;
}

bool is_draining(const struct conversation *c)
{
	return c->stream.fd >= 0 && c->is_over;
}

short conversation_events(const struct conversation *c)
{
	return (short)(c->stream.events | (c->has_more_to_say ? POLLOUT : 0));
}

bool conversation_open(struct conversation *c, const struct target *t, const struct address *address,
		       const struct equipment *e, struct verdict *v)
{
	struct tls_peer peer = {t->server_name.value, e->trust, t->server_name.shown};
	bool opened;

	*c = (struct conversation){.target = t, .scratch = e->scratch};
	opened = address ? stream_open(&c->stream, address, v) : stream_open_local(&c->stream, t->path.value, v);
	if (!opened) {
		c->stream.fd = -1;
		return false;
	}
	if (t->scheme->security == TLS)
		stream_secure(&c->stream, e->tls, &peer);
	return true;
}

static void finish(struct conversation *c, msec now)
{
	c->is_over = true;
	c->drained = now + DRAIN_TIME;
	stream_finish(&c->stream);
	conversation_drain(c, POLLIN, now);
}

/* Sends what the probe has to say and was not sent yet. */
static void say(struct conversation *c, struct span text, struct verdict *v)
{
	ssize_t n = c->is_cut ? 0 : stream_write(&c->stream, span_tail(text, c->said), v);

	if (n < 0)
		c->is_cut = true;
	else
		c->said += (unsigned)n;
	c->has_more_to_say = !c->is_cut && c->said < text.len;
}

static enum outcome fail_too_long(struct verdict *v)
{
	char memory[24];
	struct buf b = buf_init(memory, sizeof(memory));

	buf_put_number(&b, HEARD_MAX);
	buf_put_text(&b, " bytes");
	verdict_fail(v, ANSWER_TOO_LONG, 0, "%s", buf_text(&b));
	return NOT_READY;
}

/* Asks the probe, and says what it wants said. */
static enum outcome judge(struct conversation *c, struct verdict *v)
{
	struct heard heard = {{c->scratch->heard, c->heard}, c->eof};
	struct buf text = buf_init(c->scratch->say, sizeof(c->scratch->say));
	struct verdict unsaid;
	enum outcome outcome = c->target->scheme->probe->judge(c->target, heard, &text, v);

	say(c, buf_span(&text), outcome == PENDING ? v : &unsaid);
	return outcome == PENDING && c->heard == HEARD_MAX ? fail_too_long(v) : outcome;
}

/* Reads all that has come. */
static enum outcome listen_on(struct conversation *c, struct verdict *v)
{
	enum outcome outcome = PENDING;

	while (outcome == PENDING && !c->eof) {
		ssize_t n = stream_read(&c->stream, c->scratch->heard + c->heard, HEARD_MAX - c->heard, &c->eof, v);

		if (n < 0)
			return NOT_READY;
		if (n == 0 && !c->eof)
			break;
		c->heard += (unsigned)n;
		outcome = judge(c, v);
	}
	/* A server that refuses may answer and reset before it was asked: what it said counted more. */
	return outcome == PENDING && c->is_cut ? NOT_READY : outcome;
}

static enum outcome talk(struct conversation *c, struct verdict *v)
{
	enum outcome outcome = judge(c, v);

	return outcome == PENDING ? listen_on(c, v) : outcome;
}

enum outcome conversation_step(struct conversation *c, short revents, msec now, struct verdict *v)
{
	enum stream_state state = c->stream.state;
	enum outcome outcome = PENDING;

	if (state != STREAM_OPEN)
		state = stream_settle(&c->stream, revents, clock_calendar(), v);
	switch (state) {
	case STREAM_CONNECTING:
	case STREAM_SHAKING_HANDS:
		return PENDING;
	case STREAM_OPEN:
		outcome = talk(c, v);
		break;
	case STREAM_FAILED:
		outcome = NOT_READY;
		break;
	}
	if (outcome != PENDING)
		finish(c, now);
	return outcome;
}

void conversation_time_out(const struct conversation *c, struct verdict *v)
{
	if (c->stream.state != STREAM_OPEN)
		stream_time_out(&c->stream, v);
	else if (c->heard == 0)
		verdict_fail(v, ANSWER_TIMED_OUT, 0, "no answer in time");
	else
		verdict_fail(v, ANSWER_TIMED_OUT, 1, "the answer did not end in time");
}

void conversation_drain(struct conversation *c, short revents, msec now)
{
	if (now >= c->drained || (revents && stream_drain(&c->stream)))
		conversation_close(c);
}

void conversation_close(struct conversation *c)
{
	stream_close(&c->stream);
	c->stream.fd = -1;
}
