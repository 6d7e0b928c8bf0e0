/* SPDX-License-Identifier: MIT */
#include "gate/backoff.h"

/* In microseconds, so that small delays grow too; a day at most, so that nothing overflows. */
enum { MICRO = 1000 };
static const int64_t longest = (int64_t)24 * HOUR * MICRO;

static int64_t micros(msec length)
{
	return length < longest / MICRO ? length * MICRO : longest;
}

msec backoff_delay(const struct policy *p, unsigned n, uint32_t dice)
{
	int64_t max = micros(p->max_interval);
	int64_t delay = micros(p->interval);

	for (unsigned i = 1; i < n && delay < max && p->backoff > 1000; i++)
		delay = delay * p->backoff / 1000;
	if (delay > max)
		delay = max;

	/* From 1 - jitter to 1 + jitter, in parts of a million. */
	int64_t spread = (int64_t)p->jitter * 10000;
	int64_t part = 1000000 - spread + (int64_t)((uint64_t)(2 * spread) * dice >> 32);

	delay = delay / 1000 * part / 1000;
	return delay > MICRO ? delay / MICRO : 1;
}
