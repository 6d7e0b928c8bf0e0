/* SPDX-License-Identifier: MIT */
#include "gate/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* capset(2); musl brings no header for it. */
static void drop_capabilities(void)
{
	struct {
		uint32_t version;
		int pid; /* 0: this process */
	} header = {.version = 0x20080522}; /* _LINUX_CAPABILITY_VERSION_3 */
	struct {
		uint32_t effective, permitted, inheritable;
	} none[2] = {{0}};

	syscall(SYS_capset, &header, none);
}

static void fill_standard_descriptors(void)
{
	int fd;

	/* O_PATH: what lies there can be neither read nor written. */
	do
		fd = open("/", O_PATH);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* prlimit(2): libc's setrlimit brings 2 KB that keep threads in step. */
static long set_limit(int resource, const struct rlimit *new, struct rlimit *old)
{
	return syscall(SYS_prlimit64, 0, resource, new, old);
}

static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (set_limit(RLIMIT_NOFILE, NULL, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	set_limit(RLIMIT_NOFILE, &limit, NULL);
}

void confine(void)
{
	fill_standard_descriptors();
	raise_descriptor_limit();
	set_limit(RLIMIT_CORE, &(struct rlimit){0, 0}, NULL);
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	drop_capabilities();
}

/* Without close_range(2) (before Linux 5.9) what is open stays open until the wait is over. */
static void close_inherited(void)
{
	syscall(SYS_close_range, STDERR_FILENO + 1, UINT_MAX, 0);
}

void confine_child(int parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* it died before the call above */
		kill(getpid(), SIGKILL); /* not raise(3): it knows only the thread of before the fork */
	close_inherited();
	confine();
}
