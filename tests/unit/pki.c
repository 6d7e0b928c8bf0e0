/* SPDX-License-Identifier: MIT */
#include "pki.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

bool pki_make(const char *const *names)
{
	const char *arguments[64] = {"python3", "tests/e2e/certificates.py", "build/pki"};
	int status, count = 3;

	while (*names)
		arguments[count++] = *names++;

	pid_t pid = fork();

	if (pid == 0) {
		execv("/usr/bin/python3", (char *const *)arguments);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

const char *pki_path(const char *kind, const char *name)
{
	static char paths[4][256];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "build/pki/%s-%s.pem", kind, name);
	return path;
}

struct trust pki_read(const char *kind, const char *name)
{
	static char memory[512];
	struct buf problem = buf_init(memory, sizeof(memory));
	const char *path = pki_path(kind, name);
	struct trust t = {.path = span_of(path)};

	if (!trust_open(&t, path, &problem))
		fail_msg("%s", buf_text(&problem));
	return t;
}
