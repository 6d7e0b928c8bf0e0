/* SPDX-License-Identifier: MIT */
/*
 * buf: text that is being written into memory of fixed size.
 *
 * The one rule: overflow is sticky. Put, put, put, then ask `full` once;
 * what did not fit was dropped, whatever was put before it stands.
 */
#ifndef SHIM_BASE_BUF_H
#define SHIM_BASE_BUF_H

#include "base/span.h"

enum { EXCERPT_MAX = 160 }; /* bytes of what somebody else said */

struct buf {
	char *at; /* not owned */
	size_t len, cap;
	bool full; /* something did not fit */
};

struct buf buf_init(char *memory, size_t cap);

void buf_put(struct buf *b, struct span text);
void buf_put_text(struct buf *b, const char *text);
void buf_put_char(struct buf *b, char c);
void buf_put_number(struct buf *b, uint64_t number);
/* `width` digits at least, zeros in front. */
void buf_put_digits(struct buf *b, uint64_t number, unsigned width);
/* The `width` lower bytes of it, the highest first. */
void buf_put_bytes(struct buf *b, uint32_t number, unsigned width);
/* Blanks until the text is `column` bytes long. */
void buf_pad(struct buf *b, size_t column);

/* Foreign text: control characters, and bytes that are no UTF-8, become \xNN. */
void buf_put_escaped(struct buf *b, struct span text);

/* Text that came from outside, in one line: escaped, cut to `max` bytes with "..." behind. */
void buf_put_excerpt(struct buf *b, struct span text, size_t max);

/* What was written so far; valid until the next put. */
struct span buf_span(const struct buf *b);
/* The text as a C string; the last byte is given up for the NUL when the buffer is full. */
const char *buf_text(struct buf *b);

#endif
