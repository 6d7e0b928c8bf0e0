/* SPDX-License-Identifier: MIT */
#include "base/policy.h"

struct policy policy_default(void)
{
	return (struct policy){
		.timeout = 5 * MINUTE,
		.attempt_timeout = 5 * SECOND,
		.interval = 50,
		.max_interval = 5 * SECOND,
		.backoff = 1050,
		.jitter = 10,
		.successes = 1,
		.fail_fast = 0,
	};
}

const struct setting policy_settings[] = {
	{"timeout\0TIME\0give up after this long (default 5m; none: never)", LIMIT, offsetof(struct policy, timeout),
	 0},
	{"attempt-timeout\0TIME\0bound on one attempt, DNS and TLS included (5s)", DURATION,
	 offsetof(struct policy, attempt_timeout), 0},
	{"interval\0TIME\0delay after the first attempt (50ms)", DURATION, offsetof(struct policy, interval), 0},
	{"backoff\0FACTOR\0each delay is this much longer than the last (1.05)", FACTOR,
	 offsetof(struct policy, backoff), 0},
	{"max-interval\0TIME\0longest delay (5s)", DURATION, offsetof(struct policy, max_interval), 0},
	{"jitter\0PERCENT\0spread each delay by so much both ways (10)", PERCENT, offsetof(struct policy, jitter), 0},
	{"successes\0N\0ready after N good attempts in a row (1)", NUMBER, offsetof(struct policy, successes), 0},
	{"fail-fast\0N\0give up after N failures in a row that waiting rarely mends", COUNT,
	 offsetof(struct policy, fail_fast), 0},
	{0},
};

const struct setting *policy_find(const struct setting *own, struct span name, name_test *fits)
{
	const struct setting *s = setting_find(own, name, fits);

	return s ? s : setting_find(policy_settings, name, fits);
}
