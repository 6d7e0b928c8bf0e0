/* SPDX-License-Identifier: MIT */
#include "options.h"

#include "declarations.h"

#include <string.h>
#include <unistd.h>

/* Rows of option_settings[] that make lists of targets. */
enum { WAIT_FOR, WAIT_FILE, LISTS };

const struct setting option_settings[] = {
	{"wait-for\0TARGET\0wait for this; repeatable", TEXT, WAIT_FOR, 0},
	{"wait-file\0FILE\0wait for the targets in this file, one a line", TEXT, WAIT_FILE, 0},
	{"on-timeout\0fail|start\0when a limit is over: exit 124, or start all the same", CHOICE,
	 offsetof(struct options, on_timeout), 0},
	{"log\0text|json\0format of messages", CHOICE, offsetof(struct options, log), 0},
	{"quiet\0\0say only what went wrong in the end", SWITCH, offsetof(struct options, quiet), 0},
	{"verbose\0\0tell of every attempt", SWITCH, offsetof(struct options, verbose), 0},
	{0},
};

/* Configuration that is being read. */
struct reading {
	struct options *options;
	struct mistakes *mistakes;
	bool by_variable; /* and not by the command line */
	bool is_named[LISTS]; /* by the command line: what the variable lists does not count */
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

static void take_value(struct reading *r, const struct setting *s, const struct declaration *d)
{
	if (s->kind == TEXT)
		add_to_list(r, s->offset, d);
	else
		tell(r, d, mistake_in_value(r->mistakes, setting_assign(s, r->options, d->text)));
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
	} else if (s->kind != SWITCH && flag.at[flag.len] != '=') {
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
	const char *verbs = "run|wait|check|install";
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

static const char *what_is_missing(const struct reading *r)
{
	const struct options *o = r->options;

	if (takes_targets(o->verb) && r->lists->count == 0 && !r->mistakes->first)
		return "there is no target to try\nname one, or set SHIM_WAIT_FOR";
	if (o->verb == VERB_RUN && !*o->command)
		return "there is no command to start\nsee shim --help";
	if (o->verb == VERB_INSTALL && !o->path)
		return "install needs the path to copy shim to";
	return NULL;
}

void options_parse(struct options *o, char **argv, struct mistakes *mistakes)
{
	struct reading r = {.options = o, .mistakes = mistakes, .by_variable = true};

	*o = (struct options){.verb = VERB_RUN};
	o->policy = policy_default();
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
	tell(&r, &(struct declaration){.text = {0}}, what_is_missing(&r));
	o->targets = declarations_parse(&r.lists[WAIT_FOR], &o->policy, &o->count, mistakes);
}
