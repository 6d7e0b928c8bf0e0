/* SPDX-License-Identifier: MIT */
/* cassandra: OPTIONS of the native protocol 4, which is answered before anybody is asked for a password. */
#include "probe/probe.h"

#include "probe/wire.h"

enum {
	HEADER_LEN = 9, /* version, flags, stream, opcode, length */
	RESPONSE = 0x80, /* in the version */
	OPCODE_ERROR = 0,
	OPCODE_SUPPORTED = 6,
	PROTOCOL_ERROR = 0x0a, /* such as a version that it does not know */
};

static enum outcome judge_error(const struct target *t, struct span body, struct verdict *verdict)
{
	unsigned code = big_take(&body, 4);
	size_t len = big_take(&body, 2);

	body = span_head(body, len);
	return judge_refusal(t, code == PROTOCOL_ERROR ? SERVER_SAYS_NO : SERVER_SAYS_WAIT, &body, verdict);
}

static enum outcome cassandra_judge(const struct target *t, const struct heard *heard, struct buf *say,
				    struct verdict *verdict)
{
	struct span rest = heard->bytes;
	unsigned opcode, len;

	buf_put(say, SPAN("\x04\0\0\0\x05\0\0\0\0"));
	if (rest.len > 0 && !(*rest.at & RESPONSE))
		return judge_foreign("Cassandra", &rest, verdict);
	if (rest.len < HEADER_LEN)
		return judge_unfinished(heard, verdict);
	big_take(&rest, 4);
	opcode = big_take(&rest, 1);
	if (opcode == OPCODE_SUPPORTED)
		return READY;
	if (opcode != OPCODE_ERROR)
		return judge_foreign("Cassandra", &heard->bytes, verdict);
	len = big_take(&rest, 4);
	if (rest.len < len)
		return judge_unfinished(heard, verdict);
	return judge_error(t, span_head(rest, len), verdict);
}

const struct probe cassandra_probe = {cassandra_judge};
