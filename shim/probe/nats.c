/* SPDX-License-Identifier: MIT */
/* nats: the server speaks first and tells about itself, also when it is full: so it is asked, unless that takes more. */
#include "probe/probe.h"

#include "probe/wire.h"

static enum outcome nats_judge(const struct target *t, const struct heard *heard, struct buf *say,
			       struct verdict *verdict)
{
	struct span rest = heard->bytes, line;

	while (line_take(&rest, &line)) {
		if (span_starts_with(line, SPAN("-ERR")))
			return judge_refusal(t, SERVER_SAYS_WAIT, &line, verdict);
		if (span_equals(line, SPAN("PONG")))
			return READY;
		if (!span_starts_with(line, SPAN("INFO ")))
			return judge_foreign("NATS", &line, verdict);
		/* One that wants a password or TLS answers nobody without, and logs who asks. */
		if (span_from(line, SPAN("_required\":true")).len > 0)
			return READY;
		buf_put_text(say, "PING\r\n");
	}
	return judge_unfinished(heard, verdict);
}

const struct probe nats_probe = {nats_judge};
