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

/*
 * In the order in which a go at a target meets them: a later one says that it got further.
 * "%" stands for the detail; a "!" in front says that waiting rarely mends it.
 */
#define REASONS(row) \
	row(NOTHING_YET, "the first attempt is under way") \
	/* this machine */ \
	row(NO_DESCRIPTOR, "cannot open a socket: %") \
	row(NO_RANDOMNESS, "the kernel has no randomness yet") \
	/* the name */ \
	row(NAME_TIMED_OUT, "timed out while looking up the name (name server %)") \
	row(NAME_SERVER_SILENT, "no answer from the name server (%)") \
	row(NAME_SERVER_FAILED, "the name server failed: %") \
	row(NO_SUCH_NAME, "no such name") \
	row(NO_ADDRESS, "the name has no %address") \
	/* a path of this machine */ \
	row(NO_FILE, "does not exist") \
	row(LINK_DANGLES, "is a link to what does not exist") \
	row(TOO_SMALL, "is too small (% KiB)") \
	row(TEXT_MISSING, "does not contain the text in its first MiB") \
	row(PATH_DENIED, "!permission denied (the wait runs without capabilities)") \
	row(PATH_FAILED, "!%") \
	row(IS_DIRECTORY, "!is a directory") \
	row(IS_NO_FILE, "!is no regular file") \
	row(DISK_FULL, "only % MiB free") \
	/* this process */ \
	row(NOT_SET, "!is not set") \
	row(IS_EMPTY, "!is empty") \
	/* a program */ \
	row(NOT_STARTED, "cannot be started: %") \
	row(NOT_EXECUTED, "!cannot be executed: %") \
	row(PROGRAM_TIMED_OUT, "did not end in time") \
	/* the connection */ \
	row(UNREACHABLE, "unreachable: %") \
	row(CONNECT_TIMED_OUT, "timed out while connecting (%)") \
	row(REFUSED, "connection refused (%)") \
	/* the TLS handshake */ \
	row(TLS_TIMED_OUT, "timed out in the TLS handshake (%)") \
	row(TLS_RESET, "connection reset in the TLS handshake (%)") \
	row(TLS_CLOSED, "%") \
	row(NOT_TLS, "!the peer does not speak TLS%") \
	row(TLS_TOO_LONG, "!the TLS handshake is too long: %") \
	row(TLS_ALERT, "!the server ended the TLS handshake with alert %") \
	row(TLS_NO_COMMON, \
	    "!the server found no common cipher, curve or signature, or requires TLS 1.3 or a client certificate") \
	row(TLS_13_ONLY, "!the server requires TLS 1.3, which shim does not speak yet") \
	row(TLS_NO_VIRTUAL_HOST, "!the server knows no virtual host %") \
	row(TLS_WANTS_CERTIFICATE, "!the server asks for a client certificate") \
	row(TLS_REFUSED_CERTIFICATE, "!the server refused our client certificate") \
	row(TLS_NO_ALPN, "!the server speaks no common protocol over TLS (ALPN)") \
	row(TLS_FAILED, "!the server broke a rule of the TLS handshake (alert %)") \
	row(CERTIFICATE_MALFORMED, "!malformed certificate (%)") \
	row(CERTIFICATE_ALGORITHM, \
	    "!certificate has a key or signature that is not supported (%)") \
	row(CERTIFICATE_KEY_SIZE, "!certificate has %") \
	row(CERTIFICATE_CRITICAL, \
	    "!certificate has a critical extension that is not supported (%)") \
	row(CERTIFICATE_GAP, \
	    "!the server's certificates have a gap: that of % is missing") \
	row(CERTIFICATE_NOT_CA, \
	    "!an intermediate certificate is not allowed to issue certificates (%)") \
	row(CERTIFICATE_KEY_USAGE, "!the certificate's key usage forbids signing") \
	row(CERTIFICATE_NOT_FOR_SERVERS, \
	    "!certificate is not meant for servers (extended key usage of %)") \
	row(CERTIFICATE_CONSTRAINED, "!a CA's name constraints do not allow %") \
	row(CERTIFICATE_UNTRUSTED, "!certificate is not signed by a CA in %") \
	row(CERTIFICATE_ANCHOR_EXPIRED, "!the CA certificate expired on %") \
	row(CERTIFICATE_EXPIRED, "!certificate expired on %") \
	row(CERTIFICATE_NOT_YET_VALID, "!certificate is not valid before %") \
	row(CERTIFICATE_WRONG_NAME, "!certificate is for %") \
	/* the conversation */ \
	row(TOO_MANY_ADDRESSES, "!the name has more addresses than can be asked") \
	row(STILL_THERE, "still there") \
	row(ANSWER_TIMED_OUT, "connected, but %") \
	row(ANSWER_RESET, "connection reset %") \
	row(ANSWER_CLOSED, "connection closed %") \
	row(ANSWER_TOO_LONG, "!no verdict in the first % of the answer") \
	row(NOT_THIS_PROTOCOL, "!the peer does not speak %") \
	row(SERVER_SAYS_WAIT, "%") \
	row(SERVER_SAYS_NO, "!%") \
	row(HTTP_STATUS_FOR_NOW, "HTTP %") \
	row(HTTP_STATUS_FOR_GOOD, "!HTTP %") \
	/* beyond it */ \
	row(NOT_OFTEN_ENOUGH, "ready % times in a row")

#define AS_REASON(name, words) name,
enum reason { REASONS(AS_REASON) REASON_COUNT };

enum {
	DETAIL_MAX = 200, /* a certificate's names, a server's own sentence; with the words still one line */
	PLACE_MAX = 28, /* an address and its port */
};

struct verdict {
	enum reason reason;
	int code; /* HTTP status, alert, errno: tells two failures of one reason apart; 0 for none */
	writer *put_place; /* of several that were asked, this one gave the verdict; NULL: it does not matter */
	char place[PLACE_MAX];
	unsigned detail_len;
	char detail[DETAIL_MAX]; /* printable */
};

/*
 * Records the failure. `detail` is a form of buf_format(), of which nothing may be a part of *v; what is
 * too long is cut. Returns false, for the caller to pass on.
 */
bool verdict_fail(struct verdict *v, enum reason reason, int code, const char *detail, ...);

/* Does it mean that nothing is there, or `in_doubt` that nobody can tell? */
bool verdict_means_gone(const struct verdict *v, bool in_doubt);

/* Is waiting likely to mend it? */
bool verdict_may_mend(const struct verdict *v);
/* Would a person who has read `a` learn something from `b`? */
bool verdict_differs(const struct verdict *a, const struct verdict *b);

/* The sentence, without a full stop; a writer of struct verdict. */
void buf_put_verdict(struct buf *b, const void *verdict);

#endif
