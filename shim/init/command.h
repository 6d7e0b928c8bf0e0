/* SPDX-License-Identifier: MIT */
/*
 * command: can it be executed? Better known before the wait than after it.
 *
 * The one rule: what only the kernel can tell is left to execve(2).
 */
#ifndef SHIM_INIT_COMMAND_H
#define SHIM_INIT_COMMAND_H

enum { INTERPRETER_MAX = 256 }; /* the kernel reads no more of a "#!" line (BINPRM_BUF_SIZE) */

struct command_problem {
	int error; /* errno; 0: none was found */
	char interpreter[INTERPRETER_MAX]; /* that is missing or cannot be executed; empty when it is the command itself */
};

/* Looks for `file` as execvp(3) does, and for the interpreter that it asks for. */
void command_inspect(const char *file, struct command_problem *problem);

/* Executes argv[0] as execvpe(3) does. Returns errno when that failed. */
int command_execute(char *const argv[], char *const environment[]);

#endif
