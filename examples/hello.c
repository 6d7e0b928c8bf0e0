/* SPDX-License-Identifier: MIT */
/* hello: an application for the example image: answers every HTTP request on port 8080 with a greeting. */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static const char answer[] = "HTTP/1.1 200 OK\r\n"
			     "Content-Type: text/plain\r\n"
			     "Content-Length: 6\r\n"
			     "Connection: close\r\n"
			     "\r\n"
			     "hello\n";

static int listen_at(in_port_t port)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct sockaddr_in any4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	/* An IPv6 socket serves IPv4 as well, but a kernel without IPv6 has none. */
	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) != 0) {
		close(fd);
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (fd < 0 || bind(fd, (struct sockaddr *)&any4, sizeof(any4)) != 0)
			return -1;
	}
	return listen(fd, 16) == 0 ? fd : -1;
}

static void serve(int fd)
{
	struct timeval patience = {.tv_sec = 2};
	char request[4096];

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (read(fd, request, sizeof(request)) > 0 && write(fd, answer, sizeof(answer) - 1) > 0)
		shutdown(fd, SHUT_WR);
	while (read(fd, request, sizeof(request)) > 0)
		;
	close(fd);
}

int main(void)
{
	int listener = listen_at(8080);

	if (listener < 0)
		return 1;
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd >= 0)
			serve(fd);
	}
}
