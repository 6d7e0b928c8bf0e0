/* SPDX-License-Identifier: MIT */
#include "net/resolver_packet.h"

#include <endian.h>
#include <string.h>

enum {
	HEADER_LEN = 12,
	FIXED_LEN = 10, /* between a record's name and its data: type, class, time to live, length */
	LABEL_MAX = 63,
	POINTER = 0xc0, /* both bits: not a label, but where the name goes on */
	POINTERS_MAX = NAME_MAX / 2, /* one behind each label; 64 KB of nothing else would keep us busy for seconds */
	LINKS_MAX = 16, /* CNAMEs from the name that was asked for to the one with the addresses */
};

/* Type and class of a record, as they stand in a packet. */
struct kind {
	char bytes[4];
};

static const struct kind cname = {{0, 5, 0, 1}};
static const struct kind kinds[ASK_COUNT] = {[ASK_IPV4] = {{0, 1, 0, 1}}, [ASK_IPV6] = {{0, 28, 0, 1}}};
static const uint8_t data_len[ASK_COUNT] = {[ASK_IPV4] = IPV4_LEN, [ASK_IPV6] = IPV6_LEN};

static unsigned get16(const char *at)
{
	uint16_t number;

	memcpy(&number, at, sizeof(number));
	return be16toh(number);
}

static void set16(char *at, unsigned number)
{
	at[0] = (char)(number >> 8);
	at[1] = (char)number;
}

static bool is_kind(const char *at, const struct kind *kind)
{
	uint32_t a, b;

	memcpy(&a, at, sizeof(a));
	memcpy(&b, kind, sizeof(b));
	return a == b;
}

/* False when one of them can be no label. */
static bool put_labels(struct buf *b, struct span name)
{
	while (name.len > 0) {
		struct span label = span_cut(&name, '.');

		if (label.len == 0 || label.len > LABEL_MAX)
			return false;
		buf_put_char(b, (char)label.len);
		buf_put(b, label);
	}
	return true;
}

bool question_init(struct question *q, struct span host, struct span domain)
{
	static const char header[HEADER_LEN] = {[2] = 1 /* recursion desired */, [5] = 1 /* one question */};
	struct buf b = buf_init(q->packet, QUESTION_MAX - 4);

	buf_put(&b, (struct span){header, sizeof(header)});
	if (!put_labels(&b, host) || !put_labels(&b, domain))
		return false;
	buf_put_char(&b, 0);
	q->len = (unsigned)b.len + 4;
	set16(q->tcp_len, q->len);
	return !b.full;
}

struct span question_packet(struct question *q, unsigned asked, bool over_tcp)
{
	set16(q->packet, q->id[asked]);
	memcpy(q->packet + q->len - 4, &kinds[asked], sizeof(kinds[asked]));
	return over_tcp ? (struct span){q->tcp_len, sizeof(q->tcp_len) + q->len} : (struct span){q->packet, q->len};
}

/*
 * Reads the name at `at`, whose pointers lead back, as in every packet (RFC 1035 §4.1.4): so it ends.
 * What follows it; more than there is when it is malformed.
 */
static unsigned read_name(const struct answer *a, unsigned at, struct name *name)
{
	unsigned behind = 0 /* the first pointer */, pointers = 0;

	name->len = 0;
	while (at < a->len) {
		const char *label = a->packet + at;
		unsigned len = 1 + (unsigned char)*label;

		if (len > POINTER && at + 1 < a->len && (get16(label) & 0x3fff) < at && pointers++ < POINTERS_MAX) {
			if (behind == 0)
				behind = at + 2;
			at = get16(label) & 0x3fff;
			continue;
		}
		if (len > 1 + LABEL_MAX || len > a->len - at || len > NAME_MAX - name->len)
			break;
		memcpy(name->labels + name->len, label, len);
		name->len += len;
		at += len;
		if (len == 1)
			return behind ? behind : at;
	}
	return a->len + 1;
}

static bool is_wanted(const struct answer *a)
{
	return span_equals_nocase((struct span){a->owner.labels, a->owner.len},
				  (struct span){a->wanted.labels, a->wanted.len});
}

/* Takes addresses of the name that is wanted, and wants the one that a CNAME leads to. False when one is malformed. */
static bool read_records(struct answer *a, unsigned at)
{
	for (unsigned count = get16(a->packet + 6); count > 0; count--) {
		at = read_name(a, at, &a->owner) + FIXED_LEN;
		if (at > a->len)
			return false;

		const char *data = a->packet + at;
		unsigned len = get16(data - 2);
		struct address address;

		at += len;
		if (at > a->len)
			return false;
		if (!is_wanted(a))
			continue;
		if (is_kind(data - FIXED_LEN, &cname) && a->links < LINKS_MAX) {
			a->links++;
			read_name(a, at - len, &a->wanted);
		}
		if (is_kind(data - FIXED_LEN, &kinds[a->asked]) && len == data_len[a->asked]) {
			address_init(&address, data, len, a->port);
			addresses_add(a->found, &address);
		}
	}
	return true;
}

/* Is `packet` an answer, to this question and to nothing else? */
static bool is_answer(const char *packet, const struct question *q)
{
	size_t len = q->len - HEADER_LEN;

	return get16(packet) == get16(q->packet) && (packet[2] & 0xf8) == 0x80 && get16(packet + 4) == 1 &&
	       span_equals_nocase((struct span){q->packet + HEADER_LEN, len}, (struct span){packet + HEADER_LEN, len});
}

bool answer_parse(struct answer *a, struct question *q, struct span packet)
{
	unsigned links;

	if (packet.len < q->len)
		return false;
	a->packet = packet.at;
	a->len = (unsigned)packet.len;
	a->asked = packet.at[q->len - 3] == kinds[ASK_IPV6].bytes[1];
	question_packet(q, a->asked, false);
	if (!is_answer(packet.at, q))
		return false;
	a->is_truncated = packet.at[2] & 0x02;
	a->rcode = packet.at[3] & 0x0f;
	if (a->is_truncated || a->rcode != RCODE_FINE)
		return true;
	a->links = 0;
	a->wanted.len = 0; /* nobody's name: takes nothing, but looks at all */
	if (!read_records(a, q->len))
		return false;
	read_name(a, HEADER_LEN, &a->wanted);
	do { /* links may stand in any order */
		links = a->links;
		read_records(a, q->len);
	} while (a->links > links);
	return true;
}
