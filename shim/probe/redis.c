/* SPDX-License-Identifier: MIT */
/* redis, rediss: PING is answered with PONG only when the data set is loaded. */
#include "probe/probe.h"

#include "probe/wire.h"

static void put_argument(struct buf *say, const struct span *text)
{
	buf_format(say, "$%u\r\n%S\r\n", (unsigned)text->len, text);
}

static void put_auth(struct buf *say, const struct target *t)
{
	struct span command = SPAN("AUTH");

	if (t->password.len == 0)
		return;
	buf_put_text(say, t->user.len > 0 ? "*3\r\n" : "*2\r\n");
	put_argument(say, &command);
	if (t->user.len > 0)
		put_argument(say, &t->user);
	put_argument(say, &t->password);
}

/*
 * An error that answers AUTH. One that nobody asked for does no harm, and old servers say with the same code that the
 * password is wrong: the answer to PING decides.
 */
static bool may_be_harmless(const struct target *t, const struct span *line)
{
	return t->password.len > 0 && span_starts_with(*line, SPAN("-ERR")) &&
	       !span_starts_with(*line, SPAN("-ERR max number of clients"));
}

/* `auth` is the error that answered AUTH; empty for none. */
static enum outcome judge_error(const struct target *t, struct span line, struct span auth, struct verdict *verdict)
{
	bool is_for_good = span_starts_with(line, SPAN("-WRONGPASS")) || span_starts_with(line, SPAN("-NOPERM")) ||
			   span_starts_with(line, SPAN("-DENIED"));

	if (span_starts_with(line, SPAN("-NOAUTH"))) {
		if (auth.len == 0) {
			verdict_fail(verdict, SERVER_SAYS_WAIT, 0,
				     "it wants a password, and says so while it is loading, too: give it one");
			return NOT_READY;
		}
		is_for_good = true;
		line = auth;
	}
	line = span_tail(line, 1);
	return judge_refusal(t, is_for_good ? SERVER_SAYS_NO : SERVER_SAYS_WAIT, &line, verdict);
}

static enum outcome redis_judge(const struct target *t, const struct heard *heard, struct buf *say,
				struct verdict *verdict)
{
	struct span rest = heard->bytes, line, auth = {0};

	put_auth(say, t);
	buf_put_text(say, "PING\r\nQUIT\r\n");
	for (;;) {
		bool is_first = rest.at == heard->bytes.at, is_complete = line_take(&rest, &line);
		bool is_error = span_starts_with(line, SPAN("-"));

		if (line.len > 0 && !is_error && *line.at != '+')
			return judge_foreign("Redis", &line, verdict);
		if (!is_complete)
			return judge_unfinished(heard, verdict);
		if (span_equals(line, SPAN("+PONG")))
			return READY;
		if (is_error && is_first && may_be_harmless(t, &line))
			auth = line;
		else if (is_error)
			return judge_error(t, line, auth, verdict);
		else if (!span_equals(line, SPAN("+OK")))
			return judge_foreign("Redis", &line, verdict);
	}
}

const struct probe redis_probe = {redis_judge};
