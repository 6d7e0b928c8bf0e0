/* SPDX-License-Identifier: MIT */
/*
 * help: what --help prints, made from the tables that the parsers use.
 */
#ifndef SHIM_HELP_H
#define SHIM_HELP_H

#include "base/buf.h"

void buf_put_help(struct buf *b);

#endif
