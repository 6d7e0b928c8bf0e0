/* SPDX-License-Identifier: MIT */
/*
 * install: hands this program to a container that does not have it.
 */
#ifndef SHIM_INSTALL_H
#define SHIM_INSTALL_H

/*
 * Copies the running program to `path`, or into it if it is a directory; what was there is replaced
 * at once or not at all. 0, or errno.
 */
int install(const char *path);

#endif
