/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "base/errnos.h"
#include "line.h"
#include "output.h"

#include <signal.h>
#include <unistd.h>

enum { NAME_COLUMN_MAX = 40 };

static void send_plain(struct report *r, enum level level, const char *event, struct span message)
{
	struct line l;

	line_init(&l, level, event, NULL);
	buf_put(&l.text, span_head(message, MESSAGE_MAX));
	line_send(r, &l);
}

void report_note(struct report *r, const char *event, struct span message)
{
	send_plain(r, INFO, event, message);
}

void report_error(struct report *r, const char *event, struct span message)
{
	send_plain(r, ERROR, event, message);
}

void report_failure(struct report *r, const char *event, struct span subject, const char *words, int error)
{
	struct line l;

	line_init(&l, ERROR, event, NULL);
	buf_put_excerpt(&l.text, subject, MESSAGE_MAX / 8);
	buf_put_text(&l.text, ": ");
	buf_put_text(&l.text, words);
	if (error)
		buf_put_errno(&l.text, error);
	line_send(r, &l);
}

void report_cannot_execute(struct report *r, const char *command, int error, const char *interpreter)
{
	struct line l;

	line_init(&l, ERROR, "cannot-execute", NULL);
	buf_put_text(&l.text, "cannot execute ");
	buf_put_excerpt(&l.text, span_of(*command ? command : "\"\""), MESSAGE_MAX / 4);
	buf_put_text(&l.text, ": ");
	if (*interpreter) {
		buf_put_text(&l.text, "its interpreter ");
		buf_put_excerpt(&l.text, span_of(interpreter), MESSAGE_MAX / 4);
		buf_put_text(&l.text, ": ");
	}
	buf_put_errno(&l.text, error);
	line_send(r, &l);
}

static void put_signal(struct buf *b, int signal)
{
	static const struct {
		int number;
		const char *name;
	} named[] = {{SIGHUP, "HUP"}, {SIGINT, "INT"}, {SIGQUIT, "QUIT"}, {SIGTERM, "TERM"}, {SIGKILL, "KILL"}, {SIGSEGV, "SEGV"}};

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		if (named[i].number == signal) {
			buf_put_text(b, named[i].name);
			return;
		}
	}
	buf_put_text(b, "signal ");
	buf_put_number(b, (uint64_t)signal);
}

void report_signal(struct report *r, const char *event, int signal, const char *words)
{
	struct line l;

	line_init(&l, ERROR, event, NULL);
	put_signal(&l.text, signal);
	buf_put_char(&l.text, ' ');
	buf_put_text(&l.text, words);
	line_send(r, &l);
}

static void put_count(struct buf *b, uint64_t count, const char *noun)
{
	buf_put_number(b, count);
	buf_put_char(b, ' ');
	buf_put_text(b, noun);
	buf_put_text(b, count == 1 ? "" : "s");
}

/* The longest time that a target is waited for. */
static msec longest_timeout(const struct progress *all, unsigned count)
{
	msec longest = 0;

	for (unsigned i = 0; i < count; i++)
		if (all[i].target->policy.timeout > longest)
			longest = all[i].target->policy.timeout;
	return longest;
}

static void warn_of_insecure(struct report *r, const struct progress *p)
{
	struct line l;

	line_init(&l, WARNING, "insecure", p);
	buf_put_text(&l.text, "its certificate is not verified (insecure)");
	line_send(r, &l);
}

void report_waiting(struct report *r, const struct progress *all, unsigned count)
{
	struct line l;
	msec limit = longest_timeout(all, count);

	line_init(&l, INFO, "waiting", NULL);
	buf_put_text(&l.text, "waiting for ");
	put_count(&l.text, count, "target");
	if (limit < NEVER) {
		buf_put_text(&l.text, ", at most ");
		buf_put_duration(&l.text, limit);
	}
	line_send(r, &l);
	for (unsigned i = 0; i < count; i++)
		if (all[i].target->insecure)
			warn_of_insecure(r, &all[i]);
}

void report_attempt(struct report *r, const struct progress *p)
{
	struct line l;

	line_init(&l, INFO, "attempt", p);
	l.is_measured = true;
	buf_put_text(&l.text, "attempt ");
	buf_put_number(&l.text, p->attempts);
	buf_put_text(&l.text, " after ");
	buf_put_duration(&l.text, p->elapsed);
	buf_put_text(&l.text, ": ");
	buf_put_verdict(&l.text, &p->verdict);
	line_send(r, &l);
}

void report_trouble(struct report *r, const struct progress *p)
{
	bool may_mend = verdict_may_mend(&p->verdict);
	struct line l;

	line_init(&l, may_mend ? INFO : WARNING, "not-ready", p);
	l.is_measured = true;
	buf_put_verdict(&l.text, &p->verdict);
	if (!may_mend)
		buf_put_text(&l.text, " - waiting rarely mends this");
	line_send(r, &l);
}

static void put_after(struct buf *b, const struct progress *p)
{
	buf_put_text(b, " after ");
	buf_put_duration(b, p->elapsed);
	if (p->attempts > 1) {
		buf_put_text(b, " (");
		put_count(b, p->attempts, "attempt");
		buf_put_char(b, ')');
	}
}

void report_ready(struct report *r, const struct progress *p)
{
	struct line l;

	line_init(&l, INFO, "ready", p);
	l.is_measured = true;
	buf_put_text(&l.text, "ready");
	put_after(&l.text, p);
	line_send(r, &l);
}

void report_gave_up(struct report *r, const struct progress *p)
{
	struct line l;

	line_init(&l, WARNING, "gave-up", p);
	l.is_measured = true;
	buf_put_text(&l.text, p->target->optional ? "given up" : "not ready");
	put_after(&l.text, p);
	buf_put_text(&l.text, p->target->optional ? ", it is optional: " : ": ");
	buf_put_verdict(&l.text, &p->verdict);
	line_send(r, &l);
}

void report_still_waiting(struct report *r, const struct progress *all, unsigned count, msec elapsed)
{
	enum { NAMED = 6 };
	unsigned left = 0;
	struct line l;

	line_init(&l, INFO, "still-waiting", NULL);
	buf_put_text(&l.text, "still waiting after ");
	buf_put_duration(&l.text, elapsed);
	buf_put_text(&l.text, " for ");
	for (unsigned i = 0; i < count; i++) {
		if (all[i].standing != AWAITED || left++ >= NAMED)
			continue;
		buf_put_text(&l.text, left > 1 ? ", " : "");
		buf_put(&l.text, all[i].target->label);
	}
	if (left > NAMED) {
		buf_put_text(&l.text, " and ");
		buf_put_number(&l.text, left - NAMED);
		buf_put_text(&l.text, " more");
	}
	line_send(r, &l);
}

void report_states(struct report *r, const struct progress *all, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct line l;

		line_init(&l, INFO, "state", &all[i]);
		l.is_measured = true;
		buf_put_state(&l.text, &all[i]);
		put_after(&l.text, &all[i]);
		line_send(r, &l);
	}
}

static size_t name_column(const struct progress *all, unsigned count)
{
	size_t width = sizeof("TARGET") - 1;

	for (unsigned i = 0; i < count; i++)
		if (all[i].standing != IS_READY && all[i].target->label.len > width)
			width = all[i].target->label.len;
	return width < NAME_COLUMN_MAX ? width : NAME_COLUMN_MAX;
}

static void put_row(struct buf *b, size_t column, struct span name, struct span attempts, struct span time)
{
	size_t start = b->len;

	buf_put(b, name);
	buf_pad(b, start + column);
	buf_put_text(b, "  ");
	buf_put(b, attempts);
	buf_pad(b, start + column + 12);
	buf_put(b, time);
	buf_pad(b, start + column + 22);
}

static void send_row(struct report *r, size_t column, const struct progress *p)
{
	char memory[2][24];
	struct buf attempts = buf_init(memory[0], sizeof(memory[0])), time = buf_init(memory[1], sizeof(memory[1]));
	struct line l;

	line_init(&l, ERROR, "failed", r->format == LOG_JSON ? p : NULL);
	l.is_measured = true;
	if (r->format == LOG_TEXT) {
		buf_put_number(&attempts, p->attempts);
		buf_put_duration(&time, p->elapsed);
		buf_put_text(&l.text, "  ");
		put_row(&l.text, column, p->target->label, buf_span(&attempts), buf_span(&time));
	}
	buf_put_verdict(&l.text, &p->verdict);
	line_send(r, &l);
}

static void send_head(struct report *r, size_t column)
{
	struct line l;

	line_init(&l, ERROR, "failed", NULL);
	buf_put_text(&l.text, "  ");
	put_row(&l.text, column, SPAN("TARGET"), SPAN("ATTEMPTS"), SPAN("TIME"));
	buf_put_text(&l.text, "LAST REASON");
	line_send(r, &l);
}

void report_not_ready(struct report *r, const struct progress *all, unsigned count, msec elapsed)
{
	size_t column = name_column(all, count);
	struct line l;

	line_init(&l, ERROR, "failed", NULL);
	buf_put_text(&l.text, "gave up after ");
	buf_put_duration(&l.text, elapsed);
	buf_put_text(&l.text, ": ");
	buf_put_number(&l.text, progress_count_not_ready(all, count));
	buf_put_text(&l.text, " of ");
	put_count(&l.text, count, "target");
	buf_put_text(&l.text, " not ready");
	line_send(r, &l);
	if (r->format == LOG_TEXT)
		send_head(r, column);
	for (unsigned i = 0; i < count; i++)
		if (all[i].standing != IS_READY)
			send_row(r, column, &all[i]);
}

void report_opened(struct report *r, const struct progress *all, unsigned count, msec elapsed, const char *command)
{
	unsigned missing = progress_count_not_ready(all, count);
	struct line l;

	line_init(&l, missing ? WARNING : INFO, "opened", NULL);
	if (missing == 0) {
		buf_put_text(&l.text, "all ready");
	} else {
		buf_put_number(&l.text, missing);
		buf_put_text(&l.text, " of ");
		put_count(&l.text, count, "target");
		buf_put_text(&l.text, " not ready");
	}
	buf_put_text(&l.text, " after ");
	buf_put_duration(&l.text, elapsed);
	if (command) {
		buf_put_text(&l.text, ", starting ");
		buf_put_excerpt(&l.text, span_of(command), MESSAGE_MAX / 4);
	}
	line_send(r, &l);
}

void report_print(struct span text)
{
	output_all(STDOUT_FILENO, text);
}
