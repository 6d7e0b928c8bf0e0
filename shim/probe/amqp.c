/* SPDX-License-Identifier: MIT */
/* amqp, amqps: version 0-9-1, whose server starts the connection (§4.2.2). */
#include "probe/probe.h"

#include "probe/wire.h"

static enum outcome amqp_judge(const struct target *t, const struct heard *heard, struct buf *say,
			       struct verdict *verdict)
{
	struct span rest = heard->bytes;

	(void)t;
	buf_put(say, SPAN("AMQP\0\0\x09\x01"));
	if (span_starts_with(rest, SPAN("AMQP")) && rest.len >= 8) {
		verdict_fail(verdict, NOT_THIS_PROTOCOL, 0, "AMQP 0-9-1, but %u-%u-%u", rest.at[5], rest.at[6],
			     rest.at[7]);
		return NOT_READY;
	}
	if (rest.len < 11 && (rest.len == 0 || rest.at[0] == 1 || span_starts_with(SPAN("AMQP"), span_head(rest, 4))))
		return judge_unfinished(heard, verdict);
	if (big_take(&rest, 3) != 0x010000) /* a frame with a method, on channel 0 */
		return judge_foreign("AMQP", &heard->bytes, verdict);
	big_take(&rest, 4);
	return big_take(&rest, 4) == 0x000a000a ? READY : judge_foreign("AMQP", &heard->bytes, verdict);
}

const struct probe amqp_probe = {amqp_judge};
