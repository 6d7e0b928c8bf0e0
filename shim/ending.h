/* SPDX-License-Identifier: MIT */
/*
 * ending: the line that says why init ended, and who was left then.
 */
#ifndef SHIM_ENDING_H
#define SHIM_ENDING_H

#include "base/format.h"

/* "TERM from process 12; the command ended with status 143 after 1.2s"; a writer of struct ending (init/init.h). */
void buf_put_ending(struct buf *b, const void *ending);

#endif
