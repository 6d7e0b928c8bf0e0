/* SPDX-License-Identifier: MIT */
#include "base/setting.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

struct object {
	bool on;
	msec length;
	uint32_t number;
};

/* One row of each kind. */
static const struct setting table[] = {
	{"switch\0\0", SWITCH, offsetof(struct object, on), 0},
	{"duration\0TIME\0", DURATION, offsetof(struct object, length), 0},
	{"limit\0TIME\0", LIMIT, offsetof(struct object, length), 0},
	{"count\0N\0", COUNT, offsetof(struct object, number), 0},
	{"number\0N\0", NUMBER, offsetof(struct object, number), 0},
	{"percent\0PERCENT\0", PERCENT, offsetof(struct object, number), 0},
	{"factor\0FACTOR\0", FACTOR, offsetof(struct object, number), 0},
	{"choice\0text|json|x\0", CHOICE, offsetof(struct object, number), 0},
	{0},
};

static const struct setting *row(const char *name)
{
	const struct setting *s = table;

	while (s->name && strcmp(s->name, name) != 0)
		s++;
	assert_non_null(s->name);
	return s;
}

/* What a field of that kind holds. */
static int64_t value_of(const struct setting *s, const struct object *o)
{
	if (s->kind == SWITCH)
		return o->on;
	return s->kind == DURATION || s->kind == LIMIT ? o->length : (int64_t)o->number;
}

static void test_values_that_are_understood(void **state)
{
	static const struct {
		const char *name, *text;
		int64_t value;
	} rows[] = {
		{"switch", "", 1},
		{"switch", "1", 1},
		{"switch", "true", 1},
		{"switch", "0", 0},
		{"switch", "false", 0},
		{"duration", "1ms", 1},
		{"duration", "1h30m", 90 * MINUTE},
		{"limit", "0s", 0},
		{"limit", "1.5s", 1500},
		{"limit", "none", NEVER},
		{"count", "0", 0},
		{"count", "7", 7},
		{"count", "007", 7},
		{"count", "1000000", 1000000},
		{"number", "1", 1},
		{"number", "1000000", 1000000},
		{"percent", "0", 0},
		{"percent", "100", 100},
		{"factor", "1", 1000},
		{"factor", "1.0", 1000},
		{"factor", "1.05", 1050},
		{"factor", "1.25", 1250},
		{"factor", "1.125", 1125},
		{"factor", "2", 2000},
		{"factor", "10.5", 10500},
		{"factor", "1000.999", 1000999},
		{"choice", "text", 0},
		{"choice", "json", 1},
		{"choice", "x", 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct setting *s = row(rows[i].name);
		struct object o;

		memset(&o, 0, sizeof(o));
		o.on = !rows[i].value;
		assert_null(setting_assign(s, &o, span_of(rows[i].text)));
		assert_int_equal(value_of(s, &o), rows[i].value);
	}
}

/* Each is refused with what would be right, and the field keeps what it had. */
static void test_values_that_are_not_understood(void **state)
{
	static const char on[] = "it is either on (1) or off (0)";
	static const char time[] = "write a time over 0 like 500ms, 1.5s or 1h30m";
	static const char limit[] = "write a time like 500ms, 1.5s or 1h30m, or none";
	static const char count[] = "write a whole number, at most 1000000";
	static const char number[] = "write a whole number from 1 to 1000000";
	static const char percent[] = "write a whole number from 0 to 100";
	static const char factor[] = "write a factor like 1.25 or 2, not below 1";
	static const struct {
		const char *name, *text, *right;
	} rows[] = {
		{"switch", "yes", on},	     {"switch", "2", on},	  {"switch", "TRUE", on},
		{"switch", "1 ", on},	     {"switch", "00", on},	  {"duration", "", time},
		{"duration", "5", time},     {"duration", "0", time},	  {"duration", "none", time},
		{"duration", "0s", time},	  {"duration", "0h0m", time},
		{"duration", "5sec", time},  {"duration", "5s ", time},	  {"duration", "-5s", time},
		{"limit", "", limit},	     {"limit", "30", limit},	  {"limit", "None", limit},
		{"limit", "none ", limit},   {"limit", "never", limit},	  {"limit", "30x", limit},
		{"count", "", count},	     {"count", "-1", count},	  {"count", "+1", count},
		{"count", "1x", count},	     {"count", " 1", count},	  {"count", "1 ", count},
		{"count", "1.0", count},     {"count", "0x10", count},	  {"count", "1e3", count},
		{"count", "1000001", count}, {"count", "4294967296", count}, {"count", "18446744073709551616", count},
		{"number", "0", number},     {"number", "x", number},	  {"number", "1000001", number},
		{"percent", "", percent},    {"percent", "101", percent}, {"percent", "10%", percent},
		{"percent", "-1", percent},  {"percent", "1.5", percent}, {"percent", "4294967297", percent},
		{"factor", "", factor},	     {"factor", "0", factor},	  {"factor", "0.9", factor},
		{"factor", ".5", factor},    {"factor", "1.", factor},	  {"factor", "1.2345", factor},
		{"factor", "1.2.3", factor}, {"factor", "1,25", factor},  {"factor", "1.2x", factor},
		{"factor", "1.-2", factor},  {"factor", "1001", factor},  {"factor", "-2", factor},
		{"factor", "2x", factor},    {"factor", "1e1", factor},	  {"choice", "", "text|json|x"},
		{"choice", "t", "text|json|x"}, {"choice", "Text", "text|json|x"}, {"choice", "text|json", "text|json|x"},
		{"choice", "json ", "text|json|x"}, {"choice", "|", "text|json|x"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct setting *s = row(rows[i].name);
		struct object o, before;

		memset(&o, 0, sizeof(o));
		o.length = 42;
		o.number = 42;
		memcpy(&before, &o, sizeof(o));

		const char *right = setting_assign(s, &o, span_of(rows[i].text));

		if (!right)
			fail_msg("%s takes \"%s\"", rows[i].name, rows[i].text);
		assert_string_equal(right, rows[i].right);
		assert_memory_equal(&o, &before, sizeof(o));
	}
}

static void test_nothing_hides_behind_a_nul(void **state)
{
	(void)state;
	for (const struct setting *s = table; s->name; s++) {
		struct object o;

		assert_non_null(setting_assign(s, &o, SPAN("1\0")));
		assert_non_null(setting_assign(s, &o, SPAN("1s\0")));
		assert_non_null(setting_assign(s, &o, SPAN("text\0")));
	}
}

static void test_slips_are_near(void **state)
{
	static const struct {
		const char *typed, *word;
		bool is_near;
	} rows[] = {
		{"timeout", "timeout", true},
		{"timout", "timeout", true}, /* one left out */
		{"imeout", "timeout", true},
		{"timeou", "timeout", true},
		{"timeeout", "timeout", true}, /* one too many */
		{"timeouts", "timeout", true},
		{"time-out", "timeout", true},
		{"timeoit", "timeout", true}, /* another in its place */
		{"Timeout", "timeout", true},
		{"tiemout", "timeout", true}, /* two swapped */
		{"tmet", "timeout", false},
		{"xtimeoutxx", "timeout", false},
		{"jsn", "json", true},
		{"jso", "json", true},
		{"jx", "json", false}, /* two slips in a short word may be any word */
		{"xsonn", "json", false},
		{"ca", "ca", true},
		{"c", "ca", true},
		{"", "ca", false},
		{"abc", "xyz", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (is_near(span_of(rows[i].typed), span_of(rows[i].word)) != rows[i].is_near)
			fail_msg("%s, %s", rows[i].typed, rows[i].word);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_that_are_understood),
		cmocka_unit_test(test_values_that_are_not_understood),
		cmocka_unit_test(test_nothing_hides_behind_a_nul),
		cmocka_unit_test(test_slips_are_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
