/* SPDX-License-Identifier: MIT */
/*
 * line: one line of the log, for a person or for a machine.
 *
 * The one rule: it is composed once, as a sentence; the format only wraps it.
 */
#ifndef SHIM_LINE_H
#define SHIM_LINE_H

#include "report.h"

enum {
	MESSAGE_MAX = 1024, /* what a person reads in one go */
	LINE_BYTES = 2 * MESSAGE_MAX + 512, /* the same in JSON, with all its quotes escaped */
};

struct line {
	enum level level;
	const char *event; /* for machines */
	const struct progress *progress; /* NULL: about no single target */
	struct buf text; /* the message; what does not fit is left out */
	char memory[MESSAGE_MAX];
};

void line_init(struct line *l, enum level level, const char *event, const struct progress *progress);

/* Appends the line to `b`, with its end. */
void buf_put_line(struct buf *b, const struct line *l, enum log_format format);

/* To stderr; dropped where that would block. */
void line_send(struct report *r, const struct line *l);

#endif
