/* SPDX-License-Identifier: MIT */
#include "options.h"

#include "declarations.h"

#include <unistd.h>

enum text_option { WAIT_FOR, WAIT_FILE };

const struct setting option_settings[] = {
	{"wait-for", "TARGET", "wait for this; repeatable", TEXT, WAIT_FOR, 0},
	{"wait-file", "FILE", "wait for the targets in this file, one a line", TEXT, WAIT_FILE, 0},
	{"on-timeout", "fail|start", "when a limit is over: exit 124, or start all the same", CHOICE,
	 offsetof(struct options, on_timeout), 0},
	{"log", "text|json", "format of messages", CHOICE, offsetof(struct options, log), 0},
	{"quiet", NULL, "say only what went wrong in the end", SWITCH, offsetof(struct options, quiet), 0},
	{"verbose", NULL, "tell of every attempt", SWITCH, offsetof(struct options, verbose), 0},
	{0},
};

static const struct {
	const char *name;
	enum verb verb;
} verbs[] = {
	{"run", VERB_RUN},
	{"wait", VERB_WAIT},
	{"check", VERB_CHECK},
	{"install", VERB_INSTALL},
};

/* Configuration that is being read. */
struct reading {
	struct options *options;
	struct mistakes *mistakes;
	struct declarations targets, files; /* of --wait-for, of --wait-file */
	bool has_targets, has_files; /* the command line named some: the variable's do not count */
};

static const struct setting *find(struct reading *r, struct span name, void **object)
{
	const struct setting *s = setting_find(option_settings, name);

	*object = r->options;
	if (!s) {
		s = setting_find(policy_settings, name);
		*object = &r->options->policy;
	}
	return s;
}

static const char *nearest(struct span name)
{
	const char *near = setting_nearest(option_settings, name);

	return near ? near : setting_nearest(policy_settings, name);
}

static void assign(struct reading *r, const struct setting *s, void *object, struct span source, struct span value)
{
	struct declaration d = {source, value, .is_target = true}; /* where a value was forgotten, it is one */
	const char *right = setting_assign(s, object, value);

	if (right)
		mistake_say(r->mistakes, &d, (struct span){0}, "this value is not understood", right);
}

static bool holds(struct span s, struct span wanted)
{
	for (size_t i = 0; i + wanted.len <= s.len; i++)
		if (span_equals(span_head(span_tail(s, i), wanted.len), wanted))
			return true;
	return false;
}

/*
 * Kubernetes sets SHIM_SERVICE_HOST, SHIM_PORT_80_TCP_ADDR and their like in every pod beside a service
 * whose name begins with "shim".
 */
static bool is_of_a_service(struct span name)
{
	return holds(name, SPAN("_SERVICE_")) || holds(name, SPAN("_PORT"));
}

bool is_own_variable(struct span entry)
{
	return span_starts_with(entry, SPAN("SHIM_")) && !is_of_a_service(span_head(entry, span_find(entry, '=')));
}

/* "SHIM_MAX_INTERVAL" to "max-interval"; the memory is the caller's. */
static struct span flag_name(struct span variable, struct buf *b)
{
	for (size_t i = sizeof("SHIM_") - 1; i < variable.len; i++)
		buf_put_char(b, variable.at[i] == '_' ? '-' : to_lower(variable.at[i]));
	return b->full ? (struct span){0} : buf_span(b);
}

static void fail_unknown_variable(struct reading *r, struct span variable, struct span flag)
{
	const char *near = nearest(flag);
	struct buf b = arena_rest(r->mistakes->arena);
	struct declaration d = {variable, {0}, .is_target = false};

	if (near) {
		buf_put_text(&b, "did you mean SHIM_");
		for (; *near; near++)
			buf_put_char(&b, *near == '-' ? '_' : (char)(to_lower(*near) & ~0x20));
	}
	mistake_say(r->mistakes, &d, (struct span){0}, "there is no option for this variable",
		    near ? arena_keep(r->mistakes->arena, &b).at : NULL);
}

static void read_variable(struct reading *r, struct span entry)
{
	char memory[32];
	struct buf b = buf_init(memory, sizeof(memory));
	struct span value = entry;
	struct span variable = span_cut(&value, '=');
	struct span flag = flag_name(variable, &b);
	void *object;
	const struct setting *s = find(r, flag, &object);

	if (span_equals(flag, SPAN("degraded")))
		return; /* an outer shim's word for us */
	if (!s)
		fail_unknown_variable(r, variable, flag);
	else if (value.len == 0)
		return; /* as if it were not set: what "${X:-}" in a compose file leaves */
	else if (s->kind != TEXT)
		assign(r, s, object, variable, value);
	else if (s->offset == WAIT_FOR)
		declarations_add_words(&r->targets, variable, value, r->mistakes);
	else
		declarations_add_file(&r->files, variable, value.at, r->mistakes);
}

static void read_environment(struct reading *r)
{
	for (char **entry = environ; *entry; entry++)
		if (is_own_variable(span_of(*entry)))
			read_variable(r, span_of(*entry));
}

static void add_target(struct reading *r, struct span source, struct span text)
{
	if (!r->has_targets)
		r->targets = (struct declarations){0};
	r->has_targets = true;
	declarations_add(&r->targets, source, text, r->mistakes);
}

static void add_file(struct reading *r, struct span source, const char *path)
{
	if (!r->has_files)
		r->files = (struct declarations){0};
	r->has_files = true;
	declarations_add_file(&r->files, source, path, r->mistakes);
}

static void fail_flag(struct reading *r, struct span flag, const char *problem, const char *near)
{
	struct declaration d = {flag, {0}, .is_target = false};
	const char *hint = near ? arena_format(r->mistakes->arena, "did you mean --%s", near) : NULL;

	mistake_say(r->mistakes, &d, (struct span){0}, problem, hint);
}

/* An argument that begins with "-". Returns the next one to read. */
static char **read_flag(struct reading *r, char **at)
{
	struct span value = span_of(*at++);
	struct span flag = span_head(value, span_find(value, '='));
	bool has_value = flag.len < value.len;
	void *object;
	const struct setting *s = span_starts_with(flag, SPAN("--")) ? find(r, span_tail(flag, 2), &object) : NULL;

	value = span_tail(value, flag.len + 1);
	if (!s) {
		fail_flag(r, flag, "unknown option", nearest(span_tail(flag, 2)));
		return at;
	}
	if (s->value && !has_value) {
		if (!*at) {
			fail_flag(r, flag, "a value is missing behind this option", NULL);
			return at;
		}
		value = span_of(*at++);
	}
	if (s->kind != TEXT)
		assign(r, s, object, flag, value);
	else if (s->offset == WAIT_FOR)
		add_target(r, flag, value);
	else
		add_file(r, flag, value.at);
	return at;
}

static bool takes_targets(enum verb verb)
{
	return verb == VERB_WAIT || verb == VERB_CHECK;
}

/* An argument that is no flag. False when what follows is not shim's. */
static bool read_word(struct reading *r, struct span word)
{
	struct options *o = r->options;

	if (takes_targets(o->verb)) {
		if (!r->has_files)
			r->files = (struct declarations){0};
		add_target(r, SPAN("TARGET"), word);
		return true;
	}
	if (o->verb != VERB_INSTALL)
		return false;
	if (o->path)
		fail_flag(r, word, "install takes one path", NULL);
	o->path = word.at;
	return true;
}

/* Takes the verb off the arguments, if the first word that is no flag is one. */
static bool read_verb(struct options *o, const char *word)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (!span_equals(span_of(word), span_of(verbs[i].name)))
			continue;
		o->verb = verbs[i].verb;
		return true;
	}
	return false;
}

static bool read_question(struct options *o, struct span flag)
{
	if (span_equals(flag, SPAN("--help")) || span_equals(flag, SPAN("-h")))
		o->verb = VERB_HELP;
	else if (span_equals(flag, SPAN("--version")))
		o->verb = VERB_VERSION;
	else
		return false;
	return true;
}

/* Up to the command, which it returns. */
static char **read_arguments(struct reading *r, char **at)
{
	struct options *o = r->options;
	bool had_verb = false, flags_are_over = false;

	while (*at) {
		bool is_flag = (*at)[0] == '-' && (*at)[1] && !flags_are_over;

		if (is_flag && span_equals(span_of(*at), SPAN("--"))) {
			flags_are_over = true;
			at++;
			if (!takes_targets(o->verb) && o->verb != VERB_INSTALL)
				break;
		} else if (is_flag && read_question(o, span_of(*at))) {
			break;
		} else if (is_flag) {
			at = read_flag(r, at);
		} else if (!had_verb && read_verb(o, *at)) {
			had_verb = true;
			at++;
		} else if (read_word(r, span_of(*at))) {
			at++;
		} else {
			break;
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

static void check_verb(struct reading *r)
{
	struct options *o = r->options;
	struct declaration none = {0};

	if (takes_targets(o->verb) && r->targets.count == 0 && !r->mistakes->first)
		mistake_say(r->mistakes, &none, (struct span){0}, "there is no target to try",
			    "name one, or set SHIM_WAIT_FOR");
	if (o->verb == VERB_RUN && !*o->command)
		mistake_say(r->mistakes, &none, (struct span){0}, "there is no command to start", "see shim --help");
	if (o->verb == VERB_INSTALL && !o->path)
		mistake_say(r->mistakes, &none, (struct span){0}, "install needs the path to copy shim to", NULL);
}

void options_parse(struct options *o, char **argv, struct mistakes *mistakes)
{
	struct reading r = {.options = o, .mistakes = mistakes};

	*o = (struct options){.policy = policy_default()};
	read_environment(&r);
	o->command = read_arguments(&r, *argv ? argv + 1 : argv);
	if (o->verb == VERB_HELP || o->verb == VERB_VERSION) {
		*mistakes = (struct mistakes){.arena = mistakes->arena}; /* whoever asks may want to mend them */
		return;
	}
	join(&r.targets, &r.files);
	check_verb(&r);
	o->targets = declarations_parse(&r.targets, &o->policy, &o->count, mistakes);
}
