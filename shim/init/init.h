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
	INIT_CANNOT_EXECUTE, /* detail: errno; see init.failure */
	INIT_REAPED, /* an orphan; detail: its pid */
	INIT_ENDS, /* see init.ending */
};

struct init {
	void (*tell)(enum init_event event, int detail);
	struct heritage heritage;
	pid_t gate, command;
	bool command_is_stopped;
	struct exec_failure *failure; /* shared with the command until it is executed */
	msec forward_at; /* when the first TERM is forwarded; NEVER: it was */
	msec kill_at; /* when KILL follows; NEVER: not at all */
	bool had_term; /* the clocks are set only once */
	siginfo_t held; /* that TERM */
	struct ending {
		int signal; /* the first request to end that came while the command ran; 0: none */
		pid_t sender; /* of that; 0: from outside of the PID namespace */
		msec asked_at;
		bool was_killed; /* by kill_after */
		int status; /* of the command */
		unsigned left; /* processes that it left behind, and that were waited for */
		bool had_others; /* some had entered from outside */
		msec took; /* from the request, or from the command's end, to the end of all */
	} ending;
};

enum { SHIM_FAILED = 125 }; /* as in env(1) and docker run */

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

/* Starts nothing, reaps, and returns after TERM or INT: what a pod's sandbox does. The status to exit with. */
int init_rest(struct init *i);

/* Forwards signals and reaps until the command has ended; its exit status. */
int init_serve(struct init *i);

#endif
