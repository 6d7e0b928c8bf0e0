/* SPDX-License-Identifier: MIT */
/* amqp, amqps: version 0-9-1, whose server starts the connection (§4.2.2). */
#include "probe/probe.h"

#include "probe/wire.h"

enum {
	HEADER_LEN = 8, /* "AMQP", and a version */
	METHOD_AT = 7, /* behind a frame's type, channel and length */
	START_LEN = METHOD_AT + 4, /* class and method */
};

/* Does it begin so, as far as it goes? */
static bool fits(struct span heard, struct span start)
{
	return span_starts_with(heard, span_head(start, heard.len));
}

/* A peer that speaks another version tells which one, and closes. */
static enum outcome judge_version(struct span version, struct verdict *verdict)
{
	unsigned major = big_take(&version, 1), minor = big_take(&version, 1);

	verdict_fail(verdict, NOT_THIS_PROTOCOL, 0, "AMQP 0-9-1, but %u-%u-%u", major, minor, big_take(&version, 1));
	return NOT_READY;
}

static enum outcome amqp_judge(const struct target *t, const struct heard *heard, struct buf *say,
			       struct verdict *verdict)
{
	struct span rest = heard->bytes;
	bool is_header = fits(rest, SPAN("AMQP"));
	bool is_method = fits(rest, SPAN("\1\0\0")); /* a frame's type, and channel 0 */

	(void)t;
	buf_put(say, SPAN("AMQP\0\0\x09\x01"));
	if (rest.len < (is_header ? HEADER_LEN : START_LEN) && (is_header || is_method))
		return judge_unfinished(heard, verdict);
	if (is_header)
		return judge_version(span_tail(rest, 5), verdict);
	if (is_method && span_starts_with(span_tail(rest, METHOD_AT), SPAN("\0\x0a\0\x0a")))
		return READY;
	return judge_foreign("AMQP", &rest, verdict);
}

const struct probe amqp_probe = {amqp_judge};
