/* SPDX-License-Identifier: MIT */
#include "init/init.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

bool init_open(struct init *i, sigmask blocked)
{
	i->heritage.init = getpid();
	i->heritage.group = getpgrp();
	i->heritage.blocked = blocked;
	/* Ignored, it would let children vanish unseen, with their status. */
	i->heritage.ignores_children = signals_ignore_children(false);
	if (i->heritage.init == 1)
		return true;
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	return false;
}

static int fail_to_fork(struct init *i)
{
	i->tell(INIT_CANNOT_FORK, errno);
	return SHIM_FAILED;
}

/* Reaps whatever has ended. Has `pid` ended too? Then *status is its. */
static bool reap(struct init *i, pid_t pid, int *status)
{
	bool has_ended = false;
	pid_t child;
	int s;

	while ((child = child_reap(&s)) != 0) {
		if (child == i->command)
			i->command_is_stopped = WIFSTOPPED(s);
		if (child != pid || WIFSTOPPED(s) || WIFCONTINUED(s))
			continue;
		*status = s;
		has_ended = true;
	}
	return has_ended;
}

/* The process that waits has no more to do, and may be in the middle of anything. */
static int end_wait(struct init *i, int signal)
{
	int status;

	kill(i->gate, SIGKILL);
	while (waitpid(i->gate, &status, 0) < 0 && errno == EINTR)
		;
	i->tell(INIT_WAS_TOLD_TO_END, signal);
	return 128 + signal;
}

static int wait_result(struct init *i, int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	i->tell(INIT_WAIT_DIED, WTERMSIG(status));
	return SHIM_FAILED;
}

int init_wait(struct init *i, void (*gate)(void))
{
	siginfo_t info;
	int status;

	i->gate = child_fork();
	if (i->gate < 0)
		return fail_to_fork(i);
	if (i->gate == 0)
		gate();
	for (;;) {
		int signal = signals_await(&info);

		if (is_request_to_end(signal))
			return end_wait(i, signal);
		if (signal == SIGUSR1)
			kill(i->gate, SIGUSR1);
		if (reap(i, i->gate, &status))
			return wait_result(i, status);
	}
}

/* init keeps nothing busy that the command may want to unmount, or to see the end of. */
static void let_go(void)
{
	if (chdir("/") != 0) {
		/* It stays where it is; nothing depends on that. */
	}
	syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
}

int init_start(struct init *i, char *const argv[], char **environment)
{
	i->command = child_spawn(argv, environment, &i->heritage, i->exec_error);
	if (i->command < 0)
		return fail_to_fork(i);
	let_go();
	return 0;
}

/* A line of ours into a pipe that nobody reads brings this one; it is not meant for the command. */
static bool is_own_failure(const struct init *i, const siginfo_t *info)
{
	return info->si_signo == SIGPIPE && info->si_pid == i->heritage.init;
}

/* A stopped process cannot end: what asks it to is followed by CONT. */
static void forward(struct init *i, const siginfo_t *info)
{
	if (is_own_failure(i, info))
		return;
	signal_forward(i->command, info);
	if (i->command_is_stopped && is_request_to_end(info->si_signo))
		kill(i->command, SIGCONT);
}

int init_serve(struct init *i)
{
	siginfo_t info;
	int status;

	for (;;) {
		int signal = signals_await(&info);

		/* Lower numbers come first, so a TERM may overtake the news that the command was stopped. */
		if (reap(i, i->command, &status))
			break;
		if (signal != SIGCHLD)
			forward(i, &info);
	}
	if (*i->exec_error)
		i->tell(INIT_CANNOT_EXECUTE, *i->exec_error);
	return exit_status(status);
}
