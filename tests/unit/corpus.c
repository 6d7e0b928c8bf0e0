/* SPDX-License-Identifier: MIT */
#include "corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <cmocka.h>

/* FNV-1a: two rows that are the same are one file. */
static unsigned long long hash(struct span input)
{
	unsigned long long sum = 0xcbf29ce484222325;

	for (size_t i = 0; i < input.len; i++)
		sum = (sum ^ (unsigned char)input.at[i]) * 0x100000001b3;
	return sum;
}

void corpus_keep(const char *fuzzer, struct span input)
{
	const char *folder = getenv("FUZZ_CORPUS");
	char path[1024];
	FILE *file;

	if (!folder)
		return;
	snprintf(path, sizeof(path), "%s/%s", folder, fuzzer);
	mkdir(path, 0777);
	snprintf(path, sizeof(path), "%s/%s/%016llx", folder, fuzzer, hash(input));
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(input.at, 1, input.len, file), input.len);
	assert_int_equal(fclose(file), 0);
}
