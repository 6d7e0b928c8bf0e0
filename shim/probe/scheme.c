/* SPDX-License-Identifier: MIT */
#include "probe/probe.h"

enum { HTTP = TAKES_PATH | TAKES_USER | TAKES_HTTP | TAKES_NAME };

const struct scheme schemes[] = {
	{"tcp", "://HOST:PORT", BY_NETWORK, CLEAR, 0, 0, &tcp_probe, "the port accepts a connection"},
	{"tls", "://HOST:PORT", BY_NETWORK, TLS, TAKES_TLS | TAKES_NAME, 0, &tcp_probe,
	 "a TLS handshake with a trusted certificate"},
	{"http", "://HOST[:PORT]/PATH", BY_NETWORK, CLEAR, HTTP, 80, &http_probe,
	 "the answer has a status from 200 to 399"},
	{"https", "://HOST[:PORT]/PATH", BY_NETWORK, TLS, HTTP | TAKES_TLS, 443, &http_probe,
	 "the same over TLS, certificate verified"},
	{"unix", ":///PATH", BY_SOCKET, CLEAR, 0, 0, &tcp_probe, "the socket accepts a connection"},
	{"http+unix", "://%2FSOCKET/PATH", BY_SOCKET, CLEAR, HTTP, 0, &http_probe, "as http, through a unix socket"},
	{"file", ":///PATH", BY_FILE, CLEAR, 0, 0, NULL, "the file exists"},
	{0},
};
