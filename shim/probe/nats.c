/* SPDX-License-Identifier: MIT */
/* nats: the server speaks first, and tells about itself. */
#include "probe/probe.h"

#include "probe/wire.h"

static enum outcome nats_judge(const struct target *t, const struct heard *heard, struct buf *say,
			       struct verdict *verdict)
{
	struct span rest = heard->bytes, line;
	bool is_complete = line_take(&rest, &line);

	(void)say;
	if (span_starts_with(line, SPAN("INFO ")))
		return READY;
	if (!is_complete)
		return judge_unfinished(heard, verdict);
	if (span_starts_with(line, SPAN("-ERR")))
		return judge_refusal(t, SERVER_SAYS_WAIT, &line, verdict);
	return judge_foreign("NATS", &line, verdict);
}

const struct probe nats_probe = {nats_judge};
