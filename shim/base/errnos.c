/* SPDX-License-Identifier: MIT */
#include "base/errnos.h"

#include <errno.h>

static const struct {
	int error;
	const char *words;
} errnos[] = {
	{EPERM, "operation not permitted (EPERM)"},
	{ENOENT, "no such file or directory (ENOENT)"},
	{E2BIG, "arguments and environment are too long (E2BIG)"},
	{ENOEXEC, "not a program for this machine, and no #! line (ENOEXEC)"},
	{EAGAIN, "the limit on processes is reached (EAGAIN)"},
	{ENOMEM, "out of memory (ENOMEM)"},
	{EACCES, "permission denied (EACCES)"},
	{ETXTBSY, "the file is open for writing (ETXTBSY)"},
	{EEXIST, "file exists (EEXIST)"},
	{ENOTDIR, "a part of the path is not a directory (ENOTDIR)"},
	{EISDIR, "is a directory (EISDIR)"},
	{EINVAL, "invalid argument (EINVAL)"},
	{EMFILE, "too many open files (EMFILE)"},
	{EFBIG, "file too large (EFBIG)"},
	{ENOSPC, "no space left on device (ENOSPC)"},
	{EROFS, "read-only file system (EROFS)"},
	{ENAMETOOLONG, "file name too long (ENAMETOOLONG)"},
	{ENOSYS, "not known to this kernel (ENOSYS)"},
	{ELOOP, "too many symbolic links (ELOOP)"},
	{EPROTOTYPE, "not a stream socket (EPROTOTYPE)"},
	{EAFNOSUPPORT, "address family not supported (EAFNOSUPPORT)"},
	{EADDRNOTAVAIL, "cannot assign an own address (EADDRNOTAVAIL)"},
	{ENETDOWN, "network is down (ENETDOWN)"},
	{ENETUNREACH, "network unreachable (ENETUNREACH)"},
	{ETIMEDOUT, "connection timed out (ETIMEDOUT)"},
	{EHOSTUNREACH, "no route to host (EHOSTUNREACH)"},
};

void buf_put_errno(struct buf *b, int error)
{
	for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++) {
		if (errnos[i].error == error) {
			buf_put_text(b, errnos[i].words);
			return;
		}
	}
	buf_put_text(b, "errno ");
	buf_put_number(b, (uint64_t)error);
}
