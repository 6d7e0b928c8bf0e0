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

const char *name_problem(struct span name)
{
	size_t i = 0;

	while (i < name.len && is_host_character(name.at[i]))
		i++;
	return i > 0 && i == name.len ? NULL : "a name is made of letters, digits, - _ and .";
}

static const char *length_problem(struct span name)
{
	bool is_good = name.len <= HOST_MAX;

	while (name.len > 0) {
		size_t label = span_cut(&name, '.').len;

		is_good &= label > 0 && label <= LABEL_MAX;
	}
	return is_good ? NULL : "a host name has 253 characters at most, 1 to 63 between dots";
}

/* Nothing but digits and dots, so that it cannot be meant as a name (RFC 1123 §2.1). */
static bool looks_like_ipv4(struct span host)
{
	size_t i = 0;

	while (i < host.len && (is_digit(host.at[i]) || host.at[i] == '.'))
		i++;
	return i == host.len;
}

const char *host_problem(struct span host)
{
	uint8_t octets[IPV6_LEN];
	const char *problem;

	if (host.len == 0)
		return "the host is missing";
	if (span_find(host, ':') < host.len || looks_like_ipv4(host))
		return ip_parse(span_head(host, span_find(host, '%')), octets) ? NULL : "this is no IP address";
	problem = name_problem(host);
	return problem ? problem : length_problem(host);
}
