/* SPDX-License-Identifier: MIT */
/*
 * report: everything that a person or a machine reads.
 *
 * The one rule: it never holds anybody up. A line is one write; where it
 * would block it is dropped, and the next line says so.
 */
#ifndef SHIM_REPORT_H
#define SHIM_REPORT_H

#include "base/mistake.h"
#include "base/progress.h"

enum log_format { LOG_TEXT, LOG_JSON };
enum level { INFO, WARNING, ERROR };

struct report {
	enum log_format format;
	bool quiet; /* only what went wrong in the end */
	bool verbose; /* every attempt */
	unsigned dropped; /* lines, since the last that was written */
	/* Of the wait. */
	const struct progress *all; /* ends with one without a target */
	unsigned count;
	msec start; /* set by report_waiting() */
};

/* One line. `event` is for machines; `p` is what it is about, NULL for no single target; `form` is of buf_format(). */
void report_say(struct report *r, enum level level, const char *event, const struct progress *p, const char *form, ...);

/* The wait begins. */
void report_waiting(struct report *r);
/* A function of struct report. */
hear_news report_news;
/* The table of what is not ready. */
void report_not_ready(struct report *r);
/* "all ready", or how many are not; `command` is what is started next, NULL for nothing. */
void report_opened(struct report *r, const char *command);

/* What check found, to stdout, at most 4,096 bytes. */
void report_check(const struct report *r);

/* Each mistake with its text, a caret and what would be right. */
void report_mistakes(struct report *r, const struct mistakes *mistakes);

/* Plain text: help, version. */
void report_print(int fd, struct span text);

#endif
