/* SPDX-License-Identifier: MIT */
#include "gate/program.h"

#include "base/executable.h"
#include "base/signame.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PIECE = 4096,
	PIECES_LEFT = 16, /* what a pipe may hold when nobody writes any more: pipe(7) */
};

/* No signal is blocked or ignored. */
static void reset_signals(void)
{
	static const struct {
		void (*handler)(int);
		unsigned long flags;
		void (*restorer)(void);
		uint64_t blocked;
	} action;

	for (int signal = 1; signal <= SIGNAL_MAX; signal++)
		syscall(SYS_rt_sigaction, signal, &action, NULL, sizeof(action.blocked));
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &action.blocked, NULL, sizeof(action.blocked));
}

/* In the child. Returns errno when it cannot be executed. */
static int become(char *const argv[], int out, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* it died before the call above */
		return ESRCH;
	setpgid(0, 0);
	reset_signals();
	close(STDIN_FILENO);
	open("/dev/null", O_RDONLY); /* it takes that place, which stays closed where there is none */
	syscall(SYS_dup3, out, STDOUT_FILENO, 0);
	syscall(SYS_dup3, out, STDERR_FILENO, 0);
	return executable_run(argv, environ);
}

/*
 * vfork(2): the child uses our memory until it is executed, while we wait. So it can say why it was not, and a gate with
 * many targets is not copied for each of them.
 */
bool program_open(struct program *r, char *const argv[], struct verdict *v)
{
	pid_t self = getpid();
	int ends[2] = {-1, -1};
	bool is_started;

	*r = (struct program){.line_is_over = true};
	r->pid = syscall(SYS_pipe2, ends, O_CLOEXEC) == 0 ? vfork() : -1;
	if (r->pid == 0) {
		r->status = become(argv, ends[1], self);
		_exit(0);
	}
	is_started = r->pid > 0;
	if (!is_started)
		r->status = errno;
	close(ends[1]);
	r->fd = ends[0];
	syscall(SYS_fcntl, r->fd, F_SETFL, O_NONBLOCK);
	if (r->status == 0)
		return true;
	r->pid = 0; /* what there was of it has ended */
	close(r->fd);
	return verdict_fail(v, is_started ? NOT_EXECUTED : NOT_STARTED, 0, "%e", r->status);
}

void program_await(const struct program *r, struct polling *p)
{
	if (r->pid && r->fd >= 0)
		polling_add(p, r->fd, POLLIN);
}

void program_note_end(struct program *r, pid_t pid, int status)
{
	if (pid != r->pid)
		return;
	r->status = status;
	r->has_ended = true;
}

/* False when there is nothing to hear now. */
static bool hear(struct program *r)
{
	char said[PIECE];
	ssize_t n = read(r->fd, said, sizeof(said));

	if (n == 0) {
		close(r->fd);
		r->fd = -1;
	}
	for (ssize_t i = 0; i < n; i++) {
		if (said[i] == '\n') {
			r->line_is_over = true;
		} else if (r->line_is_over && !is_blank(said[i])) {
			r->line_is_over = false;
			r->len = 0;
		}
		if (!r->line_is_over && r->len < sizeof(r->line))
			r->line[r->len++] = said[i];
	}
	return n > 0;
}

/* Its own words, unless it was told a variable: that may be a secret, which they may repeat. A writer of struct program. */
static void put_end(struct buf *b, const void *program)
{
	const struct program *r = program;
	int signal = WTERMSIG(r->status);

	if (r->len > 0)
		buf_put_excerpt(b, (struct span){r->line, r->len}, EXCERPT_MAX);
	else if (signal)
		buf_format(b, "killed by %w", buf_put_signal, &signal);
	else
		buf_format(b, "exited with status %u", WEXITSTATUS(r->status));
}

enum outcome program_step(struct program *r, const struct target *t, struct verdict *v)
{
	for (unsigned left = r->has_ended ? PIECES_LEFT : 1; left > 0 && hear(r); left--)
		;
	if (!r->has_ended)
		return PENDING;
	if (r->status == 0)
		return READY;
	if (span_from(t->declared.text, SPAN("${")).len > 0)
		r->len = 0;
	verdict_fail(v, SERVER_SAYS_WAIT, r->status, "%w", put_end, r);
	return NOT_READY;
}

void program_close(struct program *r)
{
	if (r->pid == 0)
		return;
	kill(-r->pid, SIGKILL);
	if (r->fd >= 0)
		close(r->fd);
	r->pid = 0;
}
