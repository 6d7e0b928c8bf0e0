/* SPDX-License-Identifier: MIT */
#include "net/pem.h"

#include "base/base64.h"

static void skip(struct pem *p, size_t n)
{
	p->at += n;
	p->len -= n;
}

/* Skips to the next `mark` and over it; what was before it. False when there is none. */
static bool skip_past(struct pem *p, struct span mark, struct span *before)
{
	struct span rest = {p->at, p->len};

	for (size_t i = 0; i + mark.len <= rest.len; i++) {
		i += span_find(span_tail(rest, i), mark.at[0]);
		if (span_starts_with(span_tail(rest, i), mark)) {
			*before = span_head(rest, i);
			skip(p, i + mark.len);
			return true;
		}
	}
	skip(p, p->len);
	return false;
}

/* Decodes `text` to where it stands. False when it is no base64, with blanks and line ends anywhere. */
static bool decode(char *at, struct span text, struct span *bytes)
{
	uint32_t bits = 0;
	unsigned digits = 0, padding = 0;
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (is_blank(text.at[i]))
			continue;
		if (text.at[i] == '=') {
			padding++;
			continue;
		}

		int value = base64_value(text.at[i]);

		if (value < 0 || padding > 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		if (++digits % 4 != 1)
			at[len++] = (char)(bits >> (6 - 2 * ((digits - 1) % 4)));
	}
	if (padding > 2 || (digits + padding) % 4 != 0)
		return false;
	*bytes = (struct span){at, len};
	return true;
}

static enum pem_kind kind_of(struct span label)
{
	if (span_equals(label, SPAN("CERTIFICATE")) || span_equals(label, SPAN("X509 CERTIFICATE")))
		return PEM_CERTIFICATE;
	return span_equals(label, SPAN("TRUSTED CERTIFICATE")) ? PEM_TRUSTED : PEM_OTHER;
}

enum pem_kind pem_next(struct pem *p, struct span *bytes)
{
	static const struct span dashes = {"-----", 5};
	struct span label, body, end;

	*bytes = (struct span){NULL, 0};
	if (!skip_past(p, SPAN("-----BEGIN "), &body))
		return PEM_END;
	if (!skip_past(p, dashes, &label))
		return PEM_DAMAGED;

	char *at = p->at;

	if (!skip_past(p, dashes, &body) || !span_starts_with((struct span){p->at, p->len}, SPAN("END ")))
		return PEM_DAMAGED;
	skip(p, 4);
	if (!skip_past(p, dashes, &end) || !span_equals(label, end))
		return PEM_DAMAGED;

	enum pem_kind kind = kind_of(label);

	if (kind == PEM_OTHER)
		return kind;
	return decode(at, body, bytes) ? kind : PEM_DAMAGED;
}
