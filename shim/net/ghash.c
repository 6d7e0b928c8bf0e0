/* SPDX-License-Identifier: MIT */
/*
 * GHASH (SP 800-38D §6.4) behind BearSSL's name, bit by bit, in place of 1 KB of it that multiplies faster.
 *
 * Its time tells nothing: no branch and no index depends on a byte of the text or of the key.
 */
#include <bearssl.h>

/*
 * §6.3: block = block * key. The first bit of a block is the highest of its number; times the next power of x the key
 * moves on by one, and what falls out comes in again as 1 + x + x^2 + x^7.
 */
static void multiply(unsigned char *block, uint64_t high, uint64_t low)
{
	uint64_t product_high = 0, product_low = 0;

	for (unsigned i = 0; i < 128; i++) {
		uint64_t mask = -(uint64_t)(block[i / 8] >> (~i & 7) & 1), carry = -(low & 1);

		product_high ^= high & mask;
		product_low ^= low & mask;
		low = low >> 1 | high << 63;
		high = high >> 1 ^ (carry & 0xe1ULL << 56);
	}
	for (unsigned i = 16; i-- > 0;) {
		block[i] = (unsigned char)product_low;
		product_low = product_low >> 8 | product_high << 56;
		product_high >>= 8;
	}
}

void br_ghash_ctmul64(void *y, const void *h, const void *data, size_t len)
{
	unsigned char *block = y;
	const unsigned char *at = data;
	uint64_t high = 0, low = 0;

	for (unsigned i = 0; i < 16; i++) {
		high = high << 8 | low >> 56;
		low = low << 8 | ((const unsigned char *)h)[i];
	}
	for (size_t i = 0; i < len;) {
		block[i % 16] ^= at[i];
		if (++i % 16 == 0 || i == len)
			multiply(block, high, low);
	}
}
