/* SPDX-License-Identifier: MIT */
/*
 * Stand-ins for three functions of BearSSL, in place of ones that have more to do elsewhere.
 *
 * The linker takes these, since it looks into the library only for what is still missing.
 */
#include "base/random.h"

#include <bearssl.h>

/* Not declared in public: t1 and t2 have room for a number of m's size each. */
void br_i31_modpow(uint32_t *x, const unsigned char *e, size_t elen, const uint32_t *m, uint32_t m0i, uint32_t *t1,
		   uint32_t *t2);
uint32_t br_i31_modpow_opt(uint32_t *x, const unsigned char *e, size_t elen, const uint32_t *m, uint32_t m0i,
			   uint32_t *tmp, size_t twlen);

/*
 * The library's own uses windows, which pay for a private exponent of 2,048 bits; a public one has 17. This one
 * multiplies for every bit and then keeps the product or not, so it takes a private one as well, and tells nothing of it.
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

/*
 * ECDSA makes its nonces with these: bytes that are tried again until they are a number below the order of the curve.
 * The kernel's generator is as good as one that RFC 6979 derives from the key, and it has answered already when the
 * handshake began.
 */
void br_hmac_drbg_generate(br_hmac_drbg_context *context, void *out, size_t len)
{
	(void)context;
	if (!random_fill(out, len))
		__builtin_trap(); /* rather than a nonce that others know */
}

void br_hmac_drbg_init(br_hmac_drbg_context *context, const br_hash_class *hash, const void *seed, size_t len)
{
	(void)context, (void)hash, (void)seed, (void)len;
}
