/* SPDX-License-Identifier: MIT */
/*
 * init: the life of PID 1: it waits for signals, and for nothing else.
 *
 * The one rule: it never touches the network. What does is its first child;
 * the command is the second.
 */
#ifndef SHIM_INIT_INIT_H
#define SHIM_INIT_INIT_H

#include "init/child.h"

enum init_event {
	INIT_CANNOT_FORK, /* detail: errno */
	INIT_WAS_TOLD_TO_END, /* while waiting; detail: the signal */
	INIT_WAIT_DIED, /* detail: the signal that ended the process that waits */
	INIT_CANNOT_EXECUTE, /* detail: errno */
};

struct init {
	void (*tell)(enum init_event event, int detail);
	struct heritage heritage;
	pid_t gate, command;
	bool command_is_stopped;
	int *exec_error; /* shared with the command until it is executed */
};

enum {
	SHIM_FAILED = 125, /* as in env(1) and docker run */
};

/*
 * Takes the orphans of all descendants. `blocked` is what signals_block() returned as the first act of main.
 * False when that took asking for, since this is not PID 1.
 */
bool init_open(struct init *i, sigmask blocked);

/*
 * Forks; the child calls `gate`, which must not return. 0 when the child exited with 0; else the status
 * to exit with: the child's own, SHIM_FAILED if it crashed, 128 + n after a request to end.
 */
int init_wait(struct init *i, void (*gate)(void));

/* Starts the command. 0, or the status to exit with. */
int init_start(struct init *i, char *const argv[], char **environment);

/* Forwards signals and reaps until the command has ended; its exit status. */
int init_serve(struct init *i);

#endif
