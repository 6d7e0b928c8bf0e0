/* SPDX-License-Identifier: MIT */
/*
 * app: the application of the stacks, and a stand-in for services that Debian has no package of.
 *
 *	app PORT [HOST:PORT | /PATH=STATUS[,STATUS]...[ BODY]]...
 *
 * It connects to each HOST:PORT once and says so, and then serves: a path is answered with its statuses, one a
 * request, with the last of them from then on; every other with 404.
 */
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static const struct {
	int status;
	const char *words;
} statuses[] = {
	{200, "OK"},
	{404, "Not Found"},
	{429, "Too Many Requests"},
	{501, "Not Implemented"},
	{503, "Service Unavailable"},
};

static const char *words_of(int status)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i].status == status)
			return statuses[i].words;
	return "";
}

static int dial(const char *host, const char *port)
{
	struct addrinfo wanted = {.ai_socktype = SOCK_STREAM}, *found;
	int fd = -1;

	if (getaddrinfo(host, port, &wanted, &found) != 0)
		return -1;
	for (struct addrinfo *a = found; a; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype, 0);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0)
			break;
		close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

static void connect_to(const char *name)
{
	char host[256];
	const char *colon = strrchr(name, ':');
	int fd = -1;

	if (colon && (size_t)(colon - name) < sizeof(host)) {
		memcpy(host, name, (size_t)(colon - name));
		host[colon - name] = '\0';
		fd = dial(host, colon + 1);
	}
	printf(fd >= 0 ? "connected to %s\n" : "cannot connect to %s\n", name);
	close(fd);
}

/* The argument that tells of this path; NULL when there is none. */
static char *route_of(char **arguments, const char *path)
{
	size_t len = strcspn(path, " ?\r\n");

	for (; *arguments; arguments++)
		if (**arguments == '/' && strncmp(*arguments, path, len) == 0 && (*arguments)[len] == '=')
			return *arguments + len + 1;
	return NULL;
}

/* The first of "501,503,200 body"; it is overwritten by blanks when there is another. */
static int take_status(char *route)
{
	char *end;
	int status = (int)strtol(route, &end, 10);

	if (*end == ',')
		memset(route, ' ', (size_t)(end + 1 - route));
	return status;
}

static const char *body_of(const char *route)
{
	const char *body = strchr(route + strspn(route, " "), ' ');

	return body ? body + 1 : "";
}

static void answer(int fd, char **arguments)
{
	struct timeval patience = {.tv_sec = 2};
	char request[4096];
	ssize_t len;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	len = read(fd, request, sizeof(request) - 1);
	if (len <= 0)
		return;
	request[len] = '\0';

	const char *path = strchr(request, ' ');
	char *route = path ? route_of(arguments, path + 1) : NULL;
	int status = route ? take_status(route) : 404;

	dprintf(fd, "HTTP/1.1 %d %s\r\nConnection: close\r\n\r\n%s\n", status, words_of(status),
		route ? body_of(route) : "");
	shutdown(fd, SHUT_WR);
	while (read(fd, request, sizeof(request)) > 0)
		;
}

static int listen_at(const char *port)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons((in_port_t)atoi(port))};
	int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	return bind(fd, (struct sockaddr *)&any, sizeof(any)) == 0 && listen(fd, 16) == 0 ? fd : -1;
}

int main(int argc, char **argv)
{
	const char *missing = getenv("SHIM_DEGRADED");
	int listener = argc > 1 ? listen_at(argv[1]) : -1;

	if (listener < 0)
		return 1;
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	if (missing)
		printf("started without %s\n", missing);
	for (int i = 2; i < argc; i++)
		if (argv[i][0] != '/')
			connect_to(argv[i]);
	printf("serving at port %s\n", argv[1]);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd >= 0)
			answer(fd, argv + 2);
		close(fd);
	}
}
