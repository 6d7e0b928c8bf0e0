/* SPDX-License-Identifier: MIT */
#include "net/pem.h"

#include "corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

/* Reads a copy that ends where it ends, so that a sanitizer sees a step too far. "C:hello T:x O D " */
static void check(const char *text, size_t len, const char *expected)
{
	static const char letters[] = {[PEM_CERTIFICATE] = 'C', [PEM_TRUSTED] = 'T', [PEM_KEY] = 'K',
				       [PEM_LOCKED_KEY] = 'L',	[PEM_OTHER] = 'O',   [PEM_DAMAGED] = 'D'};
	char *copy = malloc(len ? len : 1), found[256] = "";
	struct pem p = {copy, copy + len};
	struct span bytes;
	enum pem_kind kind;

	corpus_keep("pem", (struct span){text, len});
	memcpy(copy, text, len);
	while ((kind = pem_next(&p, &bytes)) != PEM_END) {
		char letter[] = {letters[kind], bytes.len ? ':' : ' ', 0};

		strcat(found, letter);
		strncat(found, bytes.len ? bytes.at : "", bytes.len);
		if (bytes.len)
			strcat(found, " ");
	}
	assert_int_equal(pem_next(&p, &bytes), PEM_END);
	if (strcmp(found, expected) != 0)
		fail_msg("\"%s\" gives \"%s\", not \"%s\"", text, found, expected);
	free(copy);
}

static void test_what_people_make_of_pem(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"", ""},
		{"no certificate at all\n", ""},
		{BEGIN "\naGVsbG8=\n" END "\n", "C:hello "},
		{BEGIN "\naGVsbG8=\n" END, "C:hello "},
		{BEGIN "\r\naGVs\r\nbG8=\r\n" END "\r\n", "C:hello "},
		{BEGIN "\raGVs\rbG8=\r" END "\r", "C:hello "},
		{BEGIN " aGVs bG8= " END, "C:hello "},
		{BEGIN "aGVsbG8=" END, "C:hello "},
		{"\xef\xbb\xbf" BEGIN "\naGVsbG8=\n" END "\n", "C:hello "},
		{"  " BEGIN "  \n\n  aGVs\n\tbG8=  \n\n  " END "  \n", "C:hello "},
		{BEGIN "\naGVsbG8h\n" END "\n", "C:hello! "},
		{BEGIN "\naGVsbA==\n" END "\n", "C:hell "},
		{BEGIN "\na\nG\nV\ns\nb\nG\n8\n=\n" END "\n", "C:hello "},
		{"# a name\n" BEGIN "\naGVsbG8=\n" END "\n\n# another\n" BEGIN "\naGVsbA==\n" END "\n", "C:hello C:hell "},
		{"-- not -- \n-----\n" BEGIN "\naGVsbG8=\n" END "\n", "C:hello "},
		{"-----BEGIN X509 CERTIFICATE-----\naGVsbG8=\n-----END X509 CERTIFICATE-----\n", "C:hello "},
		{"-----BEGIN TRUSTED CERTIFICATE-----\naGVsbG8=\n-----END TRUSTED CERTIFICATE-----\n", "T:hello "},
		{"-----BEGIN PRIVATE KEY-----\naGVsbG8=\n-----END PRIVATE KEY-----\n", "K:hello "},
		{"-----BEGIN RSA PRIVATE KEY-----\naGVsbG8=\n-----END RSA PRIVATE KEY-----\n", "K:hello "},
		{"-----BEGIN EC PARAMETERS-----\naGVsbG8=\n-----END EC PARAMETERS-----\n"
		 "-----BEGIN EC PRIVATE KEY-----\naGVsbA==\n-----END EC PRIVATE KEY-----\n",
		 "O K:hell "},
		{"-----BEGIN ENCRYPTED PRIVATE KEY-----\naGVsbG8=\n-----END ENCRYPTED PRIVATE KEY-----\n", "L:hello "},
		{"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\naGVs\n-----END RSA PRIVATE KEY-----\n"
		 BEGIN "\naGVsbG8=\n" END "\n", "L C:hello "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(rows[i].text, strlen(rows[i].text), rows[i].expected);
}

static void test_damage_is_told_and_survived(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{BEGIN, "D "},
		{BEGIN "\naGVsbG8=\n", "D "},
		{"-----BEGIN CERTIFICATE", "D "},
		{BEGIN "\naGVsbG8=\n-----END CERTIFICATE", "D "},
		{BEGIN "\naGVsbG8=\n-----END OTHER-----\n", "D "},
		{BEGIN "\naGVsbG8=\n" BEGIN "\naGVsbG8=\n" END "\n", "D "},
		{BEGIN "\naGVsbG8\n" END "\n", "D "}, /* no padding */
		{BEGIN "\naGVsbG8==\n" END "\n", "D "},
		{BEGIN "\na===\n" END "\n", "D "},
		{BEGIN "\naGVs=bG8=\n" END "\n", "D "},
		{BEGIN "\naGV*bG8=\n" END "\n", "D "},
		{BEGIN "\naGV\xc3\xa4sbG8=\n" END "\n", "D "},
		{"-----BEGIN PRIVATE KEY-----\naGV*bG8=\n-----END PRIVATE KEY-----\n", "D "},
		{BEGIN "\naGV*bG8=\n" END "\n" BEGIN "\naGVsbG8=\n" END "\n", "D C:hello "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(rows[i].text, strlen(rows[i].text), rows[i].expected);
}

static void test_a_nul_is_no_base64(void **state)
{
	static const char text[] = BEGIN "\naGV\0sbG8=\n" END "\n";

	(void)state;
	check(text, sizeof(text) - 1, "D ");
}

static void test_no_cut_file_is_read_as_a_whole_one(void **state)
{
	static const char text[] = BEGIN "\naGVsbG8=\n" END;

	(void)state;
	for (size_t len = 0; len < sizeof(text) - 1; len++)
		check(text, len, len < strlen("-----BEGIN ") ? "" : "D ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_people_make_of_pem),
		cmocka_unit_test(test_damage_is_told_and_survived),
		cmocka_unit_test(test_a_nul_is_no_base64),
		cmocka_unit_test(test_no_cut_file_is_read_as_a_whole_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
