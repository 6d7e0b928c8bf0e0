/* SPDX-License-Identifier: MIT */
#include "net/record.h"

#include <string.h>

enum { OVERHEAD = RECORD_NONCE_LEN + RECORD_TAG_LEN };

void record_init(struct record *r)
{
	r->heard = 0;
	r->out.len = 0;
	r->seal.is_on = r->unseal.is_on = false;
}

static void put_number(unsigned char *at, uint64_t number)
{
	number = __builtin_bswap64(number);
	memcpy(at, &number, sizeof(number));
}

static void start_nonce(const struct seal *s, const unsigned char *record, unsigned char *nonce)
{
	memcpy(nonce, s->salt, RECORD_SALT_LEN);
	memcpy(nonce + RECORD_SALT_LEN, record + RECORD_HEADER_LEN, RECORD_NONCE_LEN);
}

void seal_init(struct seal *s, const unsigned char *key, size_t key_len, const unsigned char *salt)
{
	static const unsigned char zeros[12];

	s->number = 0;
	memcpy(s->salt, salt, RECORD_SALT_LEN);
	memset(s->hash_key, 0, sizeof(s->hash_key));
	br_aes_ct_ctr_init(&s->aes, key, key_len);
	br_aes_ct_ctr_run(&s->aes, zeros, 0, s->hash_key, sizeof(s->hash_key));
}

/* Turns the content, `len` bytes behind header and nonce, from clear to sealed or back. */
static void turn(const struct seal *s, unsigned char *record, size_t len)
{
	unsigned char nonce[12];

	start_nonce(s, record, nonce);
	br_aes_ct_ctr_run(&s->aes, nonce, 2, record + RECORD_HEADER_LEN + RECORD_NONCE_LEN, len);
}

/* What stands behind the sealed content, which counts with its number, its kind and its length. */
static void make_tag(struct seal *s, const unsigned char *record, size_t len, unsigned char *tag)
{
	unsigned char block[16], nonce[12];

	put_number(block, s->number++);
	memcpy(block + 8, record, 3); /* kind and version */
	block[11] = (unsigned char)(len >> 8);
	block[12] = (unsigned char)len;
	memset(tag, 0, RECORD_TAG_LEN);
	br_ghash_ctmul64(tag, s->hash_key, block, 13);
	br_ghash_ctmul64(tag, s->hash_key, record + RECORD_HEADER_LEN + RECORD_NONCE_LEN, len);
	put_number(block, 13 * 8);
	put_number(block + 8, len * 8);
	br_ghash_ctmul64(tag, s->hash_key, block, sizeof(block));
	start_nonce(s, record, nonce);
	br_aes_ct_ctr_run(&s->aes, nonce, 1, tag, RECORD_TAG_LEN);
}

static size_t length_of(const struct record *r)
{
	return (size_t)(r->bytes[3] << 8 | r->bytes[4]);
}

char *record_room(struct record *r, size_t *size)
{
	size_t whole = RECORD_HEADER_LEN + (r->heard < RECORD_HEADER_LEN ? 0 : length_of(r));

	*size = whole - r->heard;
	return r->out.len > 0 ? NULL : (char *)r->bytes + r->heard;
}

/* 0, or the alert. */
static int check_header(const struct record *r)
{
	size_t len = length_of(r), least = r->unseal.is_on ? OVERHEAD : 0;
	unsigned kind = r->bytes[0];

	if (kind < RECORD_CHANGE || kind > RECORD_TEXT)
		return -ALERT_UNEXPECTED_MESSAGE;
	/* Before the versions were compared, an alert may have any. */
	if (r->bytes[1] != 3 || (r->bytes[2] != 3 && kind != RECORD_ALERT))
		return -ALERT_PROTOCOL_VERSION;
	if (len > RECORD_CONTENT_MAX + least)
		return -ALERT_RECORD_OVERFLOW;
	return len < least ? -ALERT_BAD_RECORD_MAC : 0;
}

/* False when somebody else than the peer has made or altered it. */
static bool unseal(struct seal *s, unsigned char *record, size_t len)
{
	unsigned char tag[RECORD_TAG_LEN], difference = 0;
	const unsigned char *sent = record + RECORD_HEADER_LEN + RECORD_NONCE_LEN + len;

	make_tag(s, record, len, tag);
	for (unsigned i = 0; i < RECORD_TAG_LEN; i++) /* in the same time wherever they differ */
		difference |= tag[i] ^ sent[i];
	turn(s, record, len);
	return difference == 0;
}

int record_received(struct record *r, size_t n, struct span *content)
{
	unsigned char *at = r->bytes + RECORD_HEADER_LEN;
	size_t len;
	int failure;

	r->heard += n;
	if (r->heard < RECORD_HEADER_LEN)
		return RECORD_PART;
	failure = check_header(r);
	if (failure)
		return failure;
	len = length_of(r);
	if (r->heard < RECORD_HEADER_LEN + len)
		return RECORD_PART;
	r->heard = 0;
	if (r->unseal.is_on) {
		len -= OVERHEAD;
		at += RECORD_NONCE_LEN;
		if (!unseal(&r->unseal, r->bytes, len))
			return -ALERT_BAD_RECORD_MAC;
	}
	*content = (struct span){(char *)at, len};
	if (len == 0 && r->bytes[0] != RECORD_TEXT) /* RFC 5246 §6.2.1 */
		return -ALERT_UNEXPECTED_MESSAGE;
	return r->bytes[0];
}

bool record_put(struct record *r, enum record_kind kind, struct span content)
{
	size_t len = content.len, extra = r->seal.is_on ? OVERHEAD : 0;
	unsigned char *at;

	if (r->out.len == 0)
		r->out.at = (char *)r->bytes;
	at = (unsigned char *)r->out.at + r->out.len;
	if (len > RECORD_CONTENT_MAX || RECORD_HEADER_LEN + len + extra > (size_t)(r->bytes + sizeof(r->bytes) - at))
		return false;
	r->out.len += RECORD_HEADER_LEN + len + extra;
	*at = (unsigned char)kind;
	at[1] = at[2] = 3;
	at[3] = (unsigned char)((len + extra) >> 8);
	at[4] = (unsigned char)(len + extra);
	memcpy(at + RECORD_HEADER_LEN + (extra > 0 ? RECORD_NONCE_LEN : 0), content.at, len);
	if (r->seal.is_on) {
		put_number(at + RECORD_HEADER_LEN, r->seal.number);
		turn(&r->seal, at, len);
		make_tag(&r->seal, at, len, at + RECORD_HEADER_LEN + RECORD_NONCE_LEN + len);
	}
	return true;
}

void record_sent(struct record *r, size_t n)
{
	r->out = span_tail(r->out, n);
}
