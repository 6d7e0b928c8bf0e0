/* SPDX-License-Identifier: MIT */
#include "base/random.h"

#include <sys/random.h>

bool random_fill(void *memory, size_t size)
{
	return getrandom(memory, size, GRND_NONBLOCK) == (ssize_t)size;
}

uint32_t random_dice(void)
{
	uint32_t dice = 0;

	random_fill(&dice, sizeof(dice));
	return dice;
}
