/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* By system call: the way through the vDSO is 1 KB of libc, and a call for each turn of a loop is nothing. */
static msec clock_read(clockid_t id)
{
	struct timespec t;

	syscall(SYS_clock_gettime, id, &t);
	return (msec)t.tv_sec * SECOND + t.tv_nsec / 1000000;
}

msec clock_now(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

msec clock_calendar(void)
{
	return clock_read(CLOCK_REALTIME);
}

static msec unit_length(struct span unit)
{
	static const struct {
		char name[3];
		msec length;
	} units[] = {{"ms", 1}, {"s", SECOND}, {"m", MINUTE}, {"h", HOUR}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (span_equals(unit, span_of(units[i].name)))
			return units[i].length;
	return 0;
}

/* Takes "1.5s" off the front of `rest` and adds it to *sum. */
static bool take_part(struct span *rest, msec *sum)
{
	enum { PART_MAX = 1000000000 }; /* hours: more is a slip, and sums must not overflow */
	size_t end = span_find_any(*rest, "hms");
	struct span number = span_head(*rest, end);
	struct span whole = span_cut(&number, '.');
	bool has_fraction = whole.len < end;
	struct span unit = span_tail(*rest, end);
	uint64_t n, thousandths = 0;

	unit = span_head(unit, span_starts_with(unit, SPAN("ms")) ? 2 : 1);
	*rest = span_tail(*rest, end + unit.len);

	msec length = unit_length(unit);

	if (length == 0 || !span_number(whole, PART_MAX, &n))
		return false;
	if (has_fraction && (number.len > 3 || !span_number(number, 999, &thousandths)))
		return false;
	for (size_t i = number.len; i < 3; i++)
		thousandths *= 10;
	*sum += (msec)n * length + (msec)thousandths * length / 1000;
	return true;
}

bool duration_parse(struct span text, msec *length)
{
	msec sum = 0;

	if (text.len == 0)
		return false;
	while (text.len > 0)
		if (!take_part(&text, &sum))
			return false;
	*length = sum;
	return true;
}

static void put_seconds(struct buf *b, msec length)
{
	buf_put_number(b, (uint64_t)(length / SECOND));
	if (length < MINUTE && length % SECOND >= 10) {
		buf_put_char(b, '.');
		buf_put_digits(b, (uint64_t)(length % SECOND / 10), 2);
	}
	buf_put_char(b, 's');
}

void buf_put_duration(struct buf *b, msec length)
{
	if (length >= NEVER) {
		buf_put_text(b, "no limit");
		return;
	}
	if (length < SECOND) {
		buf_put_number(b, (uint64_t)length);
		buf_put_text(b, "ms");
		return;
	}
	if (length >= HOUR) {
		buf_put_number(b, (uint64_t)(length / HOUR));
		buf_put_char(b, 'h');
	}
	if (length % HOUR >= MINUTE) {
		buf_put_number(b, (uint64_t)(length % HOUR / MINUTE));
		buf_put_char(b, 'm');
	}
	if (length < MINUTE || length % MINUTE >= SECOND)
		put_seconds(b, length < MINUTE ? length : length % MINUTE / SECOND * SECOND);
}

int64_t days_from_date(int64_t year, unsigned month, unsigned day)
{
	/* The year that begins in March has its leap day at the end. */
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t from_march = month <= 2 ? month + 9 : month - 3;
	int64_t leap_days = y / 4 - y / 100 + y / 400;

	return y * 365 + leap_days + (from_march * 153 + 2) / 5 + day - 1 - 719468;
}

struct date {
	int64_t year;
	unsigned month, day;
};

static struct date date_from_days(int64_t days)
{
	struct date d = {.year = 1970 + days / 366, .month = 1, .day = 1};

	while (days_from_date(d.year + 1, 1, 1) <= days)
		d.year++;
	while (d.month < 12 && days_from_date(d.year, d.month + 1, 1) <= days)
		d.month++;
	d.day = (unsigned)(days - days_from_date(d.year, d.month, 1)) + 1;
	return d;
}

/* "2026-11-24", `between`, "16:38" */
static void put_minute(struct buf *b, msec calendar, char between)
{
	if (calendar < 0)
		calendar = 0;

	struct date d = date_from_days(calendar / (24 * HOUR));

	buf_put_digits(b, (uint64_t)d.year, 4);
	buf_put_char(b, '-');
	buf_put_digits(b, d.month, 2);
	buf_put_char(b, '-');
	buf_put_digits(b, d.day, 2);
	buf_put_char(b, between);
	buf_put_digits(b, (uint64_t)(calendar / HOUR % 24), 2);
	buf_put_char(b, ':');
	buf_put_digits(b, (uint64_t)(calendar / MINUTE % 60), 2);
}

void buf_put_timestamp(struct buf *b, msec calendar)
{
	put_minute(b, calendar, 'T');
	buf_put_char(b, ':');
	buf_put_digits(b, (uint64_t)(calendar / SECOND % 60), 2);
	buf_put_char(b, '.');
	buf_put_digits(b, (uint64_t)(calendar % SECOND), 3);
	buf_put_char(b, 'Z');
}

void buf_put_date(struct buf *b, const void *calendar)
{
	put_minute(b, *(const msec *)calendar, ' ');
	buf_put_text(b, " UTC");
}
