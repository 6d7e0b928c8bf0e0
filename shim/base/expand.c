/* SPDX-License-Identifier: MIT */
#include "base/expand.h"

#include "base/environment.h"
#include "base/file.h"
#include "base/format.h"

#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 64 * 1024 }; /* a secret, a token, a header; what is longer is the wrong file */

/* Bytes at the start of `raw` that belong together: "$${", a group "${...}", or one character; 0 at its end. */
static size_t piece_len(const char *raw)
{
	const char *close;

	if (begins_with(raw, "$${"))
		return 3;
	if (!begins_with(raw, "${"))
		return *raw != '\0';
	close = strchrnul(raw, '}');
	return (size_t)(close - raw) + (*close != '\0');
}

char *find_unquoted(const char *raw, const char *set)
{
	while (!strchr(set, *raw)) /* which finds the NUL at the end, too */
		raw += piece_len(raw);
	return (char *)raw;
}

char *cut_unquoted(char *raw, const char *set)
{
	char *end = find_unquoted(raw, set);

	if (!*end)
		return NULL;
	*end = '\0';
	return end + 1;
}

/* What stands behind the name in a group "${NAME...}"; NULL when that piece is none. */
static const char *group_rule(const char *piece, size_t len)
{
	const char *rule = piece + 2;

	if (len < 2 || !begins_with(piece, "${") || *rule == '<')
		return NULL;
	while (is_alnum(*rule) || *rule == '_')
		rule++;
	return rule;
}

static const char *put_file(struct arena *a, struct buf *out, const char *path)
{
	size_t before = out->len;
	int error = file_read(path, FILE_MAX, out);

	if (error)
		return arena_format(a, "this file cannot be read: %e", error);
	if (out->len > before && out->at[out->len - 1] == '\n')
		out->len--;
	return NULL;
}

static const char *escaped(struct arena *a, const char *message)
{
	struct buf b = arena_rest(a);

	buf_put_escaped(&b, span_of(message));
	return arena_keep(a, &b).at;
}

static const char *put_variable(struct arena *a, struct buf *out, const char *name, const char *rule)
{
	const char *value = environment_value((struct span){name, (size_t)(rule - name)}).at;
	bool has_text = value && *value;
	bool has_default = begins_with(rule, ":-"), has_message = begins_with(rule, ":?");

	if (rule == name || is_digit(*name) || (*rule && !has_default && !has_message))
		return "this is not understood\nwrite ${NAME}, ${NAME:-default} or ${NAME:?message}";
	if (!*rule && !value)
		return "this variable is not set\nset it, or write ${NAME:-default}";
	if (has_message && !has_text)
		return rule[2] ? escaped(a, rule + 2) : "this variable is empty or not set";
	buf_put_text(out, has_default && !has_text ? rule + 2 : value);
	return NULL;
}

static const char *put_group(struct arena *a, struct buf *out, char *group, size_t len)
{
	char *last = group + len - 1;
	const char *rule = group_rule(group, len), *problem;

	if (*last != '}')
		return "this ${ is never closed\nwrite $${ for a literal ${";
	*last = '\0';
	problem = rule ? put_variable(a, out, group + 2, rule) : put_file(a, out, group + 3);
	*last = '}';
	return problem;
}

static const char *put_byte(struct buf *out, const char *percent)
{
	int high = hex_value(percent[1]);
	int low = high < 0 ? -1 : hex_value(percent[2]);

	if (low < 0)
		return "% is not followed by two hexadecimal digits\nwrite %25 for a literal %";
	buf_put_char(out, (char)(high << 4 | low));
	return NULL;
}

const char *expand(struct arena *a, struct buf *out, char *raw, enum percent percent, struct span *where)
{
	const char *problem = NULL;

	for (*where = (struct span){raw, 0}; *raw && !problem; raw += where->len) {
		*where = (struct span){raw, piece_len(raw)};
		if (begins_with(raw, "${")) {
			problem = put_group(a, out, raw, where->len);
		} else if (*raw == '%' && percent == DECODE_PERCENT) {
			where->len = strnlen(raw, 3);
			problem = put_byte(out, raw);
		} else {
			buf_put(out, where->len > 1 ? SPAN("${") : *where);
		}
	}
	return problem;
}

void buf_put_shown(struct buf *b, const char *raw)
{
	const char *from = raw, *rule;
	size_t len;

	for (; *raw; raw += len) {
		len = piece_len(raw);
		rule = group_rule(raw, len);
		if (!rule)
			continue;
		buf_put_escaped(b, (struct span){from, (size_t)(rule - from)});
		from = raw + len - 1;
	}
	buf_put_escaped(b, (struct span){from, (size_t)(raw - from)});
}
