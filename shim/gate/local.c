/* SPDX-License-Identifier: MIT */
#include "gate/local.h"

#include "base/environment.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	SEARCHED_MAX = 1024 * 1024, /* bytes of a file in one go: a few milliseconds in which nobody else has a turn */
	PIECE = 8192, /* several times CONTAINS_MAX */
};

/* What follows returns the reason, which has a place for *detail: an errno or a number; NOTHING_YET: it is ready. */

static enum reason path_trouble(const char *path, unsigned *detail)
{
	*detail = (unsigned)errno;
	if (errno == EACCES)
		return PATH_DENIED;
	if (errno != ENOENT)
		return PATH_FAILED;
	return syscall(SYS_readlink, path, &(char){0}, 1) > 0 ? LINK_DANGLES : NO_FILE;
}

/* Pieces overlap, so that no border cuts the text in two. */
static enum reason text_trouble(int fd, struct span text)
{
	char memory[PIECE];
	struct span piece = {memory, 0};

	for (size_t at = 0; at < SEARCHED_MAX; at += piece.len + 1 - text.len) {
		piece.len = (size_t)syscall(SYS_pread64, fd, memory, sizeof(memory), at);
		if ((ssize_t)piece.len < (ssize_t)text.len)
			break;
		if (span_from(piece, text).len > 0)
			return NOTHING_YET;
	}
	return TEXT_MISSING;
}

static enum reason content_trouble(const struct target *t, unsigned *detail)
{
	/* A FIFO that takes the file's place just now must not stop us. */
	int fd = open(t->path.value.at, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	enum reason reason;

	if (fd < 0)
		return path_trouble(t->path.value.at, detail);
	reason = text_trouble(fd, t->contains);
	close(fd);
	return reason;
}

static enum reason file_trouble(const struct target *t, unsigned *detail)
{
	struct stat there;

	if (syscall(SYS_newfstatat, AT_FDCWD, t->path.value.at, &there, 0) != 0)
		return path_trouble(t->path.value.at, detail);
	if (t->size == 0 && t->contains.len == 0)
		return NOTHING_YET;
	if (S_ISDIR(there.st_mode))
		return IS_DIRECTORY;
	if (!S_ISREG(there.st_mode))
		return IS_NO_FILE;
	*detail = (unsigned)(there.st_size >> 10);
	if ((uint64_t)there.st_size < t->size)
		return TOO_SMALL;
	return t->contains.len > 0 ? content_trouble(t, detail) : NOTHING_YET;
}

/* What could not be found out proves nothing. */
static enum reason turned_round(const struct target *t, enum reason reason)
{
	if (!t->down || (t->down == DOWN && reason > TEXT_MISSING))
		return reason;
	return reason == NOTHING_YET ? STILL_THERE : NOTHING_YET;
}

static enum reason disk_trouble(const struct target *t, unsigned *detail)
{
	struct statfs s;
	uint64_t free;

	if (syscall(SYS_statfs, t->path.value.at, &s) != 0)
		return path_trouble(t->path.value.at, detail);
	free = s.f_bavail * (uint64_t)s.f_frsize;
	*detail = (unsigned)(free >> 20);
	return free < t->size ? DISK_FULL : NOTHING_YET;
}

static enum reason variable_trouble(const struct target *t)
{
	struct span value = environment_value(t->path.value);

	return value.len > 0 ? NOTHING_YET : value.at ? IS_EMPTY : NOT_SET;
}

bool local_is_ready(const struct target *t, struct verdict *v)
{
	unsigned detail = 0;
	enum reason reason;

	if (t->scheme->medium == BY_FILE)
		reason = turned_round(t, file_trouble(t, &detail));
	else if (t->scheme->medium == BY_DISK)
		reason = disk_trouble(t, &detail);
	else
		reason = variable_trouble(t);
	return reason == NOTHING_YET || verdict_fail(v, reason, 0, reason == PATH_FAILED ? "%e" : "%u", detail);
}
