/* SPDX-License-Identifier: MIT */
/* The words of a program's command line: what stands behind "exec:". */
#include "base/parse.h"

#include <string.h>

/*
 * Cuts the text into C strings, one behind the other: at blanks, or at %20 where blanks separate targets, but not between
 * quotes, which are taken out. How many there are is returned.
 */
static unsigned cut_words(struct parse *p, char *raw)
{
	unsigned count = 0;
	const char *place = raw; /* of a mistake */
	char *to = raw, quote = '\0';
	bool is_in_word = false;

	for (char c = ' '; c; raw++) {
		c = *raw;
		if (!quote && begins_with(raw, "%20")) {
			raw += 2;
			c = ' ';
		}
		if (!c || (!quote && is_blank(c))) {
			if (is_in_word)
				*to++ = '\0';
			count += is_in_word;
			is_in_word = false;
			continue;
		}
		is_in_word = true;
		if (c == quote || (!quote && (c == '"' || c == '\''))) {
			quote ^= c;
			place = raw;
		} else {
			*to++ = c;
		}
	}
	parse_tell(p, place, quote ? "a quote is never closed\nwrite ' as %27 and \" as %22" : NULL);
	return count;
}

void parse_words(struct parse *p, char *raw)
{
	unsigned count = cut_words(p, raw);
	const char **argv = arena_take(p->mistakes->arena, (count + 1) * sizeof(*argv));
	const char *program = raw;
	struct part other, *word = &p->target->path; /* the first, which is what the program is called */

	p->target->argv = (char **)argv;
	if (!argv)
		return; /* the arena remembers that it is full */
	for (; count > 0 && parse_part(p, raw, word); count--, raw += strlen(raw) + 1) {
		*argv++ = word->value.at;
		word = &other;
	}
	*argv = NULL;
	if (count == 0 && p->target->path.value.len == 0)
		parse_tell(p, program, "the program is missing\nwrite exec:PROGRAM ARG...");
}
