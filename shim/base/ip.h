/* SPDX-License-Identifier: MIT */
/*
 * ip: IP addresses as people write them.
 * (libc's inet_pton alone is larger than both directions here.)
 */
#ifndef SHIM_BASE_IP_H
#define SHIM_BASE_IP_H

#include "base/buf.h"

enum { IPV4_LEN = 4, IPV6_LEN = 16 }; /* octets */

/* Which of both lengths `text` has as a literal, without a scope; 0 when it is none. Then *octets is undefined. */
unsigned ip_parse(struct span text, uint8_t octets[IPV6_LEN]);

/* "10.0.0.3", "2001:db8::3" (RFC 5952) */
void buf_put_ip(struct buf *b, const uint8_t *octets, unsigned len);

#endif
