/* SPDX-License-Identifier: MIT */
/* The probes of databases: postgres, mysql, redis. */
#include "conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define TIMES_8(text) text text text text text text text text
#define TIMES_64(text) TIMES_8(TIMES_8(text))

/* What PostgreSQL 15 says; lengths are those of the whole message but its letter. */
#define FATAL(length, code, words) "E\0\0\0" length "SFATAL\0VFATAL\0C" code "\0M" words "\0\0"
#define R_TRUST "R\0\0\0\x08\0\0\0\0"
#define R_CLEAR "R\0\0\0\x08\0\0\0\x03"
#define R_MD5 "R\0\0\0\x0c\0\0\0\x05salt"
#define R_SCRAM "R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0"
#define SETTINGS "S\0\0\0\x19" "client_encoding\0UTF8\0" "N\0\0\0\x05\0" "K\0\0\0\x0c" "pid secr"
#define IS_READY "Z\0\0\0\x05I"

/* What MariaDB 10.11 says; lengths are those of what follows. */
#define PACKET(length, number) length "\0\0" number
#define GREETING \
	PACKET("\x2d", "\0") "\x0a" "5.5.5-10.11.6-MariaDB\0" "\x1e\0\0\0" "saltsalt\0" "\xfe\xf7\x2d\x02\0\xff\x81\x15\0"
#define LET_IN PACKET("\x07", "\2") "\0\0\0\x02\0\0\0"
#define SWITCH PACKET("\x22", "\2") "\xfe" "caching_sha2_password\0" "saltsaltsal"

static const struct conversation conversations[] = {
	/* postgres: whoever asks for a password is up */
	{"postgres://a", SPAN(R_SCRAM), false, READY, NULL, false},
	{"postgres://a", SPAN(R_MD5), false, READY, NULL, false},
	{"postgres://a", SPAN(R_CLEAR), false, READY, NULL, false},
	{"postgres://a", SPAN(R_SCRAM), true, READY, NULL, false},
	{"postgresql://a", SPAN(R_SCRAM), false, READY, NULL, false},
	{"postgres://a", SPAN(R_SCRAM "anything"), false, READY, NULL, false},

	/* whoever asks for none is up at the end of the login */
	{"postgres://a", SPAN(R_TRUST), false, PENDING, NULL, false},
	{"postgres://a", SPAN(R_TRUST), true, NOT_READY, "connection closed in the middle of the answer", true},
	{"postgres://a", SPAN(R_TRUST SETTINGS), false, PENDING, NULL, false},
	{"postgres://a", SPAN(R_TRUST SETTINGS IS_READY), false, READY, NULL, false},
	{"postgres://a", SPAN(R_TRUST SETTINGS IS_READY), true, READY, NULL, false},
	{"postgres://a", SPAN(R_TRUST FATAL("\x43", "53300", "too many connections for database \"app\"")),
	 false, NOT_READY, "too many connections for database \"app\"", true},
	{"postgres://a", SPAN(R_TRUST FATAL("\x6d", "53300", "remaining connection slots are reserved for non-replication superuser connections")),
	 false, NOT_READY, "remaining connection slots are reserved for non-replication superuser connections", true},
	{"postgres://a", SPAN(R_TRUST FATAL("\x35", "28000", "role \"app\" does not exist")),
	 false, READY, NULL, false},
	{"postgres://a", SPAN(R_TRUST FATAL("\x39", "3D000", "database \"app\" does not exist")),
	 false, READY, NULL, false},
	{"postgres://a", SPAN(R_TRUST R_TRUST), false, NOT_READY, NULL, false},

	/* states that end */
	{"postgres://a", SPAN(FATAL("\x3e", "57P03", "the database system is starting up")),
	 false, NOT_READY, "the database system is starting up", true},
	{"postgres://a", SPAN(FATAL("\x40", "57P03", "the database system is shutting down")),
	 false, NOT_READY, "the database system is shutting down", true},
	{"postgres://a", SPAN(FATAL("\x43", "57P03", "the database system is in recovery mode")),
	 false, NOT_READY, "the database system is in recovery mode", true},
	{"postgres://a", SPAN(FATAL("\x4c", "57P03", "the database system is not accepting connections")),
	 false, NOT_READY, "the database system is not accepting connections", true},
	{"postgres://a", SPAN(FATAL("\x3b", "53300", "sorry, too many clients already")),
	 false, NOT_READY, "sorry, too many clients already", true},
	{"postgres://a", SPAN(FATAL("\x51", "55000", "database \"app\" is not currently accepting connections")),
	 false, NOT_READY, "database \"app\" is not currently accepting connections", true},
	{"postgres://a", SPAN(FATAL("\x3e", "57P03", "the database system is starting up")),
	 true, NOT_READY, "the database system is starting up", true},
	{"postgres://a", SPAN(FATAL("\x20", "57P03", "\x1b[2J")), false, NOT_READY, "\\x1b[2J", true},
	{"postgres://a", SPAN(FATAL("\x1c", "57P03", "")), false, NOT_READY, "an error without words", true},
	{"postgres://u:secret@a", SPAN(FATAL("\x2e", "57P03", "I know your secret")),
	 false, NOT_READY, "an error that repeats the password", true},
	{"postgres://a", SPAN("E\0\0\0\x05\0"), false, NOT_READY, "an error without words", true},
	{"postgres://a", SPAN("E\0\0\0\x04"), false, NOT_READY, "an error without words", true},
	{"postgres://a", SPAN("E\0\0\0\x0a" "CMcode"), false, NOT_READY, "an error without words", true},

	/* who may come in is another question */
	{"postgres://a", SPAN(FATAL("\x49", "28P01", "password authentication failed for user \"app\"")),
	 false, READY, NULL, false},
	{"postgres://a", SPAN(FATAL("\x53", "28000", "no pg_hba.conf entry for host \"10.0.0.1\", no encryption")),
	 false, READY, NULL, false},
	{"postgres://a", SPAN(FATAL("\x39", "3D000", "database \"app\" does not exist")), false, READY, NULL, false},

	/* what is not there yet, or never will be */
	{"postgres://a", SPAN(""), false, PENDING, NULL, false},
	{"postgres://a", SPAN(""), true, NOT_READY, "connection closed without an answer", true},
	{"postgres://a", SPAN("R\0\0\0"), false, PENDING, NULL, false},
	{"postgres://a", SPAN("R\0\0\0\x08\0\0\0"),
	 true, NOT_READY, "connection closed in the middle of the answer", true},
	{"postgres://a", SPAN("R\xff\xff\xff\xff"), false, NOT_READY, NULL, false},
	{"postgres://a", SPAN("E\x7f\xff\xff\xff"), false, NOT_READY, NULL, false},
	{"postgres://a", SPAN("R\0\0\0\x03"), false, NOT_READY, NULL, false},
	{"postgres://a", SPAN("R\0\0\x08\x05"), false, NOT_READY, NULL, false},
	{"postgres://a", SPAN("R\0\0\x08\x04"), false, PENDING, NULL, false},
	{"postgres://a", SPAN("R\0\0\0\x04" IS_READY), false, READY, NULL, false},
	{"postgres://a", SPAN("R\0\0\0\x04" "\0\x05"), false, NOT_READY, NULL, false}, /* found by its fuzzer */
	{"postgres://a", SPAN(IS_READY), false, NOT_READY, NULL, false},
	{"postgres://a", SPAN("S"), false, NOT_READY, "the peer does not speak PostgreSQL (it says \"S\")", false},
	{"postgres://a", SPAN("HTTP/1.1 400 Bad Request\r\n"),
	 false, NOT_READY, "the peer does not speak PostgreSQL (it says \"HTTP/1.1 400 Bad Request\")", false},
	{"postgres://a", SPAN("Ecould not fork new process for connection: Resource temporarily unavailable\n"),
	 false, NOT_READY, NULL, false},
	{"postgres://a", SPAN("-ERR unknown command\r\n"), false, NOT_READY, NULL, false},
	{"postgres://a", SPAN("SSH-2.0-OpenSSH_9.2\r\n"), true, NOT_READY, NULL, false},
	{"postgres://a", SPAN("\x4a\0\0\0\x0a" "5.5.5"), false, NOT_READY, NULL, false},

	/* strict: it must let the user in */
	{"postgres://a#strict", SPAN(R_TRUST SETTINGS IS_READY), false, READY, NULL, false},
	{"postgres://a#strict", SPAN(R_TRUST FATAL("\x35", "28000", "role \"app\" does not exist")),
	 false, NOT_READY, "role \"app\" does not exist", false},
	{"postgres://a#strict", SPAN(R_TRUST FATAL("\x39", "3D000", "database \"app\" does not exist")),
	 false, NOT_READY, "database \"app\" does not exist", false},
	{"postgresql://a#strict", SPAN(R_SCRAM), false, NOT_READY, "it asks for a password", false},
	{"postgress://a#strict", SPAN("S" R_SCRAM), false, NOT_READY, "it asks for a password", false},

	/* postgress: TLS, or nothing */
	{"postgress://a", SPAN(""), false, PENDING, NULL, false},
	{"postgress://a", SPAN(""), true, NOT_READY, "connection closed without an answer", true},
	{"postgress://a", SPAN("S"), false, START_TLS, NULL, false},
	{"postgress://a", SPAN("S"), true, START_TLS, NULL, false},
	{"postgress://a", SPAN("S" R_SCRAM), false, READY, NULL, false},
	{"postgress://a", SPAN("S" R_TRUST SETTINGS IS_READY), true, READY, NULL, false},
	{"postgress://a", SPAN("S" FATAL("\x3e", "57P03", "the database system is starting up")),
	 false, NOT_READY, "the database system is starting up", true},
	{"postgress://a", SPAN("SS"), false, NOT_READY, "the peer does not speak PostgreSQL (it says \"S\")", false},
	{"postgress://a", SPAN("N"), false, NOT_READY, "the server does not offer TLS", false},
	{"postgress://a", SPAN("N" R_SCRAM), true, NOT_READY, "the server does not offer TLS", false},
	{"postgress://a", SPAN(R_SCRAM), false, NOT_READY, NULL, false},
	{"postgress://a", SPAN(FATAL("\x3e", "57P03", "the database system is starting up")),
	 false, NOT_READY, NULL, false},
	{"postgress://a", SPAN("HTTP/1.1 400 Bad Request\r\n"), true, NOT_READY, NULL, false},

	/* mysql: it lets in, or says who may not come in */
	{"mysql://a", SPAN(GREETING), false, PENDING, NULL, false},
	{"mysql://a", SPAN(GREETING), true, NOT_READY, "connection closed in the middle of the answer", true},
	{"mysql://a", SPAN(GREETING LET_IN), false, READY, NULL, false},
	{"mysql://a", SPAN(GREETING LET_IN), true, READY, NULL, false},
	{"mariadb://a", SPAN(GREETING LET_IN), false, READY, NULL, false},
	{"mysql://a", SPAN(GREETING PACKET("\x3f", "\2") "\xff\x15\x04" "#28000Access denied for user 'shim'@'a' (using password: NO)"),
	 false, READY, NULL, false},
	{"mysql://a", SPAN(GREETING PACKET("\x32", "\2") "\xff\xa2\x06" "#28000Access denied for user 'root'@'localhost'"),
	 true, READY, NULL, false},
	{"mysql://a", SPAN(GREETING PACKET("\x3c", "\2") "\xff\x57\x0c" "#HY000Connections using insecure transport are prohibited"),
	 false, READY, NULL, false},
	/* strict: it must let the user in */
	{"mysql://a#strict", SPAN(GREETING LET_IN), false, READY, NULL, false},
	{"mariadb://a#strict", SPAN(GREETING PACKET("\x16", "\2") "\xff\x15\x04" "#28000Access denied"), false, NOT_READY, "Access denied", false},
	{"mysql://a#strict", SPAN(GREETING PACKET("\x1d", "\2") "\xff\x10\x04" "#08004Too many connections"),
	 false, NOT_READY, "Too many connections", true},

	{"mysql://a", SPAN(GREETING SWITCH), false, PENDING, NULL, false},
	{"mysql://a", SPAN(GREETING SWITCH), true, NOT_READY, "connection closed in the middle of the answer", true},
	{"mysql://a", SPAN(GREETING SWITCH PACKET("\x16", "\4") "\xff\x15\x04" "#28000Access denied"),
	 false, READY, NULL, false},
	{"mysql://a", SPAN(GREETING SWITCH PACKET("\x02", "\4") "\x01\x03" PACKET("\x01", "\5") "\0"),
	 false, READY, NULL, false},
	{"mysql://a", SPAN(GREETING PACKET("\x01", "\2") "\xfe" PACKET("\x16", "\4") "\xff\x15\x04" "#28000Access denied"),
	 false, READY, NULL, false},

	/* states that end, before the greeting or behind it */
	{"mysql://a", SPAN(PACKET("\x17", "\0") "\xff\x10\x04" "Too many connections"),
	 false, NOT_READY, "Too many connections", true},
	{"mysql://a", SPAN(PACKET("\x1d", "\1") "\xff\x10\x04" "#08004Too many connections"),
	 true, NOT_READY, "Too many connections", true},
	{"mysql://a", SPAN(PACKET("\x24", "\0") "\xff\x1d\x04" "#08S01Server shutdown in progress"),
	 false, NOT_READY, "Server shutdown in progress", true},
	{"mysql://a", SPAN(PACKET("\x27", "\0") "\xff\xd3\x07" "Can't connect to remote MySQL server"),
	 false, NOT_READY, "Can't connect to remote MySQL server", true},
	{"mysql://a", SPAN(GREETING PACKET("\x1d", "\2") "\xff\x10\x04" "#08004Too many connections"),
	 false, NOT_READY, "Too many connections", true},
	{"mysql://a", SPAN(GREETING PACKET("\x24", "\2") "\xff\x1d\x04" "#08S01Server shutdown in progress"),
	 false, NOT_READY, "Server shutdown in progress", true},
	{"mysql://a", SPAN(GREETING PACKET("\x30", "\2") "\xff\xd8\x0b" "#HY000The server is currently in offline mode"),
	 false, NOT_READY, "The server is currently in offline mode", true},
	{"mysql://a", SPAN(GREETING SWITCH PACKET("\x1d", "\4") "\xff\x10\x04" "#08004Too many connections"),
	 false, NOT_READY, "Too many connections", true},
	{"mysql://a", SPAN(PACKET("\x03", "\0") "\xff\x10\x04" ""), false, NOT_READY, "an error without words", true},
	{"mysql://a", SPAN(PACKET("\x06", "\0") "\xff\x10\x04" "#08"),
	 false, NOT_READY, "an error without words", true},
	{"mysql://a", SPAN(PACKET("\x01", "\0") "\xff"), false, NOT_READY, "an error without words", true},
	{"mysql://a", SPAN(PACKET("\x07", "\0") "\xff\x10\x04" "\33[2J"), false, NOT_READY, "\\x1b[2J", true},
	{"mysql://u:secret@a", SPAN(PACKET("\x15", "\0") "\xff\x10\x04" "I know your secret"),
	 false, NOT_READY, "an error that repeats the password", true},

	/* and those that somebody must mend */
	{"mysql://a", SPAN(PACKET("\x62", "\0") "\xff\x69\x04" "Host 'a' is blocked because of many connection errors; unblock with 'mariadb-admin flush-hosts'"),
	 false, NOT_READY, "Host 'a' is blocked because of many connection errors; unblock with 'mariadb-admin flush-hosts'", false},
	{"mysql://a", SPAN(PACKET("\x3c", "\0") "\xff\x6a\x04" "Host 'a' is not allowed to connect to this MariaDB server"),
	 false, NOT_READY, "Host 'a' is not allowed to connect to this MariaDB server", false},
	{"mysql://a", SPAN(PACKET("\x42", "\1") "\xff\x6a\x04" "#HY000Host 'a' is not allowed to connect to this MariaDB server"),
	 true, NOT_READY, "Host 'a' is not allowed to connect to this MariaDB server", false},
	{"mysql://a", SPAN(GREETING PACKET("\x68", "\2") "\xff\x69\x04" "#HY000Host 'a' is blocked because of many connection errors; unblock with 'mariadb-admin flush-hosts'"),
	 false, NOT_READY, "Host 'a' is blocked because of many connection errors; unblock with 'mariadb-admin flush-hosts'", false},

	/* what is not there yet, or never will be */
	{"mysql://a", SPAN(""), false, PENDING, NULL, false},
	{"mysql://a", SPAN(""), true, NOT_READY, "connection closed without an answer", true},
	{"mysql://a", SPAN("\x4a\0"), false, PENDING, NULL, false},
	{"mysql://a", SPAN("\x4a\0\0\0\x0a" "5.5.5"), false, PENDING, NULL, false},
	{"mysql://a", SPAN("\x4a\0\0\0\x0a" "5.5.5"),
	 true, NOT_READY, "connection closed in the middle of the answer", true},
	{"mysql://a", SPAN("\0\0\0"),
	 false, NOT_READY, "the peer does not speak MySQL (it says \"\\x00\\x00\\x00\")", false},
	{"mysql://a", SPAN("\0\x08\0\0"), false, PENDING, NULL, false},
	{"mysql://a", SPAN("\x01\x08\0\0"), false, NOT_READY, NULL, false},
	{"mysql://a", SPAN("\xff\xff\xff\0\x0a"), false, NOT_READY, NULL, false},
	{"mysql://a", SPAN(PACKET("\x01", "\0") "\0"),
	 false, NOT_READY, "the peer does not speak MySQL (it says \"\\x00\")", false},
	{"mysql://a", SPAN(PACKET("\x01", "\0") "\xfe"), false, NOT_READY, NULL, false},
	{"mysql://a", SPAN(PACKET("\x01", "\0") "\x01"), false, NOT_READY, NULL, false},
	{"mysql://a", SPAN(PACKET("\x05", "\0") "\x0b\x08\x05\x1a\0"), false, NOT_READY, NULL, false},
	{"mysql://a", SPAN(GREETING GREETING), false, NOT_READY, NULL, false},
	{"mysql://a", SPAN(GREETING "\0\0\0\2"), false, NOT_READY, NULL, false},
	{"mysql://a", SPAN("+OK\r\n"), false, NOT_READY, "the peer does not speak MySQL (it says \"+OK\")", false},
	{"mysql://a", SPAN("SSH-2.0-OpenSSH_9.2\r\n"),
	 false, NOT_READY, "the peer does not speak MySQL (it says \"SSH-2.0-OpenSSH_9.2\")", false},
	{"mysql://a", SPAN("HTTP/1.1 400 Bad Request\r\n"), true, NOT_READY, NULL, false},
	{"mysql://a", SPAN("220 mail.test ESMTP\r\n"), false, NOT_READY, NULL, false},

	/* redis: PONG, and nothing else */
	{"redis://a", SPAN("+PONG\r\n"), false, READY, NULL, false},
	{"redis://a", SPAN("+PONG\r\n+OK\r\n"), true, READY, NULL, false},
	{"redis://a", SPAN("+PONG\n"), false, READY, NULL, false},
	{"rediss://a", SPAN("+PONG\r\n"), false, READY, NULL, false},
	{"redis://a", SPAN("+OK\r\n"), false, PENDING, NULL, false},
	{"redis://:secret@a", SPAN("+OK\r\n"), false, PENDING, NULL, false},
	{"redis://:secret@a", SPAN("+OK\r\n+PONG\r\n"), false, READY, NULL, false},
	{"redis://u:secret@a", SPAN("+OK\r\n+PONG\r\n+OK\r\n"), true, READY, NULL, false},

	/* a password that nobody asked for */
	{"redis://:secret@a", SPAN("-ERR Client sent AUTH, but no password is set\r\n"), false, PENDING, NULL, false},
	{"redis://:secret@a", SPAN("-ERR Client sent AUTH, but no password is set\r\n+PONG\r\n"),
	 false, READY, NULL, false},
	{"redis://:secret@a", SPAN("-ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?\r\n"),
	 false, PENDING, NULL, false},
	{"redis://:secret@a", SPAN("-ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?\r\n+PONG\r\n"),
	 false, READY, NULL, false},
	{"redis://:secret@a", SPAN("-ERR Client sent AUTH, but no password is set\r\n-LOADING Redis is loading\r\n"),
	 false, NOT_READY, "LOADING Redis is loading", true},
	{"redis://:secret@a", SPAN("-ERR a\r\n-ERR b\r\n"), false, NOT_READY, "ERR b", true},

	/* states that end */
	{"redis://a", SPAN("-LOADING Redis is loading the dataset in memory\r\n"),
	 false, NOT_READY, "LOADING Redis is loading the dataset in memory", true},
	{"redis://a", SPAN("-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n"),
	 false, NOT_READY, "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", true},
	{"redis://a", SPAN("-ERR max number of clients reached\r\n"),
	 false, NOT_READY, "ERR max number of clients reached", true},
	{"redis://a", SPAN("-BUSY Redis is busy running a script.\r\n"),
	 false, NOT_READY, "BUSY Redis is busy running a script.", true},
	{"redis://a", SPAN("-MISCONF Redis is configured to save RDB snapshots\r\n"),
	 false, NOT_READY, "MISCONF Redis is configured to save RDB snapshots", true},
	{"redis://:secret@a", SPAN("+OK\r\n-LOADING Redis is loading the dataset in memory\r\n+OK\r\n"),
	 true, NOT_READY, "LOADING Redis is loading the dataset in memory", true},
	{"redis://:secret@a", SPAN("-ERR max number of clients reached\r\n"),
	 true, NOT_READY, "ERR max number of clients reached", true},
	{"redis://a", SPAN("-NOAUTH Authentication required.\r\n+OK\r\n"),
	 false, NOT_READY, "it wants a password, and says so while it is loading, too: give it one", true},
	{"redis://a", SPAN("-\r\n"), false, NOT_READY, "an error without words", true},
	{"redis://a", SPAN("-\x1b[2J\r\n"), false, NOT_READY, "\\x1b[2J", true},
	{"redis://:secret@a", SPAN("-LOADING I know your secret\r\n"),
	 false, NOT_READY, "an error that repeats the password", true},

	/* and those that somebody must mend */
	{"redis://:secret@a", SPAN("-WRONGPASS invalid username-password pair or user is disabled.\r\n"),
	 false, NOT_READY, "WRONGPASS invalid username-password pair or user is disabled.", false},
	{"redis://a", SPAN("-NOPERM this user has no permissions to run the 'ping' command\r\n"),
	 false, NOT_READY, "NOPERM this user has no permissions to run the 'ping' command", false},
	{"redis://a", SPAN("-DENIED Redis is running in protected mode\r\n"),
	 false, NOT_READY, "DENIED Redis is running in protected mode", false},
	{"redis://:secret@a", SPAN("+OK\r\n-NOPERM this user has no permissions\r\n"),
	 false, NOT_READY, "NOPERM this user has no permissions", false},
	{"redis://:secret@a", SPAN("-ERR invalid password\r\n-NOAUTH Authentication required.\r\n"),
	 false, NOT_READY, "ERR invalid password", false},

	/* what is not there yet, or never will be */
	{"redis://a", SPAN(""), false, PENDING, NULL, false},
	{"redis://a", SPAN(""), true, NOT_READY, "connection closed without an answer", true},
	{"redis://a", SPAN("+PONG"), false, PENDING, NULL, false},
	{"redis://a", SPAN("+PONG\r"), true, NOT_READY, "connection closed in the middle of the answer", true},
	{"redis://:secret@a", SPAN("+OK\r\n"), true, NOT_READY, "connection closed in the middle of the answer", true},
	{"redis://a", SPAN("-LOADING Redis is"),
	 true, NOT_READY, "connection closed in the middle of the answer", true},
	{"redis://a", SPAN("H"), false, NOT_READY, "the peer does not speak Redis (it says \"H\")", false},
	{"redis://a", SPAN("HTTP/1.1 400 Bad Request\r\n"), false, NOT_READY, NULL, false},
	{"redis://a", SPAN("SSH-2.0-OpenSSH_9.2\r\n"),
	 true, NOT_READY, "the peer does not speak Redis (it says \"SSH-2.0-OpenSSH_9.2\")", false},
	{"redis://a", SPAN("\r\n"), false, NOT_READY, "the peer does not speak Redis (it says \"\")", false},
	{"redis://a", SPAN("+PONGO\r\n"),
	 false, NOT_READY, "the peer does not speak Redis (it says \"+PONGO\")", false},
	{"redis://a", SPAN("+OK POP3 is ready\r\n"),
	 false, NOT_READY, "the peer does not speak Redis (it says \"+OK POP3 is ready\")", false},
	{"redis://a", SPAN("$4\r\nPONG\r\n"),
	 false, NOT_READY, "the peer does not speak Redis (it says \"$4\")", false},
	{"redis://a", SPAN("*2\r\n"), false, NOT_READY, "the peer does not speak Redis (it says \"*2\")", false},
	{"redis://a", SPAN("\x4a\0\0\0\x0a" "5.5.5"), false, NOT_READY, NULL, false},
	{"redis://a", SPAN("+" TIMES_64(TIMES_8("x"))), false, PENDING, NULL, false},
};

enum { CONVERSATIONS = sizeof(conversations) / sizeof(conversations[0]) };

static void test_probes_of_databases_judge_what_they_hear(void **state)
{
	(void)state;
	for (size_t i = 0; i < CONVERSATIONS; i++)
		conversation_check(&conversations[i]);
}

static void test_probes_of_databases_bear_what_is_damaged(void **state)
{
	(void)state;
	for (size_t i = 0; i < CONVERSATIONS; i++)
		if (conversations[i].heard.len <= 128)
			conversation_damage(&conversations[i]);
}

/* Lengths of a StartupMessage are those of all of it. */
#define STARTUP(length, user, database) \
	"\0\0\0" length "\0\3\0\0user\0" user "\0database\0" database "\0application_name\0shim\0\0"
/* HandshakeResponse41: flags, the longest packet, UTF-8, a user without a password, a plugin. */
#define LOGIN(length, user) \
	PACKET(length, "\1") "\x01\x82\x08\0" "\0\0\0\x01" "\x21" TIMES_8("\0\0") "\0\0\0\0\0\0\0" user "\0\0mysql_native_password\0"
#define QUIT PACKET("\x01", "\0") "\x01"
#define SSL_REQUEST "\0\0\0\x08\x04\xd2\x16\x2f"

static void test_what_is_said_to_databases_byte_for_byte(void **state)
{
	static const struct {
		const char *declaration;
		struct span heard, said;
	} rows[] = {
		{"postgres://a", SPAN(""), SPAN(STARTUP("\x3f", "postgres", "postgres"))},
		{"postgres://a/", SPAN(""), SPAN(STARTUP("\x3f", "postgres", "postgres"))},
		{"postgres://u@a", SPAN(""), SPAN(STARTUP("\x31", "u", "u"))},
		{"postgres://u:p@a/d%20b", SPAN(""), SPAN(STARTUP("\x33", "u", "d b"))},
		{"postgresql://a/db?x", SPAN(""), SPAN(STARTUP("\x39", "postgres", "db"))},
		{"postgres://u@a", SPAN(R_SCRAM), SPAN(STARTUP("\x31", "u", "u"))},
		{"postgres://u@a", SPAN(R_TRUST), SPAN(STARTUP("\x31", "u", "u"))},
		{"postgres://u@a", SPAN(R_TRUST SETTINGS IS_READY), SPAN(STARTUP("\x31", "u", "u") "X\0\0\0\x04")},
		{"postgress://u@a", SPAN(""), SPAN(SSL_REQUEST)},
		{"postgress://u@a", SPAN("S"), SPAN(SSL_REQUEST)},
		{"postgress://u@a", SPAN("N" R_SCRAM), SPAN(SSL_REQUEST)},
		{"postgress://u@a", SPAN("S" R_SCRAM), SPAN(SSL_REQUEST STARTUP("\x31", "u", "u"))},

		{"mysql://a", SPAN(""), SPAN("")},
		{"mysql://a", SPAN(GREETING), SPAN(LOGIN("\x3c", "shim"))},
		{"mariadb://u:p@a", SPAN(GREETING), SPAN(LOGIN("\x39", "u"))},
		{"mysql://a", SPAN(GREETING LET_IN), SPAN(LOGIN("\x3c", "shim") QUIT)},
		{"mysql://a", SPAN(GREETING SWITCH), SPAN(LOGIN("\x3c", "shim") "\0\0\0\3")},
		{"mysql://a", SPAN(GREETING SWITCH LET_IN), SPAN(LOGIN("\x3c", "shim") "\0\0\0\3" QUIT)},

		{"redis://a", SPAN(""), SPAN("PING\r\nQUIT\r\n")},
		{"redis://u@a", SPAN(""), SPAN("PING\r\nQUIT\r\n")},
		{"redis://:p%0d%0aw@a", SPAN(""), SPAN("*2\r\n$4\r\nAUTH\r\n$4\r\np\r\nw\r\nPING\r\nQUIT\r\n")},
		{"rediss://u:pw@a", SPAN(""), SPAN("*3\r\n$4\r\nAUTH\r\n$1\r\nu\r\n$2\r\npw\r\nPING\r\nQUIT\r\n")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span said = conversation_say(rows[i].declaration, rows[i].heard);

		if (!span_equals(said, rows[i].said))
			fail_msg("%s, row %zu, says %zu bytes\n%.*s", rows[i].declaration, i, said.len, (int)said.len, said.at);
	}
}

static void test_every_scheme_of_a_database_has_its_rows(void **state)
{
	(void)state;
	conversation_cover(conversations, CONVERSATIONS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probes_of_databases_judge_what_they_hear),
		cmocka_unit_test(test_probes_of_databases_bear_what_is_damaged),
		cmocka_unit_test(test_what_is_said_to_databases_byte_for_byte),
		cmocka_unit_test(test_every_scheme_of_a_database_has_its_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
