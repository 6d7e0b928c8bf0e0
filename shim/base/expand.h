/* SPDX-License-Identifier: MIT */
/*
 * expand: from what stands in a declaration to what is meant by it.
 *
 *	%2F                a byte, where the part is decoded
 *	${NAME}            a variable of the environment; unset is a mistake
 *	${NAME:-default}   the default when it is unset or empty
 *	${NAME:?message}   a mistake with that message when it is unset or empty
 *	${</path}          a file's content without its last newline
 *	$${                a literal ${
 *
 * The one rule: what was put in is never looked at again. It is neither
 * decoded, nor split, nor expanded.
 */
#ifndef SHIM_BASE_EXPAND_H
#define SHIM_BASE_EXPAND_H

#include "base/arena.h"

enum percent { KEEP_PERCENT, DECODE_PERCENT };

/*
 * Puts what the C string `raw` means to the end of `out`, which is the rest of `a`.
 * NULL, or the words of a mistake; then *where is what it is about.
 */
const char *expand(struct arena *a, struct buf *out, char *raw, enum percent percent, struct span *where);

/* The first character of `set` that does not stand inside ${...}; the NUL at the end when there is none. */
char *find_unquoted(const char *raw, const char *set);
/* Ends `raw` there, and returns what follows; NULL when there is none. */
char *cut_unquoted(char *raw, const char *set);

/* The `raw` text fit to be printed: escaped, and no default of a ${NAME:-default} in it. */
void buf_put_shown(struct buf *b, const char *raw);

#endif
