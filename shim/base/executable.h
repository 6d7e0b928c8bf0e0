/* SPDX-License-Identifier: MIT */
/*
 * executable: a program that is named as for execvp(3): by a path, or to be looked for in PATH.
 */
#ifndef SHIM_BASE_EXECUTABLE_H
#define SHIM_BASE_EXECUTABLE_H

/* Tries the file at `path`: 0, or an errno. */
typedef int path_attempt(const char *path, void *context);

/*
 * Tries `file` in the directories of PATH until that goes well. 0, or the first errno other than ENOENT, which it is
 * when there is no other.
 */
int executable_find(const char *file, path_attempt *attempt, void *context);

/* Executes argv[0] as execvpe(3) does. Returns errno when that failed. */
int executable_run(char *const argv[], char *const environment[]);

#endif
