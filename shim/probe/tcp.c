/* SPDX-License-Identifier: MIT */
/* tcp, tls, unix: to be let in is to be ready. */
#include "probe/probe.h"

static enum outcome tcp_judge(const struct target *target, const struct heard *heard, struct buf *say,
			      struct verdict *verdict)
{
	(void)target, (void)heard, (void)say, (void)verdict;
	return READY;
}

const struct probe tcp_probe = {tcp_judge};
