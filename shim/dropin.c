/* SPDX-License-Identifier: MIT */
#include "dropin.h"

#include "base/format.h"
#include "base/setting.h"

#include <string.h>
#include <unistd.h>

/*
 * A program is pairs of texts: its names, and what it says to --version (Docker reads that); then for each option its
 * names, and the flag of shim's, with "%s" where a value belongs, or a verb, which takes no words. A name is a letter, a word, or a variable:
 * up to its "=", or with a value. "*" is always given. What shim calls the same, or does anyway, needs no flag of its own.
 */
static const char tini[] = "tini|tini-static|docker-init\0tini version 0.19.0\n\0"
			   "s\0--quiet\0"
			   "p\0--die-with-parent=%s\0"
			   "v|w|TINI_VERBOSITY=2|TINI_VERBOSITY=3\0--verbose\0"
			   "g|TINI_KILL_PROCESS_GROUP=\0--group\0"
			   "e\0--exit-code=%s=0\0"
			   "l\0--help\0";

static const char dumb_init[] = "dumb-init\0dumb-init v1.2.5\n\0"
				"*\0--session\0"
				"c|single-child|DUMB_INIT_SETSID=0\0--session=0\0"
				"r|rewrite\0--map-signal=%s\0"
				"v|DUMB_INIT_DEBUG=1\0--verbose\0"
				"V\0--version\0";

static const char catatonit[] = "catatonit\0tini version 0.1.7_catatonit\n\0"
				"g\0--group\0"
				"P\0pause\0"
				"L\0--help\0"
				"V\0--version\0";

static const char *const programs[] = {tini, dumb_init, catatonit, ""};

/* A command line of shim's that is being written. */
struct translation {
	struct arena *arena;
	const char *options;
	char **to;
	bool takes_no_words;
};

static const char *behind(const char *text)
{
	return text + strlen(text) + 1;
}

static const char *program_find(const char *path)
{
	const char *const *program = programs, *name = path;
	uint64_t index;

	for (; *path; path++)
		if (*path == '/')
			name = path + 1;
	while (**program && !word_find(*program, span_of(name), &index))
		program++;
	return *program;
}

/* The flag for an option; NULL when there is none. */
static const char *find(const struct translation *t, const char *name, size_t len)
{
	const char *names = t->options, *flag;
	uint64_t index;

	for (; *names; names = behind(flag)) {
		flag = behind(names);
		if (word_find(names, (struct span){name, len}, &index))
			return flag;
	}
	return NULL;
}

/* No flag, no word. */
static void put(struct translation *t, const char *flag, const char *value)
{
	if (!flag)
		return;
	*t->to++ = (char *)arena_format(t->arena, flag, value);
	if (*flag != '-' && *flag != '%')
		t->takes_no_words = true;
}

static void put_environment(struct translation *t)
{
	for (char **entry = environ; *entry; entry++) {
		struct span all = span_of(*entry);

		put(t, find(t, all.at, all.len), "");
		put(t, find(t, all.at, span_find(all, '=') + 1), "");
	}
}

/* Letters behind one "-", or a name behind two. Returns the last word that belongs to it. */
static char **put_word(struct translation *t, char **at)
{
	bool is_long = (*at)[1] == '-';
	const char *rest = *at + 1 + is_long;

	while (*rest) {
		size_t len = is_long ? span_find(span_of(rest), '=') : 1;
		const char *flag = find(t, rest, len), *value = "";

		if (!flag) {
			put(t, "%s", *at);
			break;
		}
		rest += len;
		if (strchr(flag, '%')) {
			value = *rest ? rest + is_long : at[1] ? *++at : "";
			rest = "";
		}
		put(t, flag, value);
	}
	return at;
}

/* Each letter may become a flag, and what is not translated stays one word. */
static size_t count_words(char **argv)
{
	size_t count = 16; /* for the environment, and what is always given */

	for (; *argv; argv++)
		count += **argv == '-' ? strlen(*argv) : 1;
	return count;
}

/* Options end at the first word that is none, or at "--". */
static void put_words(struct translation *t, char **at)
{
	for (; *at && **at == '-' && (*at)[1]; at++) {
		if (strcmp(*at, "--") == 0) {
			at++;
			break;
		}
		at = put_word(t, at);
	}
	put(t, "--", "");
	while (!t->takes_no_words && *at)
		*t->to++ = *at++;
	*t->to = NULL;
}

const char *dropin_translate(char ***argv, struct arena *a)
{
	const char *program = **argv ? program_find(**argv) : "", *version = behind(program);
	char **words = *program ? arena_take(a, count_words(*argv) * sizeof(*words)) : NULL;
	struct translation t = {a, behind(version), words, false};

	if (!words)
		return NULL; /* it is shim, or the arena remembers that it is full */
	*t.to++ = **argv;
	put(&t, find(&t, "*", 1), "");
	put_environment(&t);
	put_words(&t, *argv + 1);
	*argv = words;
	return version;
}
