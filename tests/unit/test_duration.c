/* SPDX-License-Identifier: MIT */
#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static const msec day = 24 * (msec)HOUR;

static const char *written(msec length)
{
	static char memory[64];
	struct buf b = buf_init(memory, sizeof(memory));

	buf_put_duration(&b, length);
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

static void test_a_sum_of_many_parts_does_not_overflow(void **state)
{
	static char memory[3000 * sizeof("1000000000h")];
	struct buf b = buf_init(memory, sizeof(memory));

	(void)state;
	for (unsigned parts = 1; parts <= 3000; parts++) {
		msec length = 0;

		buf_put_text(&b, "1000000000h");
		if (duration_parse(buf_span(&b), &length))
			assert_true(length < NEVER && length == parts * ((msec)1000000000 * HOUR));
		else
			assert_true(parts > 1000);
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
		assert_string_equal(written(rows[i].length), rows[i].text);
}

/* What is written is what was meant, less what is too small to matter beside it. */
static void test_what_is_written_is_understood_again(void **state)
{
	(void)state;
	for (msec length = 0; length < 100 * day; length += 1 + length / 97) {
		const char *text = written(length);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations_are_understood),
		cmocka_unit_test(test_a_sum_of_many_parts_does_not_overflow),
		cmocka_unit_test(test_what_is_no_duration),
		cmocka_unit_test(test_nothing_hides_behind_a_nul),
		cmocka_unit_test(test_durations_are_written),
		cmocka_unit_test(test_what_is_written_is_understood_again),
		cmocka_unit_test(test_limits_can_be_added_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
