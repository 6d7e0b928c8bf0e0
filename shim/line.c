/* SPDX-License-Identifier: MIT */
#include "line.h"

#include "base/date.h"
#include "output.h"

#include <unistd.h>

/* A writer of struct span. Messages hold no control characters: text from outside was escaped. */
static void put_json_string(struct buf *b, const void *text)
{
	const struct span *s = text;

	buf_put_char(b, '"');
	for (size_t i = 0; i < s->len; i++) {
		if (s->at[i] == '"' || s->at[i] == '\\')
			buf_put_char(b, '\\');
		buf_put_char(b, s->at[i]);
	}
	buf_put_char(b, '"');
}

static void put_json_line(struct buf *b, const struct line *l, const struct span *text)
{
	static const char *const levels[] = {[INFO] = "info", [WARNING] = "warning", [ERROR] = "error"};
	const struct progress *p = l->progress;
	msec now = clock_calendar();

	buf_format(b, "{\"time\":\"%w\",\"level\":\"%s\",\"event\":\"%s\",", buf_put_timestamp, &now, levels[l->level],
		   l->event);
	if (p)
		buf_format(b, "\"target\":%w,\"attempts\":%u,\"seconds\":%u.%3,", put_json_string, &p->target->label,
			   p->attempts, (unsigned)(p->elapsed / SECOND), (unsigned)(p->elapsed % SECOND));
	buf_format(b, "\"message\":%w}\n", put_json_string, text);
}

static void put_text_line(struct buf *b, const struct line *l, const struct span *text)
{
	if (l->progress)
		buf_format(b, "%S: ", &l->progress->target->label);
	buf_format(b, "%S\n", text);
}

void buf_put_line(struct buf *b, const struct line *l, enum log_format format)
{
	struct span text = buf_span(&l->text);

	if (format == LOG_JSON)
		put_json_line(b, l, &text);
	else
		put_text_line(b, l, &text);
}

void line_init(struct line *l, enum level level, const char *event, const struct progress *progress)
{
	l->level = level;
	l->event = event;
	l->progress = progress;
	l->text = buf_init(l->memory, sizeof(l->memory));
}

static void write_line(struct report *r, const struct line *l)
{
	char memory[LINE_BYTES];
	struct buf b = buf_init(memory, sizeof(memory));

	if (r->format == LOG_TEXT)
		buf_put_text(&b, "shim: ");
	buf_put_line(&b, l, r->format);
	if (output_try(STDERR_FILENO, buf_span(&b)))
		r->dropped = 0;
	else
		r->dropped++;
}

static void tell_of_dropped(struct report *r)
{
	struct line l;

	line_init(&l, WARNING, "dropped", NULL);
	buf_format(&l.text, "lines dropped here, since nobody read them in time: %u", r->dropped);
	write_line(r, &l);
}

void line_send(struct report *r, const struct line *l)
{
	if (r->quiet && l->level != ERROR)
		return;
	if (r->dropped > 0)
		tell_of_dropped(r); /* dropped itself, it counts in the place of this line */
	if (r->dropped == 0)
		write_line(r, l);
}
