/* SPDX-License-Identifier: MIT */
#include "net/resolver_packet.h"

#include <string.h>

enum {
	HEADER_LEN = 12,
	LABEL_MAX = 63,
	CLASS_IN = 1,
	TYPE_A = 1,
	TYPE_CNAME = 5,
	TYPE_AAAA = 28,
	LINKS_MAX = 16, /* CNAMEs from the name that was asked for to the one with the addresses */
	STEPS_MAX = 512, /* labels and pointers of two names; ends loops of pointers */
};

static const uint8_t types[ASK_COUNT] = {[ASK_IPV4] = TYPE_A, [ASK_IPV6] = TYPE_AAAA};

static unsigned get16(struct span packet, size_t at)
{
	return (unsigned)(unsigned char)packet.at[at] << 8 | (unsigned char)packet.at[at + 1];
}

static void set16(char *at, unsigned number)
{
	at[0] = (char)(number >> 8);
	at[1] = (char)number;
}

bool question_init(struct question *q, struct span name)
{
	static const char header[HEADER_LEN] = {[2] = 1 /* recursion desired */, [5] = 1 /* one question */};
	struct buf b = buf_init(q->packet, QUESTION_MAX - 4);

	buf_put(&b, (struct span){header, sizeof(header)});
	while (name.len > 0) {
		struct span label = span_cut(&name, '.');

		if (label.len == 0 || label.len > LABEL_MAX)
			return false;
		buf_put_char(&b, (char)label.len);
		buf_put(&b, label);
	}
	buf_put_char(&b, 0);
	set16(q->packet + b.len + 2, CLASS_IN);
	q->len = (unsigned)b.len + 4;
	return !b.full;
}

struct span question_packet(struct question *q, unsigned asked)
{
	set16(q->packet, q->id[asked]);
	set16(q->packet + q->len - 4, types[asked]);
	return (struct span){q->packet, q->len};
}

/* A record of the answer section. */
struct record {
	size_t name; /* where in the packet */
	unsigned type, class;
	size_t data, len;
};

/* The end of the name at `at`; beyond the packet when it has none. */
static size_t name_end(struct span packet, size_t at)
{
	while (at < packet.len) {
		unsigned len = (unsigned char)packet.at[at];

		if (len > LABEL_MAX)
			return at + 2; /* a pointer ends the name */
		at += 1 + len;
		if (len == 0)
			return at;
	}
	return SIZE_MAX;
}

/* Takes the record at *at; false when it is not wholly in the packet. */
static bool take_record(struct span packet, size_t *at, struct record *r)
{
	enum { FIXED_LEN = 10 }; /* type, class, time to live, length */
	size_t end = name_end(packet, *at);

	if (end > packet.len || packet.len - end < FIXED_LEN)
		return false;
	r->name = *at;
	r->type = get16(packet, end);
	r->class = get16(packet, end + 2);
	r->len = get16(packet, end + 8);
	r->data = end + FIXED_LEN;
	*at = r->data + r->len;
	return *at <= packet.len;
}

/* Takes the label at *at, behind pointers too; empty at the end of the name. */
static bool take_label(struct span packet, size_t *at, unsigned *steps, struct span *label)
{
	while (*at < packet.len && ++*steps < STEPS_MAX) {
		unsigned len = (unsigned char)packet.at[*at];

		if (len <= LABEL_MAX) {
			*label = span_head(span_tail(packet, *at + 1), len);
			*at += 1 + len;
			return *at <= packet.len;
		}
		if (len < 0xc0 || packet.len - *at < 2)
			return false;
		*at = get16(packet, *at) & 0x3fff;
	}
	return false;
}

/* A malformed name is like no other. */
static bool is_same_name(struct span packet, size_t a, size_t b)
{
	struct span label_a, label_b;
	unsigned steps = 0;

	do {
		if (!take_label(packet, &a, &steps, &label_a) || !take_label(packet, &b, &steps, &label_b))
			return false;
		if (!span_equals_nocase(label_a, label_b))
			return false;
	} while (label_a.len > 0);
	return true;
}

/* Which question `packet` repeats, whatever its letters' case; ASK_COUNT for none. */
static unsigned find_question(struct question *q, struct span packet)
{
	unsigned asked;

	for (asked = 0; asked < ASK_COUNT; asked++) {
		struct span ours = question_packet(q, asked);

		if (get16(packet, 0) == q->id[asked] &&
		    span_equals_nocase(span_tail(span_head(packet, q->len), HEADER_LEN), span_tail(ours, HEADER_LEN)))
			break;
	}
	return asked;
}

static bool is_answer(struct question *q, struct span packet)
{
	return packet.len >= q->len && get16(packet, 4) == 1 /* question */ &&
	       (get16(packet, 2) & 0xf800) == 0x8000 /* an answer, to a standard query */;
}

/* The answer section: `count` records from `at` on. */
struct section {
	struct span packet;
	size_t at;
	unsigned count;
};

static bool is_whole(struct section s)
{
	struct record r;

	for (; s.count > 0; s.count--)
		if (!take_record(s.packet, &s.at, &r))
			return false;
	return true;
}

/* Takes the next record of that type and name off `s`; false when there is none left. */
static bool take_match(struct section *s, unsigned type, size_t name, struct record *r)
{
	while (s->count > 0) {
		s->count--;
		if (!take_record(s->packet, &s->at, r))
			return false;
		if (r->type == type && r->class == CLASS_IN && is_same_name(s->packet, r->name, name))
			return true;
	}
	return false;
}

/* The name behind all CNAMEs; `name` itself when there are none. */
static size_t follow_links(const struct section *answers, size_t name)
{
	for (unsigned links = 0; links < LINKS_MAX; links++) {
		struct section s = *answers;
		struct record r;

		if (!take_match(&s, TYPE_CNAME, name, &r))
			break;
		name = r.data;
	}
	return name;
}

bool answer_parse(struct answer *a, struct question *q, struct span packet, uint16_t port, struct addresses *found)
{
	if (!is_answer(q, packet))
		return false;
	a->asked = find_question(q, packet);
	a->truncated = packet.at[2] & 0x02;
	a->rcode = packet.at[3] & 0x0f;
	if (a->asked == ASK_COUNT || a->truncated || a->rcode != RCODE_FINE)
		return a->asked != ASK_COUNT;

	struct section answers = {packet, q->len, get16(packet, 6)};
	size_t name = follow_links(&answers, HEADER_LEN);
	bool is_ipv6 = a->asked == ASK_IPV6;
	struct record r;

	if (!is_whole(answers))
		return false;
	while (take_match(&answers, types[a->asked], name, &r)) {
		if (r.len != (is_ipv6 ? 16 : 4))
			continue;

		struct address address;

		address_init(&address, packet.at + r.data, r.len, port);

		addresses_add(found, &address);
	}
	return true;
}
