/* SPDX-License-Identifier: MIT */
/* http: one request, and the verdict falls with the status line (RFC 9112 §4). */
#include "probe/probe.h"

#include "base/base64.h"

enum { LINE_MAX_BYTES = 1024 }; /* a status line that is longer is none */

static void put_host(struct buf *say, const struct target *t)
{
	struct span host = t->server_name.value;
	bool is_v6 = span_find(host, ':') < host.len;

	if (host.len == 0) /* through a unix socket */
		host = SPAN("localhost");
	buf_put_text(say, is_v6 ? "[" : "");
	buf_put(say, span_head(host, span_find(host, '%'))); /* a scope means nothing to the peer (RFC 6874 §4) */
	buf_put_text(say, is_v6 ? "]" : "");
	if (t->scheme->medium == BY_NETWORK && t->port != t->scheme->port) {
		buf_put_char(say, ':');
		buf_put_number(say, t->port);
	}
}

static void put_basic_auth(struct buf *say, const struct target *t)
{
	struct base64 encoder = {0};

	buf_put_text(say, "Authorization: Basic ");
	base64_put(say, &encoder, t->user);
	base64_put(say, &encoder, SPAN(":"));
	base64_put(say, &encoder, t->password);
	base64_end(say, &encoder);
	buf_put_text(say, "\r\n");
}

static void put_request(struct buf *say, const struct target *t)
{
	bool is_rooted = span_starts_with(t->resource, SPAN("/"));

	buf_put(say, t->method);
	buf_put_text(say, is_rooted ? " " : " /");
	buf_put(say, t->resource);
	buf_put_text(say, " HTTP/1.1\r\nHost: ");
	put_host(say, t);
	buf_put_text(say, "\r\nUser-Agent: shim/" SHIM_VERSION "\r\nAccept: */*\r\nConnection: close\r\n");
	if (t->has_user)
		put_basic_auth(say, t);
	for (const struct header *h = t->headers; h; h = h->next) {
		buf_put(say, h->name);
		buf_put_text(say, ": ");
		buf_put(say, h->value);
		buf_put_text(say, "\r\n");
	}
	if (!span_equals(t->method, SPAN("GET")) && !span_equals(t->method, SPAN("HEAD")))
		buf_put_text(say, "Content-Length: 0\r\n"); /* RFC 9110 §8.6 */
	buf_put_text(say, "\r\n");
}

/* Does `line` begin like "HTTP/1.1 200"? A line that is not complete yet does as far as it goes. */
static bool fits_status_line(struct span line)
{
	static const char form[] = "HTTP/1.# ###";

	for (size_t i = 0; i < sizeof(form) - 1 && i < line.len; i++)
		if (form[i] == '#' ? !is_digit(line.at[i]) : line.at[i] != form[i])
			return false;
	return true;
}

enum { STATUS_AT = 9, REASON_AT = 12 };

/* 0 when a complete line holds none. */
static unsigned status_of(struct span line)
{
	struct span after = span_tail(line, REASON_AT);
	uint64_t status;

	if (!fits_status_line(line) || !span_number(span_head(span_tail(line, STATUS_AT), 3), 999, &status))
		return 0;
	if (line.len < REASON_AT || line.len >= LINE_MAX_BYTES || (after.len > 0 && after.at[0] != ' '))
		return 0;
	return status >= 100 && status <= 599 ? (unsigned)status : 0;
}

/* Takes a line with its end off `rest`, the CR before the LF too; false when it is not complete. */
static bool take_line(struct span *rest, struct span *line)
{
	size_t end = span_find(*rest, '\n');

	if (end == rest->len)
		return false;
	*line = span_head(*rest, end > 0 && rest->at[end - 1] == '\r' ? end - 1 : end);
	*rest = span_tail(*rest, end + 1);
	return true;
}

/* Will a later request get another answer? Too early, too many and the server's own failures: likely. */
static bool status_may_change(unsigned status)
{
	return (status >= 500 && status != 501) || status == 408 || status == 425 || status == 429;
}

static enum outcome judge_status(const struct target *t, unsigned status, struct span reason, struct verdict *verdict)
{
	char memory[DETAIL_MAX];
	struct buf b = buf_init(memory, sizeof(memory));

	if (statuses_hold(&t->statuses, status))
		return READY;
	buf_put_number(&b, status);
	if (reason.len > 0) {
		buf_put_char(&b, ' ');
		buf_put_excerpt(&b, reason, EXCERPT_MAX / 2);
	}
	verdict_fail(verdict, status_may_change(status) ? HTTP_STATUS_FOR_NOW : HTTP_STATUS_FOR_GOOD, (int)status,
		     "%s", buf_text(&b));
	return NOT_READY;
}

/* An answer 1xx precedes the real one (RFC 9110 §15.2), but for 101: what follows that is no HTTP any more. */
static bool is_interim(unsigned status)
{
	return status < 200 && status != 101;
}

static bool skip_headers(struct span *rest)
{
	struct span line;

	do {
		if (!take_line(rest, &line))
			return false;
	} while (line.len > 0);
	return true;
}

static enum outcome judge_incomplete(struct span rest, struct heard heard, struct verdict *verdict)
{
	if (!fits_status_line(rest) || rest.len > LINE_MAX_BYTES)
		return judge_foreign("HTTP", (struct heard){rest, heard.eof}, verdict);
	return heard.eof ? judge_closed(heard, verdict) : PENDING;
}

static enum outcome http_judge(const struct target *t, struct heard heard, struct buf *say, struct verdict *verdict)
{
	struct span rest = heard.bytes, line;

	put_request(say, t);
	while (take_line(&rest, &line)) {
		unsigned status = status_of(line);

		if (status == 0)
			return judge_foreign("HTTP", (struct heard){line, heard.eof}, verdict);
		if (!is_interim(status))
			return judge_status(t, status, span_trim(span_tail(line, REASON_AT)), verdict);
		if (!skip_headers(&rest))
			return heard.eof ? judge_closed(heard, verdict) : PENDING;
	}
	return judge_incomplete(rest, heard, verdict);
}

const struct probe http_probe = {http_judge};
