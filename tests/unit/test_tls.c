/* SPDX-License-Identifier: MIT */
#include "net/tls.h"

#include "base/random.h"
#include "net/message.h"
#include "pki.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *const names[] = {"good", "p256", "p384", NULL};

static void hex(const char *digits, unsigned char *out)
{
	for (; *digits; digits += 2)
		*out++ = (unsigned char)(hex_value(digits[0]) << 4 | hex_value(digits[1]));
}

static void test_hashes_are_sha2(void **state)
{
	/* FIPS 180-4's own example, "abc", as far as it goes */
	static const struct {
		enum hash hash;
		const char *start;
		size_t len;
	} rows[] = {
		{HASH_256, "ba7816bf8f01cfea", 32},
		{HASH_384, "cb00753f45a35e8b", 48},
		{HASH_512, "ddaf35a193617aba", 64},
	};
	unsigned char out[HASH_LEN_MAX], expected[8];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hex(rows[i].start, expected);
		assert_int_equal(hash_text(rows[i].hash, SPAN("abc"), out), rows[i].len);
		assert_memory_equal(out, expected, sizeof(expected));
	}
}

/* The vectors that were published on the list of the TLS working group, and one with a secret longer than a block. */
static void test_secrets_are_expanded_as_others_do(void **state)
{
	static const struct {
		enum hash hash;
		const char *secret, *seed, *out;
	} rows[] = {
		{HASH_256, "9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c",
		 "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14"
		 "baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e"
		 "5a5110fff70187347b66"},
		{HASH_384, "b80b733d6ceefcdc71566ea48e5567df", "cd665cf6a8447dd6ff8b27555edb7465",
		 "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c"
		 "9146a0e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abf"
		 "dad05d9184259b5bf8cd"},
		{HASH_256,
		 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f30313"
		 "2333435363"
		 "738393a3b3c3d3e3f4041",
		 "00",
		 "60be7e923113a435c74287b6c97813023f5e4ae049b61d4dc273d338ff7f8c54c05f77381243680a7658c1f089"
		 "908a7d75c5116a96f3ca16f937fdfe7e088deb8f2e1ad35d7a3efa4487cb723bc1dd6b"},
	};
	unsigned char secret[128], out[128], expected[128];
	char seed[64] = "test label";

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].out) / 2;
		struct span seed_text = {seed, 10 + strlen(rows[i].seed) / 2};

		hex(rows[i].secret, secret);
		hex(rows[i].seed, (unsigned char *)seed + 10);
		hex(rows[i].out, expected);
		for (size_t n = 0; n <= len; n++) { /* a shorter one is its beginning */
			memset(out, 0, sizeof(out));
			hash_expand(rows[i].hash, (struct span){(char *)secret, strlen(rows[i].secret) / 2}, seed_text,
				    out, n);
			assert_memory_equal(out, expected, n);
			assert_int_equal(out[n], 0);
		}
	}
}

static void test_messages_are_read_to_their_end_and_not_beyond(void **state)
{
	struct message m = {SPAN("\1\0\2ab\0\0\3abc"), false};

	(void)state;
	assert_int_equal(message_number(&m, 1), 1);
	assert_true(span_equals(message_vector(&m, 2), SPAN("ab")));
	assert_false(message_is_done(&m));
	assert_true(span_equals(message_vector(&m, 3), SPAN("abc")));
	assert_true(message_is_done(&m));
	assert_int_equal(message_number(&m, 1), 0);
	assert_false(message_is_done(&m));

	m = (struct message){SPAN("\0\5abcd"), false};
	assert_int_equal(message_vector(&m, 2).len, 0);
	assert_int_equal(message_number(&m, 1), 0); /* nothing is left after damage */
	assert_true(m.damaged);
}

static void test_messages_are_written(void **state)
{
	char memory[16];
	struct buf b = buf_init(memory, sizeof(memory));

	(void)state;
	buf_put_bytes(&b, 0x01020304, 3);
	buf_put_vector(&b, SPAN("ab"), 1);
	buf_put_bytes(&b, 0, 2);
	buf_put_text(&b, "xyz");
	buf_close_vector(&b, 8, 2);
	assert_true(span_equals(buf_span(&b), SPAN("\2\3\4\2ab\0\3xyz")));
}

/* Takes the records that one side has lined up to the other; what came of it, -1 for "not all of it". */
static int carry(struct record *from, struct record *to, struct span *content, size_t piece)
{
	int kind = RECORD_PART;

	while (from->out.len > 0 && kind == RECORD_PART) {
		size_t size;
		char *room = record_room(to, &size);
		struct span part = span_head(span_head(from->out, size), piece);

		assert_non_null(room);
		memcpy(room, part.at, part.len);
		record_sent(from, part.len);
		kind = record_received(to, part.len, content);
	}
	return kind;
}

static struct record *new_record(bool is_sealed)
{
	static const unsigned char key[32] = "0123456789abcdef0123456789abcde";
	struct record *r = malloc(sizeof(*r));

	record_init(r);
	seal_init(&r->seal, key, 32, key);
	seal_init(&r->unseal, key, 32, key);
	r->seal.is_on = r->unseal.is_on = is_sealed;
	return r;
}

static void test_records_arrive_as_they_were_sent(void **state)
{
	static const size_t lengths[] = {1, 15, 16, 17, 255, 256, 4096, RECORD_CONTENT_MAX};
	static char text[RECORD_CONTENT_MAX];

	(void)state;
	random_fill(text, sizeof(text));
	for (int is_sealed = 0; is_sealed < 2; is_sealed++) {
		struct record *a = new_record(is_sealed), *b = new_record(is_sealed);

		for (size_t i = 0; i < 2 * sizeof(lengths) / sizeof(lengths[0]); i++) {
			struct span sent = {text, lengths[i / 2]}, heard = {NULL, 0};

			assert_true(record_put(a, RECORD_TEXT, sent));
			assert_int_equal(carry(a, b, &heard, i % 2 ? 1 : 100000), RECORD_TEXT);
			assert_true(span_equals(sent, heard));
			assert_int_equal(a->out.len, 0);
		}
		free(a);
		free(b);
	}
}

static void test_records_stand_in_line(void **state)
{
	struct record *a = new_record(true), *b = new_record(true);
	struct span heard;

	(void)state;
	assert_true(record_put(a, RECORD_HANDSHAKE, SPAN("one")));
	assert_true(record_put(a, RECORD_TEXT, SPAN("two")));
	assert_true(record_put(a, RECORD_TEXT, SPAN("")));
	assert_int_equal(carry(a, b, &heard, 7), RECORD_HANDSHAKE);
	assert_true(span_equals(heard, SPAN("one")));
	assert_int_equal(carry(a, b, &heard, 7), RECORD_TEXT);
	assert_true(span_equals(heard, SPAN("two")));
	assert_int_equal(carry(a, b, &heard, 7), RECORD_TEXT);
	assert_int_equal(heard.len, 0);
	free(a);
	free(b);
}

static void test_a_record_is_never_larger_than_its_room(void **state)
{
	static char text[RECORD_CONTENT_MAX + 1];
	struct record *r = new_record(true);

	(void)state;
	assert_false(record_put(r, RECORD_TEXT, (struct span){text, sizeof(text)}));
	assert_true(record_put(r, RECORD_TEXT, (struct span){text, RECORD_CONTENT_MAX}));
	assert_false(record_put(r, RECORD_TEXT, (struct span){text, RECORD_CONTENT_MAX}));
	for (int i = 0; record_put(r, RECORD_ALERT, SPAN("\1\0")); i++)
		assert_true(i < 100);
	assert_true((unsigned char *)r->out.at + r->out.len <= r->bytes + sizeof(r->bytes));
	free(r);
}

/* Whatever bit of it turns over, and wherever it ends. */
static void test_no_altered_record_is_given_out(void **state)
{
	(void)state;
	for (size_t at = 0; at < 5 + 8 + 20 + 16; at++)
		for (unsigned bit = 0; bit < 8; bit++) {
			struct record *a = new_record(true), *b = new_record(true);
			struct span heard = {NULL, 0};

			record_put(a, RECORD_TEXT, SPAN("12345678901234567890"));
			a->bytes[at] ^= (unsigned char)(1 << bit);
			assert_true(carry(a, b, &heard, 100000) <= RECORD_PART);
			free(a);
			free(b);
		}
}

/* A server of BearSSL's, which is no relative of ours but in its arithmetic. */
struct server {
	br_ssl_server_context context;
	unsigned char buffer[BR_SSL_BUFSIZE_BIDI];
	br_x509_certificate certificate;
	br_ec_private_key key;
	struct client_key files;
};

/* The server with that certificate and its key. */
static void server_open(struct server *s, const char *name, const char *key)
{
	static char memory[512];
	const char *cert_path = pki_path("leaf", name), *key_path = pki_path("key", key);
	struct part cert = {span_of(cert_path), span_of(cert_path)}, key_part = {span_of(key_path), span_of(key_path)};
	struct buf problem = buf_init(memory, sizeof(memory));
	struct message list;
	struct span der;

	if (!client_key_open(&s->files, &cert, &key_part, &problem))
		fail_msg("%s", buf_text(&problem));
	list = (struct message){s->files.certificates, false};
	der = message_vector(&list, 3);
	s->certificate = (br_x509_certificate){(unsigned char *)der.at, der.len};
	s->key = (br_ec_private_key){s->files.key.bear.key.ec.curve, (unsigned char *)s->files.secret.at,
				     s->files.secret.len};
}

static void server_reset(struct server *s)
{
	br_ssl_server_init_full_ec(&s->context, &s->certificate, 1, BR_KEYTYPE_EC, &s->key);
	br_ssl_engine_set_buffer(&s->context.eng, s->buffer, sizeof(s->buffer), 1);
	br_ssl_server_reset(&s->context);
}

/* What happens to the bytes from the server. */
struct mischief {
	size_t at; /* of that byte */
	unsigned flips; /* bits of it; 0: it and what follows never comes */
	size_t piece; /* how many come at a time */
};

/* Carries bytes both ways until nothing moves any more; how many came from the server. */
static size_t shake_hands(struct tls *t, struct server *s, const struct mischief *m)
{
	br_ssl_engine_context *e = &s->context.eng;
	size_t count = 0, len, size;

	for (bool moves = true; moves;) {
		struct span out = tls_records(t);
		unsigned char *in = br_ssl_engine_recvrec_buf(e, &size), *said;
		char *room;

		moves = out.len > 0 && in;
		if (moves) {
			out = span_head(out, size);
			memcpy(in, out.at, out.len);
			br_ssl_engine_recvrec_ack(e, out.len);
			tls_sent(t, out.len);
			continue;
		}
		said = br_ssl_engine_sendrec_buf(e, &len);
		room = tls_room(t, &size);
		if (!said || !room || (m->flips == 0 && count >= m->at))
			return count;
		size = size < len ? size : len;
		size = size < m->piece ? size : m->piece;
		if (m->flips == 0 && count + size > m->at)
			size = m->at - count;
		memcpy(room, said, size);
		if (m->flips && m->at - count < size)
			room[m->at - count] ^= (char)m->flips;
		br_ssl_engine_sendrec_ack(e, size);
		tls_received(t, size);
		count += size;
		moves = true;
	}
	return count;
}

static const struct mischief no_mischief = {SIZE_MAX, 1, SIZE_MAX};

static void begin(struct tls *t, struct server *s, const struct trust *trust)
{
	static const struct part name = {{"localhost", 9}, {"localhost", 9}};
	static struct tls_peer peer;

	peer = (struct tls_peer){.name = &name, .trust = trust};
	server_reset(s);
	tls_init(t, &peer, 1800000000000);
}

static void test_a_connection_from_its_first_byte_to_its_last(void **state)
{
	struct server *s = malloc(sizeof(*s));
	struct tls *t = malloc(tls_size());
	struct trust trust = pki_read("trust", "p256");
	struct verdict v;

	(void)state;
	server_open(s, "p256", "p256");
	for (size_t piece = 1; piece < 20000; piece = piece * 3 + 1) {
		begin(t, s, &trust);
		assert_false(tls_is_open(t));
		shake_hands(t, s, &(struct mischief){SIZE_MAX, 1, piece});
		if (!tls_is_open(t))
			fail_msg("%d", tls_outcome(t, &v));

		size_t len;
		unsigned char *at;

		assert_int_equal(tls_say(t, SPAN("hello")), 5);
		shake_hands(t, s, &no_mischief);
		at = br_ssl_engine_recvapp_buf(&s->context.eng, &len);
		assert_int_equal(len, 5);
		assert_memory_equal(at, "hello", 5);
		br_ssl_engine_recvapp_ack(&s->context.eng, len);
		at = br_ssl_engine_sendapp_buf(&s->context.eng, &len);
		memcpy(at, "good day", 8);
		br_ssl_engine_sendapp_ack(&s->context.eng, 8);
		br_ssl_engine_flush(&s->context.eng, 0);
		shake_hands(t, s, &(struct mischief){SIZE_MAX, 1, piece});
		assert_true(span_equals(tls_text(t), SPAN("good day")));
		assert_null(tls_room(t, &len)); /* until it was used */
		tls_used(t, 5);
		assert_true(span_equals(tls_text(t), SPAN("day")));
		tls_used(t, 3);
		tls_finish(t);
		shake_hands(t, s, &no_mischief);
		assert_int_equal(br_ssl_engine_current_state(&s->context.eng), BR_SSL_SENDREC); /* its own good-bye */
		assert_int_equal(br_ssl_engine_last_error(&s->context.eng), 0);
		assert_true(tls_outcome(t, &v));
	}
	client_key_close(&s->files);
	trust_close(&trust);
	free(t);
	free(s);
}

/* Without verification nothing but the handshake itself sees it. */
static void test_no_altered_or_cut_handshake_becomes_ready(void **state)
{
	struct server *s = malloc(sizeof(*s));
	struct tls *t = malloc(tls_size());
	struct verdict v;
	size_t all;

	(void)state;
	server_open(s, "p256", "p256");
	begin(t, s, NULL);
	all = shake_hands(t, s, &no_mischief);
	assert_true(tls_is_open(t));
	assert_true(all > 500);
	for (size_t at = 0; at + 4 < all; at++) { /* a signature may be shorter the next time */
		begin(t, s, NULL);
		shake_hands(t, s, &(struct mischief){at, 1U << at % 8, SIZE_MAX});
		if (tls_is_open(t))
			fail_msg("it is ready with byte %zu of %zu altered", at, all);
		assert_false(tls_outcome(t, &v));
	}
	for (size_t at = 0; at + 4 < all; at++) {
		begin(t, s, NULL);
		shake_hands(t, s, &(struct mischief){at, 0, SIZE_MAX});
		if (tls_is_open(t))
			fail_msg("it is ready after %zu of %zu bytes", at, all);
		assert_false(tls_outcome(t, &v));
		assert_int_equal(v.reason, at < 2 ? (at == 0 ? TLS_CLOSED : NOT_TLS) : TLS_CLOSED);
	}
	client_key_close(&s->files);
	free(t);
	free(s);
}

/* Whatever comes at any time, as long as it is not what should come. */
static void test_noise_is_never_ready(void **state)
{
	struct server *s = malloc(sizeof(*s));
	struct tls *t = malloc(tls_size());

	(void)state;
	server_open(s, "p256", "p256");
	for (unsigned i = 0; i < 2000; i++) {
		uint32_t dice = random_dice();
		size_t len, size;

		begin(t, s, NULL);
		shake_hands(t, s, &(struct mischief){i % 16 ? 0 : dice % 900, 0, SIZE_MAX});
		for (unsigned n = 0; n < 40 && !tls_is_over(t); n++) {
			char *room = tls_room(t, &size);

			if (!room) {
				tls_sent(t, tls_records(t).len);
				continue;
			}
			random_fill(room, size);
			if (size == RECORD_HEADER_LEN) { /* else nothing gets past the header */
				memcpy(room, "\x16\3\3\0", 4);
				room[0] = (char)(RECORD_CHANGE + (dice >> n & 3));
				room[4] = (char)(1 + (dice >> n & 63));
			}
			len = size;
			tls_received(t, len);
		}
		assert_false(tls_is_open(t));
	}
	client_key_close(&s->files);
	free(t);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashes_are_sha2),
		cmocka_unit_test(test_secrets_are_expanded_as_others_do),
		cmocka_unit_test(test_messages_are_read_to_their_end_and_not_beyond),
		cmocka_unit_test(test_messages_are_written),
		cmocka_unit_test(test_records_arrive_as_they_were_sent),
		cmocka_unit_test(test_records_stand_in_line),
		cmocka_unit_test(test_a_record_is_never_larger_than_its_room),
		cmocka_unit_test(test_no_altered_record_is_given_out),
		cmocka_unit_test(test_a_connection_from_its_first_byte_to_its_last),
		cmocka_unit_test(test_no_altered_or_cut_handshake_becomes_ready),
		cmocka_unit_test(test_noise_is_never_ready),
	};

	if (!pki_make(names))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
