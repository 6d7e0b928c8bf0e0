/* SPDX-License-Identifier: MIT */
/* target: what a user may declare. Variables and files that may be named in it are those of its tables. */
#include "config.h"
#include "fuzz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

enum { DECLARATION_MAX = 256 }; /* with a mistake a byte, what is shown fits into a config */

/* A terminal can bear it; it may have lines. */
static void check_shown(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		assert_true((unsigned char)text.at[i] >= ' ' ? text.at[i] != 0x7f : text.at[i] == '\n');
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	config_set_environment(
		"HOST=db.example\nPORT=8080\nEMPTY=\nHARD=p@ss/w#rd:%41?,=${HOST}}$\nBLANK=a b\nLINE=a\r");
	config_set_file(SPAN("to/k@n#%41\n\n"));
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span declaration = {(const char *)data, size};
	static struct config c;
	bool good;

	if (size > DECLARATION_MAX || (size > 0 && memchr(data, 0, size)))
		return -1;
	good = config_parse(&c, declaration);
	if (good)
		check_shown(c.target.label);
	else
		check_shown(span_of(config_mistakes(&c)));
	config_close(&c);
	return 0;
}
