/* SPDX-License-Identifier: MIT */
/* pem: what may stand in a file of trusted certificates. */
#include "net/pem.h"

#include "fuzz.h"
#include "net/certificate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* As trust.c takes it; its names are read to their ends. */
static void take(struct span bytes)
{
	char memory[200];
	struct buf b = buf_init(memory, sizeof(memory));
	struct certificate c;
	struct der d;

	der_init(&d, bytes);
	if (certificate_take(&c, &d)) {
		buf_put_dn(&b, &c.subject);
		certificate_take_trust(&d);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *file = malloc(size + !size), *end = file + size;
	struct pem p = {file, end};
	struct span bytes;
	enum pem_kind kind;

	memcpy(file, data, size);
	while ((kind = pem_next(&p, &bytes)) != PEM_END) {
		if (kind == PEM_OTHER || kind == PEM_DAMAGED)
			assert_int_equal(bytes.len, 0);
		if (bytes.len == 0)
			continue;
		assert_true(bytes.at >= file && bytes.at + bytes.len <= p.at);
		take(bytes);
	}
	free(file);
	return 0;
}
