/* SPDX-License-Identifier: MIT */
#include "probe/answer.h"

#include "probe/wire.h"

#include <string.h>

enum { BODY_MAX = 64 << 10 };

bool head_take(struct span *rest, struct span *head)
{
	struct span line;

	*head = *rest;
	do {
		if (!line_take(rest, &line))
			return false;
	} while (line.len > 0);
	head->len -= rest->len;
	return true;
}

/* Takes headers off `head`, up to one of that name. A line that begins with a blank goes on with the one before (§5.2). */
static bool header_take(struct span *head, struct span name, struct span *value)
{
	while (line_take(head, value)) {
		struct span line = {value->at, value->len};

		while (head->len > 0 && is_blank(*head->at))
			line_take(head, &line);
		value->len = (size_t)(line.at + line.len - value->at);
		if (span_equals_nocase(span_cut(value, ':'), name))
			return true;
	}
	return false;
}

bool head_holds(struct span head, struct span name, const struct span *wanted)
{
	struct span value;

	while (header_take(&head, name, &value)) {
		struct span rest = *wanted, word;

		do {
			word = span_word(&rest);
			if (word.len == 0 && (wanted->len == 0 || span_trim(value).len == 0))
				return true;
		} while (word.len > 0 && span_equals_nocase(span_word(&value), word));
	}
	return false;
}

/* The line in front of a chunk: its length, of which more than BODY_MAX does not matter. False before it is complete. */
static bool chunk_take(struct span *heard, uint64_t *len)
{
	struct span line;
	int digit;

	do {
		if (!line_take(heard, &line))
			return false;
	} while (line.len == 0); /* the end of the chunk before */
	for (*len = 0; line.len-- > 0 && *len < BODY_MAX && (digit = hex_value(*line.at++)) >= 0;)
		*len = *len << 4 | (unsigned)digit;
	return true;
}

/* RFC 9112 §6.3 */
enum found body_search(struct span head, struct span heard, bool eof, const struct span *text)
{
	static const struct span chunked = SPAN("chunked");
	bool is_chunked = head_holds(head, SPAN("Transfer-Encoding"), &chunked);
	uint64_t left = is_chunked ? 0 : UINT32_MAX; /* of the chunk, or of the body */
	size_t same = 0; /* so much of the beginning of the text stands here */
	struct span value;
	bool ends_by_itself = is_chunked || (header_take(&head, SPAN("Content-Length"), &value) &&
					     span_number(span_trim(value), UINT32_MAX, &left));

	for (unsigned n = 0; n < BODY_MAX; n++) {
		if (is_chunked && left == 0 && !chunk_take(&heard, &left))
			return NOT_FOUND_YET;
		if (left-- == 0)
			return NOT_FOUND;
		if (heard.len-- == 0)
			return eof && !ends_by_itself ? NOT_FOUND : NOT_FOUND_YET;
		/* The longest beginning of it that goes on here, of those that end where this one does. */
		for (size_t all = same;
		     text->at[same] != *heard.at || memcmp(text->at, text->at + all - same, same) != 0;)
			if (same-- == 0)
				break;
		heard.at++;
		if (++same == text->len)
			return FOUND;
	}
	return NOT_FOUND;
}
