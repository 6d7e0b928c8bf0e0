/* SPDX-License-Identifier: MIT */
#include "init/drain.h"

#include "base/span.h"
#include "init/child.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Orphans come to init, so these are all whose parents have ended; the others follow as theirs do. */
static void signal_children(int signal)
{
	char memory[4096];
	int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, memory, sizeof(memory));
	struct span rest = {memory, n > 0 ? (size_t)n : 0};
	uint64_t pid;

	while (span_number(span_word(&rest), INT32_MAX, &pid))
		syscall(SYS_kill, (pid_t)pid, signal);
	close(fd);
}

/* What is stopped cannot end. */
static void signal_all(pid_t init, int signal)
{
	if (init != 1) {
		signal_children(signal);
		signal_children(SIGCONT);
	} else {
		syscall(SYS_kill, -1, signal);
		syscall(SYS_kill, -1, SIGCONT);
	}
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

/* Those who entered the namespace have their parents elsewhere: nobody tells init of their end. */
static bool others_are_left(pid_t init)
{
	return init == 1 && syscall(SYS_kill, -1, 0) == 0;
}

unsigned drain(pid_t init, msec grace)
{
	enum { LOOK_AGAIN = 20 }; /* ms */
	msec now = clock_now(), end = now + grace, give_up = end + SECOND; /* what hangs in the kernel is left to it */
	unsigned ended = 0;
	int signal = SIGTERM;

	for (; now < give_up; now = clock_now()) {
		siginfo_t info;
		bool has_children = reap_rest(&ended);

		if (!has_children && !others_are_left(init))
			break;
		if (now >= end)
			signal = SIGKILL;
		if (signal && (signal != SIGCHLD || init != 1))
			signal_all(init, signal == SIGCHLD ? SIGTERM : signal);
		signal = signals_await(&info, has_children ? (now < end ? end : give_up) - now : LOOK_AGAIN);
	}
	return ended;
}
