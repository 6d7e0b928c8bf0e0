/* SPDX-License-Identifier: MIT */
#include "base/setting.h"

#include "base/duration.h"

const struct setting *setting_find(const struct setting *table, struct span name, name_test *fits)
{
	for (; table->name; table++)
		if (fits(name, span_of(table->name)))
			return table;
	return NULL;
}

bool is_near(struct span typed, struct span word)
{
	enum { LONG_WORD = 4 };
	size_t shorter = typed.len < word.len ? typed.len : word.len;
	size_t longer = typed.len + word.len - shorter;
	size_t begin = 0, end = 0;

	while (begin < shorter && typed.at[begin] == word.at[begin])
		begin++;
	while (begin + end < shorter && typed.at[typed.len - 1 - end] == word.at[word.len - 1 - end])
		end++;
	return begin + end > 0 && longer - begin - end <= (word.len < LONG_WORD ? 1 : 2);
}

bool word_find(const char *words, struct span word, uint64_t *index)
{
	struct span rest = span_of(words);

	for (*index = 0; rest.len > 0; ++*index)
		if (span_equals(span_cut(&rest, '|'), word))
			return true;
	return false;
}

static bool understand(const struct setting *s, struct span value, uint64_t *number)
{
	enum { COUNT_MAX = 1000000, FACTOR_MAX = 1000 };

	*number = NEVER;
	switch (s->kind) {
	case SWITCH:
		return word_find("0|1|false|true", value.len ? value : SPAN("1"), number);
	case LIMIT:
	case DURATION:
		if (s->kind == LIMIT && span_equals(value, SPAN("none")))
			return true;
		return duration_parse(value, (msec *)number) && (s->kind == LIMIT || *number > 0);
	case COUNT:
	case NUMBER:
		return span_number(value, COUNT_MAX, number) && (s->kind == COUNT || *number > 0);
	case PERCENT:
		return span_number(value, 100, number);
	case FACTOR:
		return span_thousandths(value, FACTOR_MAX, number) && *number >= 1000;
	case CHOICE:
		return word_find(text_at(s->name, VALUE_TEXT), value, number);
	case TEXT:
		break;
	}
	return false;
}

const char *setting_assign(const struct setting *s, void *object, struct span value)
{
	static const char *const right = /* in the order of the kinds */
		"it is either on (1) or off (0)\0"
		"write a time over 0 like 500ms, 1.5s or 1h30m\0"
		"write a time like 500ms, 1.5s or 1h30m, or none\0"
		"write a whole number, at most 1000000\0"
		"write a whole number from 1 to 1000000\0"
		"write a whole number from 0 to 100\0"
		"write a factor like 1.25 or 2, not below 1";
	void *field = (char *)object + s->offset;
	uint64_t number;

	if (!understand(s, value, &number))
		return s->kind == CHOICE ? text_at(s->name, VALUE_TEXT) : text_at(right, s->kind);
	if (s->kind == SWITCH)
		*(bool *)field = number & 1;
	else if (s->kind == DURATION || s->kind == LIMIT)
		*(msec *)field = (msec)number;
	else
		*(uint32_t *)field = (uint32_t)number;
	return NULL;
}
