/* SPDX-License-Identifier: MIT */
/*
 * The program's own SHA-2, against FIPS 180-4's examples and another implementation's digests.
 */
#include "net/sha2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { LEN_MAX = 300 };

static struct sha2 *open_hash(enum hash hash)
{
	struct sha2 *s = malloc(sizeof(*s));

	sha2_init(s, hash);
	return s;
}

static void put(struct sha2 *s, const void *data, size_t len)
{
	sha2_put(s, (struct span){data, len});
}

/* As large as it should be, so that a sanitizer sees a step too far. */
static void check_digest(struct sha2 *s, const char *expected)
{
	size_t len = strlen(expected) / 2;
	unsigned char *digest = malloc(len);
	char text[2 * HASH_LEN_MAX + 1] = "";

	assert_int_equal(sha2_digest(s, digest), len);
	for (size_t i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", digest[i]);
	assert_string_equal(text, expected);
	free(digest);
	free(s);
}

static void fill(unsigned char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		data[i] = (unsigned char)(i * 7 + (i >> 8));
}

static void test_examples_of_the_standard(void **state)
{
	static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	static const char two_long_blocks[] = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnop"
					      "jklmnopqklmnopqrlmnopqrsmnopqrst"
					      "nopqrstu";
	static const struct {
		unsigned hash;
		const char *text, *expected;
	} rows[] = {
		{0, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{0, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{0, two_blocks, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
		{1, "",
		 "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b"},
		{1, "abc",
		 "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
		{1, two_long_blocks,
		 "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a557e2db966c3e9fa91746039"},
		{2, "",
		 "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f"
		 "63b931bd47417a81a538327af927da3e"},
		{2, "abc",
		 "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
		 "454d4423643ce80e2a9ac94fa54ca49f"},
		{2, two_long_blocks,
		 "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433a"
		 "c7d329eeb6dd26545e96e55b874be909"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sha2 *s = open_hash(rows[i].hash);

		put(s, rows[i].text, strlen(rows[i].text));
		check_digest(s, rows[i].expected);
	}
}

static void test_a_million_times_a(void **state)
{
	static const char *const expected[] = {
		"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
		"9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b07b8b3dc38ecc4ebae97ddd87f3d8985",
		"e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31b"
		"eb009c5c2c49aa2e4eadb217ad8cc09b",
	};
	char a[1000];

	(void)state;
	memset(a, 'a', sizeof(a));
	for (enum hash h = 0; h < HASH_COUNT; h++) {
		struct sha2 *s = open_hash(h);

		for (unsigned i = 0; i < 1000; i++)
			put(s, a, sizeof(a));
		check_digest(s, expected[h]);
	}
}

/* The digest of the digests of the first 0 to 300 bytes; expected is what Python's hashlib makes of the same. */
static void test_every_length(void **state)
{
	static const char *const expected[] = {
		"37c4dea4792819683234a2a82a4a9e4279e80e78e8fdaa3d7833e5a95e9aac55",
		"4df915cbce7bd05252a29300d85b5fa477e6f1c03595c5f11e063903f3c30dd98b340ae782c8dd563024f3f819e0df95",
		"c4c0b5b41f16c657599155b4f6d99ed195e9831d5496952dacb21c87205a529fc3d35fdde37acbd8e1acf84d90e634e8"
		"dfe62081cc44aff6911f34099abe94aa",
	};
	unsigned char data[LEN_MAX], digest[HASH_LEN_MAX];

	(void)state;
	fill(data, sizeof(data));
	for (enum hash h = 0; h < HASH_COUNT; h++) {
		struct sha2 *all = open_hash(h);

		for (size_t len = 0; len <= LEN_MAX; len++) {
			struct sha2 *s = open_hash(h);

			put(s, data, len);
			put(all, digest, sha2_digest(s, digest));
			free(s);
		}
		check_digest(all, expected[h]);
	}
}

/* At the split a digest is asked for, which must change nothing. */
static size_t split(enum hash hash, const unsigned char *data, size_t at, unsigned char *digest)
{
	struct sha2 *s = open_hash(hash);
	size_t len;

	put(s, data, at);
	sha2_digest(s, digest);
	put(s, data + at, LEN_MAX - at);
	len = sha2_digest(s, digest);
	free(s);
	return len;
}

static void test_split_anywhere(void **state)
{
	unsigned char data[LEN_MAX], whole[HASH_LEN_MAX], parts[HASH_LEN_MAX];

	(void)state;
	fill(data, sizeof(data));
	for (enum hash h = 0; h < HASH_COUNT; h++) {
		size_t len = split(h, data, LEN_MAX, whole);

		for (size_t at = 0; at < LEN_MAX; at++) {
			split(h, data, at, parts);
			assert_memory_equal(parts, whole, len);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples_of_the_standard),
		cmocka_unit_test(test_a_million_times_a),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_split_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
