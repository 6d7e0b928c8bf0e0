/* SPDX-License-Identifier: MIT */
#include "base/verdict.h"

#include <errno.h>

#define AS_WORDS(name, words) words "\0"
static const char all_words[] = REASONS(AS_WORDS);

static const char *words_of(enum reason reason)
{
	return text_at(all_words, reason);
}

bool verdict_fail(struct verdict *v, enum reason reason, int code, const char *detail, ...)
{
	struct buf b = buf_init(v->detail, DETAIL_MAX);
	va_list places;

	va_start(places, detail);
	buf_vformat(&b, detail, places);
	va_end(places);
	v->put_place = NULL;
	v->reason = reason;
	v->code = code;
	v->detail_len = (unsigned)b.len;
	return false;
}

bool verdict_means_gone(const struct verdict *v, bool in_doubt)
{
	if (v->reason == REFUSED)
		return in_doubt || v->code != EAGAIN; /* which a busy unix socket says */
	return v->reason >= (in_doubt ? NAME_TIMED_OUT : NO_SUCH_NAME) && v->reason <= (in_doubt ? REFUSED : NO_FILE);
}

bool verdict_may_mend(const struct verdict *v)
{
	return *words_of(v->reason) != '!';
}

bool verdict_differs(const struct verdict *a, const struct verdict *b)
{
	return a->reason != b->reason || a->code != b->code;
}

void buf_put_verdict(struct buf *b, const void *verdict)
{
	const struct verdict *v = verdict;
	const char *words = words_of(v->reason) + !verdict_may_mend(v);

	if (v->put_place)
		buf_format(b, "%w: ", v->put_place, v->place);
	for (; *words; words++)
		if (*words == '%')
			buf_put(b, (struct span){v->detail, v->detail_len});
		else
			buf_put_char(b, *words);
}
