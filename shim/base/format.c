/* SPDX-License-Identifier: MIT */
#include "base/format.h"

#include "base/duration.h"
#include "base/errnos.h"

/* Whatever stands in a place, the calling conventions that we build for hand it over in eight bytes. */
typedef uint64_t slot;

static void put_place(struct buf *b, char kind, slot value)
{
	const void *object = (const void *)value;

	switch (kind) {
	case 's':
		buf_put_text(b, object);
		break;
	case 'S':
		buf_put(b, *(const struct span *)object);
		break;
	case 'q':
		buf_put_excerpt(b, *(const struct span *)object, EXCERPT_MAX);
		break;
	case 'b':
		buf_put_char(b, (char)value);
		break;
	case 'p':
		buf_pad(b, (unsigned)value);
		break;
	case 't':
		buf_put_duration(b, (msec)value);
		break;
	case 'e':
		buf_put_errno(b, (int)value);
		break;
	default: /* 'u', or so many digits */
		buf_put_digits(b, (unsigned)value, kind == 'u' ? 1 : (unsigned)(kind - '0'));
	}
}

void buf_vformat(struct buf *b, const char *form, va_list places)
{
	for (; *form; form++) {
		if (*form != '%') {
			buf_put_char(b, *form);
			continue;
		}

		slot value = va_arg(places, slot);

		if (*++form == 'w')
			((writer *)value)(b, va_arg(places, const void *));
		else
			put_place(b, *form, value);
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
