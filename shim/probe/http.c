/* SPDX-License-Identifier: MIT */
/* http: one request; the verdict falls with the status line (RFC 9112 §4), unless the target asks for more. */
#include "probe/probe.h"

#include "base/base64.h"
#include "base/setting.h"
#include "probe/answer.h"
#include "probe/wire.h"

enum { LINE_MAX_BYTES = 1024 }; /* a status line that is longer is none */

void buf_put_authority(struct buf *say, const void *target)
{
	const struct target *t = target;
	struct span host = t->server_name.value;
	bool is_v6 = span_find(host, ':') < host.len;

	host.len = span_find(host, '%'); /* a scope means nothing to the peer (RFC 6874 §4) */
	if (host.len == 0) /* through a unix socket */
		host = SPAN("localhost");
	buf_format(say, is_v6 ? "[%S]" : "%S", &host);
	if (t->scheme->medium == BY_NETWORK && t->port != t->scheme->port)
		buf_format(say, ":%u", t->port);
}

static void put_basic_auth(struct buf *say, const void *target)
{
	const struct target *t = target;
	struct base64 encoder = {0};

	if (!t->has_user)
		return;
	buf_put_text(say, "Authorization: Basic ");
	base64_put(say, &encoder, t->user);
	base64_put(say, &encoder, SPAN(":"));
	base64_put(say, &encoder, t->password);
	base64_end(say, &encoder);
	buf_put_text(say, "\r\n");
}

static void put_headers(struct buf *say, const void *target)
{
	for (const struct header *h = ((const struct target *)target)->headers; h; h = h->next)
		buf_format(say, "%S: %S\r\n", &h->name, &h->value);
}

static bool has_header(const struct target *t, struct span name)
{
	const struct header *h = t->headers;

	while (h && !span_equals_nocase(h->name, name))
		h = h->next;
	return h != NULL;
}

static void put_request(struct buf *say, const struct target *t)
{
	bool is_rooted = t->resource.len > 0 && t->resource.at[0] == '/';
	uint64_t index;
	bool is_bare = !t->data.at && word_find("GET|HEAD", t->method, &index); /* RFC 9110 §8.6 */

	buf_format(say,
		   "%S %s%S HTTP/1.1\r\nHost: %w\r\nUser-Agent: shim/" SHIM_VERSION "\r\n%sConnection: close\r\n%w%w",
		   &t->method, is_rooted ? "" : "/", &t->resource, buf_put_authority, t,
		   has_header(t, SPAN("Accept")) ? "" : "Accept: */*\r\n", put_basic_auth, t, put_headers, t);
	buf_format(say, is_bare ? "\r\n" : "Content-Length: %u\r\n\r\n%S", (unsigned)t->data.len, &t->data);
}

/* Does `line` begin like "HTTP/1.1 200"? A line that is not complete yet does as far as it goes. */
static bool fits_status_line(const struct span *line)
{
	static const char form[] = "HTTP/1.# ###";

	for (size_t i = 0; form[i] && i < line->len; i++)
		if (form[i] == '#' ? !is_digit(line->at[i]) : line->at[i] != form[i])
			return false;
	return line->len < LINE_MAX_BYTES;
}

enum { STATUS_AT = 9, REASON_AT = 12 };

/* Less than 100 when a complete line that fits holds none. */
static unsigned status_of(const struct span *line)
{
	uint64_t status = 0;

	if (line->len == REASON_AT || (line->len > REASON_AT && line->at[REASON_AT] == ' '))
		span_number((struct span){line->at + STATUS_AT, REASON_AT - STATUS_AT}, 599, &status);
	return (unsigned)status;
}

/* Will a later request get another answer? Too early, too many and the server's own failures: likely. */
static bool status_may_change(unsigned status)
{
	return (status >= 500 && status != 501) || status == 408 || status == 425 || status == 429;
}

static void put_words(struct buf *b, const void *words)
{
	buf_put_excerpt(b, *(const struct span *)words, EXCERPT_MAX / 2);
}

static enum outcome refuse_status(unsigned status, const struct span *line, struct verdict *verdict)
{
	struct span words = span_trim(span_tail(*line, REASON_AT));

	verdict_fail(verdict, status_may_change(status) ? HTTP_STATUS_FOR_NOW : HTTP_STATUS_FOR_GOOD, (int)status,
		     words.len > 0 ? "%u %w" : "%u", status, put_words, &words);
	return NOT_READY;
}

/* An answer 1xx precedes the real one (RFC 9110 §15.2), but for 101: what follows that is no HTTP any more. */
static bool is_interim(unsigned status)
{
	return status < 200 && status != 101;
}

/* The status is as it should be; `rest` follows its line. */
static enum outcome judge_rest(const struct target *t, unsigned status, const struct heard *heard, struct span *rest,
			       struct verdict *verdict)
{
	bool has_body = status != 204 && status != 304 && !span_equals(t->method, SPAN("HEAD"));
	const struct header *missing = t->expected;
	enum found found = FOUND;
	struct span head;

	if (!head_take(rest, &head))
		return judge_unfinished(heard, verdict);
	while (missing && head_holds(head, missing->name, &missing->value))
		missing = missing->next;
	if (!missing && t->body.len > 0)
		found = has_body ? body_search(head, *rest, heard->eof, &t->body) : NOT_FOUND;
	if (found == NOT_FOUND_YET)
		return judge_unfinished(heard, verdict);
	if (!missing && found == FOUND)
		return READY;
	verdict_fail(verdict, HTTP_STATUS_FOR_NOW, missing ? -1 : -2,
		     missing ? "%u, but not with the expected header %S"
			     : "%u, but not with the expected text in its first 64 KiB",
		     status, missing ? &missing->name : NULL);
	return NOT_READY;
}

static enum outcome http_judge(const struct target *t, const struct heard *heard, struct buf *say,
			       struct verdict *verdict)
{
	struct span rest = heard->bytes, line;

	put_request(say, t);
	do {
		bool is_complete = line_take(&rest, &line);
		bool fits = fits_status_line(&line);
		unsigned status = fits ? status_of(&line) : 0;

		if (!is_complete && fits)
			break;
		if (status < 100)
			return judge_foreign("HTTP", &line, verdict);
		if (is_interim(status))
			continue;
		if (!statuses_hold(&t->statuses, status))
			return refuse_status(status, &line, verdict);
		return heard_max(t) > HEARD_MAX ? judge_rest(t, status, heard, &rest, verdict) : READY;
	} while (head_take(&rest, &line));
	return judge_unfinished(heard, verdict);
}

const struct probe http_probe = {http_judge};
