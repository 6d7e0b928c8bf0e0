/* SPDX-License-Identifier: MIT */
#include "install.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

/* AT_EXECFN is what execve(2) was given: good where there is no /proc. */
static int open_self(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	return fd >= 0 ? fd : open((const char *)getauxval(AT_EXECFN), O_RDONLY | O_CLOEXEC);
}

static int write_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.at, bytes.len);

		if (n < 0)
			return errno;
		bytes = span_tail(bytes, (size_t)n);
	}
	return 0;
}

static int copy(int from, int to)
{
	char bytes[4096];
	ssize_t n;
	int error = 0;

	while (error == 0 && (n = read(from, bytes, sizeof(bytes))) != 0)
		error = n < 0 ? errno : write_all(to, (struct span){bytes, (size_t)n});
	return error;
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

int install(const char *path)
{
	char memory[2][PATH_MAX];
	struct buf whole = buf_init(memory[0], PATH_MAX - 1), beside = buf_init(memory[1], PATH_MAX - 1);
	int from, error, directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	buf_put_text(&whole, path);
	if (directory >= 0) {
		close(directory);
		buf_put_text(&whole, "/shim");
	}
	buf_put(&beside, buf_span(&whole));
	buf_put_text(&beside, ".new.");
	buf_put_number(&beside, (uint64_t)getpid());
	if (whole.full || beside.full)
		return ENAMETOOLONG;
	umask(0); /* whoever runs as another user must be able to execute it */
	from = open_self();
	if (from < 0)
		return errno;
	error = copy_beside(from, buf_text(&whole), buf_text(&beside));
	close(from);
	return error;
}
