/* SPDX-License-Identifier: MIT */
#include "init/command.h"

#include "base/executable.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
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
	return executable_find(file, inspect, interpreter);
}
