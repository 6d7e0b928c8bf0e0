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

/* Is it an answer to one of the two questions, and whole? */
static bool is_answer(struct answer *a, const struct question *q, struct span packet)
{
	struct span asked = {q->packet + HEADER_LEN, q->len - HEADER_LEN - 4};

	if (packet.len < q->len || get16(packet, 4) != 1)
		return false;
	if ((get16(packet, 2) & 0xf800) != 0x8000) /* an answer, to a standard query */
		return false;
	if (!span_equals_nocase(span_head(span_tail(packet, HEADER_LEN), asked.len), asked))
		return false;
	if (get16(packet, q->len - 2) != CLASS_IN)
		return false;
	for (a->asked = 0; a->asked < ASK_COUNT; a->asked++)
		if (get16(packet, 0) == q->id[a->asked] && get16(packet, q->len - 4) == types[a->asked])
			return true;
	return false;
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

/* Is `name` but another name of something? Then it becomes that. */
static bool follow_link(struct section s, size_t *name)
{
	struct record r;

	if (!take_match(&s, TYPE_CNAME, *name, &r))
		return false;
	*name = r.data;
	return true;
}

static void take_addresses(struct section s, size_t name, unsigned asked, uint16_t port, struct addresses *found)
{
	int family = asked == ASK_IPV6 ? AF_INET6 : AF_INET;
	unsigned len = asked == ASK_IPV6 ? 16 : 4;
	struct record r;

	while (take_match(&s, types[asked], name, &r)) {
		if (r.len != len)
			continue;

		struct address a = address_from(family, s.packet.at + r.data, port);

		addresses_add(found, &a);
	}
}

bool answer_parse(struct answer *a, const struct question *q, struct span packet, uint16_t port,
		  struct addresses *found)
{
	if (!is_answer(a, q, packet))
		return false;
	a->truncated = packet.at[2] & 0x02;
	a->rcode = packet.at[3] & 0x0f;
	if (a->truncated || a->rcode != RCODE_FINE)
		return true;

	struct section answers = {packet, q->len, get16(packet, 6)};
	size_t name = HEADER_LEN;

	if (!is_whole(answers))
		return false;
	for (unsigned links = 0; links < LINKS_MAX && follow_link(answers, &name); links++)
		;
	take_addresses(answers, name, a->asked, port, found);
	return true;
}
