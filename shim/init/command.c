/* SPDX-License-Identifier: MIT */
#include "init/command.h"

#include "base/buf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What execve(2) would say about the file itself. */
static int check_file(const char *path)
{
	struct stat file;

	if (stat(path, &file) != 0)
		return errno;
	if (!S_ISREG(file.st_mode) || access(path, X_OK) != 0)
		return EACCES;
	return 0;
}

/* The word behind "#!" (execve(2)). */
static void read_script_line(struct span start, struct buf *interpreter)
{
	struct span line = span_tail(span_head(start, span_find(start, '\n')), 2);

	buf_put(interpreter, span_word(&line));
}

/* The path in the PT_INTERP segment, which names the dynamic linker (elf(5)). */
static void read_program_header(int fd, const Elf64_Ehdr *header, struct buf *interpreter)
{
	for (unsigned i = 0; i < header->e_phnum; i++) {
		Elf64_Phdr segment;
		off_t at = (off_t)(header->e_phoff + i * sizeof(segment));

		if (pread(fd, &segment, sizeof(segment), at) != sizeof(segment))
			return;
		if (segment.p_type != PT_INTERP || segment.p_filesz >= interpreter->cap)
			continue;

		ssize_t n = pread(fd, interpreter->at, segment.p_filesz, (off_t)segment.p_offset);

		interpreter->len = n > 0 ? strnlen(interpreter->at, (size_t)n) : 0;
		return;
	}
}

static void read_interpreter(const char *path, struct buf *interpreter)
{
	union {
		Elf64_Ehdr elf;
		char text[INTERPRETER_MAX];
	} start;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : pread(fd, &start, sizeof(start), 0);
	struct span text = {start.text, n > 0 ? (size_t)n : 0};

	if (span_starts_with(text, SPAN("#!")))
		read_script_line(text, interpreter);
	else if (text.len >= sizeof(start.elf) && memcmp(start.elf.e_ident, ELFMAG, SELFMAG) == 0 &&
		 start.elf.e_ident[EI_CLASS] == ELFCLASS64)
		read_program_header(fd, &start.elf, interpreter);
	if (fd >= 0)
		close(fd);
}

static void inspect_path(const char *path, struct command_problem *problem)
{
	struct buf interpreter = buf_init(problem->interpreter, sizeof(problem->interpreter) - 1);

	problem->error = check_file(path);
	if (problem->error == 0) {
		read_interpreter(path, &interpreter);
		if (interpreter.len > 0)
			problem->error = check_file(buf_text(&interpreter));
	}
	if (problem->error == 0)
		interpreter.len = 0;
	problem->interpreter[interpreter.len] = '\0';
}

/* The first that can be executed counts; if there is none, the first that says more than "no such file". */
static void search_path(struct span directories, const char *file, struct command_problem *problem)
{
	do {
		char path[PATH_MAX];
		struct buf b = buf_init(path, sizeof(path));
		struct span directory = span_cut(&directories, ':');
		struct command_problem found;

		buf_put(&b, directory);
		buf_put_text(&b, directory.len ? "/" : "");
		buf_put_text(&b, file);
		if (b.full)
			continue;
		inspect_path(buf_text(&b), &found);

		bool says_more = found.interpreter[0] || found.error == EACCES;

		if (found.error == 0 || (says_more && problem->error == ENOENT && !problem->interpreter[0]))
			*problem = found;
	} while (directories.len > 0 && problem->error != 0);
}

void command_inspect(const char *file, struct command_problem *problem)
{
	const char *path = getenv("PATH");

	problem->error = ENOENT;
	problem->interpreter[0] = '\0';
	if (*file == '\0')
		return;
	if (strchr(file, '/'))
		inspect_path(file, problem);
	else
		search_path(span_of(path ? path : "/usr/local/bin:/bin:/usr/bin"), file, problem); /* as musl's execvp */
}
