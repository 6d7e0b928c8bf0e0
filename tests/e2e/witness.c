/* SPDX-License-Identifier: MIT */
/*
 * witness: a command that tells what an init did to it, and a few things that no tool of Debian does.
 * libc's signal functions leave out 32 to 34, so that the kernel is asked directly.
 *
 *	witness listen [SIGNAL]		prints every signal that it gets, but this: "NUMBER", or "NUMBER VALUE"
 *	witness signals			prints which are blocked and which are ignored, bit n - 1 for signal n
 *	witness words WORD...		prints each argument on a line, in brackets
 *	witness environment		prints each entry on a line
 *	witness die SIGNAL		ends by it
 *	witness orphans COUNT		leaves orphans to init that all end at the first signal; then as `listen`
 *	witness storm COUNT		leaves at least so many orphans that end at once, until a TERM comes; as `listen`
 *	witness children COUNT		leaves so many orphans that end at once, one after the other; then as `listen`
 *	witness pair STATUS		ends together with an orphan
 *	witness send PID SIGNAL[:VALUE]...
 *	witness with [mask=BITS] [ignored=BITS] [entry=NAME=VALUE]... PROGRAM ARG...
 *					runs the program with these signals and exactly these entries in its environment
 *	witness clock ...		as the rest says; each signal with the nanosecond of CLOCK_MONOTONIC
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SIGNALS = 64, ENTRIES_MAX = 32 };

static uint64_t heard = ~(uint64_t)0; /* what is taken by next_signal() */

struct action { /* as the kernel has it */
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

static int tells_time;

static uint64_t set_mask(uint64_t mask)
{
	uint64_t before = 0;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, &before, sizeof(mask));
	return before;
}

static void handle(int number, void (*handler)(int))
{
	struct action action = {.handler = handler};

	syscall(SYS_rt_sigaction, number, &action, NULL, sizeof(action.mask));
}

static int next_signal(siginfo_t *info)
{
	long number;

	do
		number = syscall(SYS_rt_sigtimedwait, &heard, info, NULL, sizeof(heard));
	while (number < 0);
	return (int)number;
}

static void say(const char *line)
{
	dprintf(STDOUT_FILENO, "%s\n", line);
}

static void tell_signal(const siginfo_t *info)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (tells_time)
		dprintf(STDOUT_FILENO, "%d %lld\n", info->si_signo, now.tv_sec * 1000000000LL + now.tv_nsec);
	else if (info->si_code == SI_QUEUE)
		dprintf(STDOUT_FILENO, "%d %d\n", info->si_signo, info->si_value.sival_int);
	else
		dprintf(STDOUT_FILENO, "%d\n", info->si_signo);
}

static _Noreturn void listen_on(void)
{
	siginfo_t info;

	prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody else is going to end it */
	say("ready");
	for (;;) {
		next_signal(&info);
		tell_signal(&info);
	}
}

static int print_signals(void)
{
	uint64_t ignored = 0;

	for (int number = 1; number <= SIGNALS; number++) {
		struct action action = {0};

		syscall(SYS_rt_sigaction, number, NULL, &action, sizeof(action.mask));
		ignored |= (uint64_t)(action.handler == SIG_IGN) << (number - 1);
	}
	dprintf(STDOUT_FILENO, "blocked %016llx ignored %016llx\n", (unsigned long long)set_mask(0),
		(unsigned long long)ignored);
	return 0;
}

static int print_words(char **words, const char *format)
{
	for (; *words; words++)
		dprintf(STDOUT_FILENO, format, *words);
	return 0;
}

static int die(int number)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	handle(number, SIG_DFL);
	set_mask(0);
	syscall(SYS_kill, getpid(), number);
	return 1;
}

/* Forks a mother of `count` who ends. Each child lives until nobody holds the other end of `life`. */
static void leave_orphans(int count, const int life[2])
{
	pid_t mother = fork();
	char byte;

	if (mother != 0) {
		waitpid(mother, NULL, 0);
		return;
	}
	close(life[1]);
	while (count-- > 0) {
		if (fork() != 0)
			continue;
		_exit(read(life[0], &byte, 1) != 0);
	}
	_exit(0);
}

static int make_orphans(int count)
{
	int life[2], breath[2];
	siginfo_t info;
	char byte;

	set_mask(~(uint64_t)0);
	if (pipe(life) != 0 || pipe(breath) != 0)
		return 1;
	leave_orphans(count, life);
	close(breath[1]);
	say("left");
	do
		next_signal(&info);
	while (info.si_signo == SIGCHLD);
	close(life[1]);
	while (read(breath[0], &byte, 1) > 0) /* ends when the last of them has */
		;
	listen_on();
}

/* Orphans that have nothing to wait for: the pipe has no other end. */
static void breed(int count)
{
	int life[2];

	if (pipe(life) != 0)
		_exit(1);
	close(life[1]);
	while (count-- > 0)
		leave_orphans(1, (int[]){life[0], -1});
	close(life[0]);
}

static int make_children(int count)
{
	set_mask(~(uint64_t)0);
	breed(count);
	listen_on();
}

static int make_storm(int count)
{
	siginfo_t info;
	pid_t breeder;

	set_mask(~(uint64_t)0);
	breeder = fork();
	if (breeder == 0) {
		breed(count);
		say("storm");
		for (;;)
			breed(count);
	}
	do {
		next_signal(&info);
		tell_signal(&info);
	} while (info.si_signo != SIGTERM);
	kill(breeder, SIGKILL);
	return 0;
}

static int end_in_pair(int status)
{
	int life[2];

	if (pipe(life) != 0)
		return 1;
	leave_orphans(1, life);
	close(life[1]);
	return status;
}

static int send(pid_t pid, char **signals)
{
	long failed = 0;

	for (; *signals; signals++) {
		const char *value = strchr(*signals, ':');
		siginfo_t info = {.si_signo = atoi(*signals), .si_code = SI_QUEUE};

		info.si_pid = getpid();
		info.si_value.sival_int = value ? atoi(value + 1) : 0;
		failed |= value ? syscall(SYS_rt_sigqueueinfo, pid, info.si_signo, &info) :
				  syscall(SYS_kill, pid, info.si_signo);
	}
	return failed != 0;
}

static const char *behind(const char *word, const char *start)
{
	size_t length = strlen(start);

	return strncmp(word, start, length) == 0 ? word + length : NULL;
}

static int run_with(char **words)
{
	char *entries[ENTRIES_MAX + 1] = {0}, **next = entries;
	uint64_t mask = 0, ignored = 0;

	for (; *words; words++) {
		const char *value;

		if ((value = behind(*words, "mask=")))
			mask = strtoull(value, NULL, 16);
		else if ((value = behind(*words, "ignored=")))
			ignored = strtoull(value, NULL, 16);
		else if ((value = behind(*words, "entry=")) && next < entries + ENTRIES_MAX)
			*next++ = (char *)value;
		else
			break;
	}
	for (int number = 1; number <= SIGNALS; number++)
		handle(number, ignored >> (number - 1) & 1 ? SIG_IGN : SIG_DFL);
	set_mask(mask);
	if (*words)
		execve(*words, words, entries);
	return 1;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	int number = argc > 2 ? atoi(argv[2]) : 0;

	if (strcmp(verb, "clock") == 0) {
		tells_time = 1;
		return main(argc - 1, argv + 1);
	}
	if (strcmp(verb, "listen") == 0) {
		if (number > 0)
			heard ^= (uint64_t)1 << (number - 1);
		set_mask(heard);
		listen_on();
	}
	if (strcmp(verb, "signals") == 0)
		return print_signals();
	if (strcmp(verb, "words") == 0)
		return print_words(argv + 2, "[%s]\n");
	if (strcmp(verb, "environment") == 0)
		return print_words(environ, "%s\n");
	if (strcmp(verb, "die") == 0)
		return die(number);
	if (strcmp(verb, "orphans") == 0)
		return make_orphans(number);
	if (strcmp(verb, "storm") == 0)
		return make_storm(number);
	if (strcmp(verb, "children") == 0)
		return make_children(number);
	if (strcmp(verb, "pair") == 0)
		return end_in_pair(number);
	if (strcmp(verb, "send") == 0)
		return send(number, argv + 3);
	return strcmp(verb, "with") == 0 ? run_with(argv + 2) : 2;
}
