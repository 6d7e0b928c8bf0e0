/* SPDX-License-Identifier: MIT */
/* cassandra: OPTIONS of the native protocol 4, which is answered before anybody is asked for a password. */
#include "probe/probe.h"

#include "probe/wire.h"

enum {
	HEADER_LEN = 9, /* version, flags, stream, opcode, length */
	RESPONSE = 0x80, /* in the version */
	OPCODE_ERROR = 0,
	OPCODE_SUPPORTED = 6,
};

static enum outcome judge_error(const struct target *t, struct span body, const struct heard *heard,
				struct verdict *verdict)
{
	size_t len;

	big_take(&body, 4); /* code */
	len = big_take(&body, 2);
	if (body.len < len && !heard->eof)
		return PENDING;
	body = span_head(body, len);
	return judge_refusal(t, SERVER_SAYS_WAIT, &body, verdict);
}

static enum outcome cassandra_judge(const struct target *t, const struct heard *heard, struct buf *say,
				    struct verdict *verdict)
{
	struct span rest = heard->bytes;
	unsigned version, opcode;

	buf_put(say, SPAN("\x04\0\0\0\x05\0\0\0\0"));
	if (rest.len < HEADER_LEN)
		return judge_unfinished(heard, verdict);
	version = big_take(&rest, 1);
	big_take(&rest, 3);
	opcode = big_take(&rest, 1);
	if (!(version & RESPONSE) || (opcode != OPCODE_SUPPORTED && opcode != OPCODE_ERROR))
		return judge_foreign("Cassandra", &heard->bytes, verdict);
	if (opcode == OPCODE_SUPPORTED)
		return READY;
	return judge_error(t, span_tail(rest, 4), heard, verdict);
}

const struct probe cassandra_probe = {cassandra_judge};
