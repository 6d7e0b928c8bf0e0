/* SPDX-License-Identifier: MIT */
/*
 * random: the only file that asks the kernel for chance.
 */
#ifndef SHIM_BASE_RANDOM_H
#define SHIM_BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fills memory from getrandom(2), which needs no /dev. False when the kernel has no randomness yet. */
bool random_fill(void *memory, size_t size);
/* For spreading load, not for secrets: 0 when there is no randomness yet. */
uint32_t random_dice(void);

#endif
