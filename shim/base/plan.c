/* SPDX-License-Identifier: MIT */
#include "base/plan.h"

#include "base/setting.h"

#include <signal.h>

static const char no_signal[] = "there is no such signal: write its name, as in KILL, or its number";

void plan_init(struct plan *p)
{
	*p = (struct plan){0};
	for (unsigned i = 0; i < sizeof(p->exit_as); i++)
		p->exit_as[i] = (unsigned char)i;
	for (unsigned i = 0; i <= SIGNAL_MAX; i++)
		p->forwarded_as[i] = (unsigned char)i;
}

const char *plan_map_signal(struct plan *p, struct span text)
{
	struct span from = span_head(text, span_find_any(text, "=:"));
	struct span to = span_tail(text, from.len + 1);
	int received = signal_parse(from), sent = signal_parse(to);
	bool is_dropped = to.len == 0 || span_equals(to, SPAN("0"));

	if (from.len == text.len)
		return "write RECEIVED=SENT, as in TERM=QUIT, 15=3, or INT= to drop it";
	if (received == 0 || (sent == 0 && !is_dropped))
		return no_signal;
	if (received == SIGKILL || received == SIGSTOP || received == SIGCHLD)
		return "KILL, STOP and CHLD cannot be forwarded, so they cannot become another signal";
	p->forwarded_as[received] = (unsigned char)sent;
	return NULL;
}

const char *plan_map_status(struct plan *p, struct span text)
{
	struct span to = text;
	struct span from = span_cut(&to, '=');
	uint64_t status, wanted;

	if (!span_number(from, 255, &status) || !span_number(to, 255, &wanted))
		return "write STATUS=STATUS, each up to 255";
	p->exit_as[status] = (unsigned char)wanted;
	return NULL;
}

const char *plan_set_parent_death(struct plan *p, struct span text)
{
	uint64_t on = 1;

	if (text.len == 0 || word_find("0|1|false|true", text, &on)) {
		p->parent_death = on & 1 ? SIGTERM : 0;
		return NULL;
	}
	p->parent_death = signal_parse(text);
	return p->parent_death ? NULL : no_signal;
}
