/* SPDX-License-Identifier: MIT */
#include "base/plan.h"

#include "edge.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

/* What signal_parse() makes of a text that ends at an unmapped page. */
static int parsed(const char *text)
{
	static struct edge e;

	return signal_parse(edge_copy(&e, span_of(text)));
}

static void test_signals_are_known_by_name_and_number(void **state)
{
	static const struct {
		const char *text;
		int number;
	} rows[] = {
		{"TERM", SIGTERM},
		{"SIGTERM", SIGTERM},
		{"sigterm", SIGTERM},
		{"Term", SIGTERM},
		{"15", 15},
		{"HUP", 1},
		{"SYS", 31},
		{"KILL", SIGKILL},
		{"STKFLT", 16},
		{"VTALRM", 26},
		{"1", 1},
		{"32", 32},
		{"64", 64},
		{"RTMIN", 34},
		{"SIGRTMIN", 34},
		{"RTMIN+0", 34},
		{"rtmin+1", 35},
		{"SIGRTMIN+30", 64},
		{"SIG15", 15},
		{"", 0},
		{"0", 0},
		{"65", 0},
		{"999999999999", 0},
		{"-1", 0},
		{"+1", 0},
		{"SIG", 0},
		{"TER", 0},
		{"TERMS", 0},
		{"TERM ", 0},
		{"HUP INT", 0},
		{"RTMIN+31", 0},
		{"RTMIN+", 0},
		{"RTMIN-1", 0},
		{"RTMAX", 0},
		{"SIGSIGTERM", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (parsed(rows[i].text) != rows[i].number)
			fail_msg("%s is %d", rows[i].text, parsed(rows[i].text));
}

static void test_names_are_understood_again(void **state)
{
	char memory[32];

	(void)state;
	for (int number = 1; number < 32; number++) {
		struct buf b = buf_init(memory, sizeof(memory));

		buf_put_signal(&b, &number);
		assert_int_equal(parsed(buf_text(&b)), number);
	}
	for (int number = 32; number <= SIGNAL_MAX; number++) {
		struct buf b = buf_init(memory, sizeof(memory));

		buf_put_signal(&b, &number);
		assert_true(span_starts_with(buf_span(&b), SPAN("signal ")));
	}
}

static void test_empty_plan_changes_nothing(void **state)
{
	struct plan p;

	(void)state;
	plan_init(&p);
	for (int status = 0; status < 256; status++)
		assert_int_equal(p.exit_as[status], status);
	for (int number = 1; number <= SIGNAL_MAX; number++)
		assert_int_equal(p.forwarded_as[number], number);
	assert_true(p.stop_delay == 0 && p.kill_after == 0 && p.grace == 0);
	assert_false(p.to_group || p.becomes_command || p.user.is_set);
	assert_int_equal(p.parent_death, 0);
}

/* How many signals become another than in an empty plan. */
static int changed_signals(const struct plan *p)
{
	int changed = 0;

	for (int number = 1; number <= SIGNAL_MAX; number++)
		changed += p->forwarded_as[number] != number;
	return changed;
}

static int changed_statuses(const struct plan *p)
{
	int changed = 0;

	for (int status = 0; status < 256; status++)
		changed += p->exit_as[status] != status;
	return changed;
}

static void test_maps_of_signals(void **state)
{
	static const struct {
		const char *text;
		int from, to;
	} rows[] = {
		{"TERM=QUIT", SIGTERM, SIGQUIT},
		{"15=3", SIGTERM, SIGQUIT},
		{"INT=", SIGINT, 0},
		{"INT=0", SIGINT, 0},
		{"HUP=KILL", SIGHUP, 9},
		{"RTMIN+1=USR1", 35, SIGUSR1},
		{"64=32", 64, 32},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct plan p;

		plan_init(&p);
		assert_null(plan_map_signal(&p, span_of(rows[i].text)));
		assert_int_equal(p.forwarded_as[rows[i].from], rows[i].to);
		assert_int_equal(changed_signals(&p), 1);
	}
}

static void test_maps_of_statuses(void **state)
{
	static const struct {
		const char *text;
		int from, to;
	} rows[] = {{"143=0", 143, 0}, {"0=255", 0, 255}, {"255=1", 255, 1}, {"007=8", 7, 8}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct plan p;

		plan_init(&p);
		assert_null(plan_map_status(&p, span_of(rows[i].text)));
		assert_int_equal(p.exit_as[rows[i].from], rows[i].to);
		assert_int_equal(changed_statuses(&p), 1);
	}
}

/* The last one of a signal counts, and what came out of one map does not go into another. */
static void test_maps_are_not_chained(void **state)
{
	struct plan p;

	(void)state;
	plan_init(&p);
	assert_null(plan_map_signal(&p, SPAN("TERM=INT")));
	assert_null(plan_map_signal(&p, SPAN("INT=HUP")));
	assert_null(plan_map_signal(&p, SPAN("TERM=QUIT")));
	assert_int_equal(p.forwarded_as[SIGTERM], SIGQUIT);
	assert_int_equal(p.forwarded_as[SIGINT], SIGHUP);
	assert_int_equal(changed_signals(&p), 2);
}

static void test_wrong_maps_are_told_and_change_nothing(void **state)
{
	static const char *const signals[] = {
		"",          "=",         "TERM",      "=TERM",      "TERM=NOPE", "NOPE=TERM",
		"TERM=65",   "65=TERM",   "0=TERM",    "TERM=QUIT=", "TERM=-1",   "TERM= QUIT",
		"KILL=TERM", "STOP=TERM", "CHLD=TERM", "9=",         "17=0"};
	static const char *const statuses[] = {"",      "=",    "1",    "1=",    "=1",  "256=0",
					       "0=256", "-1=0", "0=-1", "1=2=3", "a=1", "1 =2"};
	struct plan p;

	(void)state;
	plan_init(&p);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!plan_map_signal(&p, span_of(signals[i])) || changed_signals(&p) > 0)
			fail_msg("%s is understood", signals[i]);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (!plan_map_status(&p, span_of(statuses[i])) || changed_statuses(&p) > 0)
			fail_msg("%s is understood", statuses[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signals_are_known_by_name_and_number),
		cmocka_unit_test(test_names_are_understood_again),
		cmocka_unit_test(test_empty_plan_changes_nothing),
		cmocka_unit_test(test_maps_of_signals),
		cmocka_unit_test(test_maps_of_statuses),
		cmocka_unit_test(test_maps_are_not_chained),
		cmocka_unit_test(test_wrong_maps_are_told_and_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
