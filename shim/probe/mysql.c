/* SPDX-License-Identifier: MIT */
/*
 * mysql, mariadb: the server speaks first, but whoever leaves after its greeting is counted as a connect error, and is
 * blocked after max_connect_errors of them. So the greeting is answered, and the answer to that is heard.
 */
#include "probe/probe.h"

#include "probe/wire.h"

enum {
	PACKET_MAX = 2048, /* bytes; a greeting has about 100, and an error at most 600 */
	GREETING = 10, /* and the version of the protocol */
	OK = 0x00,
	MORE_TO_COME = 0x01,
	AUTH_SWITCH = 0xfe,
	ERROR = 0xff,
	/* errors that tell of the server, not of the user */
	TOO_MANY_CONNECTIONS = 1040,
	SHUTTING_DOWN = 1053,
	HOST_IS_BLOCKED = 1129,
	HOST_IS_NOT_ALLOWED = 1130,
	OFFLINE = 3032,
};

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

/* `payload` is what follows the mark of an error. */
static enum outcome judge_error(const struct target *t, struct span payload, bool was_greeted, struct verdict *verdict)
{
	unsigned code = little_take(&payload, 2);
	bool is_for_good = code == HOST_IS_BLOCKED || code == HOST_IS_NOT_ALLOWED;

	if (was_greeted && !is_for_good && code != TOO_MANY_CONNECTIONS && code != SHUTTING_DOWN && code != OFFLINE) {
		if (!t->strict)
			return READY; /* whoever says that a user may not come in is up */
		is_for_good = true;
	}
	if (span_starts_with(payload, SPAN("#")))
		payload = span_tail(payload, 6); /* the SQL state */
	return judge_refusal(t, is_for_good ? SERVER_SAYS_NO : SERVER_SAYS_WAIT, &payload, verdict);
}

static enum outcome judge_packet(const struct target *t, struct span payload, bool was_greeted, struct buf *say,
				 struct verdict *verdict)
{
	struct span all = payload;
	unsigned kind = little_take(&payload, 1);

	if (kind == ERROR)
		return judge_error(t, payload, was_greeted, verdict);
	if (kind == GREETING && !was_greeted) {
		put_response(say, t);
		return PENDING;
	}
	if (kind == OK && was_greeted) {
		buf_put(say, SPAN("\x01\0\0\0\x01")); /* COM_QUIT */
		return READY;
	}
	if (kind == AUTH_SWITCH && was_greeted)
		put_header(say, 0, 3); /* no password there either */
	else if (kind != MORE_TO_COME || !was_greeted)
		return judge_foreign("MySQL", &all, verdict);
	return PENDING;
}

static enum outcome mysql_judge(const struct target *t, const struct heard *heard, struct buf *say,
				struct verdict *verdict)
{
	struct span rest = heard->bytes;
	bool was_greeted = false;
	enum outcome outcome;

	do {
		struct span payload = rest;
		uint32_t len = little_take(&payload, 3);

		if (rest.len >= 3 && (len == 0 || len > PACKET_MAX))
			return judge_foreign("MySQL", &heard->bytes, verdict);
		if (payload.len <= len) /* its number comes first */
			return judge_unfinished(heard, verdict);
		payload = span_tail(payload, 1);
		rest = span_tail(payload, len);
		outcome = judge_packet(t, span_head(payload, len), was_greeted, say, verdict);
		was_greeted = true;
	} while (outcome == PENDING);
	return outcome;
}

const struct probe mysql_probe = {mysql_judge};
