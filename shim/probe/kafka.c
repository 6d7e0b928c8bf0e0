/* SPDX-License-Identifier: MIT */
/* kafka: ApiVersions, which a broker answers before it asks who is there (KIP-35). */
#include "probe/probe.h"

#include "probe/wire.h"

enum {
	CORRELATION = 1,
	UNSUPPORTED_VERSION = 35,
	ANSWER_LEN_MIN = 10, /* length, correlation, error */
};

static enum outcome kafka_judge(const struct target *t, const struct heard *heard, struct buf *say,
				struct verdict *verdict)
{
	struct span rest = heard->bytes;
	unsigned len, error;

	(void)t;
	buf_put(say, SPAN("\0\0\0\x0a\0\x12\0\0\0\0\0\x01\xff\xff")); /* ApiVersions 0, correlation, no client */
	if (heard->bytes.len < ANSWER_LEN_MIN)
		return judge_unfinished(heard, verdict);
	len = big_take(&rest, 4);
	if (len < ANSWER_LEN_MIN - 4 || big_take(&rest, 4) != CORRELATION)
		return judge_foreign("Kafka", &heard->bytes, verdict);
	error = big_take(&rest, 2);
	if (error == 0 || error == UNSUPPORTED_VERSION)
		return READY;
	verdict_fail(verdict, SERVER_SAYS_WAIT, (int)error, "the broker answers with error %u", error);
	return NOT_READY;
}

const struct probe kafka_probe = {kafka_judge};
