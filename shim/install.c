/* SPDX-License-Identifier: MIT */
#include "install.h"

#include "base/format.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* AT_EXECFN is what execve(2) was given: good where there is no /proc. */
static int open_self(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	return fd >= 0 ? fd : open((const char *)getauxval(AT_EXECFN), O_RDONLY | O_CLOEXEC);
}

/* Under another name first: somebody may be executing what stands there. Descriptors end with the program. */
static int copy_beside(int from, const char *path, const char *beside)
{
	int to = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	int error = 0;
	ssize_t n;

	if (to < 0)
		return errno;
	do
		n = sendfile(to, from, NULL, INT_MAX);
	while (n > 0);
	if (n < 0 || close(to) != 0 || rename(beside, path) != 0) {
		error = errno;
		unlink(beside);
	}
	return error;
}

/* 0 when nothing is there. By system call: libc's stat(3) is 800 bytes. */
static mode_t type_of(const char *path)
{
	struct stat there = {0};

	syscall(SYS_newfstatat, AT_FDCWD, path, &there, 0);
	return there.st_mode & S_IFMT;
}

int install(const char *path)
{
	char memory[2][PATH_MAX];
	struct buf whole = buf_init(memory[0], PATH_MAX - 1), beside = buf_init(memory[1], PATH_MAX - 1);
	mode_t type;
	int from;

	buf_format(&whole, type_of(path) == S_IFDIR ? "%s/shim" : "%s", path);
	path = buf_text(&whole);
	buf_format(&beside, "%s.new.%u", path, getpid());
	if (whole.full || beside.full)
		return ENAMETOOLONG;
	type = type_of(path);
	if (type && type != S_IFREG)
		return EEXIST; /* rename(2) would put the copy in the place of a device as well */
	umask(0); /* whoever runs as another user must be able to execute it */
	from = open_self();
	return from < 0 ? errno : copy_beside(from, path, buf_text(&beside));
}
