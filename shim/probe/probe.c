/* SPDX-License-Identifier: MIT */
#include "probe/probe.h"

unsigned heard_max(const struct target *t)
{
	return t->body.len > 0 || t->expected ? HEARD_LONG_MAX : HEARD_MAX;
}

enum outcome judge_unfinished(const struct heard *heard, struct verdict *verdict)
{
	if (!heard->eof)
		return PENDING;
	verdict_fail(verdict, ANSWER_CLOSED, 0, heard->bytes.len ? "in the middle of the answer" : "without an answer");
	return NOT_READY;
}

enum outcome judge_refusal(const struct target *target, enum reason reason, const struct span *words,
			   struct verdict *verdict)
{
	const char *form = words->len > 0 ? "%q" : "an error without words";

	if (span_from(*words, target->password).len > 0)
		form = "an error that repeats the password";
	verdict_fail(verdict, reason, 0, form, words);
	return NOT_READY;
}

static void put_start(struct buf *b, const void *said)
{
	buf_put_excerpt(b, *(const struct span *)said, 24);
}

enum outcome judge_foreign(const char *protocol, const struct span *said, struct verdict *verdict)
{
	verdict_fail(verdict, NOT_THIS_PROTOCOL, 0, "%s (it says \"%w\")", protocol, put_start, said);
	return NOT_READY;
}
