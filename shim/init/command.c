/* SPDX-License-Identifier: MIT */
#include "init/command.h"

#include "base/buf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What execve(2) would say about the file itself. */
static int check_file(const char *path)
{
	int directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (directory >= 0) {
		close(directory);
		return EACCES;
	}
	return access(path, X_OK) == 0 ? 0 : errno;
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

/* The directories to look in; none when the name says where the file is. */
static struct span search_list(const char *file)
{
	const char *path = getenv("PATH");

	if (strchr(file, '/'))
		return (struct span){0};
	return span_of(path ? path : "/usr/local/bin:/bin:/usr/bin");
}

/* The path of the file in the next directory; NULL when it is too long. */
static const char *next_path(struct span *directories, const char *file, struct buf *b)
{
	struct span directory = span_cut(directories, ':');

	b->len = 0;
	buf_put(b, directory);
	buf_put_text(b, directory.len ? "/" : "");
	buf_put_text(b, file);
	return b->full ? NULL : buf_text(b);
}

/* The first that can be executed counts; if there is none, the first that says more than "no such file". */
void command_inspect(const char *file, struct command_problem *problem)
{
	struct span directories = search_list(file);
	char memory[PATH_MAX];

	*problem = (struct command_problem){.error = ENOENT};
	do {
		struct buf b = buf_init(memory, sizeof(memory));
		const char *path = next_path(&directories, file, &b);
		struct command_problem found;

		if (!path || !*file)
			continue;
		inspect_path(path, &found);

		bool says_more = found.interpreter[0] || found.error != ENOENT;

		if (found.error == 0 || (says_more && problem->error == ENOENT && !problem->interpreter[0]))
			*problem = found;
	} while (directories.len > 0 && problem->error != 0);
}

int command_execute(char *const argv[], char *const environment[])
{
	struct span directories = search_list(argv[0]);
	char memory[PATH_MAX];
	int error = ENOENT;

	do {
		struct buf b = buf_init(memory, sizeof(memory));
		const char *path = next_path(&directories, argv[0], &b);

		if (!path || !*argv[0])
			continue;
		execve(path, argv, environment);
		if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
			return errno;
		if (error == ENOENT)
			error = errno;
	} while (directories.len > 0);
	return error;
}
