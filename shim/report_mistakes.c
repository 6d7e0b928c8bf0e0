/* SPDX-License-Identifier: MIT */
/* The mistakes of a configuration, each with its text, a caret under the place, and what would be right. */
#include "line.h"

#include "base/redact.h"

enum { SHOWN_MAX = 160 }; /* columns; under a longer text a caret helps nobody */

/* The text as it may be shown, and where the mistake stands in it. */
static struct caret show(struct buf *b, const struct mistake *m)
{
	size_t before = m->where.at ? (size_t)(m->where.at - m->declared.text.at) : 0;

	if (m->declared.is_target)
		return redact(b, m->declared.text, m->where);
	buf_put_escaped(b, m->declared.text);
	return (struct caret){before, m->where.at && m->where.len ? m->where.len : m->declared.text.len};
}

static void send_text(struct report *r, const struct buf *shown)
{
	struct line l;

	line_init(&l, ERROR, "mistake", NULL);
	buf_put_text(&l.text, "  ");
	buf_put(&l.text, buf_span(shown));
	line_send(r, &l);
}

static void send_caret(struct report *r, struct caret caret, const char *hint)
{
	struct line l;

	line_init(&l, ERROR, "mistake", NULL);
	buf_pad(&l.text, 2 + caret.at);
	for (size_t i = 0; i < caret.len; i++)
		buf_put_char(&l.text, '^');
	if (hint) {
		buf_put_char(&l.text, ' ');
		buf_put_escaped(&l.text, span_of(hint));
	}
	line_send(r, &l);
}

static void put_problem(struct buf *b, const struct mistake *m)
{
	if (m->declared.source.len > 0) {
		buf_put_word(b, &m->declared.source);
		buf_put_text(b, ": ");
	}
	buf_put_escaped(b, span_of(m->problem));
}

static void send_problem(struct report *r, const struct mistake *m, const struct buf *shown)
{
	bool in_one_line = r->format == LOG_JSON || !shown;
	struct line l;

	line_init(&l, ERROR, "mistake", NULL);
	put_problem(&l.text, m);
	if (in_one_line && shown) {
		buf_put_text(&l.text, " in ");
		buf_put(&l.text, buf_span(shown));
	}
	if (in_one_line && m->hint) {
		buf_put_text(&l.text, "; ");
		buf_put_escaped(&l.text, span_of(m->hint));
	}
	line_send(r, &l);
}

static void report_mistake(struct report *r, const struct mistake *m)
{
	char memory[MESSAGE_MAX / 2];
	struct buf shown = buf_init(memory, sizeof(memory));
	bool has_text = m->declared.text.len > 0;
	struct caret caret = show(&shown, m);

	send_problem(r, m, has_text ? &shown : NULL);
	if (r->format == LOG_JSON || !has_text)
		return;
	send_text(r, &shown);
	if (caret.at + caret.len <= SHOWN_MAX && !shown.full)
		send_caret(r, caret, m->hint);
	else
		send_caret(r, (struct caret){0, 0}, m->hint);
}

void report_mistakes(struct report *r, const struct mistakes *mistakes)
{
	for (const struct mistake *m = mistakes->first; m; m = m->next)
		report_mistake(r, m);
	if (mistakes->arena->full)
		report_say(r, ERROR, "mistake", NULL, "the declarations are too long: they need more than 8 MiB");
}
