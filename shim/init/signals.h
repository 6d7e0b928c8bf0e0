/* SPDX-License-Identifier: MIT */
/*
 * signals: what arrives is taken one by one, and passed on.
 *
 * The one rule: every signal stays blocked in this process, so none is lost
 * between two looks. libc's signal sets leave out 32 to 34; these do not.
 */
#ifndef SHIM_INIT_SIGNALS_H
#define SHIM_INIT_SIGNALS_H

#include "base/clock.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Signal n is bit n - 1, as the kernel has it. */
typedef uint64_t sigmask;

static inline sigmask sigmask_of(int signal)
{
	return (sigmask)1 << (signal - 1);
}

#define EVERY_SIGNAL (~(sigmask)0)

/* Blocks these and no others; returns what was blocked before. */
sigmask signals_block(sigmask set);

/* TERM, INT, QUIT and HUP, as far as this process does not ignore them. */
sigmask signals_requests(void);

/* Sets SIGCHLD to its default, or to be ignored; was it ignored before? */
bool signals_ignore_children(bool ignore);

/* Waits for the next signal, at most `limit` ms, or NEVER: then there is no timer. Its number; 0 when the time is over. */
int signals_await(siginfo_t *info, msec limit);

/* Takes those of this set that are pending. */
void signals_forget(sigmask set);

/* Sends `info` on as `signal` to `pid`, a group if that is negative, with its value if it carries one. */
void signal_forward(pid_t pid, int signal, const siginfo_t *info);

/* Does it ask a program to end? TERM, INT, QUIT, HUP. */
bool is_request_to_end(int signal);

#endif
