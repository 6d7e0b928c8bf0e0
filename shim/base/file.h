/* SPDX-License-Identifier: MIT */
/*
 * file: small files of this machine, read whole or line by line.
 */
#ifndef SHIM_BASE_FILE_H
#define SHIM_BASE_FILE_H

#include "base/buf.h"

/*
 * Appends the content of the file behind `path` to `b`, at most `max` bytes.
 * 0, or the errno: EFBIG when the file has more, ENOMEM when `b` is too small. Then `b` is as before.
 */
int file_read(const char *path, size_t max, struct buf *b);

enum { FILE_LINE_MAX = 65536 };

/*
 * Calls `line` with each line, without its end and cut after FILE_LINE_MAX bytes, until it returns false.
 * 0, or the errno that opening or reading gave.
 */
int file_each_line(const char *path, bool (*line)(void *context, struct span text), void *context);

#endif
