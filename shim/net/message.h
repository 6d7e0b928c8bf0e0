/* SPDX-License-Identifier: MIT */
/*
 * message: reads and writes what stands in messages of TLS: numbers, and vectors with their length before them
 * (RFC 5246 §4).
 *
 * The one rule: damage is sticky. What announces more than there is sets `damaged`; from then on everything is
 * empty. Ask once, at the end.
 */
#ifndef SHIM_NET_MESSAGE_H
#define SHIM_NET_MESSAGE_H

#include "base/buf.h"

struct message {
	struct span rest; /* not read yet */
	bool damaged;
};

/* A number of so many bytes. */
unsigned message_number(struct message *m, unsigned width);
struct span message_bytes(struct message *m, size_t len);
/* The content of a vector whose length has so many bytes. */
struct span message_vector(struct message *m, unsigned width);
/* Ends the reading: was it all there was, and good? */
bool message_is_done(const struct message *m);

/* A vector's length and content */
void buf_put_vector(struct buf *b, struct span content, unsigned width);
/* Writes the length, now that it is known, of what was put behind `start`, into the `width` bytes before that. */
void buf_close_vector(struct buf *b, size_t start, unsigned width);

#endif
