/* SPDX-License-Identifier: MIT */
#include "net/stream.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	PUMP_MAX = 64, /* pieces of records at a time; a handshake has about 20 */
	WASTE_MAX = 16 << 10, /* bytes thrown away at a time */
};

/* What an errno means that speaks for itself; UNREACHABLE for the others. */
static enum reason reason_of(const struct stream *s, int error)
{
	if (error == ECONNREFUSED || (s->is_local && error == EAGAIN))
		return REFUSED;
	if (error == ETIMEDOUT)
		return CONNECT_TIMED_OUT;
	if (error == ECONNRESET)
		return s->whom && s->state != STREAM_OPEN ? TLS_RESET : ANSWER_RESET;
	if (is_out_of_sockets(error))
		return NO_DESCRIPTOR;
	if (s->is_local && error == ENOENT)
		return NO_FILE;
	return s->is_local && (error == EACCES || error == EPERM) ? PATH_DENIED : UNREACHABLE;
}

/* `error` came from connecting, reading or writing. */
static enum stream_state fail(const struct stream *s, int error, struct verdict *v)
{
	enum reason reason = reason_of(s, error);
	const char *form = reason == UNREACHABLE ? "%w: %e" : "%w";

	if (reason == ANSWER_RESET)
		form = s->has_heard ? "in the middle of the answer" : "without an answer";
	if (reason == REFUSED && s->is_local) /* its path may be a secret */
		form = error == EAGAIN ? "the backlog of that socket is full" : "nobody listens on that socket";
	if (reason == NO_DESCRIPTOR || (reason == UNREACHABLE && s->is_local))
		verdict_fail(v, reason, error, "%e", error);
	else
		verdict_fail(v, reason, error, form, buf_put_address, &s->peer, error);
	return STREAM_FAILED;
}

/* A local port that nobody listens on may be connected to itself, which looks like success (RFC 9293 §3.5). */
static bool is_own_echo(struct stream *s)
{
	struct address own;
	socklen_t len = sizeof(own);

	memset(&own, 0, sizeof(own)); /* and so it stays when the connection is gone again */
	getsockname(s->fd, &own.socket.any, &len);
	getpeername(s->fd, &s->peer.socket.any, &len); /* 0.0.0.0 is another one now */
	return memcmp(&own, &s->peer, sizeof(own)) == 0;
}

static bool open_socket(struct stream *s, const struct sockaddr *to, socklen_t len, struct verdict *v)
{
	s->fd = dial(to, len, SOCK_STREAM);
	if (s->fd < 0)
		fail(s, errno, v);
	return s->fd >= 0;
}

bool stream_open(struct stream *s, const struct address *peer, struct verdict *v)
{
	static const int yes = 1;

	*s = (struct stream){0};
	s->peer = *peer;
	if (!open_socket(s, &peer->socket.any, sizeof(*peer), v))
		return false;
	/* A request waits for nothing: 47 ms become 6 in a handshake. */
	setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	return true;
}

bool stream_open_local(struct stream *s, struct span path, struct verdict *v)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	/* It connects at once or not at all; then the owner is to be told that it may write. */
	*s = (struct stream){.fd = -1, .state = STREAM_OPEN, .is_local = true, .is_stuck = true};
	path = span_head(path, sizeof(address.sun_path) - 1); /* target_parse() has seen that it is not longer */
	memcpy(address.sun_path, path.at, path.len);
	return open_socket(s, (const struct sockaddr *)&address, sizeof(address), v);
}

void stream_secure(struct stream *s, struct tls *memory, const struct tls_peer *peer)
{
	s->memory = memory;
	s->whom = peer;
	s->state = STREAM_CONNECTING; /* as it was, or done at once */
}

/* Bytes received; 0 when none came: then has_ended or error may be set. */
static size_t receive(struct stream *s, char *at, size_t size)
{
	ssize_t n = recv(s->fd, at, size, 0);

	if (n > 0)
		return (size_t)n;
	if (n == 0)
		s->has_ended = true;
	if (n == 0 ? s->was_reset : errno != EAGAIN)
		s->error = n == 0 ? ECONNRESET : errno;
	return 0;
}

/* Bytes sent; 0 when there is no room. A peer that has hung up gets nothing, but may have said why before. */
static size_t transmit(struct stream *s, struct span bytes)
{
	ssize_t n = send(s->fd, bytes.at, bytes.len, MSG_NOSIGNAL);

	if (n >= 0)
		return (size_t)n;
	if (errno == EPIPE || errno == ECONNRESET) {
		s->was_reset |= errno == ECONNRESET;
		return bytes.len;
	}
	if (errno != EAGAIN)
		s->error = errno;
	return 0;
}

/* Empty when there are none to send. */
static struct span records_of(struct stream *s)
{
	return s->tls ? tls_records(s->tls) : (struct span){NULL, 0};
}

static bool has_records(struct stream *s)
{
	return records_of(s).len > 0;
}

static bool send_records(struct stream *s)
{
	struct span records = records_of(s);
	size_t n = records.len > 0 ? transmit(s, records) : 0;

	if (n > 0)
		tls_sent(s->tls, n);
	return n > 0;
}

static bool receive_records(struct stream *s)
{
	size_t size, n = 0;
	char *room = s->has_ended ? NULL : tls_room(s->tls, &size); /* none while there are records to send */

	if (room)
		n = receive(s, room, size);
	if (n > 0)
		tls_received(s->tls, n);
	return n > 0;
}

/* Carries records both ways until the socket, or the reader of the text, must be waited for; a flood in pieces. */
static void pump(struct stream *s)
{
	for (unsigned n = 0; n < PUMP_MAX && s->error == 0; n++)
		if (!send_records(s) && !receive_records(s))
			return;
}

static enum stream_state settle_connect(struct stream *s, msec calendar, struct verdict *v)
{
	int error = 0;

	/* Asking again tells how far it got. */
	if (connect(s->fd, &s->peer.socket.any, sizeof(s->peer)) != 0 && errno != EISCONN)
		error = errno;
	if (error == EALREADY || error == EINPROGRESS)
		return STREAM_CONNECTING;
	if (error == 0 && is_own_echo(s))
		error = ECONNREFUSED;
	if (error)
		return fail(s, error, v);
	if (!s->whom)
		return STREAM_OPEN;
	tls_init(s->memory, s->whom, calendar);
	s->tls = s->memory;
	return STREAM_SHAKING_HANDS;
}

static enum stream_state settle_handshake(struct stream *s, struct verdict *v)
{
	pump(s);
	if (tls_is_open(s->tls))
		return STREAM_OPEN;
	if (!tls_is_over(s->tls) && (s->error || !s->has_ended))
		return s->error ? fail(s, s->error, v) : STREAM_SHAKING_HANDS;
	tls_outcome(s->tls, v);
	return STREAM_FAILED;
}

enum stream_state stream_settle(struct stream *s, msec calendar, struct verdict *v)
{
	if (s->state == STREAM_CONNECTING)
		s->state = settle_connect(s, calendar, v);
	if (s->state == STREAM_SHAKING_HANDS)
		s->state = settle_handshake(s, v);
	return s->state;
}

short stream_events(struct stream *s)
{
	if (s->state == STREAM_CONNECTING)
		return POLLOUT;
	return s->is_stuck || has_records(s) ? POLLIN | POLLOUT : POLLIN;
}

static size_t read_text(struct stream *s, char *at, size_t size)
{
	struct span text;

	if (!s->tls)
		return receive(s, at, size);
	pump(s);
	text = span_head(tls_text(s->tls), size);
	if (text.len > 0) {
		memcpy(at, text.at, text.len);
		tls_used(s->tls, text.len);
	}
	return text.len;
}

ssize_t stream_read(struct stream *s, char *at, size_t size, struct verdict *v)
{
	size_t n = read_text(s, at, size);

	if (n > 0) {
		s->has_heard = true;
		return (ssize_t)n;
	}
	if (s->tls && tls_is_over(s->tls)) {
		s->eof = tls_outcome(s->tls, v);
		return s->eof ? 0 : -1;
	}
	s->eof = s->has_ended;
	if (s->error == 0)
		return 0;
	fail(s, s->error, v);
	return -1;
}

ssize_t stream_write(struct stream *s, struct span text, struct verdict *v)
{
	size_t n;

	if (text.len == 0)
		return 0;
	if (s->tls) {
		n = tls_say(s->tls, text);
		pump(s);
	} else {
		n = transmit(s, text);
	}
	s->is_stuck = n < text.len;
	if (s->error == 0)
		return (ssize_t)n;
	fail(s, s->error, v);
	return -1;
}

void stream_time_out(const struct stream *s, struct verdict *v)
{
	verdict_fail(v, s->state == STREAM_CONNECTING ? CONNECT_TIMED_OUT : TLS_TIMED_OUT, 0, "%w", buf_put_address,
		     &s->peer);
}

void stream_finish(struct stream *s)
{
	s->is_stuck = false;
	if (s->tls && s->state == STREAM_OPEN)
		tls_finish(s->tls);
}

bool stream_drain(struct stream *s)
{
	char waste[WASTE_MAX];

	while (send_records(s))
		continue;
	if (!has_records(s))
		shutdown(s->fd, SHUT_WR); /* behind the last record; it does no harm twice */
	return receive(s, waste, sizeof(waste)) == 0 && (s->has_ended || s->error);
}

void stream_close(struct stream *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}
