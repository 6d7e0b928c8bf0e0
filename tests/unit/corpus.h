/* SPDX-License-Identifier: MIT */
/*
 * corpus: rows of the tables here, as files that a fuzzer begins with.
 *
 * The one rule: a row is written once. With the variable FUZZ_CORPUS these programs put theirs into that folder,
 * one folder a fuzzer; without it they do not.
 */
#ifndef TESTS_UNIT_CORPUS_H
#define TESTS_UNIT_CORPUS_H

#include "base/span.h"

/* Keeps one input for the fuzzer of that name. */
void corpus_keep(const char *fuzzer, struct span input);

#endif
