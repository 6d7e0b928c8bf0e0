/* SPDX-License-Identifier: MIT */
#include "init/child.h"

#include "base/account.h"
#include "base/executable.h"
#include "base/format.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANNOT_EXECUTE = 126, NOT_FOUND = 127 }; /* as in a shell, POSIX XCU 2.8.2 */

pid_t child_fork(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

bool is_in_foreground(pid_t group)
{
	pid_t foreground;

	return ioctl(STDIN_FILENO, TIOCGPGRP, &foreground) == 0 && foreground == group;
}

/* The terminal stays with those who had it: only an init in the foreground hands it on. */
static void lead_own_group(pid_t before)
{
	pid_t own;

	setpgid(0, 0);
	if (!is_in_foreground(before))
		return;
	own = getpid();
	ioctl(STDIN_FILENO, TIOCSPGRP, &own);
}

/* With the terminal, when no other session has it. */
static void lead_own_session(void)
{
	setsid();
	ioctl(STDIN_FILENO, TIOCSCTTY, 0);
}

/* Sockets that were handed to init are meant for the command. `memory` must last until it is executed. */
static void pass_on_listening(char **environment, pid_t init, struct buf *memory)
{
	static const char form[] = "LISTEN_PID=%u";

	buf_format(memory, form, init);
	while (*environment && strcmp(*environment, buf_text(memory)) != 0)
		environment++;
	if (!*environment)
		return;
	memory->len = 0;
	buf_format(memory, form, getpid());
	*environment = (char *)buf_text(memory);
}

static void restore(const struct heritage *h)
{
	if (h->ignores_children)
		signals_ignore_children(true);
	signals_block(h->blocked);
}

void child_become(char *const argv[], char **environment, const struct heritage *heritage, struct exec_failure *failure)
{
	const struct user *user = &heritage->plan->user;

	if (user->is_set && !user_become(user)) {
		*failure = (struct exec_failure){errno, "changing the user"};
		return;
	}
	restore(heritage);
	failure->error = executable_run(argv, environment);
}

pid_t child_spawn(char *const argv[], char **environment, const struct heritage *heritage, struct exec_failure *failure)
{
	char memory[32];
	struct buf listening = buf_init(memory, sizeof(memory));
	pid_t pid = child_fork();

	if (pid > 0 && !heritage->plan->has_session)
		setpgid(pid, pid); /* both sides: whoever comes first, a signal to the group finds it */
	if (pid != 0)
		return pid;
	if (heritage->plan->has_session)
		lead_own_session();
	else
		lead_own_group(heritage->group);
	pass_on_listening(environment, heritage->init, &listening);
	child_become(argv, environment, heritage, failure);
	_exit(exec_status(failure->error));
}

pid_t child_reap(int *status)
{
	pid_t pid;

	do
		pid = waitpid(-1, status, WNOHANG | WUNTRACED | WCONTINUED);
	while (pid < 0 && errno == EINTR);
	return pid;
}

bool is_end(int wait_status)
{
	return !WIFSTOPPED(wait_status) && !WIFCONTINUED(wait_status);
}

int exit_status(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

int exec_status(int error)
{
	return error == ENOENT ? NOT_FOUND : CANNOT_EXECUTE;
}
