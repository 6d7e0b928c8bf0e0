/* SPDX-License-Identifier: MIT */
#include "probe/probe.h"

enum { HTTP = TAKES_PATH | TAKES_USER | TAKES_HTTP | TAKES_NAME };

const struct scheme schemes[] = {
	{"tcp\0://HOST:PORT\0the port accepts a connection", BY_NETWORK, CLEAR, 0, 0, &tcp_probe},
	{"tls\0://HOST:PORT\0a TLS handshake with a trusted certificate", BY_NETWORK, TLS, TAKES_TLS | TAKES_NAME, 0,
	 &tcp_probe},
	{"http\0://HOST[:PORT]/PATH\0the answer has a status from 200 to 399", BY_NETWORK, CLEAR, HTTP, 80,
	 &http_probe},
	{"https\0://HOST[:PORT]/PATH\0the same over TLS, certificate verified", BY_NETWORK, TLS, HTTP | TAKES_TLS, 443,
	 &http_probe},
	{"unix\0:///PATH\0the socket accepts a connection", BY_SOCKET, CLEAR, 0, 0, &tcp_probe},
	{"http+unix\0://%2FSOCKET/PATH\0as http, through a unix socket", BY_SOCKET, CLEAR, HTTP, 0, &http_probe},
	{"file\0:///PATH\0the file exists", BY_FILE, CLEAR, 0, 0, NULL},
	{0},
};
