/* SPDX-License-Identifier: MIT */
/*
 * probe: what a peer may say, to the probe of a declaration.
 *
 * An input is the declaration, a NUL, and what the peer says. Only that is altered: which probes are tried, and with
 * which options, is up to the rows of tests/unit that the fuzzer begins with.
 */
#include "config.h"
#include "conversation.h"
#include "fuzz.h"

#include <string.h>

/* The declaration, with its NUL. */
static size_t head_len(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, 0, size);

	return end ? (size_t)(end - data) + 1 : 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	size_t head = head_len(data, size);

	(void)seed; /* the library's own chance is at work */
	return head > 0 && head < max ? head + LLVMFuzzerMutate(data + head, size - head, max - head) : size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t head = head_len(data, size);
	struct span input = {(const char *)data, size};
	struct config config;

	if (head > 0) {
		conversation_bear(config_target(&config, input.at), span_head(span_tail(input, head), HEARD_MAX));
		config_close(&config);
	}
	return head > 0 ? 0 : -1;
}
