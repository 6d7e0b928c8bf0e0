/* SPDX-License-Identifier: MIT */
/*
 * The program's own AES and GHASH, alone and as AES-GCM, against the standards' examples and OpenSSL.
 */
#include <bearssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { BLOCK = 16, IV = 12, TEXT_MAX = 300 };

static size_t from_hex(unsigned char *bytes, const char *hex)
{
	size_t len = strlen(hex) / 2;

	for (size_t i = 0; i < len; i++)
		sscanf(hex + 2 * i, "%2hhx", &bytes[i]);
	return len;
}

static void check(const unsigned char *bytes, const char *expected)
{
	char hex[2 * TEXT_MAX + 1] = "";

	for (size_t i = 0; i < strlen(expected) / 2; i++)
		sprintf(hex + 2 * i, "%02x", bytes[i]);
	assert_string_equal(hex, expected);
}

/* Bytes that are only as many as they should be, so that a sanitizer sees a step too far. */
static unsigned char *copy(const unsigned char *bytes, size_t len)
{
	unsigned char *c = malloc(len ? len : 1);

	memcpy(c, bytes, len);
	return c;
}

static uint32_t encrypt(const br_aes_ct_ctr_keys *keys, const unsigned char *iv, uint32_t counter, unsigned char *text,
			size_t len)
{
	unsigned char *exact = copy(text, len);

	counter = br_aes_ct_ctr_run(keys, iv, counter, exact, len);
	memcpy(text, exact, len);
	free(exact);
	return counter;
}

static void hash(unsigned char *sum, const unsigned char *key, const unsigned char *bytes, size_t len)
{
	unsigned char *exact = copy(bytes, len);

	br_ghash_ctmul64(sum, key, exact, len);
	free(exact);
}

/* SP 800-38D §7.1: `text` becomes what it is encrypted to, with the tag behind it. */
static void seal(const br_aes_ct_ctr_keys *keys, const unsigned char *iv, const unsigned char *head, size_t head_len,
		 unsigned char *text, size_t len)
{
	unsigned char zeros[BLOCK] = {0}, key[BLOCK] = {0}, sum[BLOCK] = {0}, lens[BLOCK] = {0};

	encrypt(keys, zeros, 0, key, BLOCK);
	assert_int_equal(encrypt(keys, iv, 2, text, len), 2 + (len + BLOCK - 1) / BLOCK);
	for (unsigned i = 0; i < 4; i++) {
		lens[7 - i] = (unsigned char)(head_len * 8 >> 8 * i);
		lens[15 - i] = (unsigned char)(len * 8 >> 8 * i);
	}
	hash(sum, key, head, head_len);
	hash(sum, key, text, len);
	hash(sum, key, lens, BLOCK);
	encrypt(keys, iv, 1, sum, BLOCK);
	memcpy(text + len, sum, BLOCK);
}

static void test_aes_examples(void **state)
{
	static const struct {
		const char *key, *counter, *text, *expected;
	} rows[] = {
		/* FIPS 197 §C.1, §C.3 */
		{"000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff",
		 "00000000000000000000000000000000", "69c4e0d86a7b0430d8cdb78070b4c55a"},
		{"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "00112233445566778899aabbccddeeff",
		 "00000000000000000000000000000000", "8ea2b7ca516745bfeafc49904b496089"},
		/* SP 800-38A §F.5.1, §F.5.5 */
		{"2b7e151628aed2a6abf7158809cf4f3c", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
		 "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
		 "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
		 "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
		 "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"},
		{"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
		 "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
		 "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
		 "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
		 "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned char key[32], block[BLOCK], text[TEXT_MAX];
		br_aes_ct_ctr_keys keys;

		br_aes_ct_ctr_init(&keys, key, from_hex(key, rows[i].key));
		from_hex(block, rows[i].counter);
		encrypt(&keys, block, (uint32_t)block[12] << 24 | block[13] << 16 | block[14] << 8 | block[15], text,
			from_hex(text, rows[i].text));
		check(text, rows[i].expected);
	}
}

/* McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B: cases 1, 2, 4 and 16. */
static void test_gcm_examples(void **state)
{
	static const char *const text =
		"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532"
		"fcf0e2449a6b525b16aedf5aa0de657ba637b39";
	static const struct {
		const char *key, *iv, *head, *text, *expected;
	} rows[] = {
		{"00000000000000000000000000000000", "000000000000000000000000", "", "",
		 "58e2fccefa7e3061367f1d57a4e7455a"},
		{"00000000000000000000000000000000", "000000000000000000000000", "", "00000000000000000000000000000000",
		 "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"},
		{"feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
		 "feedfacedeadbeeffeedfacedeadbeefabaddad2", text,
		 "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
		 "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
		 "5bc94fbc3221a5db94fae95ae7121a47"},
		{"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
		 "feedfacedeadbeeffeedfacedeadbeefabaddad2", text,
		 "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
		 "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
		 "76fc6ece0f4e1768cddf8853bb2d551b"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned char key[32], iv[IV], head[32], bytes[TEXT_MAX];
		br_aes_ct_ctr_keys keys;

		br_aes_ct_ctr_init(&keys, key, from_hex(key, rows[i].key));
		from_hex(iv, rows[i].iv);
		seal(&keys, iv, head, from_hex(head, rows[i].head), bytes, from_hex(bytes, rows[i].text));
		check(bytes, rows[i].expected);
	}
}

/*
 * Texts of 0 to 300 bytes; each is mixed into where the next one's key, IV and header are taken from. Expected is
 * what OpenSSL makes of the same.
 */
static void check_chain(size_t key_len, const char *expected)
{
	unsigned char pool[64] = {0};

	for (size_t len = 0; len <= TEXT_MAX; len++) {
		unsigned char text[TEXT_MAX + BLOCK];
		br_aes_ct_ctr_keys keys;

		for (size_t i = 0; i < len; i++)
			text[i] = (unsigned char)(i * 7 + len);
		br_aes_ct_ctr_init(&keys, pool, key_len);
		seal(&keys, pool + 32, pool + 44, len % 20, text, len);
		for (size_t i = 0; i < len + BLOCK; i++)
			pool[i % 64] ^= text[i];
		for (size_t i = 0; i < BLOCK; i++)
			pool[i] ^= text[len + i];
	}
	check(pool, expected);
}

static void test_every_length(void **state)
{
	(void)state;
	check_chain(16, "d3107bf69027706c9ac59f351508759057af8c6fabe64382094d2be0ae0b91a2"
			"cec9c27e365f6e119011d7f80fe467c5694097f6edd0cee37a6c30e854381b2a");
	check_chain(32, "85f593b5ba01a16f2953ae3677c9cebf8d3885023e3ad7045280aba3408e7dfd"
			"bc67c11765ac05321691cb337174415fe1b6326069fa085659a336ad012b5c3d");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aes_examples),
		cmocka_unit_test(test_gcm_examples),
		cmocka_unit_test(test_every_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
