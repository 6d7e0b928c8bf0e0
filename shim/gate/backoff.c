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
	int spread = (int)(dice >> 16) - (1 << 15); /* -1 to 1, in parts of 2^15 */

	while (--n > 0 && delay < max && p->backoff > 1000)
		delay = delay * p->backoff / 1000;
	delay = earlier(delay, max);
	delay += delay / 100 * p->jitter * spread / (1 << 15);
	return delay >= 1000 ? delay / 1000 : 1;
}
