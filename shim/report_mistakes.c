/* SPDX-License-Identifier: MIT */
/* The mistakes of a configuration, each with its text, a caret under the place, and what would be right. */
#include "line.h"

#include "base/redact.h"

enum { SHOWN_MAX = 160 }; /* columns; under a longer text a caret helps nobody */

/* A writer of struct span. */
static void put_escaped(struct buf *b, const void *text)
{
	buf_put_escaped(b, *(const struct span *)text);
}

static void send_caret(struct report *r, struct caret caret, const struct span *hint)
{
	struct line l;

	line_init(&l, ERROR, "mistake", NULL);
	buf_pad(&l.text, 2 + caret.at);
	while (caret.len--)
		buf_put_char(&l.text, '^');
	buf_format(&l.text, hint->len ? " %w" : "", put_escaped, hint);
	line_send(r, &l);
}

static void report_mistake(struct report *r, const struct mistake *m)
{
	const struct declaration *d = &m->declared;
	struct span hint = span_of(m->words), problem = span_cut(&hint, '\n'), text;
	bool is_one_line = r->format == LOG_JSON || d->text.len == 0;
	char memory[MESSAGE_MAX / 2];
	struct buf shown = buf_init(memory, sizeof(memory));
	struct caret caret = {0};
	struct line l;

	if (d->is_target)
		caret = redact(&shown, d->text, m->where);
	else
		buf_put_word(&shown, &d->text);
	text = buf_span(&shown);
	if (!d->is_target)
		caret.len = text.len;
	line_init(&l, ERROR, "mistake", NULL);
	buf_format(&l.text, d->source.len ? "%w: %w" : "%w%w", buf_put_word, &d->source, put_escaped, &problem);
	if (is_one_line) {
		buf_format(&l.text, text.len ? " in %S" : "", &text);
		buf_format(&l.text, hint.len ? "; %w" : "", put_escaped, &hint);
	}
	line_send(r, &l);
	if (is_one_line)
		return;
	report_say(r, ERROR, "mistake", NULL, "  %S", &text);
	if (caret.at + caret.len > SHOWN_MAX || shown.full)
		caret = (struct caret){0};
	send_caret(r, caret, &hint);
}

void report_mistakes(struct report *r, const struct mistakes *mistakes)
{
	for (const struct mistake *m = mistakes->first; m; m = m->next)
		report_mistake(r, m);
	if (mistakes->arena->full)
		report_say(r, ERROR, "mistake", NULL, "the declarations are too long: they need more than 8 MiB");
}
