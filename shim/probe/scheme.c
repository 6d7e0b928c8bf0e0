/* SPDX-License-Identifier: MIT */
#include "probe/probe.h"

enum { HTTP = TAKES_PATH | TAKES_USER | TAKES_HTTP | TAKES_NAME };

const struct scheme schemes[] = {
	{"tcp", BY_NETWORK, CLEAR, 0, 0, &tcp_probe, "the port accepts a connection"},
	{"tls", BY_NETWORK, TLS, 0, TAKES_TLS | TAKES_NAME, &tcp_probe, "a TLS handshake with a trusted certificate"},
	{"http", BY_NETWORK, CLEAR, 80, HTTP, &http_probe, "the answer has a status from 200 to 399"},
	{"https", BY_NETWORK, TLS, 443, HTTP | TAKES_TLS, &http_probe, "the same over TLS, certificate verified"},
	{"unix", BY_SOCKET, CLEAR, 0, 0, &tcp_probe, "the socket accepts a connection"},
	{"http+unix", BY_SOCKET, CLEAR, 0, HTTP, &http_probe, "as http, through a unix socket"},
	{"file", BY_FILE, CLEAR, 0, 0, NULL, "the file exists"},
	{0},
};
