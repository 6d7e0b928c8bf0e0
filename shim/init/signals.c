/* SPDX-License-Identifier: MIT */
#include "init/signals.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

sigmask signals_block(sigmask set)
{
	sigmask before = 0;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, &before, sizeof(set));
	return before;
}

/* sigaction(2), as the kernel has it. */
struct action {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	sigmask blocked;
};

sigmask signals_requests(void)
{
	sigmask heeded = 0;

	for (int signal = 1; signal <= SIGTERM; signal++) {
		struct action action;

		syscall(SYS_rt_sigaction, signal, NULL, &action, sizeof(action.blocked));
		if (is_request_to_end(signal) && action.handler != SIG_IGN)
			heeded |= sigmask_of(signal);
	}
	return heeded;
}

bool signals_ignore_children(bool ignore)
{
	struct action before = {0}, action = {.handler = ignore ? SIG_IGN : SIG_DFL};

	syscall(SYS_rt_sigaction, SIGCHLD, &action, &before, sizeof(action.blocked));
	return before.handler == SIG_IGN;
}

int signals_await(siginfo_t *info, msec limit)
{
	struct timespec timeout = {.tv_sec = limit / SECOND, .tv_nsec = limit % SECOND * 1000000};
	sigmask set = EVERY_SIGNAL;
	long signal = syscall(SYS_rt_sigtimedwait, &set, info, limit < NEVER ? &timeout : NULL, sizeof(set));

	return signal > 0 ? (int)signal : 0; /* EINTR, too: a tracer, or the machine woke up */
}

void signals_forget(sigmask set)
{
	struct timespec at_once = {0};

	while (syscall(SYS_rt_sigtimedwait, &set, NULL, &at_once, sizeof(set)) > 0)
		;
}

void signal_forward(pid_t pid, int signal, const siginfo_t *info)
{
	/* sigqueue(3) sends a value along, to one process; kill(2) would lose it. */
	if (info->si_code == SI_QUEUE && pid > 0 && syscall(SYS_rt_sigqueueinfo, pid, signal, info) == 0)
		return;
	/* A command may leave the group that it leads, and before it leads it there is none. */
	if (syscall(SYS_kill, pid, signal) != 0 && pid < 0)
		syscall(SYS_kill, -pid, signal);
}

bool is_request_to_end(int signal)
{
	return signal == SIGTERM || signal == SIGINT || signal == SIGQUIT || signal == SIGHUP;
}
