/* SPDX-License-Identifier: MIT */
/*
 * postgres: a server that asks for a password has looked at its own state first. One that trusts everybody looks at
 * the rest, whether it is full for one, only after it has said so: there the end of the login counts.
 *
 * postgress: asks for TLS first, and has nothing to say to a server that will not have it.
 */
#include "probe/probe.h"

#include "probe/wire.h"

enum {
	HEAD = 5, /* a letter and the length of all that follows it */
	MESSAGE_MAX = 2048, /* an error that is longer is none */
};

/* The database behind the "/" of the target's path. */
static struct span database_of(const struct target *t)
{
	struct span path = span_head(t->resource, span_find(t->resource, '?'));

	return span_tail(path, 1);
}

/* StartupMessage of protocol 3.0, which carries its own length. */
static void put_startup(struct buf *say, const struct target *t)
{
	struct span user = t->user.len > 0 ? t->user : SPAN("postgres");
	struct span database = database_of(t);
	static const char fixed[] = "\0\3\0\0user\0\0database\0\0application_name\0shim\0";

	if (database.len == 0)
		database = user;
	buf_put_bytes(say, (uint32_t)(4 + sizeof(fixed) + user.len + database.len), 4);
	buf_put(say, SPAN("\0\3\0\0user\0"));
	buf_put(say, user);
	buf_put(say, SPAN("\0database\0"));
	buf_put(say, database);
	buf_put(say, SPAN("\0application_name\0shim\0\0"));
}

/* The field of an error that has this letter. */
static struct span field(struct span fields, char letter)
{
	while (fields.len > 0) {
		struct span text = text_take(&fields);

		if (text.len > 0 && *text.at == letter)
			return span_tail(text, 1);
	}
	return (struct span){0};
}

/* Starting, stopping, recovering and full are said with these; who may come in, with others (errcodes.txt). */
static enum outcome judge_error(const struct target *t, struct span fields, struct verdict *verdict)
{
	struct span code = field(fields, 'C'), words = field(fields, 'M');
	bool is_about_access = span_starts_with(code, SPAN("28")) || span_equals(code, SPAN("3D000"));

	if (is_about_access && !t->strict)
		return READY;
	return judge_refusal(t, is_about_access ? SERVER_SAYS_NO : SERVER_SAYS_WAIT, &words, verdict);
}

/* It asks for a password, or the like, before it looks whether there are such a user and such a database. */
static enum outcome judge_demand(const struct target *t, struct verdict *verdict)
{
	if (!t->strict)
		return READY;
	verdict_fail(verdict, SERVER_SAYS_NO, 0, "it asks for a password");
	return NOT_READY;
}

/* SSLRequest is answered with one letter. */
static enum outcome ask_for_tls(const struct heard *heard, struct buf *say, struct verdict *verdict)
{
	buf_put(say, SPAN("\0\0\0\x08\x04\xd2\x16\x2f"));
	if (heard->bytes.len == 0)
		return judge_unfinished(heard, verdict);
	switch (*heard->bytes.at) {
	case 'S':
		return START_TLS;
	case 'N':
		verdict_fail(verdict, SERVER_SAYS_NO, 0, "the server does not offer TLS");
		return NOT_READY;
	}
	return judge_foreign("PostgreSQL", &heard->bytes, verdict);
}

static enum outcome postgres_judge(const struct target *t, const struct heard *heard, struct buf *say,
				   struct verdict *verdict)
{
	struct span rest = heard->bytes, wanted = SPAN("RE");

	if (t->scheme->security == TLS_ON_REQUEST && !heard->is_secure)
		return ask_for_tls(heard, say, verdict);
	put_startup(say, t);
	for (;;) {
		struct span content = rest;
		char kind = (char)big_take(&content, 1);
		uint32_t len = big_take(&content, 4) - 4;

		if (rest.len > 0 && (span_find(wanted, kind) == wanted.len || (rest.len >= HEAD && len > MESSAGE_MAX)))
			return judge_foreign("PostgreSQL", &heard->bytes, verdict);
		if (rest.len < HEAD || content.len < len)
			return judge_unfinished(heard, verdict);
		rest = span_tail(content, len);
		content = span_head(content, len);
		if (kind == 'E')
			return judge_error(t, content, verdict);
		if (kind == 'R' && big_take(&content, 4) != 0)
			return judge_demand(t, verdict);
		if (kind == 'Z') {
			buf_put(say, SPAN("X\0\0\0\4")); /* Terminate */
			return READY;
		}
		wanted = SPAN("SKNEZ"); /* it has let us in: settings, a key, notices, at last ReadyForQuery */
	}
}

const struct probe postgres_probe = {postgres_judge};
