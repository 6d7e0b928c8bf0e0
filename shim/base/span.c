/* SPDX-License-Identifier: MIT */
#include "base/span.h"

#include <string.h>

const char blanks[] = " \t\r\n";

struct span span_of(const char *text)
{
	return (struct span){text, text ? strlen(text) : 0};
}

bool span_equals(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool span_equals_nocase(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (to_lower(a.at[i]) != to_lower(b.at[i]))
			return false;
	return true;
}

bool span_starts_with(struct span s, struct span prefix)
{
	return s.len >= prefix.len && span_equals(span_head(s, prefix.len), prefix);
}

size_t span_find(struct span s, char wanted)
{
	const char *found = s.len ? memchr(s.at, wanted, s.len) : NULL;

	return found ? (size_t)(found - s.at) : s.len;
}

size_t span_find_any(struct span s, const char *set)
{
	size_t i = 0;

	while (i < s.len && !memchr(set, s.at[i], strlen(set)))
		i++;
	return i;
}

struct span span_from(struct span s, struct span wanted)
{
	if (wanted.len == 0)
		return wanted;
	while (s.len > 0 && !span_starts_with(s, wanted))
		s = span_tail(s, 1);
	return s;
}

struct span span_head(struct span s, size_t n)
{
	return (struct span){s.at, n < s.len ? n : s.len};
}

struct span span_tail(struct span s, size_t n)
{
	if (n > s.len)
		n = s.len;
	return (struct span){s.len ? s.at + n : s.at, s.len - n};
}

const char *text_at(const char *texts, size_t index)
{
	while (index-- > 0)
		texts += strlen(texts) + 1;
	return texts;
}

bool begins_with(const char *text, const char *prefix)
{
	while (*prefix && *text == *prefix)
		text++, prefix++;
	return *prefix == '\0';
}

struct span span_cut(struct span *rest, char separator)
{
	struct span head = span_head(*rest, span_find(*rest, separator));

	*rest = span_tail(*rest, head.len + 1);
	return head;
}

struct span span_word(struct span *rest)
{
	struct span word;

	while (rest->len && is_blank(rest->at[0]))
		*rest = span_tail(*rest, 1);
	word = span_head(*rest, span_find_any(*rest, blanks));
	*rest = span_tail(*rest, word.len);
	return word;
}

struct span span_trim(struct span s)
{
	while (s.len && is_blank(s.at[0]))
		s.at++, s.len--;
	while (s.len && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

bool span_number(struct span s, uint64_t max, uint64_t *number)
{
	uint64_t n = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned)(s.at[i] - '0');

		if (digit > 9 || digit > max || n > (max - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*number = n;
	return true;
}

bool span_thousandths(struct span s, uint32_t max, uint64_t *thousandths)
{
	struct span decimals = s, whole = span_cut(&decimals, '.');
	uint64_t n;

	if (!span_number(whole, max, &n) || decimals.len > 3 || whole.len + 1 == s.len)
		return false;
	for (size_t i = 0; i < 3; i++) {
		unsigned digit = i < decimals.len ? (unsigned)(decimals.at[i] - '0') : 0;

		if (digit > 9)
			return false;
		n = n * 10 + digit;
	}
	*thousandths = n;
	return true;
}

int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	c = to_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool is_blank(char c)
{
	return c && strchr(blanks, c);
}

bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool is_alnum(char c)
{
	return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
}

char to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}
