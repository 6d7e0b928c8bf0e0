/* SPDX-License-Identifier: MIT */
#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

static const msec day = 24 * (msec)HOUR;

static const char *written(void put(struct buf *, const void *), msec moment)
{
	static char memory[64];
	struct buf b = buf_init(memory, sizeof(memory));

	put(&b, &moment);
	assert_false(b.full);
	return buf_text(&b);
}

static void test_dates_are_those_of_libc(void **state)
{
	(void)state;
	for (msec days = 0; days < 400 * 366; days++) {
		time_t moment = (time_t)(days * 86400 + days * 7919 % 86400);
		struct tm tm;
		char expected[40];

		gmtime_r(&moment, &tm);
		assert_int_equal(days_from_date(tm.tm_year + 1900, (unsigned)tm.tm_mon + 1, (unsigned)tm.tm_mday), days);
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S.007Z", &tm);
		assert_string_equal(written(buf_put_timestamp, (msec)moment * SECOND + 7), expected);
		strftime(expected, sizeof(expected), "%Y-%m-%d %H:%M UTC", &tm);
		assert_string_equal(written(buf_put_date, (msec)moment * SECOND + 999), expected);
	}
}

static void test_dates_at_the_ends(void **state)
{
	static const struct {
		int64_t year;
		unsigned month, day;
		int64_t days;
		const char *text;
	} rows[] = {
		{1970, 1, 1, 0, "1970-01-01 00:00 UTC"},
		{1999, 12, 31, 10956, "1999-12-31 00:00 UTC"},
		{2000, 2, 29, 11016, "2000-02-29 00:00 UTC"},
		{2000, 3, 1, 11017, "2000-03-01 00:00 UTC"},
		{2026, 11, 24, 20781, "2026-11-24 00:00 UTC"},
		{2038, 1, 19, 24855, "2038-01-19 00:00 UTC"},
		{2100, 2, 28, 47540, "2100-02-28 00:00 UTC"},
		{2100, 3, 1, 47541, "2100-03-01 00:00 UTC"},
		{9999, 12, 31, 2932896, "9999-12-31 00:00 UTC"}, /* certificates without an end (RFC 5280 §4.1.2.5) */
		{1969, 12, 31, -1, "1970-01-01 00:00 UTC"}, /* nobody's clock is right there */
		{1950, 1, 1, -7305, "1970-01-01 00:00 UTC"}, /* what UTCTime begins with */
		{1, 1, 1, -719162, "1970-01-01 00:00 UTC"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(days_from_date(rows[i].year, rows[i].month, rows[i].day), rows[i].days);
		assert_string_equal(written(buf_put_date, rows[i].days * day), rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates_are_those_of_libc),
		cmocka_unit_test(test_dates_at_the_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
