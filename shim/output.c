/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 0x00000008 /* linux/fs.h; musl 1.2.3 lacks it */
#endif

/* Where the kernel does not know RWF_NOWAIT for this kind of file, poll(2) has said that there is room. */
static ssize_t write_without_waiting(int fd, struct span text)
{
	struct iovec piece = {(void *)text.at, text.len};
	ssize_t n = syscall(SYS_pwritev2, fd, &piece, 1, -1L, -1L, RWF_NOWAIT);

	if (n < 0 && (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL))
		n = write(fd, text.at, text.len);
	return n;
}

bool output_try(int fd, struct span text)
{
	struct pollfd room = {.fd = fd, .events = POLLOUT};

	poll(&room, 1, 0);
	/* Anything more than that says that nobody reads: writing would bring a SIGPIPE. */
	return room.revents == POLLOUT && write_without_waiting(fd, text) >= 0;
}

void output_all(int fd, struct span text)
{
	while (text.len > 0) {
		ssize_t n = write(fd, text.at, text.len);

		if (n < 0 && errno == EAGAIN)
			poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
		else if (n < 0 && errno != EINTR)
			return; /* nobody reads it */
		text = span_tail(text, n > 0 ? (size_t)n : 0);
	}
}
