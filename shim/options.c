/* SPDX-License-Identifier: MIT */
#include "options.h"

#include "base/account.h"
#include "base/expand.h"
#include "declarations.h"
#include "variables.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* Rows of option_settings[] that make lists of targets. */
enum { WAIT_FOR, WAIT_FILE, LISTS, MAP_SIGNAL = LISTS, EXIT_CODE, USER, CHDIR, ENV, ENV_FILE, DIE_WITH_PARENT };

#define IN_PLAN(field) offsetof(struct options, plan) + offsetof(struct plan, field)

const struct setting option_settings[] = {
	{"wait-for\0TARGET\0wait for this; repeatable", TEXT, WAIT_FOR, 0},
	{"wait-file\0FILE\0wait for the targets in this file, one a line", TEXT, WAIT_FILE, 0},
	{"on-timeout\0fail|start\0when a limit is over: exit 124, or start all the same", CHOICE,
	 offsetof(struct options, on_timeout), 0},
	{"log\0text|json\0format of messages", CHOICE, offsetof(struct options, log), 0},
	{"quiet\0\0say only what went wrong in the end", SWITCH, offsetof(struct options, quiet), 0},
	{"verbose\0\0tell of every attempt", SWITCH, offsetof(struct options, verbose), 0},
	{"group\0\0signal the command's process group", SWITCH, IN_PLAN(to_group), 0},
	{"map-signal\0A=B\0forward signal A as B, or drop it: TERM=QUIT, INT= (repeatable)", TEXT, MAP_SIGNAL, 0},
	{"exit-code\0N=M\0exit with M where the command's status is N (repeatable)", TEXT, EXIT_CODE, 0},
	{"stop-delay\0TIME\0hold the first TERM back so long; another ends that", DURATION, IN_PLAN(stop_delay), 0},
	{"kill-after\0TIME\0KILL so long after the first TERM", DURATION, IN_PLAN(kill_after), 0},
	{"grace\0TIME\0what the command leaves behind gets TERM and so long", DURATION, IN_PLAN(grace), 0},
	{"session\0\0as --group, for a command in a session of its own", SWITCH, IN_PLAN(has_session), 0},
	{"die-with-parent\0\0take the death of shim's parent for a TERM, or for =SIGNAL", TEXT, DIE_WITH_PARENT, 0},
	{"user\0USER[:GROUP]\0run the command as this user, by name or number", TEXT, USER, 0},
	{"chdir\0DIR\0run the command in this directory", TEXT, CHDIR, 0},
	{"env\0NAME=VALUE\0a variable for the command; VALUE as in targets (repeatable)", TEXT, ENV, 0},
	{"env-file\0FILE\0variables for the command, one a line", TEXT, ENV_FILE, 0},
	{"exec\0\0after the wait become the command", SWITCH, IN_PLAN(becomes_command), 0},
	{0},
};

/* Configuration that is being read. */
struct reading {
	struct options *options;
	struct mistakes *mistakes;
	bool by_variable; /* and not by the command line */
	bool is_named[LISTS]; /* by the command line: what the variable lists does not count */
	bool ends_unknown; /* the last word is no option: what it was meant to be might ask for no command */
	struct declarations lists[LISTS];
};

/* A mistake in what is no target; no words, no mistake. */
static void tell(struct reading *r, const struct declaration *d, const char *words)
{
	mistake_say(r->mistakes, d, d->text, words);
}

static void add_to_list(struct reading *r, unsigned list, const struct declaration *d)
{
	struct declarations *all = &r->lists[list];

	if (!r->by_variable && !r->is_named[list]) {
		r->is_named[list] = true;
		*all = (struct declarations){0};
	}
	if (list == WAIT_FILE)
		declarations_add_file(all, d, r->mistakes);
	else if (r->by_variable)
		declarations_add_words(all, d, r->mistakes);
	else
		declarations_add(all, d, r->mistakes);
}

/* NULL, or why the command cannot be started there. */
static const char *directory_problem(struct arena *a, const char *path)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return arena_format(a, "this directory cannot be entered: %e", errno);
	close(fd);
	return NULL;
}

/* One value of a row that is part of the plan. NULL, or the words of a mistake. */
static const char *take_part_of_plan(struct reading *r, unsigned row, char *value)
{
	struct plan *p = &r->options->plan;
	struct arena *a = r->mistakes->arena;

	switch (row) {
	case MAP_SIGNAL:
		return mistake_in_value(r->mistakes, plan_map_signal(p, span_of(value)));
	case EXIT_CODE:
		return mistake_in_value(r->mistakes, plan_map_status(p, span_of(value)));
	case DIE_WITH_PARENT:
		return mistake_in_value(r->mistakes, plan_set_parent_death(p, span_of(value)));
	case USER:
		return user_parse(&p->user, span_of(value));
	case CHDIR:
		p->directory = value;
		return directory_problem(a, value);
	case ENV:
		return variables_add(p, a, value);
	default: /* ENV_FILE */
		return variables_add_file(p, a, value);
	}
}

/* A variable lists several, where several make sense. */
static void add_to_plan(struct reading *r, unsigned row, const struct declaration *d)
{
	bool is_list = r->by_variable && (row == MAP_SIGNAL || row == EXIT_CODE || row == ENV);
	char *value = (char *)arena_format(r->mistakes->arena, "%S", &d->text);

	while (value) {
		char *next = is_list ? cut_unquoted(value, " \t\n") : NULL;

		if (*value || !is_list)
			tell(r, d, take_part_of_plan(r, row, value));
		value = next;
	}
}

static void take_value(struct reading *r, const struct setting *s, const struct declaration *d)
{
	if (s->kind != TEXT)
		tell(r, d, mistake_in_value(r->mistakes, setting_assign(s, r->options, d->text)));
	else if (s->offset < LISTS)
		add_to_list(r, s->offset, d);
	else
		add_to_plan(r, s->offset, d);
}

/*
 * Kubernetes sets SHIM_SERVICE_HOST, SHIM_PORT_80_TCP_ADDR and their like in every pod beside a service
 * whose name begins with "shim".
 */
bool is_own_variable(struct span entry)
{
	for (const char *c = entry.at; *c && *c != '='; c++)
		if (begins_with(c, "_SERVICE_") || begins_with(c, "_PORT"))
			return false;
	return begins_with(entry.at, "SHIM_");
}

/* "SHIM_MAX_INTERVAL" to "max-interval"; cut where that is longer than any. */
static struct span flag_name(struct span variable, char *name, size_t max)
{
	struct span flag = span_head(span_tail(variable, sizeof("SHIM_") - 1), max);

	for (size_t i = 0; i < flag.len; i++)
		name[i] = flag.at[i] == '_' ? '-' : to_lower(flag.at[i]);
	return (struct span){name, flag.len};
}

/* A writer of C strings: "max-interval" as "MAX_INTERVAL". */
static void put_upper(struct buf *b, const void *flag)
{
	for (const char *c = flag; *c; c++)
		buf_put_char(b, *c == '-' ? '_' : (char)(*c & ~0x20));
}

static void read_variable(struct reading *r, const char *entry)
{
	char name[32];
	struct declaration d = {.text = span_of(entry)};
	struct span flag;
	const struct setting *s;

	d.source = span_cut(&d.text, '=');
	flag = flag_name(d.source, name, sizeof(name));
	s = policy_find(option_settings, flag, span_equals);
	/* An outer shim's word for us, or as if it were not set: what "${X:-}" in a compose file leaves. */
	if (span_equals(flag, SPAN("degraded")) || (s && d.text.len == 0))
		return;
	if (s) {
		take_value(r, s, &d);
		return;
	}
	s = policy_find(option_settings, flag, is_near);
	d.text.len = 0;
	tell(r, &d,
	     arena_format(r->mistakes->arena, "there is no option for this variable%s%w",
			  s ? "\ndid you mean SHIM_" : "", put_upper, s ? s->name : ""));
}

/* An argument that begins with "-". Returns the last one that belongs to it. */
static char **read_flag(struct reading *r, char **at)
{
	struct declaration d = {.text = span_of(*at)};
	struct span flag = span_cut(&d.text, '='), name = span_tail(flag, 2);
	const struct setting *s = flag.at[1] == '-' ? policy_find(option_settings, name, span_equals) : NULL;
	const char *problem = NULL;

	d.source = flag;
	if (!s) {
		s = policy_find(option_settings, name, is_near);
		problem = arena_format(r->mistakes->arena, "unknown option%s%s", s ? "\ndid you mean --" : "",
				       s ? s->name : "");
		d.text.len = 0;
		r->ends_unknown = !at[1];
	} else if (*text_at(s->name, VALUE_TEXT) && flag.at[flag.len] != '=') {
		d.text = span_of(at[1]);
		if (d.text.at)
			at++;
		else
			problem = "a value is missing behind this option";
	}
	if (problem)
		tell(r, &d, problem);
	else
		take_value(r, s, &d);
	return at;
}

static bool takes_targets(enum verb verb)
{
	return verb == VERB_WAIT || verb == VERB_CHECK;
}

/* An argument that is no flag. False when what follows is not shim's. */
static bool read_word(struct reading *r, const char *word)
{
	struct options *o = r->options;
	struct declaration d = {.source = span_of(word)};

	if (takes_targets(o->verb)) {
		d.text = d.source;
		d.source = SPAN("TARGET");
		if (!r->is_named[WAIT_FILE])
			r->lists[WAIT_FILE] = (struct declarations){0};
		add_to_list(r, WAIT_FOR, &d);
		return true;
	}
	if (o->verb != VERB_INSTALL)
		return false;
	tell(r, &d, o->path ? "install takes one path" : NULL);
	o->path = word;
	return true;
}

/* Does the word name a verb, or ask a question? Then it is set. */
static bool read_verb(struct options *o, const char *words, const char *word, enum verb first)
{
	uint64_t index;

	if (!word_find(words, span_of(word), &index))
		return false;
	o->verb = first + (enum verb)index;
	return true;
}

/* Up to the command, which it returns. */
static char **read_arguments(struct reading *r, char **at)
{
	struct options *o = r->options;
	const char *verbs = "run|wait|check|install|pause";
	bool flags_are_over = false;

	for (; *at; at++) {
		const char *word = *at;

		if (flags_are_over || word[0] != '-' || word[1] == '\0') {
			if (read_verb(o, verbs, word, VERB_RUN))
				verbs = ""; /* there is but one */
			else if (!read_word(r, word))
				break;
		} else if (strcmp(word, "--") == 0) {
			flags_are_over = true;
			if (o->verb == VERB_RUN)
				return at + 1;
		} else {
			if (read_verb(o, "--help|--version", word, VERB_HELP) || read_verb(o, "-h", word, VERB_HELP))
				break;
			at = read_flag(r, at);
		}
	}
	return at;
}

/* One list: the targets, then those of the files. */
static void join(struct declarations *list, const struct declarations *more)
{
	if (list->last)
		list->last->next = more->first;
	else
		list->first = more->first;
	list->count += more->count;
}

static const char *what_does_not_fit(const struct reading *r)
{
	const struct options *o = r->options;

	if (takes_targets(o->verb) && r->lists->count == 0 && !r->mistakes->first)
		return "there is no target to try\nname one, or set SHIM_WAIT_FOR";
	if (o->verb == VERB_RUN && !*o->command && !r->ends_unknown)
		return "there is no command to start\nsee shim --help";
	if (o->verb == VERB_PAUSE && *o->command)
		return "pause starts no command";
	if (o->verb == VERB_INSTALL && !o->path)
		return "install needs the path to copy shim to";
	return NULL;
}

void options_parse(struct options *o, char **argv, struct mistakes *mistakes)
{
	struct reading r = {.options = o, .mistakes = mistakes, .by_variable = true};

	*o = (struct options){.verb = VERB_RUN};
	o->policy = policy_default();
	plan_init(&o->plan);
	for (char **entry = environ; *entry; entry++)
		if (is_own_variable(span_of(*entry)))
			read_variable(&r, *entry);
	r.by_variable = false;
	o->command = read_arguments(&r, *argv ? argv + 1 : argv);
	if (o->verb >= VERB_HELP) {
		*mistakes = (struct mistakes){.arena = mistakes->arena}; /* whoever asks may want to mend them */
		return;
	}
	join(&r.lists[WAIT_FOR], &r.lists[WAIT_FILE]);
	tell(&r, &(struct declaration){.text = {0}}, what_does_not_fit(&r));
	o->targets = declarations_parse(&r.lists[WAIT_FOR], &o->policy, &o->count, mistakes);
}
