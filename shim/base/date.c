/* SPDX-License-Identifier: MIT */
#include "base/date.h"

#include "base/format.h"

int64_t days_from_date(int64_t year, unsigned month, unsigned day)
{
	/* The year that begins in March has its leap day at the end. */
	int64_t y = month <= 2 ? year - 1 : year;
	unsigned from_march = month <= 2 ? month + 9 : month - 3;

	return y * 365 + y / 4 - y / 100 + y / 400 + (from_march * 153 + 2) / 5 + day - 1 - 719468;
}

/* `month` counts from January 1970. */
static int64_t month_start(unsigned month)
{
	return days_from_date(1970 + month / 12, month % 12 + 1, 1);
}

/* "2026-11-24", `between`, "16:38" */
static void put_minute(struct buf *b, msec calendar, const char *between)
{
	if (calendar < 0)
		calendar = 0;

	int64_t days = calendar / (24 * HOUR);
	unsigned minute = (unsigned)(calendar / MINUTE % (24 * 60)), month = 0;

	while (month_start(month + 1) <= days)
		month++;
	buf_format(b, "%4-%2-%2%s%2:%2", 1970 + month / 12, month % 12 + 1, (unsigned)(days - month_start(month)) + 1,
		   between, minute / 60, minute % 60);
}

void buf_put_timestamp(struct buf *b, const void *calendar)
{
	msec moment = *(const msec *)calendar;
	unsigned in_minute = (unsigned)(moment % MINUTE);

	put_minute(b, moment, "T");
	buf_format(b, ":%2.%3Z", in_minute / SECOND, in_minute % SECOND);
}

void buf_put_date(struct buf *b, const void *calendar)
{
	put_minute(b, *(const msec *)calendar, " ");
	buf_put_text(b, " UTC");
}
