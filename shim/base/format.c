/* SPDX-License-Identifier: MIT */
#include "base/format.h"

#include "base/clock.h"
#include "base/errnos.h"

void buf_vformat(struct buf *b, const char *form, va_list places)
{
	writer *write;

	for (; *form; form++) {
		if (*form != '%') {
			buf_put_char(b, *form);
			continue;
		}
		switch (*++form) {
		case 's':
			buf_put_text(b, va_arg(places, const char *));
			break;
		case 'S':
			buf_put(b, *va_arg(places, const struct span *));
			break;
		case 'q':
			buf_put_excerpt(b, *va_arg(places, const struct span *), EXCERPT_MAX);
			break;
		case 'u':
			buf_put_number(b, va_arg(places, unsigned));
			break;
		case 't':
			buf_put_duration(b, va_arg(places, msec));
			break;
		case 'e':
			buf_put_errno(b, va_arg(places, int));
			break;
		case 'w':
			write = va_arg(places, writer *);
			write(b, va_arg(places, const void *));
			break;
		}
	}
}

void buf_format(struct buf *b, const char *form, ...)
{
	va_list places;

	va_start(places, form);
	buf_vformat(b, form, places);
	va_end(places);
}

const char *arena_format(struct arena *a, const char *form, ...)
{
	struct buf b = arena_rest(a);
	va_list places;

	va_start(places, form);
	buf_vformat(&b, form, places);
	va_end(places);
	return arena_keep(a, &b).at;
}
