/* SPDX-License-Identifier: MIT */
/* zookeeper: "srvr" tells the mode of a server that is part of a quorum; "ruok" would only prove a process. */
#include "probe/probe.h"

#include "probe/wire.h"

static enum outcome zookeeper_judge(const struct target *t, const struct heard *heard, struct buf *say,
				    struct verdict *verdict)
{
	struct span rest = heard->bytes, line;

	buf_put_text(say, "srvr");
	while (line_take(&rest, &line)) {
		bool is_first = line.at == heard->bytes.at;

		if (span_starts_with(line, SPAN("srvr is not executed")))
			return judge_refusal(t, SERVER_SAYS_NO, &line, verdict);
		if (span_starts_with(line, SPAN("This ZooKeeper instance")) ||
		    span_equals(line, SPAN("Mode: read-only")))
			return judge_refusal(t, SERVER_SAYS_WAIT, &line, verdict);
		if (is_first && !span_starts_with(line, SPAN("Zookeeper version")))
			return judge_foreign("ZooKeeper", &line, verdict);
		if (span_starts_with(line, SPAN("Mode: ")))
			return READY;
	}
	return judge_unfinished(heard, verdict);
}

const struct probe zookeeper_probe = {zookeeper_judge};
