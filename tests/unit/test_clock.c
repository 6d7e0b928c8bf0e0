/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>
#include <cmocka.h>

static void test_the_clocks_are_the_kernels(void **state)
{
	struct timespec before, after;
	msec calendar, first = clock_now();

	(void)state;
	clock_gettime(CLOCK_REALTIME, &before);
	calendar = clock_calendar();
	clock_gettime(CLOCK_REALTIME, &after);
	assert_true(calendar >= (msec)before.tv_sec * SECOND && calendar <= (msec)(after.tv_sec + 1) * SECOND);
	assert_true(clock_now() >= first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_clocks_are_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
