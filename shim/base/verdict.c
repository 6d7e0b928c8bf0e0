/* SPDX-License-Identifier: MIT */
#include "base/verdict.h"

#include <assert.h>

/* "%" stands for the detail; a "!" in front says that waiting rarely mends it. */
static const char *const reasons[] = {
	[NOTHING_YET] = "the first attempt is under way",
	[NO_DESCRIPTOR] = "cannot open a socket: %",
	[NO_RANDOMNESS] = "the kernel has no randomness yet",
	[NAME_TIMED_OUT] = "timed out while looking up the name (name server %)",
	[NAME_SERVER_SILENT] = "no answer from the name server (%)",
	[NAME_SERVER_FAILED] = "the name server failed: %",
	[NO_SUCH_NAME] = "no such name",
	[NO_ADDRESS] = "the name has no address",
	[NO_FILE] = "does not exist",
	[PATH_DENIED] = "!permission denied (the wait runs without capabilities)",
	[UNREACHABLE] = "unreachable: %",
	[CONNECT_TIMED_OUT] = "timed out while connecting (%)",
	[REFUSED] = "connection refused (%)",
	[TLS_TIMED_OUT] = "timed out in the TLS handshake (%)",
	[TLS_RESET] = "connection reset in the TLS handshake (%)",
	[TLS_CLOSED] = "%",
	[NOT_TLS] = "!the peer does not speak TLS%",
	[TLS_TOO_LONG] = "!the TLS handshake is too long: %",
	[TLS_ALERT] = "!the server ended the TLS handshake with alert %",
	[TLS_NO_COMMON] = "!the server found no common cipher, curve or signature, or requires TLS 1.3 or a client certificate",
	[TLS_13_ONLY] = "!the server requires TLS 1.3, which shim does not speak yet",
	[TLS_NO_VIRTUAL_HOST] = "!the server knows no virtual host %",
	[TLS_WANTS_CERTIFICATE] = "!the server asks for a client certificate",
	[TLS_REFUSED_CERTIFICATE] = "!the server refused our client certificate",
	[TLS_NO_ALPN] = "!the server speaks no common protocol over TLS (ALPN)",
	[TLS_FAILED] = "!the TLS handshake failed (BearSSL error %)",
	[CERTIFICATE_MALFORMED] = "!malformed certificate (%)",
	[CERTIFICATE_ALGORITHM] = "!certificate uses a signature or key type that is not supported (%)",
	[CERTIFICATE_KEY_SIZE] = "!certificate has %",
	[CERTIFICATE_CRITICAL] = "!certificate has a critical extension that is not supported (%)",
	[CERTIFICATE_GAP] = "!the server sent its certificates with a gap: that of % is missing",
	[CERTIFICATE_NOT_CA] = "!an intermediate certificate is not allowed to issue certificates (%)",
	[CERTIFICATE_KEY_USAGE] = "!the certificate's key usage forbids signing",
	[CERTIFICATE_NOT_FOR_SERVERS] = "!certificate is not meant for servers (extended key usage of %)",
	[CERTIFICATE_CONSTRAINED] = "!a CA's name constraints do not allow %",
	[CERTIFICATE_UNTRUSTED] = "!certificate is not signed by a CA in %",
	[CERTIFICATE_ANCHOR_EXPIRED] = "!the CA certificate expired on %",
	[CERTIFICATE_EXPIRED] = "!certificate expired on %",
	[CERTIFICATE_NOT_YET_VALID] = "!certificate is not valid before %",
	[CERTIFICATE_WRONG_NAME] = "!certificate is for %",
	[ANSWER_TIMED_OUT] = "connected, but %",
	[ANSWER_RESET] = "connection reset %",
	[ANSWER_CLOSED] = "connection closed %",
	[ANSWER_TOO_LONG] = "!no verdict in the first % of the answer",
	[NOT_THIS_PROTOCOL] = "!the peer does not speak %",
	[HTTP_STATUS_FOR_NOW] = "HTTP %",
	[HTTP_STATUS_FOR_GOOD] = "!HTTP %",
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
	return *reasons[v->reason] != '!';
}

bool verdict_differs(const struct verdict *a, const struct verdict *b)
{
	return a->reason != b->reason || a->code != b->code;
}

void buf_put_verdict(struct buf *b, const void *verdict)
{
	const struct verdict *v = verdict;
	const char *words = reasons[v->reason] + !verdict_may_mend(v);

	for (; *words; words++)
		if (*words == '%')
			buf_put(b, (struct span){v->detail, v->detail_len});
		else
			buf_put_char(b, *words);
}
