/* SPDX-License-Identifier: MIT */
#include "line.h"

#include "output.h"

#include <unistd.h>

static void put_json_string(struct buf *b, struct span text)
{
	static const char hex[] = "0123456789abcdef";

	buf_put_char(b, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c == '"' || c == '\\') {
			buf_put_char(b, '\\');
			buf_put_char(b, (char)c);
		} else if (c < ' ') {
			buf_put_text(b, "\\u00");
			buf_put_char(b, hex[c >> 4]);
			buf_put_char(b, hex[c & 15]);
		} else {
			buf_put_char(b, (char)c);
		}
	}
	buf_put_char(b, '"');
}

static void put_json_member(struct buf *b, const char *name, struct span text)
{
	buf_put_text(b, ",\"");
	buf_put_text(b, name);
	buf_put_text(b, "\":");
	put_json_string(b, text);
}

static void put_json_measures(struct buf *b, const struct progress *p)
{
	buf_put_text(b, ",\"attempts\":");
	buf_put_number(b, p->attempts);
	buf_put_text(b, ",\"seconds\":");
	buf_put_number(b, (uint64_t)(p->elapsed / SECOND));
	buf_put_char(b, '.');
	buf_put_digits(b, (uint64_t)(p->elapsed % SECOND), 3);
}

static void put_json_line(struct buf *b, const struct line *l)
{
	static const char *const levels[] = {[INFO] = "info", [WARNING] = "warning", [ERROR] = "error"};

	buf_put_text(b, "{\"time\":\"");
	buf_put_timestamp(b, clock_calendar());
	buf_put_char(b, '"');
	put_json_member(b, "level", span_of(levels[l->level]));
	put_json_member(b, "event", span_of(l->event));
	if (l->progress)
		put_json_member(b, "target", l->progress->target->label);
	if (l->progress && l->is_measured)
		put_json_measures(b, l->progress);
	put_json_member(b, "message", buf_span(&l->text));
	buf_put_text(b, "}\n");
}

static void put_text_line(struct buf *b, const struct line *l)
{
	buf_put_text(b, "shim: ");
	if (l->progress) {
		buf_put(b, l->progress->target->label);
		buf_put_text(b, ": ");
	}
	buf_put(b, buf_span(&l->text));
	buf_put_char(b, '\n');
}

void buf_put_line(struct buf *b, const struct line *l, enum log_format format)
{
	if (format == LOG_JSON)
		put_json_line(b, l);
	else
		put_text_line(b, l);
}

static enum written write_line(const struct report *r, const struct line *l)
{
	char memory[LINE_BYTES];
	struct buf b = buf_init(memory, sizeof(memory));

	buf_put_line(&b, l, r->format);
	return output_try(STDERR_FILENO, buf_span(&b));
}

/* A message that does not fit loses its end. */
void line_init(struct line *l, enum level level, const char *event, const struct progress *progress)
{
	l->level = level;
	l->event = event;
	l->progress = progress;
	l->is_measured = false;
	l->text = buf_init(l->memory, sizeof(l->memory));
}

static enum written tell_of_dropped(struct report *r)
{
	struct line l;

	line_init(&l, WARNING, "dropped", NULL);
	buf_put_number(&l.text, r->dropped);
	buf_put_text(&l.text, " lines were dropped here, since nobody read them in time");
	return write_line(r, &l);
}

static void note_result(struct report *r, enum written result)
{
	r->is_broken |= result == NOBODY_READS;
	r->dropped += result == WOULD_BLOCK;
}

void line_send(struct report *r, const struct line *l)
{
	if (r->is_broken || (r->quiet && l->level != ERROR))
		return;
	if (r->dropped > 0) {
		enum written result = tell_of_dropped(r);

		if (result != WRITTEN) {
			note_result(r, result);
			return;
		}
		r->dropped = 0;
	}
	note_result(r, write_line(r, l));
}
