/* SPDX-License-Identifier: MIT */
#include "declarations.h"

#include "base/expand.h"
#include "base/file.h"
#include "probe/probe.h"

enum { WAIT_FILE_MAX = 1024 * 1024 };

static const char blanks[] = " \t\r\n";

void declarations_add(struct declarations *list, struct span source, struct span text, struct mistakes *mistakes)
{
	struct declared *new = arena_take(mistakes->arena, sizeof(*new));

	if (!new)
		return; /* the arena remembers that it is full */
	*new = (struct declared){.declaration = {source, text, .is_target = true}};
	if (list->last)
		list->last->next = new;
	else
		list->first = new;
	list->last = new;
	list->count++;
}

void declarations_add_words(struct declarations *list, struct span source, struct span text,
			    struct mistakes *mistakes)
{
	while (text.len > 0) {
		struct span word = span_head(text, find_unquoted(text, blanks));

		if (word.len > 0)
			declarations_add(list, source, word, mistakes);
		text = span_tail(text, word.len + 1);
	}
}

/* A "#" inside a target begins its options; only behind a blank it begins a comment. */
static struct span without_comment(struct span line)
{
	for (size_t i = 0; i < line.len;) {
		struct span rest = span_tail(line, i);
		size_t word = find_unquoted(rest, blanks);

		if (rest.at[0] == '#')
			return span_head(line, i);
		i += word + 1;
	}
	return line;
}

static void add_line(struct declarations *list, struct span source, struct span line, struct mistakes *mistakes)
{
	struct span text = span_trim(without_comment(line));
	size_t end = find_unquoted(text, blanks);
	struct declaration d = {source, text, .is_target = true};

	if (text.len == 0)
		return;
	if (end < text.len)
		mistake_say(mistakes, &d, span_tail(text, end), "one target a line", "put a comment behind a #");
	else
		declarations_add(list, source, text, mistakes);
}

static struct span source_of_line(const char *path, unsigned number, struct arena *arena)
{
	struct buf b = arena_rest(arena);

	buf_put_text(&b, path);
	buf_put_char(&b, ':');
	buf_put_number(&b, number);
	return arena_keep(arena, &b);
}

static void fail_to_read(struct span source, const char *path, int error, struct mistakes *mistakes)
{
	struct declaration d = {source, span_of(path), .is_target = true}; /* in the place of a file it often is */

	mistake_say(mistakes, &d, (struct span){0}, arena_format(mistakes->arena, "this file cannot be read: %e", error),
		    NULL);
}

void declarations_add_file(struct declarations *list, struct span source, const char *path,
			   struct mistakes *mistakes)
{
	struct buf content = arena_rest(mistakes->arena);
	int error = file_read(path, WAIT_FILE_MAX, &content);

	if (error) {
		fail_to_read(source, path, error, mistakes);
		return;
	}

	struct span rest = arena_keep(mistakes->arena, &content);

	if (span_starts_with(rest, SPAN("\xef\xbb\xbf"))) /* the byte order mark of some editors */
		rest = span_tail(rest, 3);
	for (unsigned number = 1; rest.len > 0; number++) {
		struct span line = span_cut(&rest, '\n');

		add_line(list, source_of_line(path, number, mistakes->arena), line, mistakes);
	}
}

/* What has to be said to the peer is known now; better a mistake than a request that is cut. */
static bool has_room_for_request(const struct target *t, struct mistakes *mistakes)
{
	struct buf say = arena_rest(mistakes->arena);
	struct verdict unused;

	if (say.cap > SAY_MAX)
		say.cap = SAY_MAX;
	if (t->scheme->probe)
		t->scheme->probe->judge(t, (struct heard){{"", 0}, false}, &say, &unused);
	return say.full ? mistake_say(mistakes, &t->declared, (struct span){0}, "this makes a request of more than 8 KiB",
				      NULL)
			: true;
}

static bool is_taken(const struct target *all, unsigned count, struct span label)
{
	for (unsigned i = 0; i < count; i++)
		if (span_equals(all[i].label, label))
			return true;
	return false;
}

/* Two paths of one server have the same label; the second is called "http://web:80~2". */
static bool make_name_unique(const struct target *all, unsigned count, struct target *t, struct mistakes *mistakes)
{
	struct span label = t->label;

	if (t->is_named && is_taken(all, count, label))
		return mistake_say(mistakes, &t->declared, (struct span){0}, "another target has this name", NULL);
	for (unsigned number = 2; is_taken(all, count, t->label); number++) {
		struct buf b = arena_rest(mistakes->arena);

		buf_put(&b, label);
		buf_put_char(&b, '~');
		buf_put_number(&b, number);
		if (b.full)
			break;
		t->label = arena_keep(mistakes->arena, &b);
	}
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
		    make_name_unique(all, *count, t, mistakes) && has_room_for_request(t, mistakes))
			++*count;
	}
	return all;
}
