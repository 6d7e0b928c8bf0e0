/* SPDX-License-Identifier: MIT */
#include "base/host.h"

#include "base/ip.h"

enum {
	HOST_MAX = 253, /* RFC 1035 §2.3.4, in its text form */
	LABEL_MAX = 63,
};

bool is_host_character(char c)
{
	return is_alnum(c) || c == '-' || c == '_' || c == '.';
}

/* Why `name` is no host name; NULL when it is one. */
static const char *name_problem(struct span name)
{
	if (name.len > HOST_MAX)
		return "a host name is at most 253 characters long";
	for (struct span rest = name; rest.len > 0;) {
		struct span label = span_cut(&rest, '.');

		if (label.len == 0 || label.len > LABEL_MAX)
			return "between the dots of a host name stand 1 to 63 characters";
	}
	for (size_t i = 0; i < name.len; i++)
		if (!is_host_character(name.at[i]))
			return "a host name is made of letters, digits, - _ and .";
	return NULL;
}

/* Nothing but digits and dots, so that it cannot be meant as a name (RFC 1123 §2.1). */
static bool looks_like_ipv4(struct span host)
{
	for (size_t i = 0; i < host.len; i++)
		if (!is_digit(host.at[i]) && host.at[i] != '.')
			return false;
	return true;
}

const char *host_problem(struct span host)
{
	uint8_t octets[IPV6_LEN];

	if (host.len == 0)
		return "the host is missing";
	if (span_find(host, ':') < host.len)
		return ip_parse(span_head(host, span_find(host, '%')), octets) ? NULL : "this is no IPv6 address";
	if (looks_like_ipv4(host) && !ip_parse(host, octets))
		return "this is no IPv4 address";
	return name_problem(host);
}
