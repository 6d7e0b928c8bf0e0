/* SPDX-License-Identifier: MIT */
#include "base/duration.h"

static const struct {
	char name[4];
	int length; /* ms */
} units[] = {{"ms", 1}, {"s", SECOND}, {"m", MINUTE}, {"h", HOUR}}; /* "ms" before "m", which it begins with */

/* Takes "1.5s" off the front of `rest` and adds it to *sum. */
static bool take_part(struct span *rest, msec *sum)
{
	enum { PART_MAX = 1000000000 }; /* hours: more is a slip, and nothing must overflow */
	struct span number = span_head(*rest, span_find_any(*rest, "hms"));
	uint64_t thousandths;
	size_t i = 0;

	*rest = span_tail(*rest, number.len);
	while (!span_starts_with(*rest, span_of(units[i].name)))
		if (++i == sizeof(units) / sizeof(units[0]))
			return false;
	*rest = span_tail(*rest, i ? 1 : 2);
	if (!span_thousandths(number, PART_MAX, &thousandths))
		return false;
	*sum += (msec)thousandths * units[i].length / 1000;
	return *sum < NEVER;
}

bool duration_parse(struct span text, msec *length)
{
	msec sum = 0;

	do {
		if (!take_part(&text, &sum))
			return false;
	} while (text.len > 0);
	*length = sum;
	return true;
}

void buf_put_duration(struct buf *b, msec length)
{
	unsigned hundredths = (unsigned)length % SECOND / 10;

	if (length >= NEVER) {
		buf_put_text(b, "no limit");
	} else if (length < SECOND) {
		buf_put_number(b, (uint64_t)length);
		buf_put_text(b, "ms");
	} else if (length < MINUTE && hundredths > 0) {
		buf_put_number(b, (uint64_t)length / SECOND);
		buf_put_char(b, '.');
		buf_put_digits(b, hundredths, 2);
		buf_put_char(b, 's');
	} else {
		for (unsigned i = 3; i > 0; i--) {
			if (length >= units[i].length) {
				buf_put_number(b, (uint64_t)length / (unsigned)units[i].length);
				buf_put_text(b, units[i].name);
			}
			length %= units[i].length;
		}
	}
}
