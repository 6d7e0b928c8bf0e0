/* SPDX-License-Identifier: MIT */
#include "base/expand.h"

#include "base/file.h"

#include <unistd.h>

enum { FILE_MAX = 64 * 1024 }; /* a secret, a token, a header; what is longer is the wrong file */

/* Length of a group "${...}" at the start of `s`; 0 when there is none, s.len when it is not closed. */
static size_t group_len(struct span s)
{
	if (!span_starts_with(s, SPAN("${")))
		return 0;

	size_t close = span_find(s, '}');

	return close < s.len ? close + 1 : s.len;
}

size_t find_unquoted(struct span raw, const char *set)
{
	size_t i = 0;

	while (i < raw.len) {
		struct span rest = span_tail(raw, i);
		size_t group = group_len(rest);

		if (span_starts_with(rest, SPAN("$${")))
			i += 3;
		else if (group > 0)
			i += group;
		else if (span_find_any(span_head(rest, 1), set) == 0)
			break;
		else
			i++;
	}
	return i < raw.len ? i : raw.len;
}

static bool is_variable_name(struct span s)
{
	if (s.len == 0 || is_digit(s.at[0]))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!is_alnum(s.at[i]) && s.at[i] != '_')
			return false;
	return true;
}

/* The value of an environment variable; at == NULL when it is not set. */
static struct span variable(struct span name)
{
	for (char **entry = environ; *entry; entry++) {
		struct span value = span_of(*entry);

		if (span_equals(span_cut(&value, '='), name))
			return value;
	}
	return (struct span){0};
}

/* One expansion under way. */
struct expansion {
	const struct declaration *declared;
	struct mistakes *mistakes;
	struct buf out; /* the end of the arena; kept there when all went well */
};

static bool fail(struct expansion *e, struct span where, const char *problem, const char *hint)
{
	return mistake_say(e->mistakes, e->declared, where, problem, hint);
}

static bool put_file(struct expansion *e, struct span group, struct span path)
{
	char memory[512];
	struct buf b = buf_init(memory, sizeof(memory));

	buf_put(&b, path);
	if (b.full || b.len == b.cap)
		return fail(e, group, "the path of this file is too long", NULL);

	int error = file_read(buf_text(&b), FILE_MAX, &e->out);

	if (error)
		return fail(e, group, arena_format(e->mistakes->arena, "this file cannot be read: %e", error), NULL);
	if (e->out.len > 0 && e->out.at[e->out.len - 1] == '\n')
		e->out.len--;
	return true;
}

static bool put_variable(struct expansion *e, struct span group, struct span inside)
{
	struct span name = span_head(inside, span_find_any(inside, ":-?+="));
	struct span rule = span_tail(inside, name.len);
	struct span value = variable(name);

	if (!is_variable_name(name))
		return fail(e, group, "this is no name of a variable", "write ${NAME}, or $${ for a literal ${");
	if (span_starts_with(rule, SPAN(":-"))) {
		buf_put(&e->out, value.len ? value : span_tail(rule, 2));
		return true;
	}
	if (span_starts_with(rule, SPAN(":?"))) {
		struct span message = span_tail(rule, 2);

		if (value.len == 0 && message.len == 0)
			message = SPAN("this variable is empty or not set");
		if (value.len == 0)
			return fail(e, group, arena_format(e->mistakes->arena, "%S", &message), NULL);
	} else if (rule.len > 0) {
		return fail(e, group, "this is not understood", "write ${NAME}, ${NAME:-default} or ${NAME:?message}");
	} else if (!value.at) {
		return fail(e, group, "this variable is not set", "set it, or write ${NAME:-default}");
	}
	buf_put(&e->out, value);
	return true;
}

static bool put_group(struct expansion *e, struct span group)
{
	struct span inside = span_tail(group, 2);

	if (group.at[group.len - 1] != '}')
		return fail(e, span_head(group, 2), "this ${ is never closed", "write $${ for a literal ${");
	inside.len--;
	if (span_starts_with(inside, SPAN("<")))
		return put_file(e, group, span_tail(inside, 1));
	return put_variable(e, group, inside);
}

static bool put_percent(struct expansion *e, struct span rest)
{
	int high = rest.len > 1 ? hex_value(rest.at[1]) : -1;
	int low = rest.len > 2 ? hex_value(rest.at[2]) : -1;

	if (high < 0 || low < 0)
		return fail(e, span_head(rest, 3), "% is not followed by two hexadecimal digits",
			    "write %25 for a literal %");
	buf_put_char(&e->out, (char)(high << 4 | low));
	return true;
}

bool expand(struct span raw, enum percent percent, const struct declaration *d, struct mistakes *mistakes,
	    struct span *result)
{
	struct expansion e = {.declared = d, .mistakes = mistakes, .out = arena_rest(mistakes->arena)};
	struct span rest = raw;

	while (rest.len > 0) {
		size_t taken = group_len(rest);

		if (taken > 0) {
			if (!put_group(&e, span_head(rest, taken)))
				return false;
		} else if (rest.at[0] == '%' && percent == DECODE_PERCENT) {
			if (!put_percent(&e, rest))
				return false;
			taken = 3;
		} else {
			taken = span_starts_with(rest, SPAN("$${")) ? 3 : 1;
			buf_put(&e.out, taken == 3 ? SPAN("${") : span_head(rest, 1));
		}
		rest = span_tail(rest, taken);
	}
	if (span_find(buf_span(&e.out), '\0') < e.out.len)
		return fail(&e, raw, "this holds a NUL byte", NULL);
	*result = arena_keep(mistakes->arena, &e.out);
	return true;
}

void buf_put_shown(struct buf *b, struct span raw)
{
	while (raw.len > 0) {
		size_t taken = group_len(raw);
		struct span group = span_head(raw, taken);

		if (taken == 0) {
			taken = span_starts_with(raw, SPAN("$${")) ? 3 : 1;
			/* Up to the next group at once, so that a character of several bytes stays whole. */
			while (taken < raw.len && raw.at[taken] != '$')
				taken++;
			buf_put_escaped(b, span_head(raw, taken));
		} else {
			bool is_file = span_starts_with(group, SPAN("${<"));

			buf_put_escaped(b, is_file ? group : span_head(group, span_find(group, ':')));
			if (!is_file && span_find(group, ':') < group.len)
				buf_put_char(b, '}');
		}
		raw = span_tail(raw, taken);
	}
}
