/* SPDX-License-Identifier: MIT */
/* What check prints. */
#include "line.h"
#include "output.h"

#include <unistd.h>

enum { CHECK_MAX = 4096 }; /* Docker keeps no more of a health check's output */

static void put_check_message(struct buf *b, const struct progress *p)
{
	buf_put_state(b, p);
	buf_put_text(b, " (");
	buf_put_number(b, (uint64_t)p->elapsed);
	buf_put_text(b, " ms)");
}

/* False when there is no room for it, and for a word about those that follow. */
static bool put_check_line(const struct report *r, struct buf *b, const struct progress *p)
{
	enum { LAST_WORDS = 40 };
	char memory[LINE_BYTES];
	struct buf line = buf_init(memory, sizeof(memory));
	struct line l;

	line_init(&l, p->standing == IS_READY ? INFO : ERROR, p->standing == IS_READY ? "ready" : "not-ready", p);
	l.is_measured = true;
	put_check_message(&l.text, p);
	if (r->format == LOG_JSON) {
		buf_put_line(&line, &l, LOG_JSON);
	} else {
		buf_put(&line, p->target->label);
		buf_put_text(&line, p->standing == IS_READY ? ": " : ": not ready: ");
		buf_put(&line, buf_span(&l.text));
		buf_put_char(&line, '\n');
	}
	if (line.len + LAST_WORDS > b->cap - b->len)
		return false;
	buf_put(b, buf_span(&line));
	return true;
}

/* How many of those that are ready, or not, found room. */
static unsigned put_check_lines(const struct report *r, struct buf *b, const struct progress *all, unsigned count,
				bool ready)
{
	unsigned put = 0;

	for (unsigned i = 0; i < count; i++)
		if ((all[i].standing == IS_READY) == ready && put_check_line(r, b, &all[i]))
			put++;
	return put;
}

void report_check(struct report *r, const struct progress *all, unsigned count)
{
	char memory[CHECK_MAX];
	struct buf b = buf_init(memory, sizeof(memory));
	unsigned wanted = r->quiet ? progress_count_not_ready(all, count) : count;
	unsigned put = put_check_lines(r, &b, all, count, false);

	if (!r->quiet)
		put += put_check_lines(r, &b, all, count, true);
	if (put < wanted && r->format == LOG_TEXT) {
		buf_put_text(&b, "and ");
		buf_put_number(&b, wanted - put);
		buf_put_text(&b, " more\n");
	}
	output_all(STDOUT_FILENO, buf_span(&b));
}
