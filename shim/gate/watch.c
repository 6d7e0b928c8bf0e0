/* SPDX-License-Identifier: MIT */
#include "gate/watch.h"

#include "base/random.h"
#include "gate/backoff.h"

void watch_init(struct watch *w, msec now, bool only_once)
{
	attempt_init(&w->attempt);
	w->start = w->wake = now;
	w->limit = now + w->progress->target->policy.timeout;
	w->only_once = only_once;
}

/* The last attempt may outlast the limit, but not by much; else it could not see anything. */
static msec attempt_deadline(const struct watch *w, msec now)
{
	msec limit = w->limit;

	if (!w->only_once && limit < now + SECOND)
		limit = now + SECOND;
	return earlier(now + w->progress->target->policy.attempt_timeout, limit);
}

/* No attempt will be due any more, as none was while this one was under way. */
static enum news end(struct progress *p, enum standing standing)
{
	p->standing = standing;
	return standing == IS_READY ? TARGET_READY : TARGET_GIVEN_UP;
}

/* Once is not always enough, unless there is only one attempt. */
static bool is_often_enough(struct watch *w)
{
	unsigned needed = w->progress->target->policy.successes;

	if (w->only_once || ++w->successes >= needed)
		return true;
	return verdict_fail(&w->attempt.best, NOT_OFTEN_ENOUGH, 0, "%u of %u", w->successes, needed);
}

static enum news fail(struct watch *w, msec now)
{
	struct progress *p = w->progress;
	const struct policy *policy = &p->target->policy;
	const struct verdict *v = &w->attempt.best;
	/* A person wants to hear of what changed, not of every attempt. */
	bool is_news = verdict_differs(&p->verdict, v);

	p->verdict = *v;
	w->in_a_row = verdict_may_mend(v) ? 0 : w->in_a_row + 1;
	if (w->only_once || now >= w->limit || (policy->fail_fast > 0 && w->in_a_row >= policy->fail_fast))
		return end(p, GIVEN_UP);
	w->wake = earlier(now + backoff_delay(policy, w->successes ? 1 : p->attempts, random_dice()), w->limit);
	return is_news ? TROUBLE_CHANGED : ATTEMPT_FAILED;
}

enum news watch_step(struct watch *w, msec now)
{
	struct progress *p = w->progress;
	enum outcome outcome;

	if (now < w->wake) {
		outcome = attempt_step(&w->attempt, now);
	} else {
		w->wake = NEVER;
		outcome = attempt_open(&w->attempt, p->target, now, attempt_deadline(w, now));
	}
	if (outcome == PENDING)
		return NO_NEWS;
	p->attempts++;
	p->elapsed = now - w->start;
	if (outcome == NOT_READY)
		w->successes = 0;
	else if (is_often_enough(w))
		return end(p, IS_READY);
	return fail(w, now);
}

msec watch_await(struct watch *w, struct polling *p)
{
	return earlier(w->wake, attempt_await(&w->attempt, p));
}

void watch_abandon(struct watch *w)
{
	w->wake = NEVER;
	attempt_abandon(&w->attempt);
}
