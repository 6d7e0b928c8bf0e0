/* SPDX-License-Identifier: MIT */
/* smtp, smtps: a greeting with 220 (RFC 5321 §3.1); whoever speaks before it is taken for a spammer. */
#include "probe/probe.h"

#include "probe/wire.h"

enum { CODE_LEN = 3 };

/* What is not complete yet fits as far as it goes. */
static bool fits_reply(const struct span *line)
{
	for (size_t i = 0; i < CODE_LEN && i < line->len; i++)
		if (!is_digit(line->at[i]))
			return false;
	return line->len <= CODE_LEN || line->at[CODE_LEN] == ' ' || line->at[CODE_LEN] == '-';
}

static enum outcome smtp_judge(const struct target *t, const struct heard *heard, struct buf *say,
			       struct verdict *verdict)
{
	struct span rest = heard->bytes, line;

	while (rest.len > 0) {
		bool is_complete = line_take(&rest, &line);

		if (!fits_reply(&line) || (is_complete && line.len < CODE_LEN))
			return judge_foreign("SMTP", &line, verdict);
		if (!is_complete)
			break;
		if (line.len > CODE_LEN && line.at[CODE_LEN] == '-')
			continue; /* more lines of this reply follow */
		if (line.at[0] == '4' || line.at[0] == '5')
			return judge_refusal(t, line.at[0] == '4' ? SERVER_SAYS_WAIT : SERVER_SAYS_NO, &line, verdict);
		if (!span_starts_with(line, SPAN("220")))
			return judge_foreign("SMTP", &line, verdict);
		buf_put_text(say, "QUIT\r\n");
		return READY;
	}
	return judge_unfinished(heard, verdict);
}

const struct probe smtp_probe = {smtp_judge};
