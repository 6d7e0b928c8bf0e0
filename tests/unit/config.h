/* SPDX-License-Identifier: MIT */
/*
 * config: what the user says, read the way the program reads it.
 *
 * The one rule: tests know what is read and what is shown, and only this file
 * knows how the pieces between are put together.
 */
#ifndef TESTS_UNIT_CONFIG_H
#define TESTS_UNIT_CONFIG_H

#include "edge.h"
#include "options.h"

struct config {
	struct arena arena;
	struct mistakes mistakes;
	struct declaration declared; /* of `target` */
	struct target target;
	struct options options;
	char shown[512 * 1024]; /* 256 mistakes, each with 256 bytes that are escaped, and a caret behind them */
};

/* Parses one target of --wait-for, a text that ends at an unmapped page. False after mistakes. */
bool config_parse(struct config *c, struct span declaration);
/* The same, and the test fails with what a user would read when there are mistakes. */
const struct target *config_target(struct config *c, const char *declaration);

/*
 * Reads a command line, its words separated by single blanks, in an environment of NAME=value, one a line.
 * False after mistakes. `arguments` and `environment` are gone with the config.
 */
bool config_read(struct config *c, const char *environment, const char *arguments);

/* What the user reads of the mistakes: lines of the log without "shim: "; "" when there are none. */
const char *config_mistakes(struct config *c);

/* Every config that was parsed or read ends so. */
void config_close(struct config *c);

/* The environment that config_parse() expands from, NAME=value one a line; NULL for that of this process. */
void config_set_environment(const char *lines);

/* A file with that content at /proc/self/fd/90, until the next one. */
void config_set_file(struct span content);
#define CONFIG_FILE "/proc/self/fd/90"
/* Another, at /proc/self/fd/91. */
void config_set_other_file(struct span content);
#define CONFIG_OTHER_FILE "/proc/self/fd/91"

/* Every scheme, as a mistake lists them. */
#define CONFIG_SCHEMES \
	"tcp tls http https postgres postgresql postgress mysql mariadb redis rediss grpc grpcs amqp amqps nats memcached mongodb " \
	"kafka zookeeper cassandra smtp smtps unix http+unix dns file disk env exec"

#endif
