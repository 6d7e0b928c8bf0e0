/* SPDX-License-Identifier: MIT */
#include "gate/gate.h"

#include "gate/watch.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	HEARTBEAT = 10 * SECOND,
	LAST_DRAIN = 5, /* ms: the command should not wait for a peer that has nothing more to say */
};

/* Signals are read like everything else. Those that are not blocked do what they always do. */
static int open_signals(void)
{
	/* As the kernel has it: signal n is bit n - 1. */
	static const uint64_t heard = 1 << (SIGTERM - 1) | 1 << (SIGINT - 1) | 1 << (SIGQUIT - 1) | 1 << (SIGHUP - 1) |
				      1 << (SIGUSR1 - 1) | 1 << (SIGCHLD - 1);

	return (int)syscall(SYS_signalfd4, -1, &heard, sizeof(heard), SFD_CLOEXEC | SFD_NONBLOCK);
}

/* `each` is what a target needs beside what is taken here. */
static bool take_memory(struct gate *g, unsigned count, size_t each)
{
	each += sizeof(struct watch) + sizeof(struct progress) + SOURCES * sizeof(struct pollfd);
	if (!arena_open(&g->memory, count * each + 4096)) /* what is taken once */
		return false;
	g->watches = arena_take(&g->memory, count * sizeof(struct watch));
	g->end = g->watches + count;
	g->progress = arena_take(&g->memory, (count + 1) * sizeof(struct progress));
	g->polling.entries = arena_take(&g->memory, (1 + SOURCES * count) * sizeof(struct pollfd));
	return true;
}

/* The anchors that the target needs: each file is read once. There are none after a mistake: then nothing is trusted. */
static const struct trust *need_trust(struct gate *g, struct watch *new, struct mistakes *mistakes)
{
	const struct target *t = new->progress->target;
	struct buf problem = arena_rest(mistakes->arena);

	for (struct watch *w = g->watches; w < new; w++)
		if (w->own_trust.memory.at && span_equals(w->progress->target->ca.value, t->ca.value))
			return &w->own_trust;
	new->own_trust.path = t->ca.shown;
	if (!trust_open(&new->own_trust, t->ca.value.at, &problem))
		mistake_say(mistakes, &t->declared, (struct span){0}, arena_keep(mistakes->arena, &problem).at);
	return &new->own_trust;
}

/* Reads what TLS needs. */
static void prepare(struct gate *g, struct watch *w, struct mistakes *mistakes)
{
	const struct target *t = w->progress->target;
	struct tls_peer *whom = &w->attempt.whom;
	struct buf problem;

	whom->name = &t->server_name;
	if (t->scheme->security == TLS_H2)
		whom->protocol = "h2";
	if (t->scheme->security != CLEAR && !t->insecure)
		whom->trust = need_trust(g, w, mistakes);
	if (t->cert.value.len == 0)
		return;
	whom->client = &w->client;
	problem = arena_rest(mistakes->arena);
	if (!client_key_open(&w->client, &t->cert, &t->key, &problem))
		mistake_say(mistakes, &t->declared, (struct span){0}, arena_keep(mistakes->arena, &problem).at);
}

void gate_open(struct gate *g, const struct target *targets, unsigned count, struct mistakes *mistakes)
{
	/* More than ANSWER_ROOM: it holds chains. A multiple of what arena_take() aligns to. */
	size_t scratch_size = (sizeof(struct scratch) + tls_size() + 15) & ~(size_t)15;
	struct progress *p;

	g->awaited = count;
	if (!take_memory(g, count, SIDE_BY_SIDE * scratch_size)) {
		mistake_say(mistakes, &targets->declared, (struct span){0}, "not enough memory for so many targets");
		return;
	}
	p = g->progress;
	for (struct watch *w = g->watches; w < g->end; w++) {
		p->target = targets++;
		w->progress = p++;
		prepare(g, w, mistakes);
		for (int i = 0; i < SIDE_BY_SIDE; i++)
			w->attempt.talks[i].scratch = arena_take(&g->memory, scratch_size);
	}
}

void gate_close(struct gate *g)
{
	for (struct watch *w = g->watches; w < g->end; w++) {
		trust_close(&w->own_trust);
		client_key_close(&w->client);
	}
	arena_close(&g->memory);
}

static void tell(struct gate *g, enum news news, const struct progress *p)
{
	if (news != NO_NEWS && !g->only_once)
		g->tell(g->context, news, p);
}

/* Moves everything on, and prepares the next round: when something is due then, whatever happens. */
static msec step_all(struct gate *g, msec now)
{
	msec wake = NEVER;

	for (struct watch *w = g->watches; w < g->end; w++) {
		enum news news = watch_step(w, now);

		if (news == TARGET_READY || news == TARGET_GIVEN_UP)
			g->awaited--;
		if (news == TARGET_GIVEN_UP && !w->progress->target->optional && !g->opens_anyway)
			g->has_failed = true; /* the outcome will tell of it */
		else
			tell(g, news, w->progress);
	}
	g->polling.count = 1;
	for (struct watch *w = g->watches; w < g->end; w++)
		wake = earlier(wake, watch_await(w, &g->polling));
	return wake;
}

static bool is_decided(const struct gate *g)
{
	return g->awaited == 0 || (g->has_failed && !g->only_once);
}

/* Programs of targets, and where this is PID 1 also what they left behind. */
static void reap(struct gate *g)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (struct watch *w = g->watches; w < g->end; w++)
			program_note_end(&w->attempt.program, pid, status);
}

/* False after a request to end. */
static bool obey_signals(struct gate *g)
{
	struct signalfd_siginfo info;

	while (read(g->polling.entries->fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD) {
			reap(g);
		} else if (info.ssi_signo == SIGUSR1) {
			tell(g, STATES_WANTED, NULL);
		} else {
			g->signal = (int)info.ssi_signo;
			g->sender = (int)info.ssi_pid;
			return false;
		}
	}
	return true;
}

static void run_loop(struct gate *g, msec now)
{
	msec heartbeat = now + HEARTBEAT;

	for (;;) {
		msec wake = step_all(g, now);

		if (is_decided(g))
			return;
		if (now >= heartbeat) {
			tell(g, STILL_WAITING, NULL);
			heartbeat = now + HEARTBEAT;
		}
		polling_wait(&g->polling, now, earlier(wake, heartbeat));
		if (!obey_signals(g))
			return;
		now = clock_now();
	}
}

/* Peers that answered may still be sending; those that have not are cut. */
static void wind_up(struct gate *g)
{
	msec end = clock_now() + LAST_DRAIN;

	for (struct watch *w = g->watches; w < g->end; w++)
		watch_abandon(w);
	for (msec now; (now = clock_now()) < end;) {
		msec wake = step_all(g, now);

		if (g->polling.count == 1)
			return;
		polling_wait(&g->polling, now, earlier(wake, end));
	}
}

enum gate_outcome gate_run(struct gate *g)
{
	msec now = clock_now();

	*g->polling.entries = (struct pollfd){.fd = open_signals(), .events = POLLIN};
	for (struct watch *w = g->watches; w < g->end; w++)
		watch_init(w, now, g->only_once);
	run_loop(g, now);
	wind_up(g);
	if (g->signal)
		return GATE_INTERRUPTED;
	return g->has_failed ? GATE_FAILED : GATE_OPENED;
}
