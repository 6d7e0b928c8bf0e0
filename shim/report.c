/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "base/redact.h"
#include "line.h"
#include "output.h"

#include <unistd.h>

void report_say(struct report *r, enum level level, const char *event, const struct progress *p, const char *form, ...)
{
	struct line l;
	va_list places;

	line_init(&l, level, event, p);
	va_start(places, form);
	buf_vformat(&l.text, form, places);
	va_end(places);
	line_send(r, &l);
}

/* "1 target", "3 targets"; a writer of struct report */
static void put_count(struct buf *b, const void *report)
{
	unsigned count = ((const struct report *)report)->count;

	buf_format(b, count == 1 ? "%u target" : "%u targets", count);
}

/* "all ready", "2 of 3 targets not ready"; a writer of struct report */
static void put_outcome(struct buf *b, const void *report)
{
	const struct report *r = report;
	unsigned missing = progress_count_not_ready(r->all, r->count);

	buf_format(b, missing ? "%u of %u targets not ready" : "all ready", missing, r->count);
}

static msec elapsed(const struct report *r)
{
	return clock_now() - r->start;
}

void report_waiting(struct report *r)
{
	msec limit = 0;

	r->start = clock_now();
	for (const struct progress *p = r->all; p->target; p++)
		if (p->target->policy.timeout > limit)
			limit = p->target->policy.timeout;
	report_say(r, INFO, "waiting", NULL, limit < NEVER ? "waiting for %w, at most %t" : "waiting for %w", put_count,
		   r, limit);
	for (const struct progress *p = r->all; p->target; p++)
		if (p->target->insecure)
			report_say(r, WARNING, "insecure", p, "its certificate is not verified (insecure)");
}

/* " after 2.74s (14 attempts)", nothing before the first has ended; a writer of struct progress */
static void put_after(struct buf *b, const void *progress)
{
	const struct progress *p = progress;

	if (p->attempts > 0)
		buf_format(b, p->attempts > 1 ? " after %t (%u attempts)" : " after %t", p->elapsed, p->attempts);
}

/* `form` has places for the state, and for how long that took. */
static void say_state(struct report *r, enum level level, const char *event, const struct progress *p, const char *form)
{
	report_say(r, level, event, p, form, buf_put_state, p, put_after, p);
}

static void say_trouble(struct report *r, const struct progress *p)
{
	bool may_mend = verdict_may_mend(&p->verdict);

	say_state(r, may_mend ? INFO : WARNING, "not-ready", p, may_mend ? "%w" : "%w - waiting rarely mends this");
}

static void say_given_up(struct report *r, const struct progress *p)
{
	report_say(r, WARNING, "gave-up", p, p->target->optional ? "given up%w, it is optional: %w" : "not ready%w: %w",
		   put_after, p, buf_put_state, p);
}

/* The names of some that are awaited; a writer of struct report */
static void put_awaited(struct buf *b, const void *report)
{
	enum { NAMED = 6 };
	const struct report *r = report;
	unsigned left = 0;

	for (const struct progress *p = r->all; p->target; p++)
		if (p->standing == AWAITED && left++ < NAMED)
			buf_format(b, left > 1 ? ", %S" : " %S", &p->target->label);
	if (left > NAMED)
		buf_format(b, " and %u more", left - NAMED);
}

void report_news(void *report, enum news news, const struct progress *p)
{
	struct report *r = report;

	if (news == TROUBLE_CHANGED && r->verbose)
		news = ATTEMPT_FAILED; /* as every other is told */
	switch (news) {
	case NO_NEWS:
		break;
	case ATTEMPT_FAILED:
		if (r->verbose)
			report_say(r, INFO, "attempt", p, "attempt %u after %t: %w", p->attempts, p->elapsed,
				   buf_put_state, p);
		break;
	case TROUBLE_CHANGED:
		say_trouble(r, p);
		break;
	case TARGET_READY:
		say_state(r, INFO, "ready", p, "%w%w");
		break;
	case TARGET_GIVEN_UP:
		say_given_up(r, p);
		break;
	case STILL_WAITING:
		report_say(r, INFO, "still-waiting", NULL, "still waiting after %t for%w", elapsed(r), put_awaited, r);
		break;
	case STATES_WANTED:
		for (p = r->all; p->target; p++)
			say_state(r, INFO, "state", p, "%w%w");
		break;
	}
}

/* The columns of the table begin at `names`, and so far from each other. */
enum { NAMES_MAX = 40, ATTEMPTS_WIDTH = 10, TIME_WIDTH = 10 };

static unsigned attempts_column(const struct report *r)
{
	size_t width = sizeof("TARGET") - 1;

	for (const struct progress *p = r->all; p->target; p++)
		if (p->standing != IS_READY && p->target->label.len > width)
			width = p->target->label.len;
	return 4 + (width < NAMES_MAX ? (unsigned)width : NAMES_MAX);
}

static void send_row(struct report *r, unsigned column, const struct progress *p)
{
	if (r->format == LOG_JSON)
		say_state(r, ERROR, "failed", p, "%w");
	else
		report_say(r, ERROR, "failed", NULL, "  %S  %p%u  %p%t  %p%w", &p->target->label, column, p->attempts,
			   column + ATTEMPTS_WIDTH, p->elapsed, column + ATTEMPTS_WIDTH + TIME_WIDTH, buf_put_state, p);
}

void report_not_ready(struct report *r)
{
	unsigned column = attempts_column(r);

	report_say(r, ERROR, "failed", NULL, "gave up after %t: %w", elapsed(r), put_outcome, r);
	if (r->format == LOG_TEXT)
		report_say(r, ERROR, "failed", NULL, "  TARGET%pATTEMPTS%pTIME%pLAST REASON", column,
			   column + ATTEMPTS_WIDTH, column + ATTEMPTS_WIDTH + TIME_WIDTH);
	for (const struct progress *p = r->all; p->target; p++)
		if (p->standing != IS_READY)
			send_row(r, column, p);
}

void report_opened(struct report *r, const char *command)
{
	bool is_whole = progress_count_not_ready(r->all, r->count) == 0;
	struct span name = span_of(command);

	report_say(r, is_whole ? INFO : WARNING, "opened", NULL, command ? "%w after %t, starting %q" : "%w after %t",
		   put_outcome, r, elapsed(r), &name);
}

void report_print(int fd, struct span text)
{
	output_all(fd, text);
}
