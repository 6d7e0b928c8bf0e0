/* SPDX-License-Identifier: MIT */
/* The mistakes of a configuration, each with its text, a caret under the place, and what would be right. */
#include "report.h"

#include "base/redact.h"

enum { SHOWN_MAX = 160 }; /* columns; under a longer text a caret helps nobody */

/* What follows are writers of struct mistake, each for one line. */

static void put_problem(struct buf *b, const void *mistake)
{
	const struct mistake *m = mistake;

	buf_format(b, m->declared.source.len ? "%w: %S" : "%w%S", buf_put_word, &m->declared.source, &m->problem);
}

static void put_all(struct buf *b, const void *mistake)
{
	const struct mistake *m = mistake;

	put_problem(b, m);
	if (m->declared.text.len > 0) {
		buf_put_text(b, " in ");
		redact(b, m->declared.text, m->where);
	}
	buf_format(b, m->hint.len ? "; %S" : "", &m->hint);
}

static void put_indented(struct buf *b, const void *mistake)
{
	const struct mistake *m = mistake;

	buf_put_text(b, "  ");
	redact(b, m->declared.text, m->where);
}

static void put_caret(struct buf *b, const void *mistake)
{
	const struct mistake *m = mistake;
	struct buf unseen = *b;
	struct caret caret = redact(&unseen, m->declared.text, m->where);

	if (caret.at + caret.len > SHOWN_MAX)
		caret = (struct caret){0};
	buf_pad(b, 2 + caret.at);
	while (caret.len--)
		buf_put_char(b, '^');
	buf_format(b, m->hint.len ? " %S" : "", &m->hint);
}

static void say(struct report *r, writer *write, const struct mistake *m)
{
	report_say(r, ERROR, "mistake", NULL, "%w", write, m);
}

static void report_mistake(struct report *r, const struct mistake *m)
{
	if (r->format == LOG_JSON || m->declared.text.len == 0) {
		say(r, put_all, m);
		return;
	}
	say(r, put_problem, m);
	say(r, put_indented, m);
	say(r, put_caret, m);
}

void report_mistakes(struct report *r, const struct mistakes *mistakes)
{
	for (const struct mistake *m = mistakes->first; m; m = m->next)
		report_mistake(r, m);
	if (mistakes->arena->full)
		report_say(r, ERROR, "mistake", NULL, "the declarations need more than 8 MiB");
}
