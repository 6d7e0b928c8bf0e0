/* SPDX-License-Identifier: MIT */
/*
 * child: a process that init started.
 *
 * The one rule: it begins with the signals, the descriptors, the directory
 * and the environment that init was given itself.
 */
#ifndef SHIM_INIT_CHILD_H
#define SHIM_INIT_CHILD_H

#include "base/plan.h"
#include "init/signals.h"

/* What a child gets back before it runs. */
struct heritage {
	const struct plan *plan;
	sigmask blocked;
	bool ignores_children; /* SIGCHLD was ignored */
	pid_t group; /* of init: when that is in the foreground of the terminal, the child's comes next */
	pid_t init; /* a LISTEN_PID that names it is made to name the child (sd_listen_fds(3)) */
};

/* As fork(2), less what libc does around it. */
pid_t child_fork(void);

/* Why a program could not be executed. */
struct exec_failure {
	int error; /* errno; 0: it was executed */
	const char *step; /* what failed before that; NULL for execve(2) itself */
};

/*
 * Starts argv in a process group of its own, in the foreground of the terminal if init was.
 * Its pid; -1 and errno when there can be no process. Why it could not be executed is written
 * to *failure, which must be shared memory; the child's status is then the one for that.
 */
pid_t child_spawn(char *const argv[], char **environment, const struct heritage *heritage,
		  struct exec_failure *failure);

/* Makes this process argv, as whom the plan says. Returns only when that failed. */
void child_become(char *const argv[], char **environment, const struct heritage *heritage,
		  struct exec_failure *failure);

/* Reaps the next child that ended or stopped: its pid, 0 when there is none now, -1 when there are no children. */
pid_t child_reap(int *status);
/* Is it the group that the terminal's keys reach? False without a terminal. */
bool is_in_foreground(pid_t group);
/* Has it ended, and not only stopped or gone on? */
bool is_end(int wait_status);

/* What a shell would say of a wait status: 0 to 255, or 128 + signal. */
int exit_status(int wait_status);
/* 127 when there is nothing to execute, else 126. */
int exec_status(int error);

#endif
