/* SPDX-License-Identifier: MIT */
/*
 * SHA-256, SHA-384 and SHA-512 (FIPS 180-4) behind BearSSL's names, in place of 4 KB of it that are written for speed.
 *
 * There is one code for both sizes of words: a word of SHA-256 is the upper half of one of 64 bits, over zeros. The
 * constants of SHA-256 are such halves of those of SHA-512, and sums are right of themselves.
 */
#include <bearssl.h>
#include <endian.h>
#include <stdbool.h>
#include <string.h>

enum { ROUNDS = 80, BLOCK = 16, STATE = 8 }; /* in words; SHA-256 has 64 rounds */

/* It is never larger than the context of BearSSL's that is there for any hash. */
struct sha2 {
	const br_hash_class *vtable;
	uint64_t count; /* bytes so far; there are never 2^61 */
	uint64_t state[STATE];
	uint64_t block[BLOCK];
};

_Static_assert(sizeof(struct sha2) <= sizeof(br_hash_compat_context), "others make room for it");

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
	return s->vtable == &br_sha256_vtable;
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

static void init(const br_hash_class **context, const br_hash_class *vtable)
{
	struct sha2 *s = (struct sha2 *)context;
	const uint64_t *root = &square_roots[vtable == &br_sha384_vtable ? STATE : 0];

	if (cube_roots[0] == 0)
		make_roots();
	s->vtable = vtable;
	s->count = 0;
	for (unsigned i = 0; i < STATE; i++)
		s->state[i] = root[i] >> spare_bits(s);
}

/* In the end it pushes out what the word was, or leaves that in spare bits, which do not matter. */
static void put_byte(uint64_t *word, unsigned char byte)
{
	*word = *word << 8 | byte;
}

static void update(const br_hash_class **context, const void *data, size_t len)
{
	struct sha2 *s = (struct sha2 *)context;
	const unsigned char *at = data;

	while (len-- > 0) {
		put_byte(&s->block[s->count >> word_log(s) & (BLOCK - 1)], *at++);
		if ((++s->count & ((BLOCK << word_log(s)) - 1)) == 0)
			compress(s);
	}
}

static void put_state(const struct sha2 *s, unsigned char *to, unsigned size)
{
	unsigned log = word_log(s);

	for (unsigned i = 0; i < size; i++)
		to[i] = (unsigned char)(s->state[i >> log] >> ((~i & ((1u << log) - 1)) * 8));
}

static uint64_t state(const br_hash_class *const *context, void *to)
{
	const struct sha2 *s = (const struct sha2 *)context;

	put_state(s, to, STATE << word_log(s));
	return s->count;
}

/* After the text a bit that is set, zeros, and in two words how many bits the text has (§5.1). */
static void out(const br_hash_class *const *context, void *digest)
{
	struct sha2 s = *(const struct sha2 *)context;
	uint64_t bits = s.count * 8;
	unsigned log = word_log(&s);
	unsigned char byte = 0x80;

	do {
		update(&s.vtable, &byte, 1);
		byte = 0;
	} while (((s.count + (2u << log)) & ((BLOCK << log) - 1)) != 0);
	s.block[BLOCK - 2] = is_small(&s) ? bits >> 32 : 0;
	s.block[BLOCK - 1] = bits;
	compress(&s);
	put_state(&s, digest, s.vtable->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK);
}

/* BearSSL's br_multihash_update() does this to a context that was never initialised. */
static void set_state(const br_hash_class **context, const br_hash_class *vtable, const void *from, uint64_t count)
{
	struct sha2 *s = (struct sha2 *)context;
	const unsigned char *at = from;

	s->vtable = vtable;
	s->count = count;
	for (unsigned i = 0; i < (unsigned)STATE << word_log(s); i++)
		put_byte(&s->state[i >> word_log(s)], *at++);
}

static void init_256(const br_hash_class **context)
{
	init(context, &br_sha256_vtable);
}

static void init_384(const br_hash_class **context)
{
	init(context, &br_sha384_vtable);
}

static void init_512(const br_hash_class **context)
{
	init(context, &br_sha512_vtable);
}

static void set_state_256(const br_hash_class **context, const void *from, uint64_t count)
{
	set_state(context, &br_sha256_vtable, from, count);
}

static void set_state_384(const br_hash_class **context, const void *from, uint64_t count)
{
	set_state(context, &br_sha384_vtable, from, count);
}

static void set_state_512(const br_hash_class **context, const void *from, uint64_t count)
{
	set_state(context, &br_sha512_vtable, from, count);
}

const br_hash_class br_sha256_vtable = {
	sizeof(struct sha2),
	BR_HASHDESC_ID(br_sha256_ID) | BR_HASHDESC_OUT(32) | BR_HASHDESC_STATE(32) | BR_HASHDESC_LBLEN(6) |
		BR_HASHDESC_MD_PADDING | BR_HASHDESC_MD_PADDING_BE,
	init_256,
	update,
	out,
	state,
	set_state_256,
};

const br_hash_class br_sha384_vtable = {
	sizeof(struct sha2),
	BR_HASHDESC_ID(br_sha384_ID) | BR_HASHDESC_OUT(48) | BR_HASHDESC_STATE(64) | BR_HASHDESC_LBLEN(7) |
		BR_HASHDESC_MD_PADDING | BR_HASHDESC_MD_PADDING_BE | BR_HASHDESC_MD_PADDING_128,
	init_384,
	update,
	out,
	state,
	set_state_384,
};

const br_hash_class br_sha512_vtable = {
	sizeof(struct sha2),
	BR_HASHDESC_ID(br_sha512_ID) | BR_HASHDESC_OUT(64) | BR_HASHDESC_STATE(64) | BR_HASHDESC_LBLEN(7) |
		BR_HASHDESC_MD_PADDING | BR_HASHDESC_MD_PADDING_BE | BR_HASHDESC_MD_PADDING_128,
	init_512,
	update,
	out,
	state,
	set_state_512,
};
