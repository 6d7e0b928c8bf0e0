/* SPDX-License-Identifier: MIT */
#include "net/resolver_packet.h"

enum {
	HEADER_LEN = 12,
	LABEL_MAX = 63,
	POINTER = 0xc0, /* both bits: not a label, but where the name goes on */
	CLASS_IN = 1,
	TYPE_A = 1,
	TYPE_CNAME = 5,
	TYPE_AAAA = 28,
	LABELS_MAX = 128, /* in 255 bytes; ends names that go round and round */
	POINTERS_MAX = 16, /* from one label to the next; a server needs one */
	LINKS_MAX = 16, /* CNAMEs from the name that was asked for to the one with the addresses */
};

static const struct {
	uint8_t type, data_len;
} kinds[ASK_COUNT] = {[ASK_IPV4] = {TYPE_A, IPV4_LEN}, [ASK_IPV6] = {TYPE_AAAA, IPV6_LEN}};

static unsigned get16(const char *at)
{
	return (unsigned)(unsigned char)at[0] << 8 | (unsigned char)at[1];
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
	set16(q->tcp_len, q->len);
	return !b.full;
}

struct span question_packet(struct question *q, unsigned asked)
{
	set16(q->packet, q->id[asked]);
	set16(q->packet + q->len - 4, kinds[asked].type);
	return (struct span){q->packet, q->len};
}

struct span question_message(struct question *q, unsigned asked)
{
	question_packet(q, asked);
	return (struct span){q->tcp_len, sizeof(q->tcp_len) + q->len};
}

/* An answer that is being read. Numbers are places in it; what is malformed leads to its end. */
struct reading {
	const char *packet;
	unsigned len;
	unsigned first; /* where the records begin */
	unsigned name; /* the one whose addresses are wanted */
	unsigned asked;
	uint16_t port;
	struct addresses *found;
};

static unsigned label_len(const struct reading *r, unsigned at)
{
	return (unsigned char)r->packet[at];
}

/* What follows the name at `at`. */
static unsigned skip_name(const struct reading *r, unsigned at)
{
	while (at < r->len) {
		unsigned len = label_len(r, at);

		if (len > LABEL_MAX)
			return at + 2; /* a pointer ends the name */
		at += 1 + len;
		if (len == 0)
			return at;
	}
	return r->len;
}

/* Where the label stands that is at `at`, or that a pointer there leads to. */
static unsigned find_label(const struct reading *r, unsigned at)
{
	for (unsigned steps = 0; steps < POINTERS_MAX && at + 1 < r->len && label_len(r, at) >= POINTER; steps++)
		at = get16(r->packet + at) & 0x3fff;
	return at < r->len && label_len(r, at) <= LABEL_MAX && at + label_len(r, at) < r->len ? at : r->len;
}

static struct span label_at(const struct reading *r, unsigned at)
{
	return (struct span){r->packet + at, 1 + label_len(r, at)};
}

/* A malformed name is like no other. */
static bool is_same_name(const struct reading *r, unsigned a, unsigned b)
{
	for (unsigned labels = 0; labels < LABELS_MAX; labels++) {
		a = find_label(r, a);
		b = find_label(r, b);
		if (a == r->len || b == r->len || !span_equals_nocase(label_at(r, a), label_at(r, b)))
			return false;
		if (label_len(r, a) == 0)
			return true;
		a += 1 + label_len(r, a);
		b += 1 + label_len(r, b);
	}
	return false;
}

/* Takes the addresses of r->name, and moves that to where a CNAME leads. False when a record is malformed. */
static bool read_records(struct reading *r)
{
	enum { FIXED_LEN = 10 }; /* type, class, time to live, length */
	unsigned owner, at = r->first, name = r->name;

	for (unsigned count = get16(r->packet + 6); count > 0; count--) {
		owner = at;
		at = skip_name(r, at) + FIXED_LEN;
		if (at > r->len)
			return false;

		const char *data = r->packet + at;
		unsigned type = get16(data - 10), len = get16(data - 2);
		struct address a;

		at += len;
		if (at > r->len)
			return false;
		if (get16(data - 8) != CLASS_IN || !is_same_name(r, owner, name))
			continue;
		if (type == TYPE_CNAME)
			r->name = at - len;
		if (type != kinds[r->asked].type || len != kinds[r->asked].data_len)
			continue;
		address_init(&a, data, len, r->port);
		addresses_add(r->found, &a);
	}
	return true;
}

bool answer_parse(struct answer *a, struct question *q, struct span packet, uint16_t port, struct addresses *found)
{
	struct reading r = {packet.at, (unsigned)packet.len, q->len, HEADER_LEN, ASK_IPV4, port, found};
	unsigned links = 0, before = found->count;

	if (packet.len < q->len || get16(packet.at + 4) != 1 /* question */ ||
	    (get16(packet.at + 2) & 0xf800) != 0x8000 /* an answer, to a standard query */)
		return false;
	if (get16(packet.at + q->len - 4) == TYPE_AAAA)
		r.asked = ASK_IPV6;

	struct span question = span_tail(question_packet(q, r.asked), HEADER_LEN);

	if (get16(packet.at) != q->id[r.asked] ||
	    !span_equals_nocase(question, (struct span){packet.at + HEADER_LEN, question.len}))
		return false;
	a->asked = r.asked;
	a->truncated = packet.at[2] & 0x02;
	a->rcode = packet.at[3] & 0x0f;
	if (a->truncated || a->rcode != RCODE_FINE)
		return true;

	unsigned name;

	do {
		name = r.name;
		if (!read_records(&r)) {
			found->count = before;
			return false;
		}
	} while (r.name != name && links++ < LINKS_MAX);
	return true;
}
