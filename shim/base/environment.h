/* SPDX-License-Identifier: MIT */
/*
 * environment: the variables that this process was started with.
 */
#ifndef SHIM_BASE_ENVIRONMENT_H
#define SHIM_BASE_ENVIRONMENT_H

#include "base/span.h"

/* The value of a variable, a C string; at == NULL when it is not set. */
struct span environment_value(struct span name);

#endif
