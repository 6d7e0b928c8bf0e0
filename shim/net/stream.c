/* SPDX-License-Identifier: MIT */
#include "net/stream.h"

#include "base/errnos.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	DRAIN_MAX = 256 << 10, /* an answer of that size has been judged long ago; the rest may as well be reset */
	PUMP_MAX = 64, /* pieces of records at a time; a handshake has about 20 */
};

static void put_peer(struct buf *b, const struct stream *s)
{
	if (s->is_local)
		buf_put_text(b, "nobody listens on that socket"); /* its path may be a secret */
	else
		buf_put_address(b, &s->peer);
}

static bool fail_at_peer(const struct stream *s, enum reason reason, struct verdict *v)
{
	char memory[DETAIL_MAX];
	struct buf b = buf_init(memory, sizeof(memory));

	put_peer(&b, s);
	return verdict_fail(v, reason, 0, "%s", buf_text(&b));
}

/* What an errno of socket(2) and connect(2) means, other than UNREACHABLE. */
static const struct {
	int error;
	enum reason local, remote;
} connect_errors[] = {
	{ECONNREFUSED, REFUSED, REFUSED},
	{ETIMEDOUT, UNREACHABLE, CONNECT_TIMED_OUT},
	{EMFILE, NO_DESCRIPTOR, NO_DESCRIPTOR},
	{ENFILE, NO_DESCRIPTOR, NO_DESCRIPTOR},
	{ENOBUFS, NO_DESCRIPTOR, NO_DESCRIPTOR},
	{ENOMEM, NO_DESCRIPTOR, NO_DESCRIPTOR},
	{ENOENT, NO_FILE, UNREACHABLE},
	{EACCES, PATH_DENIED, UNREACHABLE},
	{EPERM, PATH_DENIED, UNREACHABLE},
};

static bool fail_connect(const struct stream *s, int error, struct verdict *v)
{
	char memory[DETAIL_MAX];
	struct buf b = buf_init(memory, sizeof(memory));
	enum reason reason = UNREACHABLE;

	for (size_t i = 0; i < sizeof(connect_errors) / sizeof(connect_errors[0]); i++)
		if (connect_errors[i].error == error)
			reason = s->is_local ? connect_errors[i].local : connect_errors[i].remote;
	if (reason == REFUSED || reason == CONNECT_TIMED_OUT)
		return fail_at_peer(s, reason, v);
	if (s->is_local && error == EAGAIN) {
		buf_put_text(&b, "the backlog of that socket is full");
		return verdict_fail(v, REFUSED, error, "%s", buf_text(&b));
	}
	if (reason == UNREACHABLE && !s->is_local) {
		buf_put_address(&b, &s->peer);
		buf_put_text(&b, ": ");
	}
	buf_put_errno(&b, error);
	return verdict_fail(v, reason, error, "%s", buf_text(&b));
}

/* Reading, writing or the handshake failed with s->error. Returns -1. */
static ssize_t fail_io(const struct stream *s, struct verdict *v)
{
	if (s->error != ECONNRESET)
		fail_connect(s, s->error, v);
	else if (s->tls && s->state != STREAM_OPEN)
		fail_at_peer(s, TLS_RESET, v);
	else
		verdict_fail(v, ANSWER_RESET, 0,
			     s->has_heard ? "in the middle of the answer" : "without an answer");
	return -1;
}

/* Connects, or asks how far that got: connect(2) tells both. 0, EINPROGRESS or what failed. */
static int try_connect(const struct stream *s, const struct sockaddr *address, socklen_t len)
{
	if (connect(s->fd, address, len) == 0 || errno == EISCONN)
		return 0;
	return errno == EALREADY || errno == EINTR ? EINPROGRESS : errno;
}

/* A local port that nobody listens on may be connected to itself, which looks like success (RFC 9293 §3.5). */
static bool is_own_echo(const struct stream *s)
{
	struct address ends[2];
	socklen_t len[2] = {sizeof(ends[0]), sizeof(ends[1])};

	memset(ends, 0, sizeof(ends));
	return !s->is_local && getsockname(s->fd, &ends[0].socket.any, &len[0]) == 0 &&
	       getpeername(s->fd, &ends[1].socket.any, &len[1]) == 0 && memcmp(&ends[0], &ends[1], sizeof(ends[0])) == 0;
}

static bool open_socket(struct stream *s, const struct sockaddr *address, socklen_t len, struct verdict *v)
{
	static const int yes = 1;
	int error;

	s->fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0)
		return fail_connect(s, errno, v);
	if (!s->is_local) /* a request waits for nothing: 47 ms become 6 in a handshake */
		setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	error = try_connect(s, address, len);
	if (error == 0 || error == EINPROGRESS)
		return true;
	stream_close(s);
	return fail_connect(s, error, v);
}

bool stream_open(struct stream *s, const struct address *peer, struct verdict *v)
{
	*s = (struct stream){.fd = -1, .events = POLLOUT, .state = STREAM_CONNECTING, .peer = *peer};
	return open_socket(s, &s->peer.socket.any, address_len(&s->peer), v);
}

bool stream_open_local(struct stream *s, struct span path, struct verdict *v)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	*s = (struct stream){.fd = -1, .events = POLLOUT, .state = STREAM_CONNECTING, .is_local = true};
	if (path.len == 0 || path.len >= sizeof(address.sun_path))
		return fail_connect(s, ENAMETOOLONG, v);
	memcpy(address.sun_path, path.at, path.len);
	return open_socket(s, (const struct sockaddr *)&address, sizeof(address), v);
}

void stream_secure(struct stream *s, struct tls *memory, const struct tls_peer *peer)
{
	s->tls = memory;
	s->whom = *peer;
}

/* Bytes received; 0 when none came: then has_ended or error may be set. */
static size_t receive(struct stream *s, char *at, size_t size)
{
	ssize_t n;

	do
		n = recv(s->fd, at, size, 0);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return (size_t)n;
	if (n < 0 && errno != EAGAIN)
		s->error = errno;
	if (n == 0 && size > 0) {
		s->has_ended = true;
		s->error = s->was_reset ? ECONNRESET : 0;
	}
	return 0;
}

/* Bytes sent; 0 when there is no room. A peer that has hung up gets nothing, but may have said why before. */
static size_t transmit(struct stream *s, struct span bytes)
{
	ssize_t n;

	do
		n = send(s->fd, bytes.at, bytes.len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return (size_t)n;
	if (errno == EPIPE || errno == ECONNRESET) {
		s->was_reset = s->was_reset || errno == ECONNRESET;
		return bytes.len;
	}
	if (errno != EAGAIN)
		s->error = errno;
	return 0;
}

static bool send_records(struct stream *s)
{
	struct span records = tls_records(s->tls);
	size_t n = records.len > 0 ? transmit(s, records) : 0;

	if (n > 0)
		tls_sent(s->tls, n);
	return n > 0;
}

static bool receive_records(struct stream *s)
{
	size_t size, n;
	char *room = s->has_ended || tls_records(s->tls).len > 0 ? NULL : tls_room(s->tls, &size);

	if (!room)
		return false;
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

static void want_events(struct stream *s)
{
	bool has_to_send = s->is_stuck || (s->tls && tls_records(s->tls).len > 0);

	s->events = (short)(POLLIN | (has_to_send ? POLLOUT : 0));
}

static enum stream_state enter(struct stream *s, enum stream_state state)
{
	s->state = state;
	if (state != STREAM_FAILED)
		want_events(s);
	return state;
}

static enum stream_state settle_connect(struct stream *s, msec calendar, struct verdict *v)
{
	int error = s->is_local ? 0 : try_connect(s, &s->peer.socket.any, address_len(&s->peer));

	if (error == EINPROGRESS)
		return STREAM_CONNECTING;
	if (error == 0 && is_own_echo(s))
		error = ECONNREFUSED;
	if (error) {
		s->error = error; /* ECONNRESET: it was accepted, and reset before we looked */
		fail_io(s, v);
		return enter(s, STREAM_FAILED);
	}
	if (!s->tls)
		return enter(s, STREAM_OPEN);
	if (!tls_init(s->tls, &s->whom, calendar, v))
		return enter(s, STREAM_FAILED);
	return enter(s, STREAM_SHAKING_HANDS);
}

static enum stream_state settle_handshake(struct stream *s, struct verdict *v)
{
	pump(s);
	if (tls_is_over(s->tls)) {
		tls_outcome(s->tls, v);
		return enter(s, STREAM_FAILED);
	}
	if (tls_is_open(s->tls))
		return enter(s, STREAM_OPEN);
	if (s->error == 0 && !s->has_ended)
		return enter(s, STREAM_SHAKING_HANDS);
	if (s->error)
		fail_io(s, v);
	else
		tls_outcome(s->tls, v);
	return enter(s, STREAM_FAILED);
}

enum stream_state stream_settle(struct stream *s, short revents, msec calendar, struct verdict *v)
{
	(void)revents; /* what came is found out by trying */
	if (s->state == STREAM_CONNECTING)
		settle_connect(s, calendar, v);
	if (s->state == STREAM_SHAKING_HANDS)
		settle_handshake(s, v);
	return s->state;
}

static size_t read_text(struct stream *s, char *at, size_t size)
{
	if (!s->tls)
		return receive(s, at, size);
	pump(s);

	struct span text = span_head(tls_text(s->tls), size);

	if (text.len > 0) {
		memcpy(at, text.at, text.len);
		tls_used(s->tls, text.len);
	}
	return text.len;
}

ssize_t stream_read(struct stream *s, char *at, size_t size, bool *eof, struct verdict *v)
{
	size_t n = read_text(s, at, size);

	want_events(s);
	*eof = false;
	s->has_heard = s->has_heard || n > 0;
	if (n > 0 || size == 0)
		return (ssize_t)n;
	if (s->tls && tls_is_over(s->tls)) {
		*eof = tls_outcome(s->tls, v);
		return *eof ? 0 : -1;
	}
	if (s->error)
		return fail_io(s, v);
	*eof = s->has_ended;
	return 0;
}

static size_t write_text(struct stream *s, struct span text)
{
	size_t taken = 0, n;

	do {
		if (s->tls)
			pump(s);
		n = text.len == 0 ? 0 : s->tls ? tls_say(s->tls, text) : transmit(s, text);
		text = span_tail(text, n);
		taken += n;
	} while (n > 0);
	return taken;
}

ssize_t stream_write(struct stream *s, struct span text, struct verdict *v)
{
	size_t n = write_text(s, text);

	s->is_stuck = n < text.len;
	want_events(s);
	return s->error ? fail_io(s, v) : (ssize_t)n;
}

void stream_time_out(const struct stream *s, struct verdict *v)
{
	fail_at_peer(s, s->state == STREAM_CONNECTING ? CONNECT_TIMED_OUT : TLS_TIMED_OUT, v);
}

/* The end of what is sent goes out behind the last record. */
static void send_end(struct stream *s)
{
	while (s->tls && send_records(s))
		continue;
	s->is_stuck = false;
	want_events(s);
	if (!(s->events & POLLOUT))
		shutdown(s->fd, SHUT_WR);
}

void stream_finish(struct stream *s)
{
	if (s->is_finished || s->fd < 0)
		return;
	s->is_finished = true;
	if (s->tls && s->state == STREAM_OPEN)
		tls_finish(s->tls);
	send_end(s);
}

bool stream_drain(struct stream *s)
{
	char waste[2048];
	size_t n;

	if (s->events & POLLOUT)
		send_end(s);
	while (!s->has_ended && s->error == 0 && s->drained < DRAIN_MAX) {
		n = receive(s, waste, sizeof(waste));
		if (n == 0)
			break;
		s->drained += (uint32_t)n;
	}
	return s->has_ended || s->error != 0 || s->drained >= DRAIN_MAX;
}

void stream_close(struct stream *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}
