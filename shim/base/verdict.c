/* SPDX-License-Identifier: MIT */
#include "base/verdict.h"

#include <assert.h>
#include <string.h>

enum outlook { MENDS_ITSELF, NEEDS_A_PERSON };

/* "%" stands for the detail. */
static const struct {
	const char *words;
	enum outlook outlook;
} reasons[] = {
	[NOTHING_YET] = {"not tried yet", MENDS_ITSELF},
	[NO_DESCRIPTOR] = {"cannot open a socket: %", MENDS_ITSELF},
	[NO_RANDOMNESS] = {"the kernel has no randomness yet", MENDS_ITSELF},
	[NAME_TIMED_OUT] = {"timed out while looking up the name (name server %)", MENDS_ITSELF},
	[NAME_SERVER_SILENT] = {"no answer from the name server (%)", MENDS_ITSELF},
	[NAME_SERVER_FAILED] = {"the name server failed: %", MENDS_ITSELF},
	[NO_SUCH_NAME] = {"no such name", MENDS_ITSELF},
	[NO_ADDRESS] = {"the name has no address", MENDS_ITSELF},
	[NO_FILE] = {"does not exist", MENDS_ITSELF},
	[PATH_DENIED] = {"permission denied (the wait runs without capabilities)", NEEDS_A_PERSON},
	[UNREACHABLE] = {"unreachable: %", MENDS_ITSELF},
	[CONNECT_TIMED_OUT] = {"timed out while connecting (%)", MENDS_ITSELF},
	[REFUSED] = {"connection refused (%)", MENDS_ITSELF},
	[TLS_TIMED_OUT] = {"timed out in the TLS handshake (%)", MENDS_ITSELF},
	[TLS_RESET] = {"connection reset in the TLS handshake (%)", MENDS_ITSELF},
	[TLS_CLOSED] = {"%", MENDS_ITSELF},
	[NOT_TLS] = {"the peer does not speak TLS%", NEEDS_A_PERSON},
	[TLS_TOO_LONG] = {"the TLS handshake is too long: %", NEEDS_A_PERSON},
	[TLS_ALERT] = {"the server ended the TLS handshake with alert %", NEEDS_A_PERSON},
	[TLS_NO_COMMON] = {"the server found no common cipher, curve or signature, or requires TLS 1.3 or a client certificate",
			   NEEDS_A_PERSON},
	[TLS_13_ONLY] = {"the server requires TLS 1.3, which shim does not speak yet", NEEDS_A_PERSON},
	[TLS_NO_VIRTUAL_HOST] = {"the server knows no virtual host %", NEEDS_A_PERSON},
	[TLS_WANTS_CERTIFICATE] = {"the server asks for a client certificate", NEEDS_A_PERSON},
	[TLS_REFUSED_CERTIFICATE] = {"the server refused our client certificate", NEEDS_A_PERSON},
	[TLS_NO_ALPN] = {"the server speaks no common protocol over TLS (ALPN)", NEEDS_A_PERSON},
	[TLS_FAILED] = {"the TLS handshake failed (BearSSL error %)", NEEDS_A_PERSON},
	[CERTIFICATE_MALFORMED] = {"malformed certificate (%)", NEEDS_A_PERSON},
	[CERTIFICATE_ALGORITHM] = {"certificate uses a signature or key type that is not supported (%)", NEEDS_A_PERSON},
	[CERTIFICATE_KEY_SIZE] = {"certificate has %", NEEDS_A_PERSON},
	[CERTIFICATE_CRITICAL] = {"certificate has a critical extension that is not supported (%)", NEEDS_A_PERSON},
	[CERTIFICATE_GAP] = {"the server sent its certificates with a gap: that of % is missing", NEEDS_A_PERSON},
	[CERTIFICATE_NOT_CA] = {"an intermediate certificate is not allowed to issue certificates (%)", NEEDS_A_PERSON},
	[CERTIFICATE_KEY_USAGE] = {"the certificate's key usage forbids signing", NEEDS_A_PERSON},
	[CERTIFICATE_NOT_FOR_SERVERS] = {"certificate is not meant for servers (extended key usage of %)", NEEDS_A_PERSON},
	[CERTIFICATE_CONSTRAINED] = {"a CA's name constraints do not allow %", NEEDS_A_PERSON},
	[CERTIFICATE_UNTRUSTED] = {"certificate is not signed by a CA in %", NEEDS_A_PERSON},
	[CERTIFICATE_ANCHOR_EXPIRED] = {"the CA certificate expired on %", NEEDS_A_PERSON},
	[CERTIFICATE_EXPIRED] = {"certificate expired on %", NEEDS_A_PERSON},
	[CERTIFICATE_NOT_YET_VALID] = {"certificate is not valid before %", NEEDS_A_PERSON},
	[CERTIFICATE_WRONG_NAME] = {"certificate is for %", NEEDS_A_PERSON},
	[ANSWER_TIMED_OUT] = {"connected, but %", MENDS_ITSELF},
	[ANSWER_RESET] = {"connection reset %", MENDS_ITSELF},
	[ANSWER_CLOSED] = {"connection closed %", MENDS_ITSELF},
	[ANSWER_TOO_LONG] = {"no verdict in the first % of the answer", NEEDS_A_PERSON},
	[NOT_THIS_PROTOCOL] = {"the peer does not speak %", NEEDS_A_PERSON},
	[HTTP_STATUS_FOR_NOW] = {"HTTP %", MENDS_ITSELF},
	[HTTP_STATUS_FOR_GOOD] = {"HTTP %", NEEDS_A_PERSON},
};

static_assert(sizeof(reasons) / sizeof(reasons[0]) == REASON_COUNT, "every reason has its words");

bool verdict_fail(struct verdict *v, enum reason reason, int code, const char *detail, ...)
{
	struct buf b = buf_init(v->detail, DETAIL_MAX);
	va_list places;

	va_start(places, detail);
	buf_vformat(&b, detail, places);
	va_end(places);
	v->reason = reason;
	v->code = code;
	v->detail_len = (unsigned)b.len;
	return false;
}

bool verdict_may_mend(const struct verdict *v)
{
	return reasons[v->reason].outlook == MENDS_ITSELF;
}

bool verdict_differs(const struct verdict *a, const struct verdict *b)
{
	return a->reason != b->reason || a->code != b->code;
}

void buf_put_verdict(struct buf *b, const void *verdict)
{
	const struct verdict *v = verdict;
	struct span rest = span_of(reasons[v->reason].words);
	struct span before = span_cut(&rest, '%');
	bool has_place = before.len < strlen(reasons[v->reason].words);

	buf_put(b, before);
	if (has_place)
		buf_put(b, (struct span){v->detail, v->detail_len});
	buf_put(b, rest);
}
