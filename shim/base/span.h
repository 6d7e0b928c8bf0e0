/* SPDX-License-Identifier: MIT */
/*
 * span: a piece of text that somebody else owns.
 *
 * The one rule: nobody writes through a span, and nobody relies on a NUL
 * after it unless the field that holds it says so.
 */
#ifndef SHIM_BASE_SPAN_H
#define SHIM_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const char *at;
	size_t len; /* bytes */
};

/* The span of a string literal. */
#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})

/* The span of a C string; NULL gives the empty span. */
struct span span_of(const char *text);

bool span_equals(struct span a, struct span b);
/* ASCII case is ignored, as in host names and header names. */
bool span_equals_nocase(struct span a, struct span b);
bool span_starts_with(struct span s, struct span prefix);

/* Index of the first `wanted`; s.len when there is none. */
size_t span_find(struct span s, char wanted);
/* Index of the first character that stands in `set`; s.len when there is none. */
size_t span_find_any(struct span s, const char *set);

/* The text from where it says `wanted` on; empty when it does not, or when nothing is wanted. */
struct span span_from(struct span s, struct span wanted);

/* The first `n` bytes, and what follows them; `n` beyond the end is the end. */
struct span span_head(struct span s, size_t n);
struct span span_tail(struct span s, size_t n);

/* That one of several C strings which stand one behind the other. */
const char *text_at(const char *texts, size_t index);

/* Does a C string begin with another? */
bool begins_with(const char *text, const char *prefix);

/* Takes the text before the first `separator` off `rest`, the separator with it. */
struct span span_cut(struct span *rest, char separator);
/* Takes the next word between blanks off `rest`; empty when there is none left. */
struct span span_word(struct span *rest);

/* Text without blanks, tabs and line ends at both ends. */
struct span span_trim(struct span s);

/* Decimal digits and nothing else, at most `max`. False leaves *number alone. */
bool span_number(struct span s, uint64_t max, uint64_t *number);

/* A decimal number with at most three decimals, "1.25" is 1250; the whole part at most `max`. */
bool span_thousandths(struct span s, uint32_t max, uint64_t *thousandths);

/* Value of a hexadecimal digit; -1 when it is none. */
int hex_value(char c);
/* Blanks, tabs and line ends. */
extern const char blanks[];
bool is_blank(char c);
bool is_digit(char c);
/* Letters and digits of ASCII. */
bool is_alnum(char c);
char to_lower(char c);

#endif
