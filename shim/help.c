/* SPDX-License-Identifier: MIT */
#include "help.h"

#include "base/target.h"
#include "options.h"
#include "probe/probe.h"

static const char head[] =
	"shim waits for what a container needs, then runs its command as init.\n"
	"\n"
	"  shim [run] [OPTION]... [--] COMMAND [ARG]...   wait, start COMMAND, look after it\n"
	"  shim wait  [OPTION]... TARGET...               wait, exit 0 when all are ready\n"
	"  shim check [OPTION]... [TARGET]...             one attempt each, exit 0 or 1\n"
	"  shim install PATH                              copy this program to PATH\n";

static const char tail[] =
	"\n"
	"A value may hold %XX, ${NAME}, ${NAME:-default}, ${NAME:?message} and ${</file}.\n"
	"Each OPTION is a variable too: SHIM_WAIT_FOR (targets between blanks), SHIM_TIMEOUT...\n"
	"\n"
	"Exit status: COMMAND's own, or 128 + signal; 124 waited too long; 125 a mistake, or shim\n"
	"itself failed; 126 COMMAND cannot be executed; 127 COMMAND was not found.\n";

static void put_row(struct buf *b, const char *before, const char *name, const char *join, const char *value,
		    const char *help)
{
	enum { HELP_COLUMN = 28 };
	size_t start = b->len;

	buf_put_text(b, before);
	buf_put_text(b, name);
	if (value) {
		buf_put_text(b, join);
		buf_put_text(b, value);
	}
	buf_put_char(b, ' ');
	buf_pad(b, start + HELP_COLUMN);
	buf_put_text(b, help);
	buf_put_char(b, '\n');
}

static void put_settings(struct buf *b, const struct setting *s, const char *before, const char *join)
{
	for (; s->name; s++)
		put_row(b, before, s->name, join, s->value, s->help);
}

/* What a declaration of that scheme looks like. */
static const char *form(const struct scheme *s)
{
	if (s->medium == BY_FILE)
		return ":///PATH";
	if (s->medium == BY_SOCKET)
		return s->takes & TAKES_PATH ? "://SOCKET%2FPATH/PATH" : ":///PATH";
	if (s->takes & TAKES_PATH)
		return "://HOST[:PORT]/PATH";
	return s->port ? "://HOST[:PORT]" : "://HOST:PORT";
}

void buf_put_help(struct buf *b)
{
	buf_put_text(b, head);
	buf_put_text(b, "\nTARGET is HOST:PORT, or one of these, ready when:\n");
	for (const struct scheme *s = schemes; s->name; s++)
		put_row(b, "  ", s->name, "", form(s), s->help);
	buf_put_text(b, "\nand behind it #OPTION[,OPTION]...; each OPTION with a TIME, FACTOR, N or PERCENT, too:\n");
	put_settings(b, target_settings, "  ", "=");
	buf_put_text(b, "\nOPTION:\n");
	put_settings(b, option_settings, "  --", " ");
	put_settings(b, policy_settings, "  --", " ");
	buf_put_text(b, tail);
}
