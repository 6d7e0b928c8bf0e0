/* SPDX-License-Identifier: MIT */
#include "init/command.h"

#include "base/environment.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* Tries the file at `path`: 0, or an errno. */
typedef int attempt_function(const char *path, void *context);

/* The first directory of PATH counts where that goes well; if none does, the first error other than ENOENT. */
static int search(const char *file, attempt_function *attempt, void *context)
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

int command_execute(char *const argv[], char *const environment[])
{
	return search(argv[0], try_to_execute, &(struct vectors){argv, environment});
}

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

enum { SEGMENTS_MAX = 32 }; /* a dozen is usual */

/* What a file begins with; zeros behind its end. Linkers put the program headers there, and the strings that these name. */
union start {
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segments[SEGMENTS_MAX];
	} elf;
	char text[2048];
};

/* The path in the PT_INTERP segment, which names the dynamic linker (elf(5)). Empty when there is none. */
static struct span linker_of(const union start *s, struct span text)
{
	const Elf64_Phdr *segment = s->elf.segments, *end = segment + s->elf.header.e_phnum;

	if (!span_starts_with(text, SPAN(ELFMAG "\2")) || s->elf.header.e_phoff != sizeof(s->elf.header))
		return (struct span){0};
	for (; segment < end && segment < s->elf.segments + SEGMENTS_MAX; segment++)
		if (segment->p_type == PT_INTERP) {
			text = span_head(span_tail(text, segment->p_offset), segment->p_filesz);
			return span_cut(&text, '\0');
		}
	return (struct span){0};
}

/* What the kernel would start in the place of the file: the word behind "#!" (execve(2)), or its dynamic linker. */
static struct span interpreter_of(const union start *s, struct span text)
{
	struct span line = span_head(text, span_find(text, '\n'));

	if (!span_starts_with(text, SPAN("#!")))
		return linker_of(s, text);
	line = span_tail(line, 2);
	return span_word(&line);
}

static int inspect(const char *path, void *context)
{
	struct buf *interpreter = context;
	union start start = {0};
	int error = check_file(path);
	/* O_NONBLOCK: a FIFO would make us wait for somebody who writes. */
	int fd = error ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return error; /* what cannot be read may well be executed */
	n = read(fd, &start, sizeof(start));
	close(fd);
	interpreter->len = 0;
	buf_put(interpreter, interpreter_of(&start, (struct span){start.text, n > 0 ? (size_t)n : 0}));
	return interpreter->len > 0 ? check_file(buf_text(interpreter)) : 0;
}

int command_inspect(const char *file, struct buf *interpreter)
{
	return search(file, inspect, interpreter);
}
