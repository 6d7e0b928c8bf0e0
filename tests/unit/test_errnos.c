/* SPDX-License-Identifier: MIT */
#include "base/errnos.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* The name behind the words is the kernel's for that number, which glibc knows. */
static void test_words_stand_beside_their_number(void **state)
{
	unsigned known = 0;

	(void)state;
	for (int error = 1; error < 134; error++) {
		char memory[100], wanted[40];
		struct buf b = buf_init(memory, sizeof(memory));
		const char *name = strerrorname_np(error);

		buf_put_errno(&b, error);
		snprintf(wanted, sizeof(wanted), "(%s)", name ? name : "?");
		if (strchr(buf_text(&b), '(')) {
			assert_non_null(strstr(buf_text(&b), wanted));
			known++;
		} else {
			snprintf(wanted, sizeof(wanted), "errno %d", error);
			assert_string_equal(buf_text(&b), wanted);
		}
	}
	assert_true(known > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_words_stand_beside_their_number)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
