/* SPDX-License-Identifier: MIT */
#include "declarations.h"

#include "base/expand.h"
#include "base/file.h"
#include "probe/probe.h"

#include <string.h>

enum { WAIT_FILE_MAX = 1024 * 1024 };

static const char byte_order_mark[] = "\xef\xbb\xbf"; /* of some editors */

void declarations_add(struct declarations *list, const struct declaration *d, struct mistakes *mistakes)
{
	struct declared *new = arena_take(mistakes->arena, sizeof(*new));

	if (!new)
		return; /* the arena remembers that it is full */
	new->next = NULL;
	new->declaration = *d;
	*(list->last ? &list->last->next : &list->first) = new;
	list->last = new;
	list->count++;
}

/* Is the last one a program, whose arguments stand between blanks where nothing else does? */
static bool takes_words(const struct declarations *list)
{
	return list->last && begins_with(list->last->declaration.text.at, "exec:");
}

/* `path` is that of a file, with one target a line and comments; NULL: there are only words. */
static void add_words(struct declarations *list, const struct declaration *whole, const char *text, const char *path,
		      struct mistakes *mistakes)
{
	struct declaration d = {.source = whole->source};
	unsigned line = 1, line_before = 0;

	for (const char *end; *text; text = end + (*end != '\0')) {
		bool is_comment = path && *text == '#';

		end = is_comment ? strchrnul(text, '\n') : find_unquoted(text, blanks);
		d.text = (struct span){text, (size_t)(end - text)};
		if (end > text && !is_comment) {
			if (path)
				d.source = span_of(arena_format(mistakes->arena, "%s:%u", path, line));
			if (path && line == line_before && takes_words(list))
				list->last->declaration.text.len = (size_t)(end - list->last->declaration.text.at);
			else if (path && line == line_before)
				mistake_say(mistakes, &d, d.text, "one target a line\nput a comment behind a #");
			else
				declarations_add(list, &d, mistakes);
			line_before = line;
		}
		line += *end == '\n';
	}
}

void declarations_add_words(struct declarations *list, const struct declaration *d, struct mistakes *mistakes)
{
	add_words(list, d, d->text.at, NULL, mistakes);
}

void declarations_add_file(struct declarations *list, const struct declaration *d, struct mistakes *mistakes)
{
	struct arena *a = mistakes->arena;
	struct buf content = arena_rest(a);
	int error = file_read(d->text.at, WAIT_FILE_MAX, &content);
	const char *text = arena_keep(a, &content).at;

	if (error)
		mistake_say(mistakes, d, d->text, arena_format(a, "this file cannot be read: %e", error));
	else if (strlen(text) < content.len)
		mistake_say(mistakes, d, d->text, "this holds a NUL byte");
	else
		add_words(list, d, text + (begins_with(text, byte_order_mark) ? 3 : 0), d->text.at, mistakes);
}

/* What has to be said to the peer is known now; better a mistake than a request that is cut. */
static bool has_room_for_request(const struct target *t, struct mistakes *mistakes)
{
	struct buf say = arena_rest(mistakes->arena);
	struct verdict unused;

	if (say.cap > SAY_MAX)
		say.cap = SAY_MAX;
	if (t->scheme->probe)
		t->scheme->probe->judge(t, &(struct heard){{"", 0}, false, true}, &say, &unused);
	if (say.full)
		mistake_say(mistakes, &t->declared, (struct span){0}, "this makes a request of more than 8 KiB");
	return !say.full;
}

/* Two paths of one server have the same label; the second is called "http://web:80~2". */
static bool make_name_unique(const struct target *all, struct target *t, struct mistakes *mistakes)
{
	unsigned number = 1;

	for (; all < t; all++)
		if (begins_with(all->label.at, t->label.at) && strchr("~", all->label.at[t->label.len]))
			number++;
	if (number == 1)
		return true;
	if (t->is_named)
		return mistake_say(mistakes, &t->declared, (struct span){0}, "another target has this name");
	t->label = span_of(arena_format(mistakes->arena, "%S~%u", &t->label, number));
	return true;
}

struct target *declarations_parse(const struct declarations *list, const struct policy *defaults, unsigned *count,
				  struct mistakes *mistakes)
{
	struct target *all = arena_take(mistakes->arena, list->count * sizeof(*all));

	*count = 0;
	for (const struct declared *d = list->first; all && d; d = d->next) {
		struct target *t = &all[*count];

		if (target_parse(t, &d->declaration, schemes, defaults, mistakes) &&
		    make_name_unique(all, t, mistakes) && has_room_for_request(t, mistakes))
			++*count;
	}
	return all;
}
