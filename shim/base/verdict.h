/* SPDX-License-Identifier: MIT */
/*
 * verdict: why one go at a target ended, and whether trying again can help.
 *
 * The one rule: whoever sees the failure records it, with verdict_fail(), and
 * nobody above rewords it.
 */
#ifndef SHIM_BASE_VERDICT_H
#define SHIM_BASE_VERDICT_H

#include "base/format.h"

/* In the order in which a go at a target meets them: a later one says that it got further. */
enum reason {
	NOTHING_YET,
	/* this machine */
	NO_DESCRIPTOR,
	NO_RANDOMNESS,
	/* the name */
	NAME_TIMED_OUT,
	NAME_SERVER_SILENT,
	NAME_SERVER_FAILED,
	NO_SUCH_NAME,
	NO_ADDRESS,
	/* a path of this machine */
	NO_FILE,
	PATH_DENIED,
	/* the connection */
	UNREACHABLE,
	CONNECT_TIMED_OUT,
	REFUSED,
	/* the TLS handshake */
	TLS_TIMED_OUT,
	TLS_RESET,
	TLS_CLOSED,
	NOT_TLS,
	TLS_TOO_LONG,
	TLS_ALERT,
	TLS_NO_COMMON,
	TLS_13_ONLY,
	TLS_NO_VIRTUAL_HOST,
	TLS_WANTS_CERTIFICATE,
	TLS_REFUSED_CERTIFICATE,
	TLS_NO_ALPN,
	TLS_FAILED,
	CERTIFICATE_MALFORMED,
	CERTIFICATE_ALGORITHM,
	CERTIFICATE_KEY_SIZE,
	CERTIFICATE_CRITICAL,
	CERTIFICATE_GAP,
	CERTIFICATE_NOT_CA,
	CERTIFICATE_KEY_USAGE,
	CERTIFICATE_NOT_FOR_SERVERS,
	CERTIFICATE_CONSTRAINED,
	CERTIFICATE_UNTRUSTED,
	CERTIFICATE_ANCHOR_EXPIRED,
	CERTIFICATE_EXPIRED,
	CERTIFICATE_NOT_YET_VALID,
	CERTIFICATE_WRONG_NAME,
	/* the conversation */
	ANSWER_TIMED_OUT,
	ANSWER_RESET,
	ANSWER_CLOSED,
	ANSWER_TOO_LONG,
	NOT_THIS_PROTOCOL,
	HTTP_STATUS_FOR_NOW,
	HTTP_STATUS_FOR_GOOD,
	REASON_COUNT,
};

enum {
	DETAIL_MAX = 200, /* a certificate's names, a server's own sentence; with the words still one line */
};

struct verdict {
	enum reason reason;
	int code; /* HTTP status, alert, errno: tells two failures of one reason apart; 0 for none */
	unsigned detail_len;
	char detail[DETAIL_MAX]; /* printable */
};

/*
 * Records the failure. `detail` is a form of buf_format(), of which nothing may be a part of *v; what is
 * too long is cut. Returns false, for the caller to pass on.
 */
bool verdict_fail(struct verdict *v, enum reason reason, int code, const char *detail, ...);

/* Is waiting likely to mend it? */
bool verdict_may_mend(const struct verdict *v);
/* Would a person who has read `a` learn something from `b`? */
bool verdict_differs(const struct verdict *a, const struct verdict *b);

/* The sentence, without a full stop; a writer of struct verdict. */
void buf_put_verdict(struct buf *b, const void *verdict);

#endif
