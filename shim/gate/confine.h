/* SPDX-License-Identifier: MIT */
/*
 * confine: the process that talks to the network gives up what it does not need.
 */
#ifndef SHIM_GATE_CONFINE_H
#define SHIM_GATE_CONFINE_H

/*
 * No capabilities, no new privileges, no core dump (there are secrets in memory), and as many
 * descriptors as it may have. Sockets cannot take the place of a closed stdin, stdout or stderr.
 */
void confine(void);

/* The same for a child: it ends with `parent`, and keeps nothing open beyond stderr. */
void confine_child(int parent);

#endif
