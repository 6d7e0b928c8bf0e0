/* SPDX-License-Identifier: MIT */
/* What check prints. */
#include "line.h"
#include "output.h"

#include <unistd.h>

enum { CHECK_MAX = 4096 }; /* Docker keeps no more of a health check's output */

/* For a word about the lines that found no room. */
enum { LAST_WORDS = 40 };

/* False when there is no room for it. */
static bool put_check_line(const struct report *r, struct buf *b, const struct progress *p)
{
	bool ready = p->standing == IS_READY;
	size_t before = b->len;
	struct line l;

	line_init(&l, ready ? INFO : ERROR, ready ? "ready" : "not-ready", p);
	buf_format(&l.text, ready || r->format == LOG_JSON ? "%w (%u ms)" : "not ready: %w (%u ms)", buf_put_state, p,
		   (unsigned)p->elapsed);
	buf_put_line(b, &l, r->format);
	if (!b->full)
		return true;
	b->len = before;
	b->full = false;
	return false;
}

/* How many of those that are ready, or not, found no room. */
static unsigned put_check_lines(const struct report *r, struct buf *b, bool ready)
{
	unsigned left_out = 0;

	for (const struct progress *p = r->all; p->target; p++)
		if ((p->standing == IS_READY) == ready && !put_check_line(r, b, p))
			left_out++;
	return left_out;
}

void report_check(const struct report *r)
{
	char memory[CHECK_MAX];
	struct buf b = buf_init(memory, CHECK_MAX - LAST_WORDS);
	unsigned left_out = put_check_lines(r, &b, false);

	if (!r->quiet)
		left_out += put_check_lines(r, &b, true);
	b.cap = CHECK_MAX;
	if (left_out > 0 && r->format == LOG_TEXT)
		buf_format(&b, "and %u more\n", left_out);
	output_all(STDOUT_FILENO, buf_span(&b));
}
