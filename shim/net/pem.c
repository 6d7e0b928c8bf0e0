/* SPDX-License-Identifier: MIT */
#include "net/pem.h"

#include "base/base64.h"
#include "base/setting.h"

#include <string.h>

/* Goes on behind the next `mark`. Where that begins; NULL when there is none. */
static char *pass(struct pem *p, const char *mark)
{
	ptrdiff_t len = (ptrdiff_t)strlen(mark);

	for (char *at = p->at; p->end - at >= len; at++)
		if (*at == *mark && memcmp(at, mark, (size_t)len) == 0) {
			p->at = at + len;
			return at;
		}
	p->at = p->end;
	return NULL;
}

/* Decodes from `at` to `end` in place. False when it is no base64, with blanks and line ends anywhere. */
static bool decode(char *at, const char *end, struct span *bytes)
{
	unsigned bits = 0, count = 0, padding = 0;
	char *start = at, *out = at;

	for (; at < end; at++) {
		int value = base64_value(*at);

		if (value >= 0 && padding == 0) {
			bits = bits << 6 | (unsigned)value;
			count += 6;
			if (count >= 8) {
				count -= 8;
				*out++ = (char)(bits >> count);
			}
		} else if (*at == '=') {
			padding++;
		} else if (!is_blank(*at)) {
			return false;
		}
	}
	if (padding > 2 || padding * 2 != count) /* each stands for two bits that are left */
		return false;
	*bytes = (struct span){start, (size_t)(out - start)};
	return true;
}

static enum pem_kind kind_of(struct span label)
{
	static const unsigned char kinds[] = {PEM_TRUSTED, PEM_CERTIFICATE, PEM_CERTIFICATE, PEM_KEY,
					      PEM_KEY,     PEM_KEY,         PEM_LOCKED_KEY};
	uint64_t index;

	if (!word_find("TRUSTED CERTIFICATE-----|CERTIFICATE-----|X509 CERTIFICATE-----|PRIVATE KEY-----|"
		       "RSA PRIVATE KEY-----|EC PRIVATE KEY-----|ENCRYPTED PRIVATE KEY-----",
		       label, &index))
		return PEM_OTHER;
	return kinds[index];
}

enum pem_kind pem_next(struct pem *p, struct span *bytes)
{
	struct span label;
	char *body, *end;

	*bytes = (struct span){NULL, 0};
	if (!pass(p, "-----BEGIN "))
		return PEM_END;
	label.at = p->at;
	if (!pass(p, "-----"))
		return PEM_DAMAGED;
	body = p->at;
	label.len = (size_t)(body - label.at);
	end = pass(p, "-----END ");
	if (!end || !span_starts_with((struct span){p->at, (size_t)(p->end - p->at)}, label))
		return PEM_DAMAGED;

	enum pem_kind kind = kind_of(label);

	if (kind == PEM_OTHER || decode(body, end, bytes))
		return kind;
	/* As OpenSSL locked them once: a line before the base64 says so (RFC 1421 §4.6.1.1). */
	return kind == PEM_KEY && pass(&(struct pem){body, end}, "ENCRYPTED") ? PEM_LOCKED_KEY : PEM_DAMAGED;
}
