/* SPDX-License-Identifier: MIT */
#include "base/setting.h"

#include "base/duration.h"

const struct setting *setting_find(const struct setting *table, struct span name)
{
	for (; table->name; table++)
		if (span_equals(span_of(table->name), name))
			return table;
	return NULL;
}

static const char *assign_switch(bool *field, struct span value)
{
	if (value.len == 0 || span_equals(value, SPAN("1")) || span_equals(value, SPAN("true")))
		*field = true;
	else if (span_equals(value, SPAN("0")) || span_equals(value, SPAN("false")))
		*field = false;
	else
		return "it is either on (1) or off (0)";
	return NULL;
}

static const char *assign_duration(msec *field, struct span value, bool may_be_none)
{
	uint64_t bare;
	msec length;

	if (may_be_none && span_equals(value, SPAN("none")))
		*field = NEVER;
	else if (span_number(value, INT32_MAX, &bare))
		return "a number needs its unit: ms, s, m or h";
	else if (!duration_parse(value, &length))
		return may_be_none ? "write a time like 500ms, 1.5s, 2m, 1h30m, or none"
				   : "write a time like 500ms, 1.5s, 2m or 1h30m";
	else if (length == 0 && !may_be_none)
		return "it must be longer than nothing";
	else
		*field = length;
	return NULL;
}

static const char *assign_number(uint32_t *field, struct span value, uint32_t max, const char *right)
{
	uint64_t number;

	if (!span_number(value, max, &number))
		return right;
	*field = (uint32_t)number;
	return NULL;
}

/* "1.25" is 1250. Less than 1 would make the delays shrink. */
static const char *assign_factor(uint32_t *field, struct span value)
{
	enum { WHOLE_MAX = 1000 };
	uint64_t thousandths;

	if (!span_thousandths(value, WHOLE_MAX, &thousandths) || thousandths < 1000)
		return "write a factor like 1.25 or 2, not below 1";
	*field = (uint32_t)thousandths;
	return NULL;
}

static const char *assign_choice(uint32_t *field, struct span value, const char *words)
{
	struct span rest = span_of(words);

	for (uint32_t i = 0; rest.len > 0; i++) {
		if (span_equals(span_cut(&rest, '|'), value)) {
			*field = i;
			return NULL;
		}
	}
	return words;
}

const char *setting_assign(const struct setting *s, void *object, struct span value)
{
	void *field = (char *)object + s->offset;

	switch (s->kind) {
	case SWITCH:
		return assign_switch(field, value);
	case DURATION:
		return assign_duration(field, value, false);
	case LIMIT:
		return assign_duration(field, value, true);
	case COUNT:
		return assign_number(field, value, 1000000, "write a whole number, at most 1000000");
	case PERCENT:
		return assign_number(field, value, 100, "write a whole number from 0 to 100");
	case FACTOR:
		return assign_factor(field, value);
	case CHOICE:
		return assign_choice(field, value, s->value);
	case TEXT:
		break;
	}
	return NULL;
}

/* Can `a` become `b` by at most `left` insertions, deletions, replacements and swaps of neighbours? */
static bool is_within(struct span a, struct span b, unsigned left)
{
	while (a.len && b.len && a.at[0] == b.at[0]) {
		a = span_tail(a, 1);
		b = span_tail(b, 1);
	}
	if (a.len == 0 || b.len == 0)
		return a.len + b.len <= left;
	if (left == 0)
		return false;

	struct span a1 = span_tail(a, 1), b1 = span_tail(b, 1);

	if (a1.len && b1.len && a.at[0] == b1.at[0] && a1.at[0] == b.at[0] &&
	    is_within(span_tail(a1, 1), span_tail(b1, 1), left - 1))
		return true;
	return is_within(a1, b1, left - 1) || is_within(a1, b, left - 1) || is_within(a, b1, left - 1);
}

bool is_near(struct span typed, struct span word)
{
	enum { LONG_WORD = 5 };

	return is_within(typed, word, word.len >= LONG_WORD ? 2 : 1);
}

const char *setting_nearest(const struct setting *table, struct span name)
{
	for (; table->name; table++)
		if (is_near(name, span_of(table->name)))
			return table->name;
	return NULL;
}
