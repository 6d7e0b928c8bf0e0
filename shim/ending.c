/* SPDX-License-Identifier: MIT */
#include "ending.h"

#include "init/init.h"

void buf_put_ending(struct buf *b, const void *ending)
{
	const struct ending *e = ending;

	if (e->signal)
		buf_format(b, e->sender ? "%w from process %u; " : "%w from outside; ", buf_put_signal, &e->signal,
			   e->sender);
	buf_format(b, "the command ended with status %u%s after %t", e->status, e->was_killed ? " (killed)" : "",
		   e->took);
	if (e->left > 0)
		buf_format(b, e->left > 1 ? ", and %u processes that it left" : ", and a process that it left",
			   e->left);
	buf_put_text(b, e->had_others ? ", and what had entered" : "");
}
