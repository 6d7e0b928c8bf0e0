/* SPDX-License-Identifier: MIT */
#include "help.h"

#include "base/target.h"
#include "options.h"
#include "probe/probe.h"

static const char *const head = "shim waits for what a container needs, then runs its command as init.\n"
				"\n"
				"  shim [run] [OPTION]... [--] COMMAND [ARG]...   wait, start COMMAND, look after it\n"
				"  shim wait  [OPTION]... TARGET...     wait, exit 0 when all are ready\n"
				"  shim check [OPTION]... [TARGET]...   one attempt each, exit 0 or 1\n"
				"  shim install PATH                    copy this program to PATH\n"
				"  shim pause                           reap until TERM\n"
				"\n"
				"TARGET is HOST:PORT, or one of these, ready when:\n";

static const char *const tail =
	"\n"
	"A value may hold %XX, ${NAME}, ${NAME:-default}, ${NAME:?message} and ${</file}.\n"
	"Each OPTION is a variable too: SHIM_WAIT_FOR (targets between blanks), SHIM_TIMEOUT...\n"
	"\n"
	"Exit status: COMMAND's, or 128 + signal; 124 waited too long; 125 a mistake, or shim failed;\n"
	"126 COMMAND cannot be executed; 127 it was not found.\n";

/* A row of help, from a name with its value and its help behind it. */
static void put_row(struct buf *b, const char *form, const char *texts)
{
	enum { HELP_COLUMN = 29 };
	size_t start = b->len;

	buf_format(b, form, texts, text_at(texts, VALUE_TEXT));
	buf_format(b, " %p%s\n", start + HELP_COLUMN, text_at(texts, HELP_TEXT));
}

/* A form for names, and one for names with a value. */
static void put_settings(struct buf *b, const struct setting *s, const char *alone, const char *with_value)
{
	for (; s->name; s++)
		put_row(b, *text_at(s->name, VALUE_TEXT) ? with_value : alone, s->name);
}

void buf_put_help(struct buf *b)
{
	buf_put_text(b, head);
	for (const struct scheme *s = schemes; s->name; s++)
		if (*text_at(s->name, VALUE_TEXT))
			put_row(b, "  %s%s", s->name);
	buf_put_text(b, "\nand behind it #OPTION[,OPTION]...: those from timeout to fail-fast below, and:\n");
	put_settings(b, target_settings, "  %s", "  %s=%s");
	buf_put_text(b, "\nOPTION:\n");
	put_settings(b, option_settings, "  --%s", "  --%s %s");
	put_settings(b, policy_settings, "  --%s", "  --%s %s");
	buf_put_text(b, tail);
}
