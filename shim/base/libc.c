/* SPDX-License-Identifier: MIT */
/*
 * Stand-ins for functions of libc that are written for speed, for large files or for threads, in place of 1 KB.
 *
 * The linker takes these, since it looks into the library only for what is still missing.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void *memchr(const void *memory, int wanted, size_t size)
{
	const unsigned char *at = memory;

	for (; size > 0; at++, size--)
		if (*at == (unsigned char)wanted)
			return (void *)at;
	return NULL;
}

char *strchrnul(const char *text, int wanted)
{
	while (*text && *text != (char)wanted)
		text++;
	return (char *)text;
}

char *strchr(const char *text, int wanted)
{
	text = strchrnul(text, wanted);
	return *text == (char)wanted ? (char *)text : NULL;
}

int open(const char *path, int flags, ...)
{
	va_list places;
	mode_t mode;

	va_start(places, flags);
	mode = va_arg(places, mode_t); /* means something with O_CREAT only, as in the kernel */
	va_end(places);
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t from)
{
	return (void *)syscall(SYS_mmap, at, size, protection, flags, fd, from);
}
