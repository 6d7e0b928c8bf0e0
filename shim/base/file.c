/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* O_NONBLOCK: a FIFO in the place of a file must not stop us. It does nothing to a file. */
static int open_to_read(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

int file_read(const char *path, size_t max, struct buf *b)
{
	size_t room = b->cap - b->len, len = 0;
	int fd = open_to_read(path), error = 0;
	ssize_t n = 1;

	if (fd < 0)
		return errno;
	/* One byte more than `max` is asked for, to see whether there is more. */
	if (room > max)
		room = max + 1;
	while (n > 0 && len < room) {
		n = read(fd, b->at + b->len + len, room - len);
		if (n < 0)
			error = errno;
		else
			len += (size_t)n;
	}
	close(fd);
	if (error == 0 && len == room)
		error = room > max ? EFBIG : ENOMEM;
	if (error == 0)
		b->len += len;
	return error;
}

int file_each_line(const char *path, bool (*line)(void *context, struct span text), void *context)
{
	char bytes[1024], text[FILE_LINE_MAX];
	size_t len = 0;
	int error = 0, fd = open_to_read(path);
	ssize_t n;

	if (fd < 0)
		return errno;
	while ((n = read(fd, bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (bytes[i] != '\n') {
				if (len < sizeof(text))
					text[len++] = bytes[i];
				continue;
			}
			if (!line(context, (struct span){text, len}))
				goto out;
			len = 0;
		}
	}
	if (n < 0)
		error = errno;
	else if (len > 0)
		line(context, (struct span){text, len});
out:
	close(fd);
	return error;
}
