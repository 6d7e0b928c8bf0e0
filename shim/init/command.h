/* SPDX-License-Identifier: MIT */
/*
 * command: can it be executed? Better known before the wait than after it.
 *
 * The one rule: what only the kernel can tell is left to execve(2).
 */
#ifndef SHIM_INIT_COMMAND_H
#define SHIM_INIT_COMMAND_H

#include "base/format.h"

enum { INTERPRETER_MAX = 256 }; /* the kernel reads no more of a "#!" line (BINPRM_BUF_SIZE) */

/*
 * Looks for `file` as execvp(3) does, and for the interpreter that it asks for. 0, or the errno that execve(2)
 * would give; when it is the interpreter that is missing or cannot be executed, its path is in `interpreter`.
 */
int command_inspect(const char *file, struct buf *interpreter);

#endif
