/* SPDX-License-Identifier: MIT */
/*
 * dropin: shim in the place of another init, called by that one's name.
 *
 * The one rule: what the other program would be told becomes flags of shim's
 * own, so that there is one program and not four.
 */
#ifndef SHIM_DROPIN_H
#define SHIM_DROPIN_H

#include "base/arena.h"

/*
 * Is shim called by the name of such a program? Then *argv becomes a command line of shim's, in the arena, that
 * means what the old one and the environment mean to that program; and it is what --version says. Else NULL.
 */
const char *dropin_translate(char ***argv, struct arena *a);

#endif
