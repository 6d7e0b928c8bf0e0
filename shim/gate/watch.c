/* SPDX-License-Identifier: MIT */
#include "gate/watch.h"

#include "base/random.h"
#include "gate/backoff.h"

void watch_init(struct watch *w, struct progress *progress, msec now, bool only_once)
{
	const struct policy *p = &progress->target->policy;

	attempt_init(&w->attempt);
	w->progress = progress;
	w->start = now;
	w->limit = now + p->timeout;
	w->only_once = only_once;
	w->wake = now;
}

/* The last attempt may outlast the limit, but not by much; else it could not see anything. */
static msec attempt_deadline(const struct watch *w, msec now)
{
	const struct policy *p = &w->progress->target->policy;
	msec shortest = now + earlier(p->attempt_timeout, SECOND);
	msec limit = w->limit > shortest ? w->limit : shortest;

	if (w->only_once)
		return now + earlier(p->attempt_timeout, p->timeout);
	return earlier(now + p->attempt_timeout, limit);
}

static bool has_failed_fast(struct watch *w)
{
	unsigned most = w->progress->target->policy.fail_fast;

	w->in_a_row = verdict_may_mend(&w->progress->verdict) ? 0 : w->in_a_row + 1;
	return most > 0 && w->in_a_row >= most;
}

/* A person wants to hear of what changed, not of every attempt. */
static enum watch_news tell(struct watch *w)
{
	const struct verdict *v = &w->progress->verdict;

	if (w->was_told && !verdict_differs(&w->told, v))
		return ATTEMPT_FAILED;
	w->told = *v;
	w->was_told = true;
	return TROUBLE_CHANGED;
}

static enum watch_news end(struct watch *w, enum standing standing)
{
	w->progress->standing = standing;
	w->wake = NEVER;
	return standing == IS_READY ? TARGET_READY : TARGET_GIVEN_UP;
}

static enum watch_news fail(struct watch *w, msec now)
{
	struct progress *p = w->progress;

	p->verdict = w->attempt.best;
	if (has_failed_fast(w) || w->only_once || now >= w->limit)
		return end(w, GIVEN_UP);
	w->wake = earlier(now + backoff_delay(&p->target->policy, p->attempts, random_dice()), w->limit);
	return tell(w);
}

static enum watch_news conclude(struct watch *w, enum outcome outcome, msec now)
{
	if (outcome == PENDING)
		return NO_NEWS;
	w->progress->attempts++;
	w->progress->elapsed = now - w->start;
	return outcome == READY ? end(w, IS_READY) : fail(w, now);
}

enum watch_news watch_step(struct watch *w, const short revents[SOURCES], msec now)
{
	if (now >= w->wake) {
		w->wake = NEVER;
		return conclude(w,
				attempt_open(&w->attempt, w->progress->target, w->progress->attempts, now,
					     attempt_deadline(w, now)),
				now);
	}
	return conclude(w, attempt_step(&w->attempt, revents, now), now);
}

msec watch_await(struct watch *w, struct pollfd entries[SOURCES])
{
	return earlier(w->wake, attempt_await(&w->attempt, entries));
}
