/* SPDX-License-Identifier: MIT */
/*
 * A stand-in for a function of BearSSL, in place of one that has more to do elsewhere.
 *
 * The linker takes this, since it looks into the library only for what is still missing.
 */
#include <bearssl.h>

/* Not declared in public: t1 and t2 have room for a number of m's size each. */
void br_i31_modpow(uint32_t *x, const unsigned char *e, size_t elen, const uint32_t *m, uint32_t m0i, uint32_t *t1,
		   uint32_t *t2);
uint32_t br_i31_modpow_opt(uint32_t *x, const unsigned char *e, size_t elen, const uint32_t *m, uint32_t m0i,
			   uint32_t *tmp, size_t twlen);

/*
 * The library's own uses windows, which pay for a private exponent of 2,048 bits; a public one has 17.
 * Like that one it wants room for two numbers, which begin at an even index.
 */
uint32_t br_i31_modpow_opt(uint32_t *x, const unsigned char *e, size_t elen, const uint32_t *m, uint32_t m0i,
			   uint32_t *tmp, size_t twlen)
{
	size_t words = (m[0] + 63) >> 5;

	words += words & 1;
	if (twlen < words << 1)
		return 0;
	br_i31_modpow(x, e, elen, m, m0i, tmp, tmp + words);
	return 1;
}
