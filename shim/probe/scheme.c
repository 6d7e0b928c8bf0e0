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
	{"postgres\0://[USER@]HOST[:PORT][/DATABASE]\0it lets in or asks for a password (postgresql, too)", BY_NETWORK,
	 CLEAR, TAKES_PATH | TAKES_USER, 5432, &postgres_probe},
	{"postgresql\0", BY_NETWORK, CLEAR, TAKES_PATH | TAKES_USER, 5432, &postgres_probe},
	{"mysql\0://[USER@]HOST[:PORT]\0it greets and answers a login (mariadb, too)", BY_NETWORK, CLEAR, TAKES_USER,
	 3306, &mysql_probe},
	{"mariadb\0", BY_NETWORK, CLEAR, TAKES_USER, 3306, &mysql_probe},
	{"redis\0://[[USER]:PASSWORD@]HOST[:PORT]\0PONG (rediss over TLS)", BY_NETWORK, CLEAR, TAKES_USER, 6379,
	 &redis_probe},
	{"rediss\0", BY_NETWORK, TLS, TAKES_USER | TAKES_TLS | TAKES_NAME, 6379, &redis_probe},
	{"amqp\0://HOST[:PORT]\0it starts an AMQP 0-9-1 connection (amqps over TLS)", BY_NETWORK, CLEAR, 0, 5672,
	 &amqp_probe},
	{"amqps\0", BY_NETWORK, TLS, TAKES_TLS | TAKES_NAME, 5671, &amqp_probe},
	{"nats\0://HOST[:PORT]\0it tells about itself", BY_NETWORK, CLEAR, 0, 4222, &nats_probe},
	{"memcached\0://HOST[:PORT]\0it tells its version", BY_NETWORK, CLEAR, 0, 11211, &memcached_probe},
	{"mongodb\0://HOST[:PORT]\0it is a primary, a secondary or a router", BY_NETWORK, CLEAR, 0, 27017,
	 &mongodb_probe},
	{"kafka\0://HOST[:PORT]\0it tells the versions of its API", BY_NETWORK, CLEAR, 0, 9092, &kafka_probe},
	{"zookeeper\0://HOST[:PORT]\0srvr tells a mode", BY_NETWORK, CLEAR, 0, 2181, &zookeeper_probe},
	{"cassandra\0://HOST[:PORT]\0it tells its options", BY_NETWORK, CLEAR, 0, 9042, &cassandra_probe},
	{"smtp\0://HOST[:PORT]\0it says 220 (smtps over TLS)", BY_NETWORK, CLEAR, 0, 25, &smtp_probe},
	{"smtps\0", BY_NETWORK, TLS, TAKES_TLS | TAKES_NAME, 465, &smtp_probe},
	{"unix\0:///PATH\0the socket accepts a connection", BY_SOCKET, CLEAR, 0, 0, &tcp_probe},
	{"http+unix\0://%2FSOCKET/PATH\0as http, through a unix socket", BY_SOCKET, CLEAR, HTTP, 0, &http_probe},
	{"file\0:///PATH\0the file exists", BY_FILE, CLEAR, 0, 0, NULL},
	{0},
};
