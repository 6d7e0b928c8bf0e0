/* SPDX-License-Identifier: MIT */
/*
 * redact: a declaration of a target as it may be shown in a message.
 *
 * The one rule: it works on text that was not understood, so it hides what
 * might be a secret, and not only what is one.
 */
#ifndef SHIM_BASE_REDACT_H
#define SHIM_BASE_REDACT_H

#include "base/buf.h"

struct caret {
	size_t at, len; /* columns of the shown text; len >= 1 */
};

/*
 * Puts `text` with "***" for user info, query, values of headers and defaults of variables.
 * `where` is a piece of `text`, or {NULL} for the whole; the result says where that piece is shown.
 */
struct caret redact(struct buf *b, struct span text, struct span where);

/* Writes about a struct span, a word that should be no target: if it is one all the same, no more than its scheme. */
void buf_put_word(struct buf *b, const void *word);

#endif
