/* SPDX-License-Identifier: MIT */
#include "probe/probe.h"

enum outcome judge_closed(struct heard heard, struct verdict *verdict)
{
	bool silent = heard.bytes.len == 0;

	verdict_fail(verdict, ANSWER_CLOSED, 0, silent ? "without an answer" : "in the middle of the answer");
	return NOT_READY;
}

enum outcome judge_foreign(const char *protocol, struct heard heard, struct verdict *verdict)
{
	char memory[DETAIL_MAX];
	struct buf b = buf_init(memory, sizeof(memory));

	buf_put_text(&b, protocol);
	buf_put_text(&b, " (it says \"");
	buf_put_excerpt(&b, span_head(heard.bytes, span_find(heard.bytes, '\n')), 24);
	buf_put_text(&b, "\")");
	verdict_fail(verdict, NOT_THIS_PROTOCOL, 0, "%s", buf_text(&b));
	return NOT_READY;
}
