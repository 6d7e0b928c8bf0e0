/* SPDX-License-Identifier: MIT */
/*
 * conversation: what a peer says, and what a probe makes of it.
 *
 * The one rule: a row says how it ends; what has to be true on the way there
 * is true for every probe, and is checked for every prefix of what is heard.
 */
#ifndef TESTS_UNIT_CONVERSATION_H
#define TESTS_UNIT_CONVERSATION_H

#include "probe/probe.h"

struct conversation {
	const char *declaration;
	struct span heard; /* everything that the peer says, at most HEARD_MAX bytes, with what it says through TLS */
	bool eof; /* and then it closes */
	enum outcome outcome;
	const char *reason; /* of NOT_READY, as people read it; NULL where it does not matter */
	bool may_mend; /* waiting is likely to help; false but for NOT_READY */
};

/*
 * What is true of every probe, whatever it hears. For every prefix, with an end and without one: it never changes its
 * mind, an end decides, what it says only grows and fits, a verdict is written for NOT_READY alone, and nothing behind
 * the input is read. Before anything was heard, only a probe of open ports is ready.
 */
void conversation_bear(const struct target *t, struct span heard);

/* That, and the whole gives the outcome. What comes after the decision changes nothing. */
void conversation_check(const struct conversation *c);

/* The same on the way for what the peer would have said with any one byte altered, however that ends. */
void conversation_damage(const struct conversation *c);

/* Every scheme that shares a probe with one of these rows has a row of its own. */
void conversation_cover(const struct conversation *rows, size_t count);

/* What has been said to the peer by the time that all this was heard; valid until the next call. */
struct span conversation_say(const char *declaration, struct span heard);

#endif
