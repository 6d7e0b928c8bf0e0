/* SPDX-License-Identifier: MIT */
/*
 * program: a child process that tells by its exit status whether a target is ready.
 *
 * The one rule: it leads a process group, and nothing of that group outlives
 * the attempt; if this process dies, the program dies, too.
 */
#ifndef SHIM_GATE_PROGRAM_H
#define SHIM_GATE_PROGRAM_H

#include "gate/polling.h"
#include "probe/probe.h"

#include <sys/types.h>

struct program {
	pid_t pid; /* 0: none runs */
	int fd; /* what it says; -1 after the end of that */
	int status; /* of wait(2) */
	bool has_ended;
	bool line_is_over; /* the next one takes its place, if it is not empty */
	unsigned len;
	char line[EXCERPT_MAX + 1]; /* its last, or the beginning of that */
};

/* Starts it, with the environment of this process. False when that failed; then nothing is held. */
bool program_open(struct program *r, char *const argv[], struct verdict *v);

/* Adds what it says to what poll(2) is asked, if it is there. */
void program_await(const struct program *r, struct polling *p);

/* A child of this process was reaped: notes how it ended, if it was this program. */
void program_note_end(struct program *r, pid_t pid, int status);

/* Hears what it says; when it has ended: READY, or NOT_READY and why. */
enum outcome program_step(struct program *r, const struct target *t, struct verdict *v);

/* Kills all of its group, if it is there. */
void program_close(struct program *r);

#endif
