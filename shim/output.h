/* SPDX-License-Identifier: MIT */
/*
 * output: one line to a descriptor that somebody else owns.
 *
 * The one rule: its flags are never changed: they are shared with the command
 * and with whoever started the container.
 */
#ifndef SHIM_OUTPUT_H
#define SHIM_OUTPUT_H

#include "base/span.h"

/* Writes the text at once, or not at all: then it is false. */
bool output_try(int fd, struct span text);
/* Writes all of it, however long that takes. */
void output_all(int fd, struct span text);

#endif
