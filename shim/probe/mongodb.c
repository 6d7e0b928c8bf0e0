/* SPDX-License-Identifier: MIT */
/* mongodb: "hello", which tells whether this member takes reads or writes; no account is needed. */
#include "probe/probe.h"

#include "probe/wire.h"

enum {
	OP_MSG = 2013,
	HEAD_LEN = 21, /* length, two ids, opcode, flags, the kind of the first section */
	ANSWER_MAX = HEARD_MAX - 1,
};

/* The lengths of BSON's values, by type; 0 for those that carry their own. */
static const unsigned char fixed_len[] = {
	[0x01] = 8, /* double */
	[0x07] = 12, /* ObjectId */
	[0x08] = 1, /* boolean */
	[0x09] = 8, /* date */
	[0x10] = 4, /* 32 bits */
	[0x11] = 8, /* timestamp */
	[0x12] = 8, /* 64 bits */
};

/* Takes the value of an element off `rest`. */
static struct span take_value(struct span *rest, unsigned type)
{
	size_t len = type < sizeof(fixed_len) ? fixed_len[type] : 0;
	struct span value;

	if (len == 0 && type != 0x0a) { /* null has nothing */
		struct span at = *rest;

		len = little_take(&at, 4);
		len += type == 0x02 ? 4 : type == 0x05 ? 5 : 0; /* of documents it counts itself */
		if (len < 4)
			len = rest->len;
	}
	value = span_head(*rest, len);
	*rest = span_tail(*rest, len);
	return value;
}

/* Is it true, or a number that is not zero? */
static bool is_yes(struct span value)
{
	for (size_t i = 0; i < value.len; i++)
		if (value.at[i] != 0)
			return true;
	return false;
}

struct hello {
	bool ok, serves;
	struct span words; /* of an error */
};

static void take_element(struct hello *h, struct span name, struct span value)
{
	if (span_equals(name, SPAN("ok")))
		h->ok = is_yes(value);
	else if (span_equals(name, SPAN("isWritablePrimary")) || span_equals(name, SPAN("secondary")))
		h->serves |= is_yes(value);
	else if (span_equals(name, SPAN("msg")))
		h->serves |= span_equals(span_tail(value, 4), SPAN("isdbgrid\0"));
	else if (span_equals(name, SPAN("errmsg")))
		h->words = span_head(span_tail(value, 4), value.len > 5 ? value.len - 5 : 0);
}

static enum outcome judge_document(const struct target *t, struct span rest, struct verdict *verdict)
{
	struct hello h = {.ok = false};

	little_take(&rest, 4); /* its length */
	while (rest.len > 1) {
		unsigned type = little_take(&rest, 1);
		struct span name = text_take(&rest);

		take_element(&h, name, take_value(&rest, type));
	}
	if (h.ok && h.serves)
		return READY;
	if (h.ok)
		h.words = SPAN("neither a primary nor a secondary yet");
	return judge_refusal(t, SERVER_SAYS_WAIT, &h.words, verdict);
}

static enum outcome mongodb_judge(const struct target *t, const struct heard *heard, struct buf *say,
				  struct verdict *verdict)
{
	struct span rest = heard->bytes, document;
	size_t len;

	buf_put(say, SPAN("\x34\0\0\0\1\0\0\0\0\0\0\0\xdd\7\0\0\0\0\0\0\0\x1f\0\0\0\x10hello\0\1\0\0\0\2$"
			  "db\0\6\0\0\0admin\0\0"));
	if (rest.len < HEAD_LEN)
		return judge_unfinished(heard, verdict);
	len = little_take(&rest, 4);
	little_take(&rest, 4);
	little_take(&rest, 4);
	if (little_take(&rest, 4) != OP_MSG || len < HEAD_LEN || len > ANSWER_MAX)
		return judge_foreign("MongoDB", &heard->bytes, verdict);
	if (heard->bytes.len < len)
		return judge_unfinished(heard, verdict);
	document = span_tail(span_head(heard->bytes, len), HEAD_LEN);
	return judge_document(t, document, verdict);
}

const struct probe mongodb_probe = {mongodb_judge};
