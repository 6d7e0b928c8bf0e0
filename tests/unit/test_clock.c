/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

static const msec day = 24 * (msec)HOUR;

static const char *written(void put(struct buf *, msec), msec value)
{
	static char memory[64];
	struct buf b = buf_init(memory, sizeof(memory));

	put(&b, value);
	assert_false(b.full);
	return buf_text(&b);
}

static void test_durations_are_understood(void **state)
{
	static const struct {
		const char *text;
		msec length;
	} rows[] = {
		{"0s", 0},
		{"0ms", 0},
		{"1ms", 1},
		{"500ms", 500},
		{"0500ms", 500},
		{"1s", 1000},
		{"1.5s", 1500},
		{"1.05s", 1050},
		{"0.001s", 1},
		{"1.5ms", 1}, /* there is nothing shorter than a millisecond */
		{"90s", 90000},
		{"2m", 120000},
		{"0.5m", 30000},
		{"1.5h", 90 * MINUTE},
		{"0.001h", 3600},
		{"1h30m", 90 * MINUTE},
		{"1h30m15s250ms", 90 * MINUTE + 15250},
		{"1m1ms", 60001},
		{"1s1s", 2000},
		{"1ms1m", 60001},
		{"1000000000h", (msec)1000000000 * HOUR},
		{"1000000000ms", 1000000000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		msec length = -1;

		if (!duration_parse(span_of(rows[i].text), &length) || length != rows[i].length)
			fail_msg("%s gives %lld", rows[i].text, (long long)length);
	}
}

static void test_what_is_no_duration(void **state)
{
	static const char *const rows[] = {
		"",     " ",    "1",     "1000",  "s",     "ms",	  ".5s",   "1.s",     "1..5s", "1.5.5s", "1.0005s",
		"-1s",  "+1s",  "1 s",   " 1s",   "1s ",   "1s\n",  "1S",    "1sec",    "1d",    "1us",    "1µs",
		"1e3s", "0x1s", "1s1",   "1s,2s", "1m 1s", "1:30m", "1msm",  "1.5",     "1,5s",  "none",   "inf",
		"nan",  "ss",   "1h30",  "1mss",  "1hm",   "--1s",  "1s-1s", "1000000001h", "99999999999999999999s",
		"18446744073709551617ms",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		msec length = 42;

		if (duration_parse(span_of(rows[i]), &length))
			fail_msg("\"%s\" is taken for %lld", rows[i], (long long)length);
		assert_int_equal(length, 42);
	}
}

/* A NUL is a character like any other. */
static void test_nothing_hides_behind_a_nul(void **state)
{
	msec length;

	(void)state;
	assert_false(duration_parse(SPAN("1s\0"), &length));
	assert_false(duration_parse(SPAN("1s\0002s"), &length));
}

static void test_durations_are_written(void **state)
{
	static const struct {
		msec length;
		const char *text;
	} rows[] = {
		{0, "0ms"},
		{1, "1ms"},
		{999, "999ms"},
		{1000, "1s"},
		{1009, "1s"},
		{1010, "1.01s"},
		{2740, "2.74s"},
		{2749, "2.74s"},
		{10000, "10s"},
		{59999, "59.99s"},
		{60000, "1m"},
		{60999, "1m"},
		{61000, "1m1s"},
		{90500, "1m30s"},
		{300000, "5m"},
		{HOUR, "1h"},
		{HOUR + 999, "1h"},
		{HOUR + SECOND, "1h1s"},
		{HOUR + MINUTE, "1h1m"},
		{2 * HOUR + 3 * MINUTE + 4 * SECOND + 5, "2h3m4s"},
		{100 * day, "2400h"},
		{NEVER, "no limit"},
		{NEVER + HOUR, "no limit"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(written(buf_put_duration, rows[i].length), rows[i].text);
}

/* What is written is what was meant, less what is too small to matter beside it. */
static void test_what_is_written_is_understood_again(void **state)
{
	(void)state;
	for (msec length = 0; length < 100 * day; length += 1 + length / 97) {
		const char *text = written(buf_put_duration, length);
		msec unit = length < SECOND ? 1 : length < MINUTE ? 10 : SECOND, again;

		if (!duration_parse(span_of(text), &again) || again != length / unit * unit)
			fail_msg("%lld is written as %s", (long long)length, text);
	}
}

static void test_limits_can_be_added_up(void **state)
{
	msec longest;

	(void)state;
	assert_true(duration_parse(SPAN("1000000000h"), &longest));
	assert_true(longest < NEVER);
	assert_true(NEVER + longest > NEVER); /* the sanitizer watches */
	assert_true(NEVER + clock_now() + 1000 * longest > NEVER);
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
		cmocka_unit_test(test_durations_are_understood),
		cmocka_unit_test(test_what_is_no_duration),
		cmocka_unit_test(test_nothing_hides_behind_a_nul),
		cmocka_unit_test(test_durations_are_written),
		cmocka_unit_test(test_what_is_written_is_understood_again),
		cmocka_unit_test(test_limits_can_be_added_up),
		cmocka_unit_test(test_dates_are_those_of_libc),
		cmocka_unit_test(test_dates_at_the_ends),
		cmocka_unit_test(test_the_clocks_are_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
