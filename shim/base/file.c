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

static ssize_t read_again(int fd, char *at, size_t size)
{
	ssize_t n;

	do
		n = read(fd, at, size);
	while (n < 0 && errno == EINTR);
	return n;
}

/* Reads to the end of the file. One byte more than `max` is asked for, to see whether there is more. */
static int read_whole(int fd, size_t max, struct buf *b)
{
	size_t room = b->cap - b->len, len = 0;

	for (;;) {
		size_t wanted = (max < room ? max + 1 : room) - len;
		ssize_t n = wanted ? read_again(fd, b->at + b->len + len, wanted) : 0;

		if (n < 0)
			return errno;
		len += (size_t)n;
		if (len > max)
			return EFBIG;
		if (wanted == 0)
			return ENOMEM;
		if (n == 0)
			break;
	}
	b->len += len;
	return 0;
}

int file_read(const char *path, size_t max, struct buf *b)
{
	int fd = open_to_read(path);

	if (fd < 0)
		return errno;

	int error = read_whole(fd, max, b);

	close(fd);
	return error;
}

/* A line that is being put together from what read(2) gives. */
struct line {
	char text[1024];
	size_t len;
};

static bool take_bytes(struct line *l, struct span bytes, bool (*line)(void *, struct span), void *context)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (bytes.at[i] != '\n') {
			if (l->len < sizeof(l->text))
				l->text[l->len++] = bytes.at[i];
			continue;
		}
		if (!line(context, (struct span){l->text, l->len}))
			return false;
		l->len = 0;
	}
	return true;
}

int file_each_line(const char *path, bool (*line)(void *context, struct span text), void *context)
{
	char bytes[1024];
	struct line l = {.len = 0};
	int error = 0, fd = open_to_read(path);

	if (fd < 0)
		return errno;
	for (;;) {
		ssize_t n = read_again(fd, bytes, sizeof(bytes));

		if (n < 0)
			error = errno;
		if (n <= 0)
			break;
		if (!take_bytes(&l, (struct span){bytes, (size_t)n}, line, context))
			goto out;
	}
	if (l.len > 0)
		line(context, (struct span){l.text, l.len});
out:
	close(fd);
	return error;
}
