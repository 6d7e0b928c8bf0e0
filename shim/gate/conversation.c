/* SPDX-License-Identifier: MIT */
#include "gate/conversation.h"

enum { DRAIN_TIME = 50 }; /* ms; a server that closes after its answer takes less than one */

bool is_absent(const struct conversation *c)
{
	return c->stream.fd < 0;
}

bool is_talking(const struct conversation *c)
{
	return c->stream.fd >= 0 && !c->is_over;
}

bool is_draining(const struct conversation *c)
{
	return c->stream.fd >= 0 && c->is_over;
}

bool conversation_open(struct conversation *c, const struct target *t, const struct address *address, struct verdict *v)
{
	c->target = t;
	c->said = c->heard = 0;
	c->is_cut = c->is_over = false;
	if (address ? !stream_open(&c->stream, address, v) : !stream_open_local(&c->stream, t->path.value, v))
		return false;
	c->whom = (struct tls_peer){t->server_name.value, c->equipment->trust, t->server_name.shown};
	if (t->scheme->security == TLS)
		stream_secure(&c->stream, c->equipment->tls, &c->whom);
	return true;
}

static void finish(struct conversation *c, msec now)
{
	c->is_over = true;
	c->drained = now + DRAIN_TIME;
	stream_finish(&c->stream);
	conversation_drain(c, now);
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
	struct scratch *scratch = c->equipment->scratch;
	struct heard heard = {{scratch->heard, c->heard}, c->stream.eof};
	struct buf text = buf_init(scratch->say, sizeof(scratch->say));
	enum outcome outcome = c->target->scheme->probe->judge(c->target, heard, &text, v);

	if (outcome != NOT_READY)
		say(c, buf_span(&text), v);
	if (outcome != PENDING || c->heard < HEARD_MAX)
		return outcome;
	verdict_fail(v, ANSWER_TOO_LONG, 0, "%u bytes", HEARD_MAX);
	return NOT_READY;
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
		n = stream_read(&c->stream, c->equipment->scratch->heard + c->heard, HEARD_MAX - c->heard, v);
		if (n < 0)
			return NOT_READY;
	} while (n > 0 || c->stream.eof);
	/* A server that refuses may answer and reset before it was asked: what it said counted more. */
	return outcome == PENDING && c->is_cut ? NOT_READY : outcome;
}

enum outcome conversation_step(struct conversation *c, msec now, struct verdict *v)
{
	enum outcome outcome = PENDING;

	switch (stream_settle(&c->stream, clock_calendar(), v)) {
	case STREAM_CONNECTING:
	case STREAM_SHAKING_HANDS:
		break;
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
	else
		verdict_fail(v, ANSWER_TIMED_OUT, c->heard > 0,
			     c->heard > 0 ? "the answer did not end in time" : "no answer in time");
}

void conversation_drain(struct conversation *c, msec now)
{
	if (stream_drain(&c->stream) || now >= c->drained)
		conversation_close(c);
}

void conversation_close(struct conversation *c)
{
	stream_close(&c->stream);
}
