/* SPDX-License-Identifier: MIT */
#include "gate/backoff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const msec day = 24 * (msec)HOUR;
/* The ends of what options accept, and what lies beyond. */
static const msec lengths[] = {1, 2, 7, 50, 5000, HOUR, 24 * HOUR, (msec)1000000000 * HOUR, NEVER};
static const uint32_t factors[] = {1000, 1001, 1050, 1250, 2000, 10000, 1000999};
static const unsigned attempts[] = {1,	 2,   3,    4,	   5,	  10,	  20,	     50,	 100,
				    255, 256, 1000, 65535, 65536, 1 << 20, 0x7fffffff, 0x80000000u, UINT32_MAX};
static const uint32_t dice[] = {0, 1, 0x7fffffff, 0x80000000u, UINT32_MAX};

static msec smaller(msec a, msec b)
{
	return a < b ? a : b;
}

/* min(max, interval * factor^(n - 1)) in milliseconds, and never more than a day. */
static long double ideal(const struct policy *p, unsigned n)
{
	long double most = (long double)smaller(p->max_interval, day);
	long double delay = (long double)p->interval;

	for (unsigned i = 1; i < n && delay < most && p->backoff > 1000; i++)
		delay *= p->backoff / 1000.0L;
	return delay < most ? delay : most;
}

/* Computed in whole microseconds: each step may lose one, and those grow with the delay. */
static long double kept(const struct policy *p)
{
	long double grown = p->interval * ((long double)p->backoff - 1000); /* by the first step, microseconds */

	if (p->backoff == 1000)
		return 1;
	return grown > 1 ? 1 - 1 / grown : 0;
}

static void check_bounds(const struct policy *p, unsigned n)
{
	long double expected = ideal(p, n), jitter = p->jitter / 100.0L;
	msec last = 0;

	for (size_t i = 0; i < COUNT_OF(dice); i++) {
		msec delay = backoff_delay(p, n, dice[i]);
		long double least = expected * kept(p) * (1 - jitter) - 2; /* cut to whole milliseconds twice */
		long double most = expected * (1 + jitter) * (1 + 1e-12L); /* the last bit of `expected` */

		if (delay < 1 || (long double)delay < least || (delay > 1 && (long double)delay > most))
			fail_msg("%lld is not between %Lg and %Lg (interval %lld, backoff %u, max %lld, jitter %u, n %u)",
				 (long long)delay, least, most, (long long)p->interval, p->backoff,
				 (long long)p->max_interval, p->jitter, n);
		assert_true(delay >= last); /* a higher number on the dice is never a shorter delay */
		last = delay;
	}
}

static void for_every_policy(void (*check)(const struct policy *p))
{
	static const uint32_t jitters[] = {0, 1, 10, 50, 99, 100};
	struct policy p = policy_default();

	for (size_t i = 0; i < COUNT_OF(lengths) * COUNT_OF(lengths) * COUNT_OF(factors) * COUNT_OF(jitters); i++) {
		size_t rest = i;

		p.interval = lengths[rest % COUNT_OF(lengths)];
		rest /= COUNT_OF(lengths);
		p.max_interval = lengths[rest % COUNT_OF(lengths)];
		rest /= COUNT_OF(lengths);
		p.backoff = factors[rest % COUNT_OF(factors)];
		p.jitter = jitters[rest / COUNT_OF(factors)];
		check(&p);
	}
}

static void check_all_bounds(const struct policy *p)
{
	for (size_t i = 0; i < COUNT_OF(attempts); i++)
		check_bounds(p, attempts[i]);
}

static void test_delays_stay_within_the_policy(void **state)
{
	(void)state;
	for_every_policy(check_all_bounds);
}

static void check_monotone(const struct policy *p)
{
	struct policy still = *p;
	msec last = 0;

	still.jitter = 0;
	for (unsigned n = 1; n < 60; n++) {
		msec delay = backoff_delay(&still, n, 0x12345678);

		assert_true(delay >= last);
		last = delay;
	}
	for (size_t i = 0; i < COUNT_OF(attempts); i++)
		if (attempts[i] >= 60)
			assert_true(backoff_delay(&still, attempts[i], 0) >= last);
}

static void test_delays_without_jitter_never_shrink(void **state)
{
	(void)state;
	for_every_policy(check_monotone);
}

static void test_delays_of_known_policies(void **state)
{
	static const struct {
		msec interval, max_interval;
		uint32_t backoff, jitter, dice;
		const char *delays; /* after the first, the second... attempt */
	} rows[] = {
		{500, 30000, 2000, 0, 0, "500 1000 2000 4000 8000 16000 30000 30000"},
		{50, 5000, 1250, 0, 0, "50 62 78 97 122 152"},
		{1, 5000, 1250, 0, 0, "1 1 1 1 2 3"}, /* 1, 1.25, 1.56, 1.95, 2.44, 3.05 */
		{1000, 1000, 1000, 0, 0, "1000 1000 1000"},
		{1000, 100, 2000, 0, 0, "100 100 100"},
		{1000, 5000, 2000, 10, 0, "900 1800 3600 4500"},
		{1000, 5000, 2000, 10, 0x80000000, "1000 2000 4000 5000"},
		{1000, 5000, 2000, 10, UINT32_MAX, "1099 2199 4399 5499"},
		{1000, 5000, 2000, 100, 0, "1 1 1"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct policy p = {.interval = rows[i].interval, .max_interval = rows[i].max_interval,
				   .backoff = rows[i].backoff, .jitter = rows[i].jitter};
		struct span rest = span_of(rows[i].delays);

		for (unsigned n = 1; rest.len > 0; n++) {
			uint64_t expected;

			assert_true(span_number(span_cut(&rest, ' '), UINT32_MAX, &expected));
			assert_int_equal(backoff_delay(&p, n, rows[i].dice), expected);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delays_stay_within_the_policy),
		cmocka_unit_test(test_delays_without_jitter_never_shrink),
		cmocka_unit_test(test_delays_of_known_policies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
