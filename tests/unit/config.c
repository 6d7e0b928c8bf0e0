/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "probe/probe.h"
#include "report.h"

#include <sanitizer/common_interface_defs.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

enum { CONFIG_MEMORY = 4 * 1024 * 1024, WORDS_MAX = 64 };

static void config_open(struct config *c)
{
	assert_true(arena_open(&c->arena, CONFIG_MEMORY));
	c->mistakes = (struct mistakes){.arena = &c->arena};
	c->shown[0] = '\0';
}

void config_close(struct config *c)
{
	arena_close(&c->arena);
}

/* Pieces of `text` between separators, each with a NUL, and NULL behind the last. */
static char **split(struct arena *a, const char *text, char separator)
{
	char **words = arena_take(a, WORDS_MAX * sizeof(*words));
	struct span rest = span_of(text);
	size_t count = 0;

	while (rest.len > 0) {
		assert_true(count + 1 < WORDS_MAX);
		words[count++] = (char *)arena_copy(a, span_cut(&rest, separator)).at;
	}
	return words;
}

/* Of expansions in config_parse(); NULL for that of this process, which cmocka reads too. */
static char **expanded_from;

void config_set_environment(const char *lines)
{
	static struct arena memory;

	arena_close(&memory);
	assert_true(arena_open(&memory, CONFIG_MEMORY));
	expanded_from = lines ? split(&memory, lines, '\n') : NULL;
}

bool config_parse(struct config *c, struct span declaration)
{
	static struct edge edge;
	struct policy defaults = policy_default();
	char **before = environ;

	config_open(c);
	c->declared = (struct declaration){SPAN("--wait-for"), edge_copy(&edge, declaration)};

	environ = expanded_from ? expanded_from : before;

	bool good = target_parse(&c->target, &c->declared, schemes, &defaults, &c->mistakes);

	environ = before;
	assert_int_equal(good, !c->mistakes.first);
	return good;
}

const struct target *config_target(struct config *c, const char *declaration)
{
	if (!config_parse(c, span_of(declaration)))
		fail_msg("%s\n%s", declaration, config_mistakes(c));
	return &c->target;
}

bool config_read(struct config *c, const char *environment, const char *arguments)
{
	char **before = environ, **words;

	config_open(c);
	words = split(&c->arena, arguments, ' ');
	environ = split(&c->arena, environment, '\n');
	memmove(words + 1, words, (WORDS_MAX - 1) * sizeof(*words));
	words[0] = (char *)"shim";
	options_parse(&c->options, words, &c->mistakes);
	environ = before;
	return !c->mistakes.first;
}

/* A descriptor that is a file nobody sees; `number` says which. */
static void file_open(int number)
{
	int fd = memfd_create("config", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(dup2(fd, number), number);
	close(fd);
}

static void file_fill(int number, struct span content)
{
	file_open(number);
	assert_int_equal(write(number, content.at, content.len), content.len);
}

void config_set_file(struct span content)
{
	file_fill(90, content);
}

void config_set_other_file(struct span content)
{
	file_fill(91, content);
}

/* Lines of a log lose their "shim: ". */
static void remove_prefix(char *text)
{
	static const char prefix[] = "shim: ";
	char *to = text;

	while (*text) {
		size_t line = strcspn(text, "\n") + 1;

		assert_int_equal(strncmp(text, prefix, sizeof(prefix) - 1), 0);
		memmove(to, text + sizeof(prefix) - 1, line - (sizeof(prefix) - 1));
		to += line - (sizeof(prefix) - 1);
		text += line;
	}
	*to = '\0';
}

const char *config_mistakes(struct config *c)
{
	struct report r = {.format = LOG_TEXT};
	int stderr_before = dup(STDERR_FILENO);

	assert_true(stderr_before >= 0);
	__sanitizer_set_report_fd((void *)(intptr_t)stderr_before);
	file_open(STDERR_FILENO);
	report_mistakes(&r, &c->mistakes);

	ssize_t n = pread(STDERR_FILENO, c->shown, sizeof(c->shown) - 1, 0);

	dup2(stderr_before, STDERR_FILENO);
	__sanitizer_set_report_fd((void *)(intptr_t)STDERR_FILENO);
	close(stderr_before);
	assert_in_range(n, 0, sizeof(c->shown) - 2);
	assert_int_equal(r.dropped, 0);
	c->shown[n] = '\0';
	remove_prefix(c->shown);
	return c->shown;
}
