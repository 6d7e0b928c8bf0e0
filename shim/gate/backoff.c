/* SPDX-License-Identifier: MIT */
#include "gate/backoff.h"

/* Microseconds, so that small delays grow too; of a day at most, so that nothing overflows. */
static int64_t micros(msec length)
{
	return earlier(length, 24 * HOUR) * 1000;
}

msec backoff_delay(const struct policy *p, unsigned n, uint32_t dice)
{
	int64_t max = micros(p->max_interval), delay = micros(p->interval);
	uint64_t percent, spread;

	while (--n > 0 && delay < max && p->backoff > 1000)
		delay = delay * p->backoff / 1000;
	percent = (uint64_t)earlier(delay, max) / 100;
	spread = percent * 2 * p->jitter * (dice >> 16) >> 16;
	delay = (int64_t)(percent * (100 - p->jitter) + spread) / 1000;
	return delay > 0 ? delay : 1;
}
