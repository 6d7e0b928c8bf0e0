/* SPDX-License-Identifier: MIT */
#include "base/parse.h"

#include "base/host.h"

bool parse_fail(struct parse *p, struct span where, const char *problem, const char *hint)
{
	return mistake_say(p->mistakes, p->declared, where, problem, hint);
}

bool parse_fail_near(struct parse *p, struct span where, const char *problem, const char *near)
{
	return parse_fail(p, where, problem, arena_format(p->mistakes->arena, "did you mean %s", near));
}

bool parse_value(struct parse *p, struct span raw, enum percent percent, struct span *value)
{
	return expand(raw, percent, p->declared, p->mistakes, value);
}

bool parse_part(struct parse *p, struct span raw, struct part *part)
{
	struct buf shown = arena_rest(p->mistakes->arena);

	buf_put_shown(&shown, raw);
	part->shown = arena_keep(p->mistakes->arena, &shown);
	return parse_value(p, raw, DECODE_PERCENT, &part->value);
}

bool parse_host(struct parse *p, struct span raw, struct part *host)
{
	if (!parse_part(p, raw, host))
		return false;

	const char *problem = host_problem(host->value);

	return problem ? parse_fail(p, raw, problem, NULL) : true;
}

bool has_control(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.at[i] < ' ' || s.at[i] == 0x7f)
			return true;
	return false;
}
