/* SPDX-License-Identifier: MIT */
#include "base/signame.h"

#include "base/format.h"

enum { RTMIN = 34 }; /* what libraries leave to programs; the kernel's begin at 32 */

/* signal(7), from 1 on */
static const char names[] =
	"HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP "
	"TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS";

static struct span without_prefix(struct span s, struct span prefix)
{
	return span_equals_nocase(span_head(s, prefix.len), prefix) ? span_tail(s, prefix.len) : s;
}

int signal_parse(struct span name)
{
	struct span rest = SPAN(names), real_time;
	uint64_t number;

	name = without_prefix(name, SPAN("SIG"));
	real_time = without_prefix(name, SPAN("RTMIN+"));
	if (span_number(real_time, SIGNAL_MAX, &number)) {
		number += real_time.len < name.len ? RTMIN : 0;
		return number <= SIGNAL_MAX ? (int)number : 0;
	}
	if (span_equals_nocase(name, SPAN("RTMIN")))
		return RTMIN;
	for (int i = 1; rest.len > 0; i++)
		if (span_equals_nocase(span_word(&rest), name))
			return i;
	return 0;
}

void buf_put_signal(struct buf *b, const void *number)
{
	unsigned n = *(const unsigned *)number;
	struct span rest = SPAN(names), name = {0};

	for (unsigned i = 0; i < n; i++)
		name = span_word(&rest);
	if (name.len > 0)
		buf_put(b, name);
	else
		buf_format(b, "signal %u", n);
}
