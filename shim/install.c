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

static int copy(int from, int to)
{
	ssize_t n;

	do
		n = sendfile(to, from, NULL, INT_MAX);
	while (n > 0);
	return n < 0 ? errno : 0;
}

/* Under another name first: somebody may be executing what stands there. */
static int copy_beside(int from, const char *path, const char *beside)
{
	int to = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);

	if (to < 0)
		return errno;

	int error = copy(from, to);

	if (close(to) != 0 && error == 0)
		error = errno;
	if (error == 0 && rename(beside, path) != 0)
		error = errno;
	if (error)
		unlink(beside);
	return error;
}

/* rename(2) would put the copy in the place of a device as well. By system call: libc's stat(3) is 800 bytes. */
static bool is_special(const char *path)
{
	struct stat there;

	return syscall(SYS_newfstatat, AT_FDCWD, path, &there, 0) == 0 && !S_ISREG(there.st_mode);
}

int install(const char *path)
{
	char memory[2][PATH_MAX];
	struct buf whole = buf_init(memory[0], PATH_MAX - 1), beside = buf_init(memory[1], PATH_MAX - 1);
	int from, error, directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	buf_format(&whole, directory >= 0 ? "%s/shim" : "%s", path);
	if (directory >= 0)
		close(directory);
	buf_format(&beside, "%s.new.%u", buf_text(&whole), getpid());
	if (whole.full || beside.full)
		return ENAMETOOLONG;
	if (is_special(buf_text(&whole)))
		return EEXIST;
	umask(0); /* whoever runs as another user must be able to execute it */
	from = open_self();
	if (from < 0)
		return errno;
	error = copy_beside(from, buf_text(&whole), buf_text(&beside));
	close(from);
	return error;
}
