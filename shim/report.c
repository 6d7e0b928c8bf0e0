/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "base/errnos.h"
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

void report_cannot_execute(struct report *r, const char *command, int error, const char *interpreter)
{
	struct span name = span_of(*command ? command : "\"\""), reader = span_of(interpreter);
	struct line l;

	line_init(&l, ERROR, "cannot-execute", NULL);
	buf_format(&l.text, reader.len ? "cannot execute %w: its interpreter %q: " : "cannot execute %w: ", buf_put_word, &name,
		   &reader);
	buf_put_errno(&l.text, error);
	line_send(r, &l);
}

/* signal(7), from 1 on */
static const char signals[] = "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP "
			      "TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS";

void buf_put_signal(struct buf *b, const void *number)
{
	unsigned n = *(const unsigned *)number;
	struct span rest = SPAN(signals), name;

	for (unsigned i = 0; i < n; i++)
		name = span_word(&rest);
	if (name.len > 0)
		buf_put(b, name);
	else
		buf_format(b, "signal %u", n);
}

static const char *plural(unsigned count)
{
	return count == 1 ? "" : "s";
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

void report_waiting(struct report *r, const struct progress *all, unsigned count)
{
	msec limit = longest_timeout(all, count);

	report_say(r, INFO, "waiting", NULL, limit < NEVER ? "waiting for %u target%s, at most %t" : "waiting for %u target%s",
		   count, plural(count), limit);
	for (unsigned i = 0; i < count; i++)
		if (all[i].target->insecure)
			report_say(r, WARNING, "insecure", &all[i], "its certificate is not verified (insecure)");
}

void report_attempt(struct report *r, const struct progress *p)
{
	report_say(r, INFO, "attempt", p, "attempt %u after %t: %w", p->attempts, p->elapsed, buf_put_verdict, &p->verdict);
}

void report_trouble(struct report *r, const struct progress *p)
{
	bool may_mend = verdict_may_mend(&p->verdict);

	report_say(r, may_mend ? INFO : WARNING, "not-ready", p, may_mend ? "%w" : "%w - waiting rarely mends this",
		   buf_put_verdict, &p->verdict);
}

/* " after 2.74s (14 attempts)"; a writer of struct progress */
static void put_after(struct buf *b, const void *progress)
{
	const struct progress *p = progress;

	buf_format(b, p->attempts > 1 ? " after %t (%u attempts)" : " after %t", p->elapsed, p->attempts);
}

void report_ready(struct report *r, const struct progress *p)
{
	report_say(r, INFO, "ready", p, "ready%w", put_after, p);
}

void report_gave_up(struct report *r, const struct progress *p)
{
	report_say(r, WARNING, "gave-up", p, p->target->optional ? "given up%w, it is optional: %w" : "not ready%w: %w",
		   put_after, p, buf_put_verdict, &p->verdict);
}

void report_still_waiting(struct report *r, const struct progress *all, unsigned count, msec elapsed)
{
	enum { NAMED = 6 };
	unsigned left = 0;
	struct line l;

	line_init(&l, INFO, "still-waiting", NULL);
	buf_format(&l.text, "still waiting after %t for", elapsed);
	for (unsigned i = 0; i < count; i++)
		if (all[i].standing == AWAITED && left++ < NAMED)
			buf_format(&l.text, left > 1 ? ", %S" : " %S", &all[i].target->label);
	if (left > NAMED)
		buf_format(&l.text, " and %u more", left - NAMED);
	line_send(r, &l);
}

void report_states(struct report *r, const struct progress *all, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		report_say(r, INFO, "state", &all[i], all[i].attempts ? "%w%w" : "%w", buf_put_state, &all[i],
			   put_after, &all[i]);
}

/* The columns of the table begin at `names`, and so far from each other. */
enum { NAMES_MAX = 40, ATTEMPTS_WIDTH = 10, TIME_WIDTH = 10 };

static unsigned attempts_column(const struct progress *all, unsigned count)
{
	unsigned width = sizeof("TARGET") - 1;

	for (unsigned i = 0; i < count; i++)
		if (all[i].standing != IS_READY && all[i].target->label.len > width)
			width = (unsigned)all[i].target->label.len;
	return 4 + (width < NAMES_MAX ? width : NAMES_MAX);
}

static void send_row(struct report *r, unsigned column, const struct progress *p)
{
	if (r->format == LOG_JSON)
		report_say(r, ERROR, "failed", p, "%w", buf_put_verdict, &p->verdict);
	else
		report_say(r, ERROR, "failed", NULL, "  %S  %p%u  %p%t  %p%w", &p->target->label, column, p->attempts,
			   column + ATTEMPTS_WIDTH, p->elapsed, column + ATTEMPTS_WIDTH + TIME_WIDTH, buf_put_verdict,
			   &p->verdict);
}

void report_not_ready(struct report *r, const struct progress *all, unsigned count, msec elapsed)
{
	unsigned column = attempts_column(all, count);

	report_say(r, ERROR, "failed", NULL, "gave up after %t: %u of %u target%s not ready", elapsed,
		   progress_count_not_ready(all, count), count, plural(count));
	if (r->format == LOG_TEXT)
		report_say(r, ERROR, "failed", NULL, "  TARGET%pATTEMPTS%pTIME%pLAST REASON", column,
			   column + ATTEMPTS_WIDTH, column + ATTEMPTS_WIDTH + TIME_WIDTH);
	for (unsigned i = 0; i < count; i++)
		if (all[i].standing != IS_READY)
			send_row(r, column, &all[i]);
}

void report_opened(struct report *r, const struct progress *all, unsigned count, msec elapsed, const char *command)
{
	unsigned missing = progress_count_not_ready(all, count);
	struct span name = span_of(command);
	struct line l;

	line_init(&l, missing ? WARNING : INFO, "opened", NULL);
	buf_format(&l.text, missing ? "%u of %u target%s not ready" : "all ready", missing, count, plural(count));
	buf_format(&l.text, command ? " after %t, starting %q" : " after %t", elapsed, &name);
	line_send(r, &l);
}

void report_print(struct span text)
{
	output_all(STDOUT_FILENO, text);
}
