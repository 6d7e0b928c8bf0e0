/* SPDX-License-Identifier: MIT */
#include "gate/backoff.h"

msec backoff_delay(const struct policy *p, unsigned n, uint32_t dice)
{
	enum { WHOLE = 100 << 16 }; /* per cent, with the dice's bits behind */
	/* Microseconds, so that small delays grow too; of a day at most, so that nothing overflows. */
	int64_t max = earlier(p->max_interval, 24 * HOUR) * 1000, delay = earlier(p->interval, 24 * HOUR) * 1000;

	while (--n > 0 && delay < max && p->backoff > 1000)
		delay = delay * p->backoff / 1000;
	delay = earlier(delay, max) * (WHOLE + ((int64_t)(dice >> 15) - (1 << 16)) * p->jitter) / WHOLE / 1000;
	return delay > 0 ? delay : 1;
}
