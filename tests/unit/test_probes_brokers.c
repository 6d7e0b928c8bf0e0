/* SPDX-License-Identifier: MIT */
#include "conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define CLOSED "connection closed without an answer"
#define BROKEN "connection closed in the middle of the answer"
#define FOREIGN(protocol, said) "the peer does not speak " protocol " (it says \"" said "\")"

/* The beginning of Connection.Start, as RabbitMQ says it. */
#define AMQP_START "\1\0\0\0\0\1\xee\0\x0a\0\x0a\0\x09\0\0\1\xc9\x0c" "capabilitiesF"

#define NATS_INFO(more) "INFO {\"server_id\":\"N\",\"version\":\"2.9.10\",\"proto\":1" more "} \r\n"

#define SRVR "Zookeeper version: 3.8.0, built on 2024-12-29 17:54 UTC\nLatency min/avg/max: 0/0.0/0\nReceived: 9\n"

#define HTTP_400 "HTTP/1.1 400 Bad Request\r\n\r\n"
#define TLS_ALERT "\x15\3\3\0\2\2\x46"

/* OP_MSG with one document; the lengths of both are the rows' to give. */
#define MONGODB(length, document_length, document) \
	length "\0\0\0" "\1\0\0\0" "\1\0\0\0" "\xdd\7\0\0" "\0\0\0\0" "\0" document_length "\0\0\0" document "\0"
#define BSON_OK "\1ok\0" "\0\0\0\0\0\0\xf0\x3f" /* 12 bytes */
#define BSON_NOT_OK "\1ok\0" "\0\0\0\0\0\0\0\0"
#define BSON_PRIMARY(yes) "\x08isWritablePrimary\0" yes /* 20 */
#define BSON_SECONDARY(yes) "\x08secondary\0" yes /* 12 */

#define H2_SETTINGS "\0\0\x06\4\0\0\0\0\0" "\0\3\0\0\0\x64"
#define H2_START H2_SETTINGS "\0\0\4\x08\0\0\0\0\0" "\0\1\0\0" "\0\0\1\1\4\0\0\0\1" "\x88" /* WINDOW_UPDATE, HEADERS */
#define GRPC_HEALTH(status) H2_START "\0\0\7\0\0\0\0\0\1" "\0\0\0\0\2\x08" status
#define H2_STATUS(length, field) H2_SETTINGS "\0\0" length "\1\5\0\0\0\1" field
#define H2_REQUEST(length, scheme, authority) \
	"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0\0\0" length "\1\4\0\0\0\1\x83" scheme \
	"\4\x1c/grpc.health.v1.Health/Check\1" authority "\x0f\x10\x10" "application/grpc\0\2te\x08trailers"
#define H2_DATA "\0\1\0\0\0\1\0" /* END_STREAM, stream 1, not compressed */
#define H2_ACK "\0\0\0\4\1\0\0\0\0"
#define H2_HUFFMAN "\x88\x9a\xca\xc8\xb2\x12\x34\xda\x8f"

static const struct conversation conversations[] = {
	/* grpc: SERVING is ready */
	{"grpc://a:1", SPAN(GRPC_HEALTH("\1")), false, READY, NULL, false},
	{"grpc://a:1/b", SPAN(GRPC_HEALTH("\1")), true, READY, NULL, false},
	{"grpcs://a:1", SPAN(GRPC_HEALTH("\1")), false, READY, NULL, false},
	{"grpc://a:1", SPAN(GRPC_HEALTH("\2")), false, NOT_READY, "not serving", true},
	{"grpc://a:1", SPAN(GRPC_HEALTH("\3")), false, NOT_READY, "not serving", true},
	{"grpc://a:1", SPAN(H2_START "\0\0\5\0\0\0\0\0\1" "\0\0\0\0\0"), false, NOT_READY, "its health is unknown", true},
	{"grpc://a:1", SPAN(H2_START), false, PENDING, NULL, false},
	{"grpc://a:1", SPAN(H2_START "\0\0\0\0\0\0\0\0\1"), false, PENDING, NULL, false}, /* DATA without any */
	{"grpc://a:1", SPAN("\0\0\0\4\1\0\0\0\0"), false, PENDING, NULL, false},
	{"grpc://a:1", SPAN(""), true, NOT_READY, CLOSED, true},
	{"grpc://a:1", SPAN(H2_START "\0\0\7\0\0\0\0\0\1" "\0\0\0\0\2\x08"), true, NOT_READY, BROKEN, true},
	{"grpc://a:1", SPAN(H2_STATUS("\x0f", "\x40\x0b" "grpc-status\1" "5")), false, NOT_READY,
	 "gRPC status 5 (it does not know that service)", false},
	{"grpc://a:1", SPAN(H2_STATUS("\x0d", "\x40" H2_HUFFMAN "\2" "12")), false, NOT_READY,
	 "gRPC status 12 (it has no health service)", false},
	{"grpc://a:1", SPAN(H2_STATUS("\x0d", "\x40" H2_HUFFMAN "\2" "14")), true, NOT_READY, "gRPC status 14", true},
	{"grpc://a:1", SPAN(H2_STATUS("\1", "\x8d")), false, NOT_READY, "gRPC status ", true},
	{"grpc://a:1", SPAN(H2_SETTINGS "\0\0\x08\7\0\0\0\0\0" "\0\0\0\0\0\0\0\0"), false, NOT_READY, "it ends the call", true},
	{"grpc://a:1", SPAN(H2_SETTINGS "\0\0\4\3\0\0\0\0\1" "\0\0\0\7"), false, NOT_READY, "it ends the call", true},
	{"grpc://a:1", SPAN(HTTP_400), false, NOT_READY, FOREIGN("gRPC", "HTTP/1.1 400 Bad Request"), false},
	{"grpcs://a:1", SPAN("\0\0\1\1"), false, NOT_READY, FOREIGN("gRPC", "\\x00\\x00\\x01\\x01"), false},

	/* amqp: Connection.Start is ready */
	{"amqp://a", SPAN(AMQP_START), false, READY, NULL, false},
	{"amqp://a", SPAN(AMQP_START), true, READY, NULL, false},
	{"amqps://a", SPAN(AMQP_START), false, READY, NULL, false},
	{"amqp://a", SPAN("\1\0\0\0\0\0\x04\0\x0a\0\x0a"), false, READY, NULL, false},
	{"amqp://a", SPAN("\1\0\0\0\0\0\x04\0\x0a\0"), false, PENDING, NULL, false},
	{"amqp://a", SPAN(""), false, PENDING, NULL, false},
	{"amqp://a", SPAN(""), true, NOT_READY, CLOSED, true},
	{"amqp://a", SPAN("\1\0\0\0\0\0\x04\0\x0a\0"), true, NOT_READY, BROKEN, true},
	{"amqp://a", SPAN("AMQP\0\1\0"), true, NOT_READY, BROKEN, true},
	{"amqp://a", SPAN("AMQP\0\1\0\0"), false, NOT_READY, "the peer does not speak AMQP 0-9-1, but 1-0-0", false},
	{"amqp://a", SPAN("AMQP\3\xff\x80\1"), true, NOT_READY, "the peer does not speak AMQP 0-9-1, but 255-128-1", false},
	{"amqp://a", SPAN("\1\0\0\0\0\0\x04\0\x0a\0\x32"), false, NOT_READY, /* Connection.Close */
	 FOREIGN("AMQP", "\\x01\\x00\\x00\\x00\\x00\\x00\\x04\\x00\\x0a\\x002"), false},
	{"amqp://a", SPAN("\1\0\1\0\0\0\x04\0\x0a\0\x0a"), false, NOT_READY, NULL, false},
	{"amqp://a", SPAN("\x08\0\0\0\0\0\0\xce"), false, NOT_READY, NULL, false}, /* a heartbeat */
	{"amqp://a", SPAN(HTTP_400), false, NOT_READY, FOREIGN("AMQP", "HTTP/1.1 400 Bad Request"), false},
	{"amqps://a", SPAN("AMQ-"), false, NOT_READY, FOREIGN("AMQP", "AMQ-"), false},

	/* nats: INFO comes from a full server, too */
	{"nats://a", SPAN(NATS_INFO("") "PONG\r\n"), false, READY, NULL, false},
	{"nats://a", SPAN(NATS_INFO("") NATS_INFO("") "PONG\r\n"), true, READY, NULL, false},
	{"nats://a", SPAN(NATS_INFO("")), false, PENDING, NULL, false},
	{"nats://a", SPAN(NATS_INFO(",\"auth_required\":true")), false, READY, NULL, false},
	{"nats://a", SPAN(NATS_INFO(",\"tls_required\":true")), true, READY, NULL, false},
	{"nats://a", SPAN(NATS_INFO(",\"tls_required\":false")), false, PENDING, NULL, false},
	{"nats://a", SPAN("INFO {\"auth_required\":true"), false, PENDING, NULL, false},
	{"nats://a", SPAN(""), true, NOT_READY, CLOSED, true},
	{"nats://a", SPAN("INFO {\"auth_required\":true"), true, NOT_READY, BROKEN, true},
	{"nats://a", SPAN(NATS_INFO("")), true, NOT_READY, BROKEN, true},
	{"nats://a", SPAN(NATS_INFO("") "-ERR 'maximum connections exceeded'\r\n"), true, NOT_READY,
	 "-ERR 'maximum connections exceeded'", true},
	{"nats://a", SPAN("-ERR 'Secure Connection - TLS Required'\r\n"), true, NOT_READY,
	 "-ERR 'Secure Connection - TLS Required'", true},
	{"nats://a", SPAN("220 mail.test ESMTP\r\n"), false, NOT_READY, FOREIGN("NATS", "220 mail.test ESMTP"), false},
	{"nats://a", SPAN("INFORMATION {}\r\n"), false, NOT_READY, FOREIGN("NATS", "INFORMATION {}"), false},
	{"nats://a", SPAN(NATS_INFO("") "PONGS\r\n"), false, NOT_READY, FOREIGN("NATS", "PONGS"), false},

	/* memcached */
	{"memcached://a", SPAN("VERSION 1.6.18\r\n"), false, READY, NULL, false},
	{"memcached://a", SPAN("VERSION 1.6.18\n"), true, READY, NULL, false},
	{"memcached://a", SPAN("CLIENT_ERROR unauthenticated\r\n"), false, READY, NULL, false},
	{"memcached://a", SPAN("VERSION 1.6.18\r"), false, PENDING, NULL, false},
	{"memcached://a", SPAN(""), true, NOT_READY, CLOSED, true},
	{"memcached://a", SPAN("VERSION 1.6.18"), true, NOT_READY, BROKEN, true},
	{"memcached://a", SPAN("ERROR Too many open connections\r\n"), true, NOT_READY, "ERROR Too many open connections", true},
	{"memcached://a", SPAN("SERVER_ERROR out of memory\x1b[2J\r\n"), false, NOT_READY,
	 "SERVER_ERROR out of memory\\x1b[2J", true},
	{"memcached://a", SPAN("ERROR\r\n"), false, NOT_READY, FOREIGN("memcached", "ERROR"), false},
	{"memcached://a", SPAN("VERSION\r\n"), false, NOT_READY, FOREIGN("memcached", "VERSION"), false},
	{"memcached://a", SPAN("-ERR unknown command\r\n"), false, NOT_READY, FOREIGN("memcached", "-ERR unknown command"), false},

	/* zookeeper: a mode is ready */
	{"zookeeper://a", SPAN(SRVR "Mode: standalone\nNode count: 5\n"), true, READY, NULL, false},
	{"zookeeper://a", SPAN(SRVR "Mode: follower\n"), false, READY, NULL, false},
	{"zookeeper://a", SPAN(SRVR "Mode: leader"), false, PENDING, NULL, false},
	{"zookeeper://a", SPAN(SRVR "Mode: leader"), true, NOT_READY, BROKEN, true},
	{"zookeeper://a", SPAN(""), true, NOT_READY, CLOSED, true},
	{"zookeeper://a", SPAN(SRVR "Mode: read-only\n"), true, NOT_READY, "Mode: read-only", true},
	{"zookeeper://a", SPAN("This ZooKeeper instance is not currently serving requests\n"), true, NOT_READY,
	 "This ZooKeeper instance is not currently serving requests", true},
	{"zookeeper://a", SPAN("srvr is not executed because it is not in the whitelist.\n"), true, NOT_READY,
	 "srvr is not executed because it is not in the whitelist.", false},
	{"zookeeper://a", SPAN("SSH-2.0-OpenSSH_9.2\r\n"), false, NOT_READY, FOREIGN("ZooKeeper", "SSH-2.0-OpenSSH_9.2"), false},
	{"zookeeper://a", SPAN("Mode: standalone\n"), false, NOT_READY, FOREIGN("ZooKeeper", "Mode: standalone"), false},

	/* smtp: 220 is ready, and so is what ends with it */
	{"smtp://a", SPAN("220 mail.test ESMTP Postfix\r\n"), false, READY, NULL, false},
	{"smtps://a", SPAN("220 mail.test ESMTP\r\n"), true, READY, NULL, false},
	{"smtp://a", SPAN("220-mail.test\r\n220-No spam\r\n220 please\r\n"), false, READY, NULL, false},
	{"smtp://a", SPAN("220\r\n"), false, READY, NULL, false},
	{"smtp://a", SPAN("220-mail.test\r\n"), false, PENDING, NULL, false},
	{"smtp://a", SPAN("22"), false, PENDING, NULL, false},
	{"smtp://a", SPAN(""), true, NOT_READY, CLOSED, true},
	{"smtps://a", SPAN("220-mail.test\r\n220"), true, NOT_READY, BROKEN, true},
	{"smtp://a", SPAN("421 mail.test too many connections\r\n"), true, NOT_READY, "421 mail.test too many connections", true},
	{"smtp://a", SPAN("220-mail.test\r\n421 busy\r\n"), false, NOT_READY, "421 busy", true},
	{"smtp://a", SPAN("554 No SMTP service here\r\n"), false, NOT_READY, "554 No SMTP service here", false},
	{"smtp://a", SPAN("521-mail.test\r\n521 never\r\n"), false, NOT_READY, "521 never", false},
	{"smtp://a", SPAN("200 news.test\r\n"), false, NOT_READY, FOREIGN("SMTP", "200 news.test"), false},
	{"smtp://a", SPAN("+OK POP3\r\n"), false, NOT_READY, FOREIGN("SMTP", "+OK POP3"), false},
	{"smtp://a", SPAN("22\r\n"), false, NOT_READY, FOREIGN("SMTP", "22"), false},
	{"smtp://a", SPAN("2200 x\r\n"), false, NOT_READY, FOREIGN("SMTP", "2200 x"), false},
	{"smtp://a", SPAN("\r\n220 mail.test\r\n"), false, NOT_READY, FOREIGN("SMTP", ""), false},

	/* kafka: length, correlation, error */
	{"kafka://a", SPAN("\0\0\0\x10\0\0\0\1\0\0\0\0\0\1\0\x12\0\0\0\3"), false, READY, NULL, false},
	{"kafka://a", SPAN("\0\0\0\x0a\0\0\0\1\0\x23\0\0\0\0"), true, READY, NULL, false},
	{"kafka://a", SPAN("\0\0\0\6\0\0\0\1\0\0"), false, READY, NULL, false},
	{"kafka://a", SPAN("\0\0\0\6\0\0\0\1\0"), false, PENDING, NULL, false},
	{"kafka://a", SPAN(""), true, NOT_READY, CLOSED, true},
	{"kafka://a", SPAN("\0\0\0\6\0\0\0\1\0"), true, NOT_READY, BROKEN, true},
	{"kafka://a", SPAN(TLS_ALERT), true, NOT_READY, BROKEN, true},
	{"kafka://a", SPAN("\0\0\0\6\0\0\0\1\0\x08"), false, NOT_READY, "the broker answers with error 8", true},
	{"kafka://a", SPAN("\0\0\0\6\0\0\0\1\xff\xff"), false, NOT_READY, "the broker answers with error 65535", true},
	{"kafka://a", SPAN("\0\0\0\6\0\0\0\2\0\0"), false, NOT_READY,
	 FOREIGN("Kafka", "\\x00\\x00\\x00\\x06\\x00\\x00\\x00\\x02\\x00\\x00"), false},
	{"kafka://a", SPAN("\0\0\0\5\0\0\0\1\0\0"), false, NOT_READY, NULL, false},
	{"kafka://a", SPAN(HTTP_400), false, NOT_READY, FOREIGN("Kafka", "HTTP/1.1 400 Bad Request"), false},

	/* cassandra: version, flags, stream, opcode, length */
	{"cassandra://a", SPAN("\x84\0\0\0\6\0\0\0\x60\0\3\0\x0b" "CQL_VERSION"), false, READY, NULL, false},
	{"cassandra://a", SPAN("\x84\0\0\0\6\0\0\0\2\0\0"), true, READY, NULL, false},
	{"cassandra://a", SPAN("\x84\0\0\0\6\0\0\0"), false, PENDING, NULL, false},
	{"cassandra://a", SPAN(""), true, NOT_READY, CLOSED, true},
	{"cassandra://a", SPAN("\x84\0\0\0\6\0\0\0"), true, NOT_READY, BROKEN, true},
	{"cassandra://a", SPAN("\x84\0\0\0\0\0\0\0\x0e\0\0\x10\2\0\x08" "starting"), false, NOT_READY, "starting", true},
	{"cassandra://a", SPAN("\x84\0\0\0\0\0\0\0\x0e\0\0\x10\2\0\x08" "start"), false, PENDING, NULL, false},
	{"cassandra://a", SPAN("\x84\0\0\0\0\0\0\0\x0e\0\0\x10\2\0\x08" "start"), true, NOT_READY, BROKEN, true},
	{"cassandra://a", SPAN("\x83\0\0\0\0\0\0\0\x1a\0\0\0\x0a\0\x14" "unsupported: use v3/" ), false, NOT_READY,
	 "unsupported: use v3/", false},
	{"cassandra://a", SPAN("\x84\0\0\0\0\0\0\0\0"), false, NOT_READY, "an error without words", true},
	{"cassandra://a", SPAN("\x84\0\0\0\3\0\0\0\0"), false, NOT_READY, /* AUTHENTICATE is no answer to OPTIONS */
	 FOREIGN("Cassandra", "\\x84\\x00\\x00\\x00\\x03\\x00\\x00\\x00\\x00"), false},
	{"cassandra://a", SPAN(HTTP_400), false, NOT_READY, FOREIGN("Cassandra", "HTTP/1.1 400 Bad Request"), false},

	/* mongodb: ok, and one of three kinds */
	{"mongodb://a", SPAN(MONGODB("\x3a", "\x25", BSON_PRIMARY("\1") BSON_OK)), false, READY, NULL, false},
	{"mongodb://a", SPAN(MONGODB("\x46", "\x31", BSON_PRIMARY("\0") BSON_SECONDARY("\1") BSON_OK)), true, READY, NULL, false},
	{"mongodb://a", SPAN(MONGODB("\x38", "\x23", "\2msg\0\x09\0\0\0isdbgrid\0" BSON_OK)), false, READY, NULL, false},
	{"mongodb://a", /* a document, an array, a date, null and 32 bits come before */
	 SPAN(MONGODB("\x75", "\x60",
		      "\3a\0\x0c\0\0\0\x10" "b\0\1\0\0\0\0" "\4hosts\0\x10\0\0\0\2" "0\0\4\0\0\0x:1\0\0"
		      "\x09t\0\1\2\3\4\5\6\7\x08" "\x0an\0" "\x10v\0\x11\0\0\0" BSON_PRIMARY("\1") BSON_OK)),
	 false, READY, NULL, false},
	{"mongodb://a", SPAN(MONGODB("\x46", "\x31", BSON_PRIMARY("\0") BSON_SECONDARY("\0") BSON_OK)), false, NOT_READY,
	 "neither a primary nor a secondary yet", true},
	{"mongodb://a", SPAN(MONGODB("\x38", "\x23", "\2msg\0\x09\0\0\0isdbgrix\0" BSON_OK)), false, NOT_READY,
	 "neither a primary nor a secondary yet", true},
	{"mongodb://a", SPAN(MONGODB("\x39", "\x24", BSON_NOT_OK "\2errmsg\0\7\0\0\0not up\0")), false, NOT_READY, "not up",
	 true},
	{"mongodb://a", SPAN(MONGODB("\x26", "\x11", BSON_NOT_OK)), false, NOT_READY, "an error without words", true},
	{"mongodb://a", SPAN(MONGODB("\x3a", "\x25", BSON_PRIMARY("\1") BSON_NOT_OK)), false, NOT_READY, NULL, true},
	{"mongodb://a", SPAN("\x3a\0\0\0\1\0\0\0\1\0\0\0\xdd\7\0\0\0\0\0\0\0\x25\0\0\0\x08"), false, PENDING, NULL, false},
	{"mongodb://a", SPAN(""), true, NOT_READY, CLOSED, true},
	{"mongodb://a", SPAN("\x3a\0\0\0\1\0\0\0\1\0\0\0\xdd\7\0\0\0\0\0\0\0\x25\0\0\0\x08"), true, NOT_READY, BROKEN, true},
	{"mongodb://a", SPAN(HTTP_400), false, NOT_READY, FOREIGN("MongoDB", "HTTP/1.1 400 Bad Request"), false},
	{"mongodb://a", SPAN("\0\x10\0\0\1\0\0\0\1\0\0\0\xdd\7\0\0\0\0\0\0\0"), false, NOT_READY, NULL, false}, /* too long */
	{"mongodb://a", SPAN("\x14\0\0\0\1\0\0\0\1\0\0\0\xdd\7\0\0\0\0\0\0\0"), false, NOT_READY, NULL, false}, /* too short */
};

enum { CONVERSATIONS = sizeof(conversations) / sizeof(conversations[0]) };

static void test_brokers_are_judged_by_what_they_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < CONVERSATIONS; i++)
		conversation_check(&conversations[i]);
}

static void test_probes_bear_what_is_damaged(void **state)
{
	(void)state;
	for (size_t i = 0; i < CONVERSATIONS; i++)
		conversation_damage(&conversations[i]);
}

static void test_what_is_said_byte_for_byte(void **state)
{
	static const struct {
		const char *declaration;
		struct span heard, said;
	} rows[] = {
		{"grpc://a:1", SPAN(""), SPAN(H2_REQUEST("\x45", "\x86", "\3a:1") "\0\0\7" H2_DATA "\0\0\0\2\x0a\0")},
		{"grpcs://a:12/b.C#host=d", SPAN(H2_SETTINGS),
		 SPAN(H2_REQUEST("\x46", "\x87", "\4d:12") "\0\0\x0a" H2_DATA "\0\0\0\5\x0a\3b.C" H2_ACK)},
		{"grpc://a:1", SPAN(GRPC_HEALTH("\1")),
		 SPAN(H2_REQUEST("\x45", "\x86", "\3a:1") "\0\0\7" H2_DATA "\0\0\0\2\x0a\0" H2_ACK
		      "\0\0\x08\7\0\0\0\0\0\0\0\0\0\0\0\0\0")},
		{"amqp://a", SPAN(""), SPAN("AMQP\0\0\x09\1")},
		{"amqps://a", SPAN(AMQP_START), SPAN("AMQP\0\0\x09\1")},
		{"nats://a", SPAN(""), SPAN("")},
		{"nats://a", SPAN(NATS_INFO("")), SPAN("PING\r\n")},
		{"nats://a", SPAN(NATS_INFO(",\"auth_required\":true")), SPAN("")},
		{"memcached://a", SPAN(""), SPAN("version\r\n")},
		{"zookeeper://a", SPAN(""), SPAN("srvr")},
		{"smtp://a", SPAN(""), SPAN("")},
		{"smtp://a", SPAN("220-mail.test\r\n"), SPAN("")},
		{"smtps://a", SPAN("220 mail.test\r\n"), SPAN("QUIT\r\n")},
		{"kafka://a", SPAN(""), SPAN("\0\0\0\x0a\0\x12\0\0\0\0\0\1\xff\xff")},
		{"cassandra://a", SPAN(""), SPAN("\4\0\0\0\5\0\0\0\0")},
		{"mongodb://a", SPAN(""),
		 SPAN("\x34\0\0\0\1\0\0\0\0\0\0\0\xdd\7\0\0\0\0\0\0\0\x1f\0\0\0\x10hello\0\1\0\0\0\2$db\0\6\0\0\0admin\0\0")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!span_equals(conversation_say(rows[i].declaration, rows[i].heard), rows[i].said))
			fail_msg("row %zu, %s", i, rows[i].declaration);
}

static void test_every_scheme_has_its_rows(void **state)
{
	(void)state;
	conversation_cover(conversations, CONVERSATIONS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_brokers_are_judged_by_what_they_say),
		cmocka_unit_test(test_probes_bear_what_is_damaged),
		cmocka_unit_test(test_what_is_said_byte_for_byte),
		cmocka_unit_test(test_every_scheme_has_its_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
