/* SPDX-License-Identifier: MIT */
#include "base/errnos.h"

#include <errno.h>

#define ERRNOS(row) \
	row(EPERM, "operation not permitted") \
	row(ENOENT, "no such file or directory") \
	row(E2BIG, "arguments and environment are too long") \
	row(ENOEXEC, "not a program for this machine, and no #! line") \
	row(EAGAIN, "the limit on processes is reached") \
	row(ENOMEM, "out of memory") \
	row(EACCES, "permission denied") \
	row(ETXTBSY, "the file is open for writing") \
	row(EEXIST, "file exists") \
	row(ENOTDIR, "a part of the path is not a directory") \
	row(EISDIR, "is a directory") \
	row(EINVAL, "invalid argument") \
	row(EMFILE, "too many open files") \
	row(EFBIG, "file too large") \
	row(ENOSPC, "no space left on device") \
	row(EROFS, "read-only file system") \
	row(ENAMETOOLONG, "file name too long") \
	row(ENOSYS, "not known to this kernel") \
	row(ELOOP, "too many symbolic links") \
	row(EPROTOTYPE, "not a stream socket") \
	row(EAFNOSUPPORT, "address family not supported") \
	row(EADDRNOTAVAIL, "cannot assign an own address") \
	row(ENETDOWN, "network is down") \
	row(ENETUNREACH, "network unreachable") \
	row(ETIMEDOUT, "connection timed out") \
	row(EHOSTUNREACH, "no route to host")

#define AS_NUMBER(number, text) number,
#define AS_WORDS(number, text) text " (" #number ")\0"

/* One behind the other: pointers to them would be half as long again. */
static const unsigned char numbers[] = {ERRNOS(AS_NUMBER)};
static const char *const words = ERRNOS(AS_WORDS) "errno ";

void buf_put_errno(struct buf *b, int error)
{
	unsigned i = 0;

	while (i < sizeof(numbers) && numbers[i] != error)
		i++;
	buf_put_text(b, text_at(words, i));
	if (i == sizeof(numbers))
		buf_put_number(b, (unsigned)error);
}
