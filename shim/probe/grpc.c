/* SPDX-License-Identifier: MIT */
/*
 * grpc, grpcs: one call of the health service (grpc.health.v1) over HTTP/2 (RFC 9113). The request differs in two
 * names only, and the answer shows in the kinds of its frames: HPACK (RFC 7541) need not be decoded.
 */
#include "probe/probe.h"

#include "probe/wire.h"

enum {
	NAME_LEN_MAX = 125, /* so that every length that counts it is one byte */
	HEADER_LEN = 9, /* of a frame: length, type, flags, stream */
	TYPE_AT = 3,
	DATA = 0,
	HEADERS = 1,
	RST_STREAM = 3,
	SETTINGS = 4,
	GOAWAY = 7,
	END_STREAM = 1, /* flags */
};

/* The request, in which "!" stands for NUL. Places: a length, http or https, a length and :authority, three lengths. */
#define FIELDS_BEFORE "\4\x1c/grpc.health.v1.Health/Check\1"
#define FIELDS_BEHIND                                                                                                  \
	"\x0f\x10\x10"                                                                                                 \
	"application/grpc!\2te\x08trailers"
static const char form[] =
	"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n!!!\4!!!!!" /* SETTINGS */
	"!!%b\1\4!!!\1\x83%b" FIELDS_BEFORE "%b%S" FIELDS_BEHIND /* HEADERS, END_HEADERS, stream 1; POST */
	"!!%b!\1!!!\1!!!!%b\n%b"; /* DATA, END_STREAM, stream 1; not compressed; field 1, a string */

static void put_request(struct buf *say, const struct target *t)
{
	char memory[NAME_LEN_MAX];
	struct buf authority = buf_init(memory, sizeof(memory));
	struct span service = span_head(span_tail(t->resource, 1), NAME_LEN_MAX), name;

	buf_put_authority(&authority, t);
	name = buf_span(&authority);
	buf_format(say, form, sizeof(FIELDS_BEFORE FIELDS_BEHIND) + 2 + name.len,
		   t->scheme->security == CLEAR ? 0x86 : 0x87, name.len, &name, service.len + 7, service.len + 2,
		   service.len);
	for (size_t i = 0; i < say->len; i++)
		if (say->at[i] == '!')
			say->at[i] = '\0';
	buf_put(say, service);
}

/* Why the call failed. The name of that field comes in plain text (C, Java) or in Huffman's code (Go, Node). */
static enum outcome judge_status(struct span headers, struct verdict *verdict)
{
	struct span status = span_tail(span_from(headers, SPAN("grpc-status")), 11), digits;
	const char *meaning = "";
	unsigned len;

	if (status.len == 0)
		status = span_tail(span_from(headers, SPAN("\x9a\xca\xc8\xb2\x12\x34\xda\x8f")), 8);
	len = big_take(&status, 1);
	status = digits = span_head(status, len);
	switch (big_take(&digits, len)) {
	case '5':
		meaning = " (it does not know that service)";
		break;
	case '1' << 8 | '2':
		meaning = " (it has no health service)";
		break;
	}
	verdict_fail(verdict, *meaning ? SERVER_SAYS_NO : SERVER_SAYS_WAIT, 0, "gRPC status %q%s", &status, meaning);
	return NOT_READY;
}

static enum outcome judge_frame(const char *header, struct span payload, struct buf *say, struct verdict *verdict)
{
	unsigned type = (unsigned char)header[TYPE_AT], flags = (unsigned char)header[TYPE_AT + 1];
	const char *words = NULL;

	if (type == SETTINGS && flags == 0)
		buf_put(say, SPAN("\0\0\0\4\1\0\0\0\0")); /* ACK */
	/* A byte for compression, four for the length, and the status, which is left out when it is 0. */
	if (type == DATA && span_equals(payload, SPAN("\0\0\0\0\2\x08\1"))) {
		buf_put(say, SPAN("\0\0\x08\7\0\0\0\0\0\0\0\0\0\0\0\0\0")); /* GOAWAY, or Go's servers log a warning */
		return READY;
	}
	if (type == HEADERS && flags & END_STREAM)
		return judge_status(payload, verdict);
	if (type == DATA && payload.len > 0)
		words = payload.len > 5 ? "not serving" : "its health is unknown";
	if (type == RST_STREAM || type == GOAWAY)
		words = "it ends the call";
	if (!words)
		return PENDING;
	verdict_fail(verdict, SERVER_SAYS_WAIT, 0, words);
	return NOT_READY;
}

static enum outcome grpc_judge(const struct target *t, const struct heard *heard, struct buf *say,
			       struct verdict *verdict)
{
	struct span rest = heard->bytes;
	enum outcome outcome = PENDING;

	put_request(say, t);
	if (rest.len > TYPE_AT && rest.at[TYPE_AT] != SETTINGS) /* they come first (RFC 9113 §3.4) */
		return judge_foreign("gRPC", &rest, verdict);
	while (outcome == PENDING && rest.len >= HEADER_LEN) {
		const char *header = rest.at;
		size_t len = big_take(&rest, 3);

		rest = span_tail(rest, HEADER_LEN - 3);
		if (rest.len < len)
			break;
		outcome = judge_frame(header, span_head(rest, len), say, verdict);
		rest = span_tail(rest, len);
	}
	return outcome == PENDING ? judge_unfinished(heard, verdict) : outcome;
}

const struct probe grpc_probe = {grpc_judge};
