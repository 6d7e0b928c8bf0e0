/* SPDX-License-Identifier: MIT */
/*
 * answer: what follows the status line of an HTTP answer (RFC 9112).
 *
 * The one rule: of the head only a complete one counts; of the body every byte
 * that came, as its framing has it, whether it is complete or not.
 */
#ifndef SHIM_PROBE_ANSWER_H
#define SHIM_PROBE_ANSWER_H

#include "base/span.h"

/* Takes lines off `rest` up to an empty one: the head. False when it is not complete. */
bool head_take(struct span *rest, struct span *head);

/* Has it a header of that name with these words, whatever blanks are between them? Nothing `wanted` fits every value. */
bool head_holds(struct span head, struct span name, const struct span *wanted);

enum found { FOUND, NOT_FOUND, NOT_FOUND_YET };

/*
 * Does the body hold the text, in its first 64 KiB? `heard` is what followed the head, and with `eof` nothing more will.
 * Chunks that are none end a body.
 */
enum found body_search(struct span head, struct span heard, bool eof, const struct span *text);

#endif
