/* SPDX-License-Identifier: MIT */
#include "base/progress.h"

void buf_put_state(struct buf *b, const void *progress)
{
	const struct progress *p = progress;

	if (p->standing == IS_READY)
		buf_put_text(b, p->target->down ? "gone" : "ready");
	else
		buf_put_verdict(b, &p->verdict);
}

unsigned progress_count_not_ready(const struct progress *all, unsigned count)
{
	unsigned n = 0;

	for (unsigned i = 0; i < count; i++)
		n += all[i].standing != IS_READY;
	return n;
}
