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

#include "base/mistake.h"

enum percent { KEEP_PERCENT, DECODE_PERCENT };

/*
 * Expands `raw`, a part of d->text, into the arena; a NUL follows the result.
 * False after a mistake, also for a result that holds a NUL.
 */
bool expand(struct span raw, enum percent percent, const struct declaration *d, struct mistakes *mistakes,
	    struct span *result);

/* Index of the first character of `set` in `raw` that does not stand inside ${...}; raw.len when there is none. */
size_t find_unquoted(struct span raw, const char *set);

/* The `raw` text fit to be printed: escaped, and no default of a ${NAME:-default} in it. */
void buf_put_shown(struct buf *b, struct span raw);

#endif
