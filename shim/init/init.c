/* SPDX-License-Identifier: MIT */
#include "init/init.h"

#include "init/drain.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The parent may have died before the call, which then would never have an effect. */
static void die_with_parent(const struct plan *p)
{
	pid_t parent = getppid();

	prctl(PR_SET_PDEATHSIG, p->parent_death, 0, 0, 0);
	if (getppid() != parent)
		kill(getpid(), p->parent_death);
}

bool init_open(struct init *i, sigmask blocked)
{
	if (i->heritage.plan->parent_death)
		die_with_parent(i->heritage.plan);
	i->heritage.init = getpid();
	i->heritage.group = getpgrp();
	i->heritage.blocked = blocked;
	i->forward_at = i->kill_at = NEVER;
	/* Ignored, it would let children vanish unseen, with their status. */
	i->heritage.ignores_children = signals_ignore_children(false);
	if (i->heritage.init == 1 || i->heritage.plan->becomes_command)
		return true; /* execve(2) would leave the orphans to a command that does not expect them */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	return false;
}

static int fail_to_fork(struct init *i)
{
	i->tell(INIT_CANNOT_FORK, errno);
	return SHIM_FAILED;
}

/* What a key has stopped nobody else could continue: the shell, if there is one, waits for init. */
static void note_stop(struct init *i, int status)
{
	i->command_is_stopped = WIFSTOPPED(status);
	if (i->command_is_stopped && WSTOPSIG(status) == SIGTSTP && is_in_foreground(i->command))
		kill(-i->command, SIGCONT);
}

/* Reaps whatever has ended. Has `pid` ended too? Then *status is its. */
static bool reap(struct init *i, pid_t pid, int *status)
{
	bool has_ended = false;
	pid_t child;
	int s;

	while ((child = child_reap(&s)) > 0) {
		if (child == i->command)
			note_stop(i, s);
		if (!is_end(s))
			continue;
		if (child != pid) {
			i->tell(INIT_REAPED, child);
			continue;
		}
		*status = s;
		has_ended = true;
	}
	return has_ended;
}

/* The process that waits may have programs to end, and be in the middle of anything. */
static int end_wait(struct init *i, int signal)
{
	enum { OBEY_MAX = 50 }; /* ms */
	int status, with = SIGTERM;
	siginfo_t info;

	while (waitpid(i->gate, &status, WNOHANG) == 0) {
		kill(i->gate, with);
		signals_await(&info, OBEY_MAX);
		with = SIGKILL;
	}
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
		int signal = signals_await(&info, NEVER);

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
	syscall(SYS_chdir, "/"); /* or it stays where it is: nothing depends on that */
	syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
}

int init_rest(struct init *i)
{
	siginfo_t info;
	int status, signal;

	let_go();
	do {
		signal = signals_await(&info, NEVER);
		reap(i, 0, &status);
	} while (signal != SIGTERM && signal != SIGINT);
	return 0;
}

/* Only one session has it. The kernel tells those who had it by HUP and CONT, which are not meant for the command. */
static void leave_terminal(const struct init *i)
{
	if (getsid(0) == i->heritage.init && ioctl(STDIN_FILENO, TIOCNOTTY) == 0)
		signals_forget(sigmask_of(SIGHUP) | sigmask_of(SIGCONT));
}

int init_start(struct init *i, char *const argv[], char **environment)
{
	if (i->heritage.plan->has_session)
		leave_terminal(i);
	i->command = child_spawn(argv, environment, &i->heritage, i->failure);
	if (i->command < 0)
		return fail_to_fork(i);
	let_go();
	return 0;
}

static pid_t addressee(const struct init *i)
{
	const struct plan *p = i->heritage.plan;

	return p->to_group || p->has_session ? -i->command : i->command;
}

/*
 * A stopped process cannot end: what asks it to is followed by CONT. A session that has no terminal does not stop at
 * the terminal's signals. Whoever sent them may wait for init to stop, too; PID 1 never does.
 */
static void forward(struct init *i, const siginfo_t *info)
{
	const struct plan *p = i->heritage.plan;
	int received = info->si_signo, signal = p->forwarded_as[received];
	bool is_stop = received >= SIGTSTP && received <= SIGTTOU;
	pid_t to = addressee(i);

	if (is_stop && p->has_session && signal == received)
		signal = SIGSTOP;
	if (signal)
		signal_forward(to, signal, info);
	if (i->command_is_stopped && is_request_to_end(signal))
		kill(to, SIGCONT);
	if (is_stop && p->suspends)
		kill(i->heritage.init, SIGSTOP);
}

/* The first TERM sets the clocks; a later one, or INT, ends the delay of the first. True when it was held back. */
static bool hold_back(struct init *i, const siginfo_t *info, msec now)
{
	const struct plan *p = i->heritage.plan;

	if (info->si_signo == SIGTERM && !i->had_term) {
		i->had_term = true;
		i->held = *info;
		i->kill_at = p->kill_after > 0 ? now + p->kill_after : NEVER;
		i->forward_at = p->stop_delay > 0 ? now + p->stop_delay : NEVER;
		return p->stop_delay > 0;
	}
	if (i->forward_at == NEVER || (info->si_signo != SIGTERM && info->si_signo != SIGINT))
		return false;
	i->forward_at = now;
	return info->si_signo == SIGTERM; /* two of them are one */
}

static void note_request(struct init *i, const siginfo_t *info, msec now)
{
	if (i->ending.signal || !is_request_to_end(info->si_signo))
		return;
	i->ending.signal = info->si_signo;
	i->ending.sender = info->si_pid;
	i->ending.asked_at = now;
}

/* A line of ours into a pipe that nobody reads brings PIPE; it is not meant for the command. */
static bool is_own_failure(const struct init *i, const siginfo_t *info)
{
	return info->si_signo == SIGPIPE && info->si_pid == i->heritage.init;
}

static void hear(struct init *i, const siginfo_t *info, msec now)
{
	if (is_own_failure(i, info))
		return;
	note_request(i, info, now);
	if (!hold_back(i, info, now))
		forward(i, info);
}

static void keep_time(struct init *i, msec now)
{
	if (now >= i->forward_at) {
		i->forward_at = NEVER;
		forward(i, &i->held);
	}
	if (now >= i->kill_at) {
		i->kill_at = NEVER;
		i->ending.was_killed = true;
		kill(addressee(i), SIGKILL);
	}
}

static msec time_left(const struct init *i)
{
	msec next = i->forward_at < i->kill_at ? i->forward_at : i->kill_at;
	msec now;

	if (next == NEVER)
		return NEVER;
	now = clock_now();
	return next > now ? next - now : 0;
}

/* The command has ended. What it leaves behind is seen to, and told of when anybody asked for an end. */
static int end(struct init *i, int status)
{
	struct ending *e = &i->ending;
	const struct plan *p = i->heritage.plan;
	msec start = e->signal ? e->asked_at : clock_now();

	e->status = exit_status(status);
	if (i->failure->error)
		i->tell(INIT_CANNOT_EXECUTE, i->failure->error);
	if (p->has_session)
		kill(-i->command, SIGTERM); /* as the kernel does by HUP where it ends with a terminal */
	if (p->grace > 0)
		e->left = drain(i->heritage.init, p->grace, &e->had_others);
	e->took = clock_now() - start;
	if (e->signal || e->left > 0 || e->had_others)
		i->tell(INIT_ENDS, e->status);
	return p->exit_as[e->status];
}

int init_serve(struct init *i)
{
	siginfo_t info;
	int status;

	for (;;) {
		int signal = signals_await(&info, time_left(i));
		msec now = clock_now();

		/* Lower numbers come first, so a TERM may overtake the news that the command was stopped. */
		if (reap(i, i->command, &status))
			return end(i, status);
		if (signal && signal != SIGCHLD)
			hear(i, &info, now);
		keep_time(i, now);
	}
}
