/* SPDX-License-Identifier: MIT */
/* main: puts options, report, init and gate together. The only file that knows all of them. */
#include "base/arena.h"
#include "base/redact.h"
#include "gate/confine.h"
#include "gate/gate.h"
#include "help.h"
#include "init/command.h"
#include "init/init.h"
#include "install.h"
#include "options.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	MEMORY_MAX = 8 * 1024 * 1024, /* for all declarations; pages cost nothing until they are touched */
	WAITED_TOO_LONG = 124, /* as in timeout(1) */
};

struct program {
	struct options options;
	struct report report;
	struct arena arena;
	struct mistakes mistakes;
	struct gate gate;
	struct init init;
	/* Between init and its children. */
	struct shared {
		int exec_error;
		unsigned char standings[];
	} *shared;
};

static void hear_gate(void *context, enum gate_event event, const struct progress *progress)
{
	struct program *p = context;
	struct gate *g = &p->gate;

	switch (event) {
	case GATE_ATTEMPT_FAILED:
		if (p->report.verbose)
			report_attempt(&p->report, progress);
		break;
	case GATE_TROUBLE:
		if (p->report.verbose)
			report_attempt(&p->report, progress);
		else
			report_trouble(&p->report, progress);
		break;
	case GATE_READY:
		report_ready(&p->report, progress);
		break;
	case GATE_GAVE_UP:
		if (progress->target->optional || p->options.on_timeout)
			report_gave_up(&p->report, progress); /* else the table will say it */
		break;
	case GATE_STILL_WAITING:
		report_still_waiting(&p->report, g->progress, g->count, clock_now() - g->start);
		break;
	case GATE_ASKED:
		report_states(&p->report, g->progress, g->count);
		break;
	}
}

/*
 * Better known now than after the wait. 0, or the status to exit with. `known` is what execve(2) said, 0 when it was
 * not asked yet: "no such file" may mean the interpreter that a script or a dynamic program wants.
 */
static int inspect_command(struct program *p, int known)
{
	char memory[INTERPRETER_MAX];
	struct buf interpreter = buf_init(memory, sizeof(memory));
	int error = command_inspect(*p->options.command, &interpreter);

	if (known && known != error) {
		interpreter.len = 0;
		error = known;
	}
	if (error)
		report_cannot_execute(&p->report, *p->options.command, error, buf_text(&interpreter));
	return error ? exec_status(error) : 0;
}

static void tell_of_end(struct program *p, int signal)
{
	report_say(&p->report, ERROR, "told-to-end", NULL, "%w while waiting; nothing was started", buf_put_signal, &signal);
}

static void hear_init(void *context, enum init_event event, int detail)
{
	struct program *p = context;
	struct report *r = &p->report;

	switch (event) {
	case INIT_IS_SUBREAPER:
		if (r->verbose)
			report_say(r, INFO, "subreaper", NULL,
				   "not PID 1: orphans of this process tree are reaped all the same");
		break;
	case INIT_CANNOT_FORK:
		report_say(r, ERROR, "cannot-fork", NULL, "cannot start a process: %e", detail);
		break;
	case INIT_WAS_TOLD_TO_END:
		tell_of_end(p, detail);
		break;
	case INIT_WAIT_DIED:
		report_say(r, ERROR, "wait-died", NULL, "%w ended the process that waits; nothing was started", buf_put_signal,
			   &detail);
		break;
	case INIT_CANNOT_EXECUTE:
		inspect_command(p, detail);
		break;
	}
}

static void ignore_gate(void *context, enum gate_event event, const struct progress *progress)
{
	(void)context, (void)event, (void)progress;
}

static enum gate_outcome pass_gate(struct program *p, unsigned char *standings)
{
	struct gate *g = &p->gate;
	const struct gate_plan plan = {.opens_anyway = p->options.on_timeout, .tell = hear_gate, .context = p};
	enum gate_outcome outcome;

	report_waiting(&p->report, g->progress, g->count);
	outcome = gate_run(g, &plan, standings);

	msec elapsed = clock_now() - g->start;

	switch (outcome) {
	case GATE_OPENED:
		report_opened(&p->report, g->progress, g->count, elapsed, *p->options.command);
		break;
	case GATE_FAILED:
		report_not_ready(&p->report, g->progress, g->count, elapsed);
		break;
	case GATE_INTERRUPTED:
		tell_of_end(p, g->signal);
		break;
	}
	return outcome;
}

/* In init's first child. */
static void wait_in_child(void *context)
{
	struct program *p = context;

	confine_child(p->init.heritage.init);
	switch (pass_gate(p, p->shared->standings)) {
	case GATE_OPENED:
		_exit(0);
	case GATE_FAILED:
		_exit(WAITED_TOO_LONG);
	case GATE_INTERRUPTED: /* by somebody else than init */
		_exit(SHIM_FAILED);
	}
}

/* "SHIM_DEGRADED=NAME,NAME" of the targets that are not ready; NULL when all are. */
static const char *name_degraded(struct program *p)
{
	struct buf b = arena_rest(&p->arena);

	for (unsigned i = 0; i < p->options.count; i++)
		if (p->shared->standings[i] != IS_READY)
			buf_format(&b, b.len > 0 ? ",%S" : "SHIM_DEGRADED=%S", &p->options.targets[i].label);
	return b.len > 0 ? arena_keep(&p->arena, &b).at : NULL;
}

/* Everything but what was meant for shim, in its order, and what the command is started without. */
static char **make_environment(struct program *p)
{
	const char *degraded = name_degraded(p);
	char **made, **to;
	size_t count = 0;

	while (environ[count])
		count++;
	made = to = arena_take(&p->arena, (count + 2) * sizeof(*to));
	if (!to)
		return environ;
	for (char **from = environ; *from; from++)
		if (!is_own_variable(span_of(*from)))
			*to++ = *from;
	*to = (char *)degraded;
	return made;
}

static int wait_as_init(struct program *p)
{
	int status = inspect_command(p, 0);

	if (status == 0)
		status = init_wait(&p->init, wait_in_child);
	return status;
}

/* What the wait needed is given back before init settles down beside the command. */
static void release(struct program *p)
{
	gate_close(&p->gate);
	arena_close(&p->arena);
}

static int run(struct program *p, sigmask inherited)
{
	char **environment;
	int status = 0;

	p->init = (struct init){.tell = hear_init, .context = p, .exec_error = &p->shared->exec_error};
	init_open(&p->init, inherited);
	if (p->options.count > 0)
		status = wait_as_init(p);
	if (status)
		return status;
	environment = make_environment(p);
	status = init_start(&p->init, p->options.command, environment);
	if (status)
		return status;
	release(p);
	return init_serve(&p->init);
}

/*
 * An init container that only waits is PID 1, too, where the kernel drops signals that are not blocked; the gate
 * reads those that are. USR1 is a question, and PIPE comes as an error.
 */
static void mind_signals(sigmask inherited)
{
	if (getpid() != 1)
		signals_restore(inherited | sigmask_of(SIGUSR1) | sigmask_of(SIGPIPE));
}

static int wait_here(struct program *p, sigmask inherited)
{
	mind_signals(inherited);
	confine();
	switch (pass_gate(p, NULL)) {
	case GATE_OPENED:
		break;
	case GATE_FAILED:
		return WAITED_TOO_LONG;
	case GATE_INTERRUPTED:
		return 128 + p->gate.signal;
	}
	return 0;
}

static int check(struct program *p, sigmask inherited)
{
	struct gate *g = &p->gate;
	const struct gate_plan plan = {.only_once = true, .tell = ignore_gate};

	mind_signals(inherited);
	confine();

	enum gate_outcome outcome = gate_run(g, &plan, NULL);

	report_check(&p->report, g->progress, g->count);
	return outcome == GATE_OPENED ? 0 : 1;
}

static int install_here(struct program *p)
{
	int error = install(p->options.path);
	struct span path = span_of(p->options.path);

	if (error)
		report_say(&p->report, ERROR, "install", NULL, "%w: %e", buf_put_word, &path, error);
	return error ? SHIM_FAILED : 0;
}

static int print_help(struct program *p)
{
	struct buf b = arena_rest(&p->arena);

	buf_put_help(&b);
	report_print(buf_span(&b));
	return 0;
}

/* Shows the mistakes. A health check has no other status than 0 and 1. */
static int refuse(struct program *p)
{
	report_mistakes(&p->report, &p->mistakes);
	return p->options.verb == VERB_CHECK ? 1 : SHIM_FAILED;
}

static bool is_sound(const struct program *p)
{
	return !p->mistakes.first && !p->arena.full;
}

/* Reads everything that can be wrong in a configuration before anything is done. False after mistakes. */
static bool prepare(struct program *p, char **argv)
{
	struct options *o = &p->options;

	p->mistakes.arena = &p->arena;
	options_parse(o, argv, &p->mistakes);
	p->report = (struct report){.format = o->log, .quiet = o->quiet, .verbose = o->verbose};
	if (o->count > 0 && !p->arena.full)
		gate_open(&p->gate, o->targets, o->count, &p->mistakes);
	return is_sound(p);
}

static bool share_memory(struct program *p)
{
	size_t size = sizeof(*p->shared) + p->options.count;

	p->shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return p->shared != MAP_FAILED;
}

static int act(struct program *p, sigmask inherited)
{
	switch (p->options.verb) {
	case VERB_RUN:
		if (share_memory(p))
			return run(p, inherited);
		report_say(&p->report, ERROR, "memory", NULL, "out of memory");
		return SHIM_FAILED;
	case VERB_WAIT:
		return wait_here(p, inherited);
	case VERB_CHECK:
		return check(p, inherited);
	case VERB_INSTALL:
		return install_here(p);
	case VERB_HELP:
		return print_help(p);
	case VERB_VERSION:
		report_print(SPAN("shim " SHIM_VERSION "\n"));
		break;
	}
	return 0;
}

int main(int argc, char **argv)
{
	sigmask inherited = signals_block(); /* before anything else: what comes earlier is lost */
	struct program p = {0};

	(void)argc;
	if (!arena_open(&p.arena, MEMORY_MAX)) {
		report_say(&p.report, ERROR, "memory", NULL, "out of memory");
		return SHIM_FAILED;
	}
	return prepare(&p, argv) ? act(&p, inherited) : refuse(&p);
}
