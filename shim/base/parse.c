/* SPDX-License-Identifier: MIT */
#include "base/parse.h"

#include <string.h>

void parse_tell_at(struct parse *p, struct span where, const char *words)
{
	const struct declaration *d = &p->target->declared;

	where.at = d->text.at + (where.at - p->copy);
	mistake_say(p->mistakes, d, where, words);
}

void parse_tell(struct parse *p, const char *raw, const char *words)
{
	parse_tell_at(p, span_of(raw), words);
}

bool parse_value(struct parse *p, char *raw, enum percent percent, struct span *value)
{
	struct arena *a = p->mistakes->arena;
	struct buf out = arena_rest(a);
	struct span where;
	const char *problem = expand(a, &out, raw, percent, &where);

	if (!problem && memchr(out.at, '\0', out.len)) {
		problem = "this holds a NUL byte";
		where = span_of(raw);
	}
	if (!problem)
		*value = arena_keep(a, &out);
	parse_tell_at(p, where, problem);
	return !problem;
}

bool parse_part(struct parse *p, char *raw, struct part *part)
{
	struct buf shown = arena_rest(p->mistakes->arena);

	buf_put_shown(&shown, raw);
	part->shown = arena_keep(p->mistakes->arena, &shown);
	return parse_value(p, raw, DECODE_PERCENT, &part->value);
}

bool has_control(struct span s, char least)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.at[i] < (unsigned char)least || s.at[i] == 0x7f)
			return true;
	return false;
}
