/* SPDX-License-Identifier: MIT */
#include "variables.h"

#include "base/expand.h"
#include "base/file.h"
#include "base/format.h"

enum { FILE_MAX = 1024 * 1024 };

static struct span name_of(const char *entry)
{
	struct span rest = span_of(entry);

	return span_cut(&rest, '=');
}

static const char *add(struct plan *p, struct arena *a, const char *entry)
{
	struct variable **end = &p->variables, *new = arena_take(a, sizeof(*new));

	if (!new)
		return NULL; /* the arena remembers that it is full */
	while (*end)
		end = &(*end)->next;
	*new = (struct variable){NULL, entry};
	*end = new;
	return NULL;
}

/* Is there a name before "=", and no "export"? */
static bool is_entry(const char *text)
{
	size_t length = span_find_any(span_of(text), " \t=");

	return length > 0 && text[length] == '=';
}

const char *variables_add(struct plan *p, struct arena *a, char *text)
{
	struct buf out = arena_rest(a);
	const char *problem;
	struct span where;

	if (!is_entry(text))
		return "this is no variable\nwrite NAME=VALUE";
	problem = expand(a, &out, text, KEEP_PERCENT, &where);
	return problem ? problem : add(p, a, arena_keep(a, &out).at);
}

const char *variables_add_file(struct plan *p, struct arena *a, const char *path)
{
	struct buf content = arena_rest(a);
	int error = file_read(path, FILE_MAX, &content);
	struct span rest;

	if (error)
		return arena_format(a, "this file cannot be read: %e", error);
	rest = arena_keep(a, &content);
	for (unsigned number = 1; rest.len > 0; number++) {
		struct span line = span_cut(&rest, '\n');
		const char *text = arena_format(a, "%S", &line);

		if (line.len == 0 || *text == '#')
			continue;
		if (!is_entry(text))
			return arena_format(a, "line %u is no variable\nwrite NAME=VALUE", number);
		add(p, a, text);
	}
	return NULL;
}

static bool is_replaced(const struct variable *by, const char *entry)
{
	for (; by; by = by->next)
		if (span_equals(name_of(by->entry), name_of(entry)))
			return true;
	return false;
}

char **variables_merge(const struct plan *p, struct arena *a, char **from, bool is_left_out(struct span entry),
		       const char *more)
{
	size_t count = 2;
	char **merged, **to;

	for (char **entry = from; *entry; entry++)
		count++;
	for (const struct variable *v = p->variables; v; v = v->next)
		count++;
	merged = to = arena_take(a, count * sizeof(*to));
	if (!to)
		return NULL;
	for (; *from; from++)
		if (!is_left_out(span_of(*from)) && !is_replaced(p->variables, *from))
			*to++ = *from;
	for (const struct variable *v = p->variables; v; v = v->next)
		if (!is_replaced(v->next, v->entry))
			*to++ = (char *)v->entry;
	*to++ = (char *)more;
	*to = NULL;
	return merged;
}
