/* SPDX-License-Identifier: MIT */
/*
 * There is one code for both sizes of words: a word of SHA-256 is the upper half of one of 64 bits, over zeros. The
 * constants of SHA-256 are such halves of those of SHA-512, and sums are right of themselves. BearSSL's, which are
 * written for speed, have 4 KB.
 */
#include "net/sha2.h"

#include <string.h>

enum { ROUNDS = 80, BLOCK = SHA2_BLOCK, STATE = SHA2_STATE }; /* in words; SHA-256 has 64 rounds */

/* Fractions of the roots of the first primes: cube roots for the rounds, square roots for the state (§4.2, §5.3). */
static uint64_t cube_roots[ROUNDS], square_roots[2 * STATE];

/*
 * 64 bits of the fraction of a root of n, which is below 512, bit by bit: the difference of two neighbouring powers is
 * taken from what is left of n. After EXACT bits it would not fit any more, but then hardly changes from bit to bit.
 * That this is near enough for all that are needed is seen by comparing them.
 */
static uint64_t root_fraction(unsigned n, unsigned degree)
{
	enum { WHOLE = 3, EXACT = WHOLE + 59 };
	unsigned __int128 rest = 0, step = 0;
	uint64_t root = 0, digits = (uint64_t)n << (64 - degree * WHOLE);

	for (unsigned i = 0; i < WHOLE + 64; i++) {
		root <<= 1;
		step >>= 1;
		if (i < EXACT) {
			rest = rest << degree | digits >> (64 - degree);
			digits <<= degree;
			step = (unsigned __int128)root * (degree == 2 ? 2 : root * 3 + 3) + 1;
		}
		if (rest >= step) {
			rest -= step;
			root++;
		}
	}
	return root;
}

static bool is_prime(unsigned n)
{
	unsigned divisor = 2;

	while (n % divisor != 0)
		divisor++;
	return divisor == n;
}

static void make_roots(void)
{
	unsigned count = 0;

	for (unsigned n = 2; count < ROUNDS; n++) {
		if (!is_prime(n))
			continue;
		cube_roots[count] = root_fraction(n, 3);
		if (count < 2 * STATE)
			square_roots[count] = root_fraction(n, 2);
		count++;
	}
}

static unsigned is_small(const struct sha2 *s)
{
	return s->hash == HASH_256;
}

/* The bits of 64 that a word does not use. */
static unsigned spare_bits(const struct sha2 *s)
{
	return is_small(s) * 32;
}

/* 1 << this is how many bytes a word has. */
static unsigned word_log(const struct sha2 *s)
{
	return 3 - is_small(s);
}

static uint64_t rotate(uint64_t x, unsigned by)
{
	return x >> by | x << (64 - by);
}

/* Three rotations, of which the last may be a shift (§4.1): what it loses is the first of four numbers. */
static uint64_t sigma(uint64_t x, const unsigned char *by, unsigned spare)
{
	x <<= spare;
	x |= x >> spare; /* of two equal halves the rotation is the halves' rotation */
	return rotate(x, by[0]) ^ rotate(x, by[1]) ^ (rotate(x, by[2]) & ~0ULL >> by[3]);
}

static const unsigned char rotations[2][4][4] = {
	{{28, 34, 39, 0}, {14, 18, 41, 0}, {1, 8, 7, 7}, {19, 61, 6, 6}},
	{{2, 13, 22, 32}, {6, 11, 25, 32}, {7, 18, 3, 35}, {17, 19, 10, 42}},
};

/* §6.2.2, §6.4.2. The state's words a to h are not moved in each round: where they begin is. */
static void compress(struct sha2 *s)
{
	uint64_t words[ROUNDS + BLOCK], line[ROUNDS + STATE], *w = words;
	const uint64_t *root = cube_roots;
	unsigned spare = spare_bits(s);
	const unsigned char(*by)[4] = rotations[is_small(s)];
	uint64_t *at = line + ROUNDS, *end = line + spare / 2;

	memcpy(words, s->block, sizeof(s->block));
	memcpy(at, s->state, sizeof(s->state));
	while (at != end) {
		uint64_t sum = at[7] + sigma(at[4], by[1], spare) + (at[6] ^ (at[4] & (at[5] ^ at[6]))) +
			       (*root++ >> spare) + w[0];

		w[BLOCK] = w[0] + sigma(w[1], by[2], spare) + w[9] + sigma(w[14], by[3], spare);
		w++;
		at[3] += sum;
		at--;
		at[0] = sum + sigma(at[1], by[0], spare) + ((at[1] & at[2]) | (at[3] & (at[1] | at[2])));
	}
	for (unsigned i = 0; i < STATE; i++)
		s->state[i] += at[i];
}

void sha2_init(struct sha2 *s, enum hash hash)
{
	const uint64_t *root = &square_roots[hash == HASH_384 ? STATE : 0];

	if (cube_roots[0] == 0)
		make_roots();
	s->hash = hash;
	s->count = 0;
	for (unsigned i = 0; i < STATE; i++)
		s->state[i] = root[i] >> spare_bits(s);
}

/* In the end it pushes out what the word was, or leaves that in spare bits, which do not matter. */
static void put_byte(uint64_t *word, unsigned char byte)
{
	*word = *word << 8 | byte;
}

void sha2_put(struct sha2 *s, struct span text)
{
	while (text.len-- > 0) {
		put_byte(&s->block[s->count >> word_log(s) & (BLOCK - 1)], (unsigned char)*text.at++);
		if ((++s->count & ((BLOCK << word_log(s)) - 1)) == 0)
			compress(s);
	}
}

/* After the text a bit that is set, zeros, and in two words how many bits the text has (§5.1). */
size_t sha2_digest(const struct sha2 *so_far, unsigned char *digest)
{
	struct sha2 s = *so_far;
	uint64_t bits = s.count * 8;
	unsigned log = word_log(&s), len = 32 + 16 * s.hash;
	char byte = '\x80';

	do {
		sha2_put(&s, (struct span){&byte, 1});
		byte = 0;
	} while (((s.count + (2u << log)) & ((BLOCK << log) - 1)) != 0);
	s.block[BLOCK - 2] = is_small(&s) ? bits >> 32 : 0;
	s.block[BLOCK - 1] = bits;
	compress(&s);
	for (unsigned i = 0; i < len; i++)
		digest[i] = (unsigned char)(s.state[i >> log] >> ((~i & ((1u << log) - 1)) * 8));
	return len;
}
