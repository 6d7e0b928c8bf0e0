/* SPDX-License-Identifier: MIT */
/*
 * account: users and groups of this machine, from /etc/passwd and /etc/group.
 */
#ifndef SHIM_BASE_ACCOUNT_H
#define SHIM_BASE_ACCOUNT_H

#include "base/plan.h"

/*
 * "app", "1000", "app:web", "1000:1000". Supplementary groups are those that list the user, unless a group is named.
 * A number needs no file: without a group its group has the same number. NULL, or the words of a mistake.
 */
const char *user_parse(struct user *u, struct span text);

/*
 * Makes this process that user. What it has already takes no right. By system call: libc's wrappers bring 2 KB that
 * change all threads alike. False, and errno, when it may not.
 */
bool user_become(const struct user *u);

#endif
