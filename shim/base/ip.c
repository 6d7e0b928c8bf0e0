/* SPDX-License-Identifier: MIT */
#include "base/ip.h"

#include "base/format.h"

#include <string.h>

/* Takes one to four digits; -1 when there are none. A zero in front of decimal ones might mean octal ones. */
static int take_number(const char **text, int base)
{
	int number = -1, digit;

	for (unsigned digits = 0; digits < 4; digits++) {
		digit = hex_value(**text);
		if (digit < 0 || digit >= base || (number == 0 && base == 10))
			break;
		number = digits == 0 ? digit : number * base + digit;
		++*text;
	}
	return number;
}

/* What follows the four numbers; NULL when they are no address. */
static const char *parse_ipv4(const char *text, uint8_t *octets)
{
	for (unsigned i = 0; i < IPV4_LEN; i++) {
		if (i > 0 && *text++ != '.')
			return NULL;

		int number = take_number(&text, 10);

		if (number < 0 || number > UINT8_MAX)
			return NULL;
		octets[i] = (uint8_t)number;
	}
	return text;
}

static const char *parse_ipv6(const char *text, uint8_t *octets)
{
	unsigned n = 0, gap = IPV6_LEN; /* where "::" stands; at the end for nowhere */

	do {
		if (gap == IPV6_LEN && text[0] == ':' && text[1] == ':') {
			gap = n;
			text += 2;
			if (*text == '\0')
				break;
		} else if (n > 0 && *text++ != ':') {
			return NULL;
		}

		const char *end = n <= IPV6_LEN - IPV4_LEN ? parse_ipv4(text, octets + n) : NULL;

		if (end) {
			text = end;
			n += IPV4_LEN;
			break;
		}

		int number = take_number(&text, 16);

		if (number < 0)
			return NULL;
		octets[n++] = (uint8_t)(number >> 8);
		octets[n++] = (uint8_t)number;
	} while (n < IPV6_LEN && *text);

	if ((n == IPV6_LEN) != (gap == IPV6_LEN))
		return NULL;
	memmove(octets + IPV6_LEN - (n - gap), octets + gap, n - gap);
	memset(octets + gap, 0, IPV6_LEN - n);
	return text;
}

unsigned ip_parse(struct span text, uint8_t octets[IPV6_LEN])
{
	bool is_v6 = span_find(text, ':') < text.len;
	char memory[sizeof("1111:2222:3333:4444:5555:6666:100.200.100.200")];
	struct buf b = buf_init(memory, sizeof(memory));
	const char *end;

	buf_put(&b, text);
	end = (is_v6 ? parse_ipv6 : parse_ipv4)(buf_text(&b), octets);
	if (b.full || end != memory + text.len)
		return 0;
	return is_v6 ? IPV6_LEN : IPV4_LEN;
}

static void put_ipv4(struct buf *b, const uint8_t *octets)
{
	buf_format(b, "%u.%u.%u.%u", octets[0], octets[1], octets[2], octets[3]);
}

static unsigned group_at(const uint8_t *octets, unsigned at)
{
	return (unsigned)octets[at] << 8 | octets[at + 1];
}

/* How many octets of zero groups begin at `at`. */
static unsigned zeros_at(const uint8_t *octets, unsigned at)
{
	unsigned end = at;

	while (end < IPV6_LEN && group_at(octets, end) == 0)
		end += 2;
	return end - at;
}

static void put_hex(struct buf *b, unsigned number)
{
	if (number > 15)
		put_hex(b, number >> 4);
	buf_put_char(b, "0123456789abcdef"[number & 15]);
}

/* The longest run of zeros is left out, of two the first, but not a single one (RFC 5952 §4.2). */
static void put_ipv6(struct buf *b, const uint8_t *octets)
{
	static const uint8_t mapped[IPV6_LEN - IPV4_LEN] = {[10] = 0xff, [11] = 0xff};
	unsigned longest = 2, bare = 0; /* `bare`: the group without a colon before it */

	if (memcmp(octets, mapped, sizeof(mapped)) == 0) {
		buf_put_text(b, "::ffff:");
		put_ipv4(b, octets + sizeof(mapped));
		return;
	}
	for (unsigned at = 0; at < IPV6_LEN; at += 2)
		if (zeros_at(octets, at) > longest)
			longest = zeros_at(octets, at);
	for (unsigned at = 0; at < IPV6_LEN;) {
		if (longest > 2 && zeros_at(octets, at) == longest) {
			buf_put_text(b, "::");
			bare = at += longest;
			longest = 0;
			continue;
		}
		if (at != bare)
			buf_put_char(b, ':');
		put_hex(b, group_at(octets, at));
		at += 2;
	}
}

void buf_put_ip(struct buf *b, const uint8_t *octets, unsigned len)
{
	if (len == IPV4_LEN)
		put_ipv4(b, octets);
	else
		put_ipv6(b, octets);
}
