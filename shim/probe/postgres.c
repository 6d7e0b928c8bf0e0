/* SPDX-License-Identifier: MIT */
/* postgres: a server that asks who is there has looked at its own state first. */
#include "probe/probe.h"

#include "probe/wire.h"

enum { MESSAGE_MAX = 2048 }; /* an error that is longer is none */

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
	buf_put_big(say, (uint32_t)(4 + sizeof(fixed) + user.len + database.len), 4);
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

	return is_about_access ? READY : judge_refusal(t, SERVER_SAYS_WAIT, &words, verdict);
}

static enum outcome postgres_judge(const struct target *t, const struct heard *heard, struct buf *say,
				   struct verdict *verdict)
{
	struct span rest = heard->bytes;
	unsigned kind;
	size_t len;

	put_startup(say, t);
	if (rest.len == 0)
		return judge_unfinished(heard, verdict);
	kind = big_take(&rest, 1);
	if (kind != 'R' && kind != 'E')
		return judge_foreign("PostgreSQL", &heard->bytes, verdict);
	if (rest.len < 4)
		return judge_unfinished(heard, verdict);
	len = big_take(&rest, 4);
	if (len < 8 || len > MESSAGE_MAX)
		return judge_foreign("PostgreSQL", &heard->bytes, verdict);
	if (rest.len < len - 4)
		return judge_unfinished(heard, verdict);
	if (kind == 'E')
		return judge_error(t, span_head(rest, len - 4), verdict);
	if (big_take(&rest, 4) == 0)
		buf_put(say, SPAN("X\0\0\0\4")); /* it has let us in: Terminate */
	return READY;
}

const struct probe postgres_probe = {postgres_judge};
