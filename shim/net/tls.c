/* SPDX-License-Identifier: MIT */
#include "net/tls.h"

struct tls {
	bool is_over;
	unsigned alert; /* that ended it: ours, or the peer's and ALERT_IS_THEIRS */
	size_t heard; /* bytes of records */
	struct span text; /* that came and was not used yet */
	struct record record;
	struct handshake handshake; /* large, most of it at its end, and not touched */
};

enum { ALERT_IS_THEIRS = 0x100 };

size_t tls_size(void)
{
	return sizeof(struct tls);
}

static void say_alert(struct tls *t, unsigned level, unsigned alert)
{
	const char content[] = {(char)level, (char)alert};

	record_put(&t->record, RECORD_ALERT, (struct span){content, sizeof(content)});
}

/* Of the last record, as far as it came. */
static struct span header_of(const struct tls *t)
{
	return span_head((struct span){(const char *)t->record.bytes, t->heard}, RECORD_HEADER_LEN);
}

/* Is it one of TLS or SSL 3? */
static bool is_tls(struct span header)
{
	return header.len >= 2 && (unsigned)header.at[0] - RECORD_CHANGE < 4 && header.at[1] == 3;
}

static void fail(struct tls *t, unsigned alert)
{
	enum { FATAL = 2 };

	if (alert == 0)
		return;
	t->is_over = true;
	t->alert = alert;
	if (is_tls(header_of(t))) /* else it stays, for people to see */
		say_alert(t, FATAL, alert);
}

void tls_init(struct tls *t, const struct tls_peer *peer, msec calendar)
{
	t->alert = 0;
	t->heard = 0;
	t->text.len = 0;
	record_init(&t->record);
	t->is_over = !handshake_start(&t->handshake, &t->record, peer, calendar);
}

bool tls_is_open(const struct tls *t)
{
	return t->handshake.awaited == AGREED;
}

bool tls_is_over(const struct tls *t)
{
	return t->is_over;
}

/* What the peer's alerts mean (RFC 5246 §7.2, RFC 6066 §9, RFC 7301 §3.2). */
static const struct {
	unsigned char alert, reason;
} alerts[] = {
	{40, TLS_NO_COMMON},           {42, TLS_REFUSED_CERTIFICATE}, {45, TLS_REFUSED_CERTIFICATE},
	{48, TLS_REFUSED_CERTIFICATE}, {51, TLS_REFUSED_CERTIFICATE}, {70, TLS_13_ONLY},
	{112, TLS_NO_VIRTUAL_HOST},    {116, TLS_WANTS_CERTIFICATE},  {120, TLS_NO_ALPN},
};

static enum reason reason_of(unsigned alert)
{
	for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++)
		if (alert == ALERT_IS_THEIRS + (unsigned)alerts[i].alert)
			return alerts[i].reason;
	return alert >= ALERT_IS_THEIRS ? TLS_ALERT : TLS_FAILED;
}

/* Why the handshake ended, where nothing was recorded. */
static bool tell_of_handshake(const struct tls *t, struct verdict *v)
{
	const struct handshake *h = &t->handshake;
	struct span header = header_of(t);
	enum reason reason = reason_of(t->alert);

	if (header.len > 0 && !is_tls(header))
		return verdict_fail(v, NOT_TLS, 0, " (it says \"%q\")", &header);
	/* Most alerts about certificates have no words of their own, and some servers say nothing at all. */
	if (h->is_asked && (t->alert == 0 || t->alert - ALERT_IS_THEIRS - 40 < 12))
		reason = h->peer->client ? TLS_REFUSED_CERTIFICATE : TLS_WANTS_CERTIFICATE;
	else if (t->alert == 0) /* Java's that know TLS 1.3 only just close */
		return verdict_fail(v, TLS_CLOSED, header.len > 0, "closed during the handshake%s",
				    header.len > 0 ? "" : "; it may require TLS 1.3");
	if (t->alert == ALERT_PROTOCOL_VERSION)
		return verdict_fail(v, NOT_TLS, 1, " 1.2 (it answers in an older version)");
	if (reason == TLS_NO_VIRTUAL_HOST)
		return verdict_fail(v, reason, 0, "%q", h->chain.shown);
	return verdict_fail(v, reason, (int)t->alert, "%u", t->alert % ALERT_IS_THEIRS);
}

bool tls_outcome(const struct tls *t, struct verdict *v)
{
	const struct verdict *recorded = &t->handshake.chain.verdict;

	if (recorded->reason != NOTHING_YET) {
		*v = *recorded;
		return false;
	}
	if (!tls_is_open(t))
		return tell_of_handshake(t, v);
	return t->alert == 0 || verdict_fail(v, ANSWER_RESET, (int)t->alert, "by TLS error %u", t->alert);
}

struct span tls_records(struct tls *t)
{
	return t->record.out;
}

void tls_sent(struct tls *t, size_t n)
{
	record_sent(&t->record, n);
}

char *tls_room(struct tls *t, size_t *size)
{
	return t->is_over || t->text.len > 0 ? NULL : record_room(&t->record, size);
}

/* The alert that answers it, or 0. A warning counts for nothing. */
static unsigned take_alert(struct tls *t, struct span content)
{
	enum { WARNING = 1, FATAL = 2 };
	unsigned alert;

	if (content.len != 2)
		return ALERT_DECODE_ERROR;
	alert = (unsigned char)content.at[1];
	if (content.at[0] == FATAL) {
		t->alert = ALERT_IS_THEIRS + alert;
		t->is_over = true;
	} else if (content.at[0] != WARNING) {
		return ALERT_ILLEGAL_PARAMETER;
	} else if (alert == ALERT_CLOSE_NOTIFY) {
		t->is_over = true;
	}
	return 0;
}

/* After the handshake there is one message: would we like another handshake? */
static unsigned take_message(struct tls *t, struct span content)
{
	enum { WARNING = 1 };

	if (!span_equals(content, SPAN("\0\0\0\0")))
		return ALERT_UNEXPECTED_MESSAGE;
	say_alert(t, WARNING, ALERT_NO_RENEGOTIATION);
	return 0;
}

static unsigned take_record(struct tls *t, int kind, struct span content)
{
	bool is_open = tls_is_open(t);

	if (kind == RECORD_ALERT)
		return take_alert(t, content);
	if (kind == RECORD_HANDSHAKE && is_open)
		return take_message(t, content);
	if (kind != RECORD_TEXT)
		return handshake_take(&t->handshake, &t->record, (enum record_kind)kind, content);
	if (!is_open)
		return ALERT_UNEXPECTED_MESSAGE;
	t->text = content;
	return 0;
}

void tls_received(struct tls *t, size_t n)
{
	struct span content;
	int kind = record_received(&t->record, n, &content);

	t->heard += n;
	if (t->heard > HANDSHAKE_MAX && !tls_is_open(t)) {
		verdict_fail(&t->handshake.chain.verdict, TLS_TOO_LONG, 0, "more than 160 KB");
		kind = -ALERT_RECORD_OVERFLOW;
	}
	if (kind < 0)
		fail(t, (unsigned)-kind);
	else if (kind != RECORD_PART)
		fail(t, take_record(t, kind, content));
}

struct span tls_text(struct tls *t)
{
	return t->text;
}

void tls_used(struct tls *t, size_t n)
{
	t->text = span_tail(t->text, n);
}

size_t tls_say(struct tls *t, struct span text)
{
	text = span_head(text, RECORD_CONTENT_MAX);
	if (t->is_over || t->record.heard > 0 || t->text.len > 0 || t->record.out.len > 0 ||
	    !record_put(&t->record, RECORD_TEXT, text))
		return 0;
	return text.len;
}

void tls_finish(struct tls *t)
{
	enum { WARNING = 1 };

	t->is_over = true;
	t->text.len = 0; /* what nobody read stands where the record will be */
	if (t->alert == 0)
		say_alert(t, WARNING, ALERT_CLOSE_NOTIFY);
}
