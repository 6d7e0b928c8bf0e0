/* SPDX-License-Identifier: MIT */
/* memcached: it tells its version. */
#include "probe/probe.h"

#include "probe/wire.h"

static enum outcome memcached_judge(const struct target *t, const struct heard *heard, struct buf *say,
				    struct verdict *verdict)
{
	struct span rest = heard->bytes, line;

	buf_put_text(say, "version\r\n");
	if (!line_take(&rest, &line))
		return judge_unfinished(heard, verdict);
	/* It listens when there is nothing left to load, so a demand for a password proves as much. */
	if (span_starts_with(line, SPAN("VERSION ")) || span_equals(line, SPAN("CLIENT_ERROR unauthenticated")))
		return READY;
	if (span_starts_with(line, SPAN("ERROR ")) || span_starts_with(line, SPAN("SERVER_ERROR ")))
		return judge_refusal(t, SERVER_SAYS_WAIT, &line, verdict);
	return judge_foreign("memcached", &line, verdict);
}

const struct probe memcached_probe = {memcached_judge};
