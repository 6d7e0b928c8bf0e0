/* SPDX-License-Identifier: MIT */
#include "net/resolver.h"

#include "base/random.h"
#include "net/resolver_hosts.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
	SHARE_MIN = 100, /* ms for a server, however many there are */
	OTHER_FAMILY_MAX = 300, /* ms for the second answer once the first had addresses */
};

/* A positive code is what the server says (RFC 1035 §4.1.1), a negative one what the network says of it. */
static void put_code(struct buf *b, const void *number)
{
	static const char rcodes[][9] = {"", "FORMERR", "SERVFAIL", "", "NOTIMP", "REFUSED"};
	int code = *(const int *)number;

	if (code == -ECONNREFUSED)
		buf_put_text(b, "nobody listens");
	else if (code >= 0 && code < (int)(sizeof(rcodes) / sizeof(rcodes[0])))
		buf_put_text(b, rcodes[code]);
	else
		buf_format(b, code < 0 ? "%e" : "rcode %u", code < 0 ? -code : code);
}

/*
 * Remembers the failure unless a better one is known: what a server said beats what the network said
 * of it, and that beats silence. When this machine is the cause nobody else is asked.
 */
static bool fail(struct lookup *l, enum reason reason, int code)
{
	const char *form = "%w%w"; /* silence has no code */

	l->failed = true;
	if (reason < NAME_TIMED_OUT) {
		form = "%w";
		l->answered = false;
		l->tries_left = 0;
	} else if (reason < l->verdict->reason || (reason == l->verdict->reason && code <= l->verdict->code)) {
		return false;
	}
	if (reason == NAME_SERVER_FAILED)
		form = code > 0 ? "%w from %w" : l->over_tcp ? "%w on TCP at %w" : "%w at %w";
	return verdict_fail(l->verdict, reason, code, form, put_code, &code, buf_put_address, l->server);
}

static bool fail_silent(struct lookup *l)
{
	return fail(l, NAME_SERVER_SILENT, 0);
}

/* By errno: the socket to the server failed. */
static bool fail_socket(struct lookup *l)
{
	return fail(l, is_out_of_sockets(errno) ? NO_DESCRIPTOR : NAME_SERVER_FAILED, -errno);
}

/*
 * When to give up on a server that is asked now: those after it need time too, and the last one's silence
 * must be noticed before the owner's deadline, which knows less.
 */
static msec share_end(const struct lookup *l, msec now)
{
	msec share = earlier((l->deadline - now - SHARE_MIN) / (l->tries_left + 1), l->conf.timeout * SECOND);

	return now + (share > SHARE_MIN ? share : SHARE_MIN);
}

/* A fresh socket, and so a fresh port, for each server: both make an answer hard to forge (RFC 5452 §4). */
static bool open_socket(struct lookup *l, int type)
{
	lookup_close(l);
	l->over_tcp = type == SOCK_STREAM;
	l->wants_tcp = false;
	l->events = l->over_tcp ? POLLOUT : POLLIN;
	l->heard = 0;
	l->fd = dial(&l->server->socket.any, sizeof(*l->server), type);
	return l->fd >= 0 || fail_socket(l);
}

static bool say(struct lookup *l, unsigned asked)
{
	struct span text = question_packet(&l->question, asked, l->over_tcp);

	return send(l->fd, text.at, text.len, MSG_NOSIGNAL) == (ssize_t)text.len || fail_socket(l);
}

static bool say_if_open(struct lookup *l, unsigned asked)
{
	return !(l->waiting & 1 << asked) || say(l, asked);
}

/* Asks the next server; false when that failed at once. */
static bool ask(struct lookup *l, msec now)
{
	if (l->failed && ++l->server == l->conf.server + l->conf.servers)
		l->server = l->conf.server;
	l->failed = false;
	l->tries_left--;
	l->waiting = ~l->found.unwanted & (1 << ASK_IPV4 | 1 << ASK_IPV6);
	l->wake = share_end(l, now);
	if (!random_fill(l->question.id, sizeof(l->question.id)))
		return fail(l, NO_RANDOMNESS, 0);
	return open_socket(l, SOCK_DGRAM) && say_if_open(l, ASK_IPV4) && say_if_open(l, ASK_IPV6);
}

/* Again, for one question, as the answer did not fit into a datagram. */
static bool ask_over_tcp(struct lookup *l, msec now)
{
	if (l->found.count == 0)
		l->wake = share_end(l, now);
	return open_socket(l, SOCK_STREAM);
}

/* The next name that can be asked for; false when there is none left. */
static bool next_candidate(struct lookup *l)
{
	struct span domain;

	l->doubtful |= l->failed;
	l->answered = false;
	l->tries_left = l->conf.servers * l->conf.attempts;
	do {
		if (!resolver_conf_candidate(&l->conf, l->host, l->candidates++, &domain))
			return false;
	} while (!question_init(&l->question, l->host, domain));
	return true;
}

/* There is no more to be known of the name. */
static enum lookup_state conclude(const struct lookup *l, enum reason reason)
{
	verdict_fail(l->verdict, reason, 0, text_at("\0AAAA \0A ", l->found.unwanted));
	return LOOKUP_FAILED;
}

/* One step after this: done, the next server, the next name, or the end. */
static enum lookup_state advance(struct lookup *l, msec now)
{
	lookup_close(l);
	if (l->found.count > 0)
		return LOOKUP_DONE;
	do {
		while (l->tries_left > 0)
			if (ask(l, now))
				return LOOKUP_PENDING;
	} while (l->answered && next_candidate(l));

	lookup_close(l);
	if (l->verdict->reason == NOTHING_YET)
		return conclude(l, l->exists ? NO_ADDRESS : NO_SUCH_NAME);
	return LOOKUP_FAILED;
}

static void take_answer(struct lookup *l, struct span packet, msec now)
{
	struct answer a;

	a.port = l->port;
	a.found = &l->found;
	if (!answer_parse(&a, &l->question, packet))
		return;
	if (a.is_truncated) {
		l->wants_tcp = true;
		return;
	}
	l->waiting &= ~(1u << a.asked);
	l->answered = true;
	if (a.rcode == RCODE_FINE)
		l->exists = true;
	else if (a.rcode != RCODE_NO_NAME)
		fail(l, NAME_SERVER_FAILED, (int)a.rcode);
	if (l->found.count > 0)
		l->wake = earlier(l->wake, now + OTHER_FAMILY_MAX);
}

/* The connection is made, or failed: now the first question that is open goes over it. */
static bool send_message(struct lookup *l)
{
	l->events = POLLIN;
	return say(l, l->waiting & 1 << ASK_IPV4 ? ASK_IPV4 : ASK_IPV6);
}

/* One piece: others want their turn too. False when the server is dead, or says something else than an answer. */
static bool receive(struct lookup *l, msec now)
{
	ssize_t n = recv(l->fd, l->message + l->heard, ANSWER_ROOM - l->heard, 0);
	unsigned waiting = l->waiting, len;

	if (n < 0)
		return errno == EAGAIN || fail_socket(l);
	if (!l->over_tcp) {
		take_answer(l, (struct span){l->message, (size_t)n}, now);
		return true;
	}
	if (n == 0)
		return fail_silent(l);
	l->heard += (unsigned)n;
	len = (unsigned)(unsigned char)l->message[0] << 8 | (unsigned char)l->message[1];
	if (l->heard < 2 || l->heard < 2 + len)
		return true;
	take_answer(l, (struct span){l->message + 2, len}, now);
	l->wants_tcp = true; /* for the other question; each has a connection of its own */
	return l->waiting != waiting || fail_silent(l);
}

enum lookup_state lookup_open(struct lookup *l, struct span host, uint16_t port, msec now, msec deadline,
			      struct verdict *v)
{
	struct address literal;

	l->fd = -1;
	l->found.count = 0;
	l->found.is_cut = false;
	l->verdict = v;
	if (address_parse(&literal, host, port)) {
		addresses_add(&l->found, &literal);
		return l->found.count > 0 ? LOOKUP_DONE : conclude(l, NO_ADDRESS);
	}
	if (span_find(host, ':') < host.len) {
		verdict_fail(v, UNREACHABLE, 0, "this machine has no interface with the address's scope");
		return LOOKUP_FAILED;
	}
	hosts_find(host, port, &l->found);

	l->host = host;
	l->port = port;
	l->deadline = deadline;
	l->exists = false;
	l->doubtful = false;
	l->failed = false;
	l->answered = true;
	l->candidates = 0;
	l->tries_left = 0;
	l->server = l->conf.server;
	v->reason = NOTHING_YET;
	if (l->found.count == 0)
		resolver_conf_read(&l->conf);
	return advance(l, now);
}

/* What there is to know of this name is known, whatever other servers failed to say about it. */
static void settle_candidate(struct lookup *l)
{
	l->tries_left = 0;
	if (!l->doubtful)
		l->verdict->reason = NOTHING_YET;
}

enum lookup_state lookup_step(struct lookup *l, short revents, msec now)
{
	bool alive = revents == 0 || (l->events == POLLOUT ? send_message(l) : receive(l, now));

	if (alive && l->waiting && l->wants_tcp)
		alive = ask_over_tcp(l, now);
	if (alive && l->waiting) {
		if (now < l->wake)
			return LOOKUP_PENDING;
		fail_silent(l);
	}
	if (!l->failed)
		settle_candidate(l);
	return advance(l, now);
}

void lookup_time_out(const struct lookup *l, struct verdict *v)
{
	verdict_fail(v, NAME_TIMED_OUT, 0, "%w", buf_put_address, l->server);
}

void lookup_close(struct lookup *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}
