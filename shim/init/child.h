/* SPDX-License-Identifier: MIT */
/*
 * child: a process that init started.
 *
 * The one rule: it begins with the signals, the descriptors, the directory
 * and the environment that init was given itself.
 */
#ifndef SHIM_INIT_CHILD_H
#define SHIM_INIT_CHILD_H

#include "init/signals.h"

/* What a child gets back before it runs. */
struct heritage {
	sigmask blocked;
	bool ignores_children; /* SIGCHLD was ignored */
	pid_t group; /* of init: when that is in the foreground of the terminal, the child's comes next */
	pid_t init; /* a LISTEN_PID that names it is made to name the child (sd_listen_fds(3)) */
};

/* As fork(2), less what libc does around it. */
pid_t child_fork(void);

/*
 * Starts argv in a process group of its own, in the foreground of the terminal if init was.
 * Its pid; -1 and errno when there can be no process. Why it could not be executed is written
 * to *exec_error, which must be shared memory; the child's status is then the one for that.
 */
pid_t child_spawn(char *const argv[], char **environment, const struct heritage *heritage, int *exec_error);

/* Reaps the next child that ended or stopped: its pid, 0 when there is none now. */
pid_t child_reap(int *status);

/* What a shell would say of a wait status: 0 to 255, or 128 + signal. */
int exit_status(int wait_status);
/* 127 when there is nothing to execute, else 126. */
int exec_status(int error);

#endif
