/* SPDX-License-Identifier: MIT */
/* main: puts options, report, init and gate together. The only file that knows all of them. */
#include "base/arena.h"
#include "base/redact.h"
#include "dropin.h"
#include "ending.h"
#include "gate/confine.h"
#include "gate/gate.h"
#include "help.h"
#include "init/command.h"
#include "init/init.h"
#include "install.h"
#include "options.h"
#include "report.h"
#include "variables.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	MEMORY_MAX = 8 * 1024 * 1024, /* for all declarations; pages cost nothing until they are touched */
	WAITED_TOO_LONG = 124, /* as in timeout(1) */
};

/* Between init and its children; pages cost nothing until they are touched. */
struct shared {
	struct exec_failure failure;
	unsigned char standings[MEMORY_MAX / sizeof(struct target)];
};

static struct program {
	struct options options;
	struct report report;
	struct arena arena;
	struct mistakes mistakes;
	struct gate gate;
	struct init init;
	struct shared *shared;
	const char *command; /* its name; NULL when there is none. It outlives the arena */
	const char *stands_in; /* for another init: the version of that; else NULL */
} p;

/* A writer of struct span. */
static void put_interpreter(struct buf *b, const void *path)
{
	const struct span *reader = path;

	if (reader->len > 0)
		buf_format(b, "its interpreter %q: ", reader);
}

/*
 * Better known now than after the wait. 0, or the status to exit with. `known` is what execve(2) said, 0 when it was
 * not asked yet: "no such file" may mean the interpreter that a script or a dynamic program wants.
 */
static int inspect_command(int known)
{
	char memory[INTERPRETER_MAX];
	struct buf interpreter = buf_init(memory, sizeof(memory));
	int error = command_inspect(p.command, &interpreter);
	struct span name = span_of(*p.command ? p.command : "\"\""), reader = buf_span(&interpreter);

	if (known && known != error) {
		reader.len = 0;
		error = known;
	}
	if (error == 0)
		return 0;
	report_say(&p.report, ERROR, "cannot-execute", NULL, "cannot execute %w: %w%e", buf_put_word, &name,
		   put_interpreter, &reader, error);
	return exec_status(error);
}

static void tell_of_signal(const char *event, const char *form, int signal)
{
	report_say(&p.report, ERROR, event, NULL, form, buf_put_signal, &signal);
}

static void tell_of_end(int signal)
{
	tell_of_signal("told-to-end", "%w while waiting; nothing was started", signal);
}

static void tell_why_not_executed(const struct exec_failure *f)
{
	if (f->step)
		report_say(&p.report, ERROR, "cannot-execute", NULL, "%s failed: %e", f->step, f->error);
	else
		inspect_command(f->error);
}

static void hear_init(enum init_event event, int detail)
{
	switch (event) {
	case INIT_CANNOT_FORK:
		report_say(&p.report, ERROR, "cannot-fork", NULL, "cannot start a process: %e", detail);
		break;
	case INIT_WAS_TOLD_TO_END:
		tell_of_end(detail);
		break;
	case INIT_WAIT_DIED:
		tell_of_signal("wait-died", "%w ended the process that waits; nothing was started", detail);
		break;
	case INIT_CANNOT_EXECUTE:
		tell_why_not_executed(p.init.failure);
		break;
	case INIT_REAPED: /* in the words of tini -w, which may be looked for */
		if (p.report.verbose)
			report_say(&p.report, INFO, "reaped", NULL, "Reaped zombie process with pid=%u", detail);
		break;
	case INIT_ENDS:
		report_say(&p.report, INFO, "ended", NULL, "%w", buf_put_ending, &p.init.ending);
		break;
	}
}

/* Everything but what was meant for shim, in its order, what the user adds, and `more` unless it is NULL. */
static char **make_environment(const char *more)
{
	char **made = variables_merge(&p.options.plan, &p.arena, environ, is_own_variable, more);

	return made ? made : environ;
}

/* Programs of targets see what the command will. */
static enum gate_outcome run_gate(void)
{
	enum gate_outcome outcome;

	environ = make_environment(NULL);
	outcome = gate_run(&p.gate);
	if (p.gate.signal && !p.init.heritage.init) {
		signals_block(~sigmask_of(p.gate.signal));
		kill(getpid(), p.gate.signal); /* what it does to any process; to PID 1 it does nothing */
	}
	return outcome;
}

/* In this process. The status to exit with; 0 when the gate opened. */
static int pass_gate(void)
{
	struct gate *g = &p.gate;

	g->opens_anyway = p.options.on_timeout;
	g->tell = report_news;
	g->context = &p.report;
	report_waiting(&p.report);
	switch (run_gate()) {
	case GATE_OPENED:
		report_opened(&p.report, p.command);
		return 0;
	case GATE_FAILED:
		report_not_ready(&p.report);
		return WAITED_TOO_LONG;
	case GATE_INTERRUPTED:
		break;
	}
	if (!g->sender || g->sender != p.init.heritage.init) /* which tells it itself */
		tell_of_end(g->signal);
	return 128 + g->signal;
}

/* In init's first child. */
static void wait_in_child(void)
{
	unsigned char *standing = p.shared->standings;
	int status;

	confine_child(p.init.heritage.init);
	status = pass_gate();
	for (const struct progress *t = p.gate.progress; t->target; t++)
		*standing++ = (unsigned char)t->standing;
	_exit(p.gate.signal ? SHIM_FAILED : status); /* the signal was not init's, which takes its own way */
}

/* "SHIM_DEGRADED=NAME,NAME" of the targets that are not ready; NULL when all are. */
static const char *name_degraded(void)
{
	const struct target *t = p.options.targets;
	struct buf b = arena_rest(&p.arena);

	for (unsigned i = 0; i < p.options.count; i++, t++)
		if (p.shared->standings[i] != IS_READY)
			buf_format(&b, b.len > 0 ? ",%S" : "SHIM_DEGRADED=%S", &t->label);
	return b.len > 0 ? arena_keep(&p.arena, &b).at : NULL;
}

/* Before the command is looked for, which may be named from there. 0, or the status to exit with. */
static int enter_directory(void)
{
	const char *directory = p.options.plan.directory;

	if (!directory || chdir(directory) == 0)
		return 0;
	*p.init.failure = (struct exec_failure){errno, "changing the directory"};
	tell_why_not_executed(p.init.failure);
	return exec_status(p.init.failure->error);
}

static int wait_as_init(void)
{
	int status = inspect_command(0);

	return status ? status : init_wait(&p.init, wait_in_child);
}

/* What the wait needed is given back before init settles down beside the command. */
static void release(void)
{
	gate_close(&p.gate);
	arena_close(&p.arena);
}

/* Instead of staying: for those who have an init already. */
static int become_command(void)
{
	child_become(p.options.command, make_environment(name_degraded()), &p.init.heritage, p.init.failure);
	tell_why_not_executed(p.init.failure);
	return exec_status(p.init.failure->error);
}

static int run(sigmask inherited)
{
	int status;

	if (!init_open(&p.init, inherited) && p.report.verbose)
		report_say(&p.report, INFO, "subreaper", NULL,
			   "not PID 1: orphans of this process tree are reaped all the same");
	status = enter_directory();
	if (!status && p.options.count > 0)
		status = wait_as_init();
	if (status)
		return status;
	if (p.options.plan.becomes_command)
		return become_command();
	status = init_start(&p.init, p.options.command, make_environment(name_degraded()));
	if (status)
		return status;
	release();
	return init_serve(&p.init);
}

/*
 * An init container that only waits is PID 1, too, where the kernel drops signals that are not blocked; the gate
 * reads those that are. USR1 is a question, PIPE comes as an error, and CHLD tells that a target's program has ended.
 */
static void mind_signals(sigmask inherited)
{
	if (getpid() != 1)
		signals_block(inherited | signals_requests() | sigmask_of(SIGUSR1) | sigmask_of(SIGPIPE) |
			      sigmask_of(SIGCHLD));
	signals_ignore_children(false);
}

static int check(void)
{
	enum gate_outcome outcome;

	p.gate.only_once = true;
	outcome = run_gate();
	report_check(&p.report);
	return outcome == GATE_OPENED ? 0 : 1;
}

static int install_here(void)
{
	int error = install(p.options.path);
	struct span path = span_of(p.options.path);

	if (error)
		report_say(&p.report, ERROR, "install", NULL, "cannot copy shim to %w: %e", buf_put_word, &path, error);
	return error ? SHIM_FAILED : 0;
}

static void print_help(void)
{
	struct buf b = arena_rest(&p.arena);

	buf_put_help(&b);
	report_print(STDOUT_FILENO, buf_span(&b));
}

/* Shows the mistakes. A health check has no other status than 0 and 1, and the other inits say 1, too. */
static int refuse(void)
{
	report_mistakes(&p.report, &p.mistakes);
	return p.options.verb == VERB_CHECK || p.stands_in ? 1 : SHIM_FAILED;
}

/* It stops when its command is to, and says its version to stderr. */
static bool is_dumb_init(void)
{
	return p.stands_in && *p.stands_in == 'd';
}

/* Reads everything that can be wrong in a configuration before anything is done. False after mistakes. */
static bool prepare(char **argv)
{
	struct options *o = &p.options;
	struct report *r = &p.report;

	p.mistakes.arena = &p.arena;
	p.stands_in = dropin_translate(&argv, &p.arena);
	options_parse(o, argv, &p.mistakes);
	p.command = *o->command;
	o->plan.suspends = is_dumb_init();
	r->format = o->log;
	r->quiet = (o->quiet || p.stands_in) && !o->verbose; /* those say nothing as long as all is well */
	r->verbose = o->verbose;
	p.init.tell = hear_init;
	p.init.failure = &p.shared->failure;
	p.init.heritage.plan = &o->plan;
	if (o->count > 0 && !p.arena.full)
		gate_open(&p.gate, o->targets, o->count, &p.mistakes);
	r->all = p.gate.progress;
	r->count = o->count;
	return !p.mistakes.first && !p.arena.full;
}

static int act(sigmask inherited)
{
	switch (p.options.verb) {
	case VERB_RUN:
		return run(inherited);
	case VERB_PAUSE:
		init_open(&p.init, inherited);
		release();
		return init_rest(&p.init);
	case VERB_WAIT:
	case VERB_CHECK:
		mind_signals(inherited);
		confine();
		return p.options.verb == VERB_WAIT ? pass_gate() : check();
	case VERB_INSTALL:
		return install_here();
	case VERB_HELP:
		print_help();
		break;
	case VERB_VERSION:
		report_print(is_dumb_init() ? STDERR_FILENO : STDOUT_FILENO,
			     span_of(p.stands_in ? p.stands_in : "shim " SHIM_VERSION "\n"));
		break;
	}
	return 0;
}

static bool take_memory(void)
{
	p.shared = mmap(NULL, sizeof(*p.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return p.shared != MAP_FAILED && arena_open(&p.arena, MEMORY_MAX);
}

int main(int argc, char **argv)
{
	sigmask inherited = signals_block(EVERY_SIGNAL); /* before anything else: what comes earlier is lost */

	(void)argc;
	if (!take_memory()) {
		report_say(&p.report, ERROR, "memory", NULL, "out of memory");
		return SHIM_FAILED;
	}
	return prepare(argv) ? act(inherited) : refuse();
}
