/* SPDX-License-Identifier: MIT */
/*
 * mysql, mariadb: the server speaks first, but whoever leaves after its greeting is counted as a connect error, and is
 * blocked after max_connect_errors of them. So the greeting is answered, and the answer to that is heard.
 */
#include "probe/probe.h"

#include "probe/wire.h"

enum {
	PROTOCOL = 10,
	OK = 0x00,
	AUTH_SWITCH = 0xfe,
	ERROR = 0xff,
	/* errors before the greeting, and of a server that is on its way out */
	TOO_MANY_CONNECTIONS = 1040,
	SHUTTING_DOWN = 1053,
	HOST_IS_BLOCKED = 1129,
	HOST_IS_NOT_ALLOWED = 1130,
};

/* Takes a packet off `rest`; false when it is not complete. */
static bool take_packet(struct span *rest, struct span *payload)
{
	struct span from = *rest;
	size_t len = little_take(&from, 3);

	little_take(&from, 1); /* its number */
	if (rest->len < 4 || from.len < len)
		return false;
	*payload = span_head(from, len);
	*rest = span_tail(from, len);
	return true;
}

static void put_header(struct buf *say, size_t len, unsigned number)
{
	for (unsigned i = 0; i < 3; i++)
		buf_put_char(say, (char)(len >> 8 * i));
	buf_put_char(say, (char)number);
}

/* HandshakeResponse41 of the user, without a password. */
static void put_response(struct buf *say, const struct target *t)
{
	static const char plugin[] = "mysql_native_password";
	struct span user = t->user.len > 0 ? t->user : SPAN("shim");

	put_header(say, 32 + user.len + 2 + sizeof(plugin), 1);
	buf_put(say, SPAN("\x01\x82\x08\0")); /* LONG_PASSWORD, PROTOCOL_41, SECURE_CONNECTION, PLUGIN_AUTH */
	buf_put(say, SPAN("\0\0\0\x01\x21")); /* longest packet, UTF-8 */
	for (unsigned i = 0; i < 23; i++)
		buf_put_char(say, '\0');
	buf_put(say, user);
	buf_put(say, SPAN("\0\0"));
	buf_put(say, (struct span){plugin, sizeof(plugin)});
}

static enum outcome judge_error(const struct target *t, struct span payload, bool was_greeted, struct verdict *verdict)
{
	unsigned code = (little_take(&payload, 1), little_take(&payload, 2));

	if (span_starts_with(payload, SPAN("#")))
		payload = span_tail(payload, 6); /* the SQL state */
	switch (code) {
	case HOST_IS_BLOCKED:
	case HOST_IS_NOT_ALLOWED:
		return judge_refusal(t, SERVER_SAYS_NO, &payload, verdict);
	case TOO_MANY_CONNECTIONS:
	case SHUTTING_DOWN:
		return judge_refusal(t, SERVER_SAYS_WAIT, &payload, verdict);
	}
	/* Whoever says who may come in is up. */
	return was_greeted ? READY : judge_refusal(t, SERVER_SAYS_WAIT, &payload, verdict);
}

static enum outcome judge_answer(const struct target *t, const struct span *payload, struct buf *say,
				 struct verdict *verdict)
{
	switch (payload->len ? (unsigned char)*payload->at : OK) {
	case OK:
		buf_put(say, SPAN("\x01\0\0\0\x01")); /* COM_QUIT */
		return READY;
	case ERROR:
		return judge_error(t, *payload, true, verdict);
	}
	return PENDING;
}

static enum outcome mysql_judge(const struct target *t, const struct heard *heard, struct buf *say,
				struct verdict *verdict)
{
	struct span rest = heard->bytes, payload;
	enum outcome outcome = PENDING;

	if (rest.len > 4 && rest.at[4] != PROTOCOL && (unsigned char)rest.at[4] != ERROR)
		return judge_foreign("MySQL", &heard->bytes, verdict);
	if (!take_packet(&rest, &payload))
		return judge_unfinished(heard, verdict);
	if (payload.len == 0)
		return judge_foreign("MySQL", &heard->bytes, verdict);
	if (*payload.at != PROTOCOL)
		return judge_error(t, payload, false, verdict);
	put_response(say, t);
	while (outcome == PENDING && take_packet(&rest, &payload)) {
		outcome = judge_answer(t, &payload, say, verdict);
		if (outcome == PENDING && (unsigned char)*payload.at == AUTH_SWITCH)
			put_header(say, 0, 3); /* no password there either */
	}
	return outcome == PENDING ? judge_unfinished(heard, verdict) : outcome;
}

const struct probe mysql_probe = {mysql_judge};
