/* SPDX-License-Identifier: MIT */
/*
 * fuzz: what a driver here shares with libFuzzer (https://llvm.org/docs/LibFuzzer.html).
 *
 * The one rule: a driver asserts with cmocka, as the unit tests do, whose helpers it uses.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Of each driver. 0, or -1: this is no input that is worth keeping. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Of a driver that wants it: once, before the first input. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
/* Of a driver that wants it: alters `size` bytes, of at most `max`, in place; how many they are then. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

/* Of the library: the usual alterations. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

#endif
