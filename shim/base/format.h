/* SPDX-License-Identifier: MIT */
/*
 * format: sentences with places that are filled in.
 *
 *	%s  const char *            as it stands
 *	%S  const struct span *     as it stands
 *	%q  const struct span *     foreign text: escaped, and cut to EXCERPT_MAX
 *	%u  unsigned
 *	%2  unsigned                two digits at least; %3 and %4 likewise
 *	%b  char                    this byte
 *	%p  unsigned                blanks until the text is so many bytes long
 *	%t  msec                    a length of time, "2.74s"
 *	%e  int                     what errno means
 *	%w  writer *, const void *  whatever that function writes about the object
 *
 * The one rule: a form is a literal, and text from outside goes through %q.
 */
#ifndef SHIM_BASE_FORMAT_H
#define SHIM_BASE_FORMAT_H

#include "base/arena.h"

#include <stdarg.h>

/* Writes about an object, for %w. */
typedef void writer(struct buf *b, const void *object);

void buf_format(struct buf *b, const char *form, ...);
void buf_vformat(struct buf *b, const char *form, va_list places);

/* A C string that lives in the arena; "" when there is too little left. */
const char *arena_format(struct arena *a, const char *form, ...);

#endif
