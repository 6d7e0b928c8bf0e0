/* SPDX-License-Identifier: MIT */
#include "base/executable.h"

#include "base/environment.h"
#include "base/format.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

int executable_find(const char *file, path_attempt *attempt, void *context)
{
	struct span directories = environment_value(SPAN("PATH"));
	int error = ENOENT, found = ENOENT;
	struct span directory;
	size_t left; /* longer than the directory: a colon follows, and then another one, maybe empty */

	if (!*file)
		return ENOENT;
	if (!directories.at)
		directories = SPAN("/usr/local/bin:/bin:/usr/bin"); /* as musl's execvp() */
	if (strchr(file, '/'))
		directories.len = 0;
	do {
		char memory[PATH_MAX];
		struct buf path = buf_init(memory, sizeof(memory));

		left = directories.len;
		directory = span_cut(&directories, ':');
		if (directory.len > 0)
			buf_format(&path, "%S/", &directory);
		buf_put_text(&path, file);
		if (!path.full)
			found = attempt(buf_text(&path), context);
		if (error == ENOENT)
			error = found;
	} while (found != 0 && directory.len < left);
	return found ? error : 0;
}

struct vectors {
	char *const *argv, *const *environment;
};

static int try_to_execute(const char *path, void *context)
{
	const struct vectors *v = context;

	execve(path, v->argv, v->environment);
	return errno;
}

int executable_run(char *const argv[], char *const environment[])
{
	return executable_find(argv[0], try_to_execute, &(struct vectors){argv, environment});
}
