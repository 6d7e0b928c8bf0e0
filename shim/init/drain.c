/* SPDX-License-Identifier: MIT */
#include "init/drain.h"

#include "base/span.h"
#include "init/child.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Was it asked to end before? Many take a second TERM for an order to drop everything. */
static bool was_told(pid_t pid)
{
	enum { TOLD_MAX = 1024 }; /* who comes later may be told more than once */
	static pid_t told[TOLD_MAX];
	unsigned i = 0;
	bool is_known;

	while (told[i] && told[i] != pid && i < TOLD_MAX - 1)
		i++;
	is_known = told[i] == pid;
	told[i] = pid;
	return is_known;
}

/* What is stopped cannot end. */
static void send(pid_t pid, int signal)
{
	syscall(SYS_kill, pid, signal);
	syscall(SYS_kill, pid, SIGCONT);
}

/* Orphans come to init, so these are all whose parents have ended; the others follow as theirs do: at a CHLD. */
static void signal_children(int signal)
{
	char memory[4096];
	int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, memory, sizeof(memory));
	struct span rest = {memory, n > 0 ? (size_t)n : 0};
	uint64_t pid;

	/* A blank follows each: one at the very end may be cut, and somebody else's. */
	while (span_number(span_word(&rest), INT32_MAX, &pid) && rest.len > 0)
		if (signal != SIGCHLD || !was_told((pid_t)pid))
			send((pid_t)pid, signal == SIGCHLD ? SIGTERM : signal);
	close(fd);
}

/* Reaps; false when there is no child any more. */
static bool reap_rest(unsigned *ended)
{
	pid_t child;
	int status;

	while ((child = child_reap(&status)) > 0)
		*ended += is_end(status);
	return child == 0;
}

unsigned drain(pid_t init, msec grace, bool *had_others)
{
	enum { LOOK_AGAIN = 20 }; /* ms */
	msec now = clock_now(), end = now + grace, give_up = end + SECOND; /* what hangs in the kernel is left to it */
	unsigned ended = 0;
	int signal = init == 1 ? SIGTERM : SIGCHLD;

	for (; now < give_up; now = clock_now()) {
		siginfo_t info;
		bool has_children = reap_rest(&ended);

		/* Those who entered the namespace have their parents elsewhere: nobody tells init of their end. */
		if (!has_children && (init != 1 || syscall(SYS_kill, -1, 0) != 0))
			break;
		*had_others |= !has_children;
		if (now >= end)
			signal = SIGKILL;
		if (signal && init != 1)
			signal_children(signal);
		else if (signal && signal != SIGCHLD)
			send(-1, signal);
		signal = signals_await(&info, has_children ? (now < end ? end : give_up) - now : LOOK_AGAIN);
	}
	return ended;
}
