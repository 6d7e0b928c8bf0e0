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

/* A password that nobody asked for does no harm: the next answer decides. */
static bool is_needless_auth(const struct target *t, const struct span *line)
{
	return t->password.len > 0 && span_starts_with(*line, SPAN("-ERR")) &&
	       !span_starts_with(*line, SPAN("-ERR max"));
}

static enum outcome judge_error(const struct target *t, struct span line, struct verdict *verdict)
{
	bool is_for_good = span_starts_with(line, SPAN("-WRONGPASS")) || span_starts_with(line, SPAN("-NOPERM"));

	if (span_starts_with(line, SPAN("-NOAUTH"))) {
		verdict_fail(verdict, SERVER_SAYS_WAIT, 0,
			     "it wants a password, and says so while it is loading, too: give it one");
		return NOT_READY;
	}
	line = span_tail(line, 1);
	return judge_refusal(t, is_for_good ? SERVER_SAYS_NO : SERVER_SAYS_WAIT, &line, verdict);
}

static enum outcome redis_judge(const struct target *t, const struct heard *heard, struct buf *say,
				struct verdict *verdict)
{
	struct span rest = heard->bytes, line;

	put_auth(say, t);
	buf_put_text(say, "PING\r\nQUIT\r\n");
	while (rest.len > 0) {
		bool is_first = rest.at == heard->bytes.at;
		bool is_complete = line_take(&rest, &line);

		if (line.len > 0 && line.at[0] != '+' && line.at[0] != '-')
			return judge_foreign("Redis", &line, verdict);
		if (!is_complete)
			break;
		if (span_equals(line, SPAN("+PONG")))
			return READY;
		if (line.len > 0 && line.at[0] == '-' && !(is_first && is_needless_auth(t, &line)))
			return judge_error(t, line, verdict);
	}
	return judge_unfinished(heard, verdict);
}

const struct probe redis_probe = {redis_judge};
