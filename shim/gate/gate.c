/* SPDX-License-Identifier: MIT */
#include "gate/gate.h"

#include "gate/watch.h"

#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
	HEARTBEAT = 10 * SECOND,
	LAST_DRAIN = 5, /* ms: the command should not wait for a peer that has nothing more to say */
};

/* What poll(2) is asked, and what it answers. */
struct polling {
	struct pollfd *entries; /* signals first, then only those with a descriptor: the kernel limits their number */
	unsigned *owners; /* for each of them, an index into revents */
	unsigned count;
	short (*revents)[SOURCES]; /* one row a watch */
	msec wake;
};

/* Anchors, and what was asked for: a file, or NULL for the system's bundle. */
struct trusted_file {
	const char *path;
	struct trust trust;
};

/* Signals are read like everything else. Those that are not blocked do what they always do. */
static int open_signals(void)
{
	static const int heard[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(heard) / sizeof(heard[0]); i++)
		sigaddset(&set, heard[i]);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool take_memory(struct gate *g, unsigned tls_count)
{
	size_t each = sizeof(struct watch) + sizeof(struct progress) + sizeof(struct trusted_file) +
		      SOURCES * (sizeof(struct pollfd) + sizeof(unsigned) + sizeof(short)) +
		      SIDE_BY_SIDE * sizeof(struct scratch);
	size_t all = g->count * each + tls_count * SIDE_BY_SIDE * tls_size() + 4096; /* what is taken once */

	if (!arena_open(&g->memory, all))
		return false;
	g->watches = arena_take(&g->memory, g->count * sizeof(struct watch));
	g->progress = arena_take(&g->memory, g->count * sizeof(struct progress));
	g->trusted = arena_take(&g->memory, g->count * sizeof(struct trusted_file));
	g->polling = arena_take(&g->memory, sizeof(struct polling));
	g->polling->entries = arena_take(&g->memory, (1 + SOURCES * g->count) * sizeof(struct pollfd));
	g->polling->owners = arena_take(&g->memory, (1 + SOURCES * g->count) * sizeof(unsigned));
	g->polling->revents = arena_take(&g->memory, g->count * sizeof(*g->polling->revents));
	return true;
}

static bool is_same_path(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The anchors that the target needs. NULL after a mistake. */
static const struct trust *need_trust(struct gate *g, const struct target *t, struct mistakes *mistakes)
{
	const char *path = t->ca.value.at;
	struct trusted_file *new = &g->trusted[g->trusted_count];
	char memory[512];
	struct buf problem = buf_init(memory, sizeof(memory));

	for (struct trusted_file *known = g->trusted; known < new; known++)
		if (is_same_path(known->path, path))
			return &known->trust;
	if (!trust_open(&new->trust, path, &problem)) {
		mistake_say(mistakes, &t->declared, (struct span){0},
			    arena_format(mistakes->arena, "%s", buf_text(&problem)));
		return NULL;
	}
	new->path = path;
	g->trusted_count++;
	return &new->trust;
}

/* False after a mistake. */
static bool equip(struct gate *g, struct watch *w, const struct target *t, struct mistakes *mistakes)
{
	bool is_tls = t->scheme->security == TLS;
	const struct trust *trust = is_tls && !t->insecure ? need_trust(g, t, mistakes) : NULL;

	for (int i = 0; i < SIDE_BY_SIDE; i++) {
		struct equipment *e = &w->attempt.equipment[i];

		e->trust = trust;
		e->scratch = arena_take(&g->memory, sizeof(struct scratch));
		e->tls = is_tls ? arena_take(&g->memory, tls_size()) : NULL;
	}
	return !is_tls || t->insecure || trust;
}

bool gate_open(struct gate *g, const struct target *targets, unsigned count, struct mistakes *mistakes)
{
	unsigned tls_count = 0;
	bool good = true;

	*g = (struct gate){.count = count};
	for (unsigned i = 0; i < count; i++)
		tls_count += targets[i].scheme->security == TLS;
	if (!take_memory(g, tls_count))
		return mistake_say(mistakes, &targets[0].declared, (struct span){0},
				   "there is not enough memory for so many targets");
	for (unsigned i = 0; i < count; i++) {
		g->progress[i].target = &targets[i];
		good &= equip(g, &g->watches[i], &targets[i], mistakes);
	}
	return good;
}

void gate_close(struct gate *g)
{
	for (unsigned i = 0; i < g->trusted_count; i++)
		trust_close(&g->trusted[i].trust);
	arena_close(&g->memory);
	*g = (struct gate){0};
}

static void tell(struct gate *g, enum gate_event event, const struct progress *p)
{
	g->plan.tell(g->plan.context, event, p);
}

static void tell_news(struct gate *g, unsigned i, enum watch_news news)
{
	static const enum gate_event events[] = {
		[ATTEMPT_FAILED] = GATE_ATTEMPT_FAILED,
		[TROUBLE_CHANGED] = GATE_TROUBLE,
		[TARGET_READY] = GATE_READY,
		[TARGET_GIVEN_UP] = GATE_GAVE_UP,
	};

	if (news == NO_NEWS)
		return;
	if (g->standings)
		g->standings[i] = (unsigned char)g->progress[i].standing;
	tell(g, events[news], &g->progress[i]);
}

static void step_all(struct gate *g, msec now)
{
	for (unsigned i = 0; i < g->count; i++)
		tell_news(g, i, watch_step(&g->watches[i], g->polling->revents[i], now));
}

static void collect_entries(struct gate *g)
{
	struct polling *p = g->polling;

	p->count = 1;
	p->wake = NEVER;
	for (unsigned i = 0; i < g->count; i++) {
		struct pollfd entries[SOURCES];
		msec wake = watch_await(&g->watches[i], entries);

		if (wake < p->wake)
			p->wake = wake;
		for (unsigned s = 0; s < SOURCES; s++) {
			p->revents[i][s] = 0;
			if (entries[s].fd < 0)
				continue;
			p->owners[p->count] = i * SOURCES + s;
			p->entries[p->count++] = entries[s];
		}
	}
}

/* Until something happens, or `latest` comes. */
static void await_events(struct gate *g, msec now, msec latest)
{
	struct polling *p = g->polling;

	collect_entries(g);
	if (p->wake < latest)
		latest = p->wake;

	if (poll(p->entries, p->count, latest > now ? (int)(latest - now) : 0) <= 0)
		return;
	for (unsigned k = 1; k < p->count; k++)
		p->revents[p->owners[k] / SOURCES][p->owners[k] % SOURCES] = p->entries[k].revents;
}

static bool has_failed(const struct gate *g)
{
	for (unsigned i = 0; i < g->count; i++)
		if (g->progress[i].standing == GIVEN_UP && !g->progress[i].target->optional)
			return true;
	return false;
}

static bool is_decided(const struct gate *g)
{
	if (has_failed(g) && !g->plan.opens_anyway && !g->plan.only_once)
		return true;
	for (unsigned i = 0; i < g->count; i++)
		if (g->progress[i].standing == AWAITED)
			return false;
	return true;
}

/* False after a request to end. */
static bool obey_signals(struct gate *g)
{
	struct signalfd_siginfo info;

	while (read(g->polling->entries[0].fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGUSR1) {
			g->signal = (int)info.ssi_signo;
			return false;
		}
		tell(g, GATE_ASKED, NULL);
	}
	return true;
}

static void run_loop(struct gate *g)
{
	msec now = g->start, heartbeat = now + HEARTBEAT;

	step_all(g, now);
	while (!is_decided(g)) {
		await_events(g, now, heartbeat);
		now = clock_now();
		if (!obey_signals(g))
			break;
		step_all(g, now);
		if (now >= heartbeat && !is_decided(g)) {
			tell(g, GATE_STILL_WAITING, NULL);
			heartbeat = now + HEARTBEAT;
		}
	}
}

static bool is_anything_open(const struct gate *g)
{
	for (unsigned i = 0; i < g->count; i++)
		if (!is_closed(&g->watches[i].attempt))
			return true;
	return false;
}

/* Peers that answered may still be sending; those that have not are cut. */
static void wind_up(struct gate *g)
{
	msec now = clock_now(), end = now + LAST_DRAIN;

	for (unsigned i = 0; i < g->count; i++)
		attempt_abandon(&g->watches[i].attempt);
	while (now < end && is_anything_open(g)) {
		await_events(g, now, end);
		now = clock_now();
		for (unsigned i = 0; i < g->count; i++)
			attempt_step(&g->watches[i].attempt, g->polling->revents[i], now);
	}
	for (unsigned i = 0; i < g->count; i++)
		attempt_close(&g->watches[i].attempt);
}

enum gate_outcome gate_run(struct gate *g, const struct gate_plan *plan, unsigned char *standings)
{
	g->plan = *plan;
	g->standings = standings;
	g->start = clock_now();
	g->polling->entries[0] = (struct pollfd){.fd = open_signals(), .events = POLLIN};
	for (unsigned i = 0; i < g->count; i++)
		watch_init(&g->watches[i], &g->progress[i], g->start, plan->only_once);
	run_loop(g);
	wind_up(g);
	close(g->polling->entries[0].fd);
	if (g->signal)
		return GATE_INTERRUPTED;
	return has_failed(g) && !plan->opens_anyway ? GATE_FAILED : GATE_OPENED;
}
