/* SPDX-License-Identifier: MIT */
/* What check prints. */
#include "line.h"
#include "output.h"

#include <unistd.h>

enum { CHECK_MAX = 4096 }; /* Docker keeps no more of a health check's output */

/* False when there is no room for it, and for a word about those that follow. */
static bool put_check_line(const struct report *r, struct buf *b, const struct progress *p)
{
	enum { LAST_WORDS = 40 };
	bool ready = p->standing == IS_READY;
	char memory[LINE_BYTES];
	struct buf line = buf_init(memory, sizeof(memory));
	struct line l;

	line_init(&l, ready ? INFO : ERROR, ready ? "ready" : "not-ready", p);
	buf_format(&l.text, "%w (%u ms)", buf_put_state, p, (unsigned)p->elapsed);
	if (r->format == LOG_JSON) {
		buf_put_line(&line, &l, LOG_JSON);
	} else {
		struct span text = buf_span(&l.text);

		buf_format(&line, ready ? "%S: %S\n" : "%S: not ready: %S\n", &p->target->label, &text);
	}
	if (line.len + LAST_WORDS > b->cap - b->len)
		return false;
	buf_put(b, buf_span(&line));
	return true;
}

/* How many of those that are ready, or not, found room. */
static unsigned put_check_lines(const struct report *r, struct buf *b, bool ready)
{
	unsigned put = 0;

	for (unsigned i = 0; i < r->count; i++)
		if ((r->all[i].standing == IS_READY) == ready && put_check_line(r, b, &r->all[i]))
			put++;
	return put;
}

void report_check(const struct report *r)
{
	char memory[CHECK_MAX];
	struct buf b = buf_init(memory, sizeof(memory));
	unsigned wanted = r->quiet ? progress_count_not_ready(r->all, r->count) : r->count;
	unsigned put = put_check_lines(r, &b, false);

	if (!r->quiet)
		put += put_check_lines(r, &b, true);
	if (put < wanted && r->format == LOG_TEXT)
		buf_format(&b, "and %u more\n", wanted - put);
	output_all(STDOUT_FILENO, buf_span(&b));
}
