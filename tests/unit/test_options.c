/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

/* What was understood, in one line */

static void put_value(struct buf *b, const struct setting *s, const void *object)
{
	const char *at = (const char *)object + s->offset;
	bool is_long = s->kind == DURATION || s->kind == LIMIT;

	buf_put_char(b, ' ');
	buf_put_text(b, s->name);
	buf_put_char(b, '=');
	if (s->kind == SWITCH)
		buf_put_number(b, *(const bool *)at);
	else
		buf_put_number(b, is_long ? (uint64_t)*(const msec *)at : *(const uint32_t *)at);
}

/* Every row of both tables but those of kind TEXT, which come out as targets. */
static const char *settings_of(const struct options *o)
{
	static char memory[1024];
	struct buf b = buf_init(memory, sizeof(memory));

	for (const struct setting *s = option_settings; s->name; s++)
		if (s->kind != TEXT)
			put_value(&b, s, o);
	for (const struct setting *s = policy_settings; s->name; s++)
		put_value(&b, s, &o->policy);
	assert_false(b.full);
	return buf_text(&b);
}

/* What the rows of a plan that have values of their own come to; of variables the last one, which counts. */
static const char *plan_of(const struct plan *p)
{
	static char memory[1024];
	struct buf b = buf_init(memory, sizeof(memory));
	const struct variable *v = p->variables;

	for (unsigned i = 1; i <= SIGNAL_MAX; i++)
		if (p->forwarded_as[i] != i)
			buf_format(&b, " signal %u=%u", i, p->forwarded_as[i]);
	for (unsigned i = 0; i < sizeof(p->exit_as); i++)
		if (p->exit_as[i] != i)
			buf_format(&b, " status %u=%u", i, p->exit_as[i]);
	if (p->user.is_set)
		buf_format(&b, " as %u:%u", p->user.uid, p->user.gid);
	while (v && v->next)
		v = v->next;
	buf_format(&b, " with %s in %s until %u", v ? v->entry : "", p->directory ? p->directory : "", p->parent_death);
	assert_false(b.full);
	return buf_text(&b);
}

/* "VERB TARGET... | COMMAND...", or "install PATH". */
static const char *described(const struct options *o)
{
	static const char *const verbs[] = {
		[VERB_RUN] = "run",	    [VERB_WAIT] = "wait", [VERB_CHECK] = "check",
		[VERB_INSTALL] = "install", [VERB_HELP] = "help", [VERB_VERSION] = "version",
		[VERB_PAUSE] = "pause",
	};
	static char memory[2048];
	struct buf b = buf_init(memory, sizeof(memory));

	buf_put_text(&b, verbs[o->verb]);
	for (unsigned i = 0; i < o->count; i++) {
		buf_put_char(&b, ' ');
		buf_put(&b, o->targets[i].label);
	}
	if (o->verb == VERB_RUN)
		buf_put_text(&b, " |");
	for (char **word = o->command; o->verb == VERB_RUN && *word; word++) {
		buf_put_char(&b, ' ');
		buf_put_text(&b, *word);
	}
	if (o->verb == VERB_INSTALL) {
		buf_put_char(&b, ' ');
		buf_put_text(&b, o->path);
	}
	assert_false(b.full);
	return buf_text(&b);
}

static void check(const char *environment, const char *arguments, const char *expected)
{
	struct config c;

	if (!config_read(&c, environment, arguments))
		fail_msg("%s, %s:\n%s", environment, arguments, config_mistakes(&c));
	assert_string_equal(described(&c.options), expected);
	config_close(&c);
}

/* Verbs and words */

static void test_verbs_and_what_follows_them(void **state)
{
	static const struct {
		const char *arguments, *expected;
	} rows[] = {
		{"true", "run | true"},
		{"run true", "run | true"},
		{"run run", "run | run"}, /* the second is a program */
		{"-- run", "run | run"},
		{"-- check", "run | check"},
		{"run -- check", "run | check"},
		{"ls -l --help", "run | ls -l --help"},
		{"-- -h", "run | -h"},
		{"-- --", "run | --"},
		{"-- true -- x", "run | true -- x"},
		{"true --", "run | true --"},
		{"-", "run | -"},
		{"--wait-for a:1 true --wait-for b:2", "run tcp://a:1 | true --wait-for b:2"},
		{"--wait-for a:1 --wait-for=b:2 true", "run tcp://a:1 tcp://b:2 | true"},
		{"--wait-for a:1 -- true", "run tcp://a:1 | true"},
		{"--wait-for a:1 run true", "run tcp://a:1 | true"},
		{"run --wait-for a:1 wait b:2", "run tcp://a:1 | wait b:2"},
		{"--quiet wait a:1", "wait tcp://a:1"},
		{"wait a:1 b:2", "wait tcp://a:1 tcp://b:2"},
		{"wait a:1 --quiet b:2", "wait tcp://a:1 tcp://b:2"},
		{"wait a:1 -- b:2", "wait tcp://a:1 tcp://b:2"},
		{"wait --wait-for a:1 b:2", "wait tcp://a:1 tcp://b:2"},
		{"wait b:2 --wait-for a:1", "wait tcp://b:2 tcp://a:1"},
		{"wait a:1#name=wait wait:1", "wait wait tcp://wait:1"},
		{"check a:1", "check tcp://a:1"},
		{"check -- a:1", "check tcp://a:1"},
		{"check --wait-for a:1", "check tcp://a:1"},
		{"wait http://a http://a/x http://a/y", "wait http://a:80 http://a:80~2 http://a:80~3"},
		{"install /x", "install /x"},
		{"install --quiet /x", "install /x"},
		{"install -- -x", "install -x"},
		{"--help", "help"},
		{"-h", "help"},
		{"--help --wibble", "help"},
		{"pause", "pause"},
		{"wait --help", "help"},
		{"wait not-a-target --help", "help"},
		{"install -h", "help"},
		{"--version", "version"},
		{"check --version --help", "version"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check("", rows[i].arguments, rows[i].expected);
}

static void test_empty_words_are_words(void **state)
{
	(void)state;
	check("", "-- true  x", "run | true  x");
	check("", "run true ", "run | true");
}

/* Every row of the tables, by command line and by environment */

/* Two values of that row, neither of which is the default. */
static void samples(const struct setting *s, const char *value[2])
{
	static const char *const of_kind[][2] = {
		[SWITCH] = {"1", "0"},	   [DURATION] = {"3s", "7ms"}, [LIMIT] = {"none", "11m"}, [COUNT] = {"3", "1000000"},
		[NUMBER] = {"2", "1000000"},
		[PERCENT] = {"0", "100"}, [FACTOR] = {"1", "2.5"},    [TEXT] = {"a:1", "b:2"},
	};
	static const struct {
		const char *name, *value[2];
	} of_name[] = {
		{"wait-file", {CONFIG_FILE, CONFIG_OTHER_FILE}},
		{"map-signal", {"TERM=QUIT", "TERM="}},
		{"exit-code", {"143=0", "143=7"}},
		{"die-with-parent", {"TERM", "KILL"}},
		{"user", {"1:2", "3:4"}},
		{"chdir", {"/", "/proc"}},
		{"env", {"A=1", "A=2"}},
		{"env-file", {CONFIG_FILE, CONFIG_OTHER_FILE}},
	};
	static char last[32];
	const char *words = text_at(s->name, VALUE_TEXT), *bar;

	value[0] = of_kind[s->kind][0];
	value[1] = of_kind[s->kind][1];
	for (size_t i = 0; i < sizeof(of_name) / sizeof(of_name[0]); i++)
		if (strcmp(of_name[i].name, s->name) == 0)
			memcpy(value, of_name[i].value, sizeof(of_name[i].value));
	if (s->kind != CHOICE)
		return;
	/* The words of the row itself; the first is the default. */
	bar = strchr(words, '|');
	assert_non_null(bar);
	memcpy(last, words, (size_t)(bar - words));
	last[bar - words] = '\0';
	value[0] = bar + 1;
	value[1] = last;
}

enum { WORDS = 128 };

/* Four pieces as one text, which stands in `memory`. */
static const char *join(char memory[WORDS], const char *first, const char *name, const char *between, const char *value)
{
	struct buf b = buf_init(memory, WORDS);

	buf_put_text(&b, first);
	buf_put_text(&b, name);
	buf_put_text(&b, between);
	buf_put_text(&b, value);
	assert_false(b.full);
	return buf_text(&b);
}

/* "max-interval" to "SHIM_MAX_INTERVAL". */
static const char *variable_of(const char *flag)
{
	static char memory[64] = "SHIM_";
	size_t i;

	for (i = 0; flag[i]; i++)
		memory[i + 5] = flag[i] == '-' ? '_' : (char)(flag[i] & ~0x20);
	memory[i + 5] = '\0';
	return memory;
}

/* How these flags are understood in this environment; the command is always the same. Valid until the third call. */
static const char *understood(const char *environment, const char *flags)
{
	static char memory[2][2048];
	static unsigned next;
	char arguments[WORDS];
	struct buf b = buf_init(memory[next++ % 2], sizeof(memory[0]));
	struct config c;

	if (!config_read(&c, environment, join(arguments, flags, *flags ? " " : "", "true", "")))
		fail_msg("%s, %s:\n%s", environment, flags, config_mistakes(&c));
	buf_put_text(&b, described(&c.options));
	buf_put_text(&b, settings_of(&c.options));
	buf_put_text(&b, plan_of(&c.options.plan));
	config_close(&c);
	return buf_text(&b);
}

static void check_row(const struct setting *s)
{
	bool has_value = *text_at(s->name, VALUE_TEXT);
	const char *value[2];
	char variable[2][WORDS], flag[2][WORDS], other[WORDS];

	samples(s, value);
	/* For those whose values are names of files. */
	config_set_file(strcmp(s->name, "env-file") == 0 ? SPAN("A=1") : SPAN("a:1"));
	config_set_other_file(strcmp(s->name, "env-file") == 0 ? SPAN("A=2") : SPAN("b:2"));
	for (unsigned i = 0; i < 2; i++) {
		join(variable[i], variable_of(s->name), "=", value[i], "");
		join(flag[i], "--", s->name, "=", value[i]);
		assert_string_equal(understood(variable[i], ""), understood("", flag[i]));
	}
	assert_string_not_equal(understood("", flag[0]), understood("", ""));
	assert_string_not_equal(understood("", flag[0]), understood("", flag[1]));
	/* The command line wins, whichever says what. */
	assert_string_equal(understood(variable[0], flag[1]), understood("", flag[1]));
	assert_string_equal(understood(variable[1], flag[0]), understood("", flag[0]));
	/* An empty variable is none: what "${X:-}" in a compose file leaves. */
	assert_string_equal(understood(join(other, variable_of(s->name), "=", "", ""), ""), understood("", ""));
	/* A value may stand by itself, but a switch takes none that way. */
	join(other, "--", s->name, has_value ? " " : "", has_value ? value[0] : "");
	assert_string_equal(understood("", other), understood("", flag[0]));
}

static void test_every_flag_is_a_variable_too_and_the_command_line_wins(void **state)
{
	(void)state;
	for (const struct setting *s = option_settings; s->name; s++)
		check_row(s);
	for (const struct setting *s = policy_settings; s->name; s++)
		check_row(s);
}

static void test_later_flags_win(void **state)
{
	(void)state;
	assert_string_equal(understood("", "--timeout 1s --timeout=2s"), understood("", "--timeout 2s"));
	assert_string_equal(understood("", "--quiet --quiet=0"), understood("", ""));
}

static void check_no_name_of_both(const struct setting *one, const struct setting *other)
{
	for (; one->name; one++)
		for (const struct setting *s = other; s->name; s++)
			assert_string_not_equal(one->name, s->name);
}

static void test_no_two_flags_have_one_name(void **state)
{
	(void)state;
	check_no_name_of_both(option_settings, policy_settings);
	check_no_name_of_both(target_settings, policy_settings); /* a policy's are options of a target, too */
}

/* Lists of targets */

static void test_targets_from_everywhere(void **state)
{
	static const struct {
		const char *environment, *arguments, *expected;
	} rows[] = {
		{"SHIM_WAIT_FOR=a:1", "true", "run tcp://a:1 | true"},
		{"SHIM_WAIT_FOR=a:1 b:2", "true", "run tcp://a:1 tcp://b:2 | true"},
		{"SHIM_WAIT_FOR=  a:1 \t b:2\r  ", "true", "run tcp://a:1 tcp://b:2 | true"},
		{"SHIM_WAIT_FOR= ", "true", "run | true"},
		{"SHIM_WAIT_FOR=http://${X:-a b}@c b:2\nX=x y", "true", "run http://c:80 tcp://b:2 | true"},
		{"SHIM_WAIT_FOR=a:1#name=x,optional b:2#name=y", "true", "run x y | true"},
		{"SHIM_WAIT_FOR=a:1", "--wait-for b:2 true", "run tcp://b:2 | true"}, /* not in addition */
		{"SHIM_WAIT_FOR=a:1", "--wait-for b:2 --wait-for c:3 true", "run tcp://b:2 tcp://c:3 | true"},
		{"SHIM_WAIT_FOR=a:1", "check", "check tcp://a:1"},
		{"SHIM_WAIT_FOR=a:1", "wait", "wait tcp://a:1"},
		{"SHIM_WAIT_FOR=a:1", "check b:2", "check tcp://b:2"},
		{"SHIM_WAIT_FOR=a:1", "install /x", "install tcp://a:1 /x"},
		{"SHIM_WAIT_FILE=" CONFIG_FILE, "true", "run tcp://f:1 tcp://f:2 | true"},
		{"SHIM_WAIT_FILE=" CONFIG_FILE, "check", "check tcp://f:1 tcp://f:2"},
		{"SHIM_WAIT_FILE=" CONFIG_FILE, "check b:2", "check tcp://b:2"},
		{"SHIM_WAIT_FILE=" CONFIG_FILE "\nSHIM_WAIT_FOR=a:1", "true", "run tcp://a:1 tcp://f:1 tcp://f:2 | true"},
		{"SHIM_WAIT_FOR=a:1", "--wait-file " CONFIG_FILE " true", "run tcp://a:1 tcp://f:1 tcp://f:2 | true"},
		{"", "--wait-file /dev/null --wait-file " CONFIG_FILE " true", "run tcp://f:1 tcp://f:2 | true"},
		{"", "check --wait-file " CONFIG_FILE " b:2", "check tcp://b:2 tcp://f:1 tcp://f:2"},
		{"", "check b:2 --wait-file " CONFIG_FILE, "check tcp://b:2 tcp://f:1 tcp://f:2"},
		{"SHIM_WAIT_FOR=a:1\nSHIM_WAIT_FOR=b:2", "true", "run tcp://a:1 tcp://b:2 | true"},
	};

	(void)state;
	config_set_file(SPAN("f:1\nf:2\n"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(rows[i].environment, rows[i].arguments, rows[i].expected);
}

static void test_files_of_targets(void **state)
{
	static const struct {
		const char *content, *expected;
	} rows[] = {
		{"", "run | true"},
		{"\n\n \n\t\n", "run | true"},
		{"a:1", "run tcp://a:1 | true"},
		{"a:1\nb:2\n", "run tcp://a:1 tcp://b:2 | true"},
		{"a:1\r\nb:2\r\n", "run tcp://a:1 tcp://b:2 | true"},
		{"\xef\xbb\xbf" "a:1\n", "run tcp://a:1 | true"}, /* a byte order mark */
		{"  a:1\t\n", "run tcp://a:1 | true"},
		{"# a comment\na:1\n", "run tcp://a:1 | true"},
		{"#a:1\n  #b:2\nc:3 # three\nd:4\t#four#", "run tcp://c:3 tcp://d:4 | true"},
		{"a:1#name=x # and why\n", "run x | true"},
		{"a:1#name=x #name=y\n", "run x | true"},
		{"http://${NONE:-a # b}@c # d\n", "run http://c:80 | true"},
		{"http://a/#header=A:#b,name=n\n", "run n | true"},
		{"#", "run | true"},
		{"# \xff\xfe ${", "run | true"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		config_set_file(span_of(rows[i].content));
		check("SHIM_WAIT_FILE=" CONFIG_FILE, "true", rows[i].expected);
	}
}

/* Variables */

static void test_variables_that_are_not_ours(void **state)
{
	/* What Kubernetes sets beside a service "shim", or "shim-timeout", and what an outer shim says. */
	static const char others[] = "SHIM_SERVICE_HOST=10.0.0.1\n"
				     "SHIM_SERVICE_PORT=80\n"
				     "SHIM_SERVICE_PORT_HTTP=80\n"
				     "SHIM_PORT=tcp://10.0.0.1:80\n"
				     "SHIM_PORT_80_TCP=tcp://10.0.0.1:80\n"
				     "SHIM_PORT_80_TCP_PROTO=tcp\n"
				     "SHIM_PORT_80_TCP_PORT=80\n"
				     "SHIM_PORT_80_TCP_ADDR=10.0.0.1\n"
				     "SHIM_TIMEOUT_SERVICE_HOST=10.0.0.1\n"
				     "SHIM_TIMEOUT_PORT=tcp://10.0.0.1:80\n"
				     "SHIM_DEGRADED=db,cache\n"
				     "SHIMMER=1\n"
				     "shim_timeout=1s\n"
				     "XSHIM_TIMEOUT=1s\n"
				     "TIMEOUT=1s";

	(void)state;
	assert_string_equal(understood(others, ""), understood("", ""));
}

static void test_which_variables_do_not_reach_the_command(void **state)
{
	static const struct {
		const char *entry;
		bool is_own;
	} rows[] = {
		{"SHIM_TIMEOUT=1s", true},
		{"SHIM_WAIT_FOR=a:1 _SERVICE_ _PORT", true}, /* its name counts */
		{"SHIM_WIBBLE=", true},
		{"SHIM_DEGRADED=db", true},
		{"SHIM_", true},
		{"SHIM_SERVICE_HOST=10.0.0.1", false},
		{"SHIM_PORT=tcp://10.0.0.1:80", false},
		{"SHIM_PORT_80_TCP_ADDR=10.0.0.1", false},
		{"SHIM_X_SERVICE_PORT=80", false},
		{"SHIM=1", false},
		{"shim_timeout=1s", false},
		{"PATH=SHIM_", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (is_own_variable(span_of(rows[i].entry)) != rows[i].is_own)
			fail_msg("%s", rows[i].entry);
}

/* Mistakes */

static void test_mistakes_name_where_they_are_and_what_would_be_right(void **state)
{
	static const struct {
		const char *environment, *arguments, *shown;
	} rows[] = {
		{"", "", "there is no command to start; see shim --help\n"},
		{"", "run", "there is no command to start; see shim --help\n"},
		{"", "run --", "there is no command to start; see shim --help\n"},
		{"", "wait", "there is no target to try; name one, or set SHIM_WAIT_FOR\n"},
		{"", "check", "there is no target to try; name one, or set SHIM_WAIT_FOR\n"},
		{"", "wait --quiet --", "there is no target to try; name one, or set SHIM_WAIT_FOR\n"},
		{"", "install", "install needs the path to copy shim to\n"},
		{"", "install /x /y", "/y: install takes one path\n"},
		{"", "--tiemout 1s true", "--tiemout: unknown option; did you mean --timeout\n"},
		{"", "--tiemout=1s true", "--tiemout: unknown option; did you mean --timeout\n"},
		{"", "--waitfor a:1 true", "--waitfor: unknown option; did you mean --wait-for\n"},
		{"", "--wibble true", "--wibble: unknown option\n"},
		{"", "--wibble", "--wibble: unknown option\n"},
		{"", "--hlep", "--hlep: unknown option\n"},
		{"", "--wibble --", "--wibble: unknown option\nthere is no command to start; see shim --help\n"},
		{"", "-q true", "-q: unknown option\n"},
		{"", "--Quiet true", "--Quiet: unknown option; did you mean --quiet\n"},
		{"", "-timeout 1s true", "-timeout: unknown option; did you mean --timeout\n"},
		{"", "--=x true", "--: unknown option\n"},
		{"", "--timeout",
		 "--timeout: a value is missing behind this option\n"
		 "there is no command to start; see shim --help\n"},
		{"", "wait a:1 --timeout", "--timeout: a value is missing behind this option\n"},
		{"", "--timeout 30 true",
		 "--timeout: this value is not understood\n"
		 "  30\n"
		 "  ^^ write a time like 500ms, 1.5s or 1h30m, or none\n"},
		{"", "--timeout= true",
		 "--timeout: this value is not understood; write a time like 500ms, 1.5s or 1h30m, or none\n"},
		{"", "--timeout 5x true",
		 "--timeout: this value is not understood\n"
		 "  5x\n"
		 "  ^^ write a time like 500ms, 1.5s or 1h30m, or none\n"},
		{"", "--interval 0s true",
		 "--interval: this value is not understood\n"
		 "  0s\n"
		 "  ^^ write a time over 0 like 500ms, 1.5s or 1h30m\n"},
		{"", "--quiet=yes true",
		 "--quiet: this value is not understood\n"
		 "  yes\n"
		 "  ^^^ it is either on (1) or off (0)\n"},
		{"", "--log xml true",
		 "--log: this value is not understood\n"
		 "  xml\n"
		 "  ^^^ one of text, json\n"},
		{"", "--on-timeout=stop true",
		 "--on-timeout: this value is not understood\n"
		 "  stop\n"
		 "  ^^^^ one of fail, start\n"},
		{"", "--backoff 0.5 true",
		 "--backoff: this value is not understood\n"
		 "  0.5\n"
		 "  ^^^ write a factor like 1.25 or 2, not below 1\n"},
		{"", "--jitter 101 true",
		 "--jitter: this value is not understood\n"
		 "  101\n"
		 "  ^^^ write a whole number from 0 to 100\n"},
		{"", "--fail-fast -1 true",
		 "--fail-fast: this value is not understood\n"
		 "  -1\n"
		 "  ^^ write a whole number, at most 1000000\n"},
		{"SHIM_TIMEOUT=30", "true",
		 "SHIM_TIMEOUT: this value is not understood\n"
		 "  30\n"
		 "  ^^ write a time like 500ms, 1.5s or 1h30m, or none\n"},
		{"SHIM_TIMEOUT=30", "--timeout 1s true",
		 "SHIM_TIMEOUT: this value is not understood\n"
		 "  30\n"
		 "  ^^ write a time like 500ms, 1.5s or 1h30m, or none\n"},
		{"SHIM_QUIET=yes", "true",
		 "SHIM_QUIET: this value is not understood\n"
		 "  yes\n"
		 "  ^^^ it is either on (1) or off (0)\n"},
		{"SHIM_TIMOUT=1s", "true",
		 "SHIM_TIMOUT: there is no option for this variable; did you mean SHIM_TIMEOUT\n"},
		{"SHIM_WAITFOR=a:1", "true",
		 "SHIM_WAITFOR: there is no option for this variable; did you mean SHIM_WAIT_FOR\n"},
		{"SHIM_WIBBLE=secret", "true", "SHIM_WIBBLE: there is no option for this variable\n"},
		{"SHIM_A_NAME_LONGER_THAN_THAT_OF_ANY_OPTION=secret", "true",
		 "SHIM_A_NAME_LONGER_THAN_THAT_OF_ANY_OPTION: there is no option for this variable\n"},
		{"SHIM_=1", "true", "SHIM_: there is no option for this variable\n"},
		{"SHIM_WAIT_FOR=a:1 b", "true",
		 "SHIM_WAIT_FOR: the port is missing\n"
		 "  b\n"
		 "  ^ write host:port\n"},
		{"SHIM_WAIT_FILE=/no/such/file", "true",
		 "SHIM_WAIT_FILE: this file cannot be read: no such file or directory (ENOENT)\n"
		 "  /no/such/file\n"
		 "  ^^^^^^^^^^^^^\n"},
		{"", "--wait-file /no/such/file true",
		 "--wait-file: this file cannot be read: no such file or directory (ENOENT)\n"
		 "  /no/such/file\n"
		 "  ^^^^^^^^^^^^^\n"},
		{"", "--wait-file / true",
		 "--wait-file: this file cannot be read: is a directory (EISDIR)\n"
		 "  /\n"
		 "  ^\n"},
		{"", "--wait-file /dev/zero true",
		 "--wait-file: this file cannot be read: file too large (EFBIG)\n"
		 "  /dev/zero\n"
		 "  ^^^^^^^^^\n"},
		{"", "--wait-file= true", "--wait-file: this file cannot be read: no such file or directory (ENOENT)\n"},
		{"", "check a:1 b",
		 "TARGET: the port is missing\n"
		 "  b\n"
		 "  ^ write host:port\n"},
		{"", "wait a:1 -- --help",
		 "TARGET: the port is missing\n"
		 "  --help\n"
		 "  ^^^^^^ write host:port\n"},
		{"", "wait a:1#name=x b:1#name=x",
		 "TARGET: another target has this name\n"
		 "  b:1#name=x\n"
		 "  ^^^^^^^^^^\n"},
		{"", "wait a:1#name=x x:1 b:1#name=x",
		 "TARGET: another target has this name\n"
		 "  b:1#name=x\n"
		 "  ^^^^^^^^^^\n"},
		{"", "--wait-for= true",
		 "--wait-for: the host is missing\n"
		 "--wait-for: the port is missing; write host:port\n"},
		{"SHIM_WIBBLE=1\nSHIM_JITTER=x\nSHIM_WAIT_FOR=a", "--wibble --timeout 3 --wait-for htp://a --",
		 "SHIM_WIBBLE: there is no option for this variable\n"
		 "SHIM_JITTER: this value is not understood\n"
		 "  x\n"
		 "  ^ write a whole number from 0 to 100\n"
		 "--wibble: unknown option\n"
		 "--timeout: this value is not understood\n"
		 "  3\n"
		 "  ^ write a time like 500ms, 1.5s or 1h30m, or none\n"
		 "there is no command to start; see shim --help\n"
		 "--wait-for: unknown scheme\n"
		 "  htp://a\n"
		 "  ^^^ did you mean http\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config c;

		if (config_read(&c, rows[i].environment, rows[i].arguments))
			fail_msg("%s, %s is taken for %s", rows[i].environment, rows[i].arguments, described(&c.options));
		assert_string_equal(config_mistakes(&c), rows[i].shown);
		config_close(&c);
	}
}

static void test_mistakes_in_files_name_the_line(void **state)
{
	static const struct {
		const char *content, *shown;
	} rows[] = {
		{"a:1\n\n# x\nhtp://b # y\n", ":4: unknown scheme\n  htp://b\n  ^^^ did you mean http\n"},
		{"a:1 b:2\n", ":1: one target a line\n  b:2\n  ^^^ put a comment behind a #\n"},
		{"exec:a b #c\nexec:a 'b\n", ":2: a quote is never closed\n  exec:a***\n        ^^^ write ' as %27 and \" as %22\n"},
		{"http://u:s3cret@a b:2", ":1: one target a line\n  b:2\n  ^^^ put a comment behind a #\n"},
		{"\xef\xbb\xbf" "a\r\n", ":1: the port is missing\n  a\n  ^ write host:port\n"},
		{"\x1b[2J:1", ":1: a name is made of letters, digits, - _ and .\n  \\x1b[2J:1\n  ^^^^^^^\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static const char path[] = CONFIG_FILE;
		struct config c;

		config_set_file(span_of(rows[i].content));
		assert_false(config_read(&c, "SHIM_WAIT_FILE=" CONFIG_FILE, "true"));
		config_mistakes(&c);
		assert_true(strncmp(c.shown, path, sizeof(path) - 1) == 0);
		assert_string_equal(c.shown + sizeof(path) - 1, rows[i].shown);
		config_close(&c);
	}
}

static void test_mistakes_never_show_a_secret(void **state)
{
	static const struct {
		const char *environment, *arguments;
	} rows[] = {
		{"SHIM_WAIT_FOR=http://u:s3cret@a:x", "true"},
		{"SHIM_WAIT_FRO=http://u:s3cret@a", "true"},
		{"SHIM_TIMEOUT=http://u:s3cret@a", "true"},
		{"SHIM_WAIT_FILE=http://u:s3cret@a", "true"},
		{"", "--wait-for=http://u:s3cret@a:x true"},
		{"", "--wait-fro=http://u:s3cret@a true"},
		{"", "--wait-fro http://u:s3cret@a true"},
		{"", "--wait-file http://u:s3cret@a true"},
		{"", "wait --timeout http://u:s3cret@a"},
		{"", "wait --log http://u:s3cret@a"},
		{"", "wait --quiet=http://u:s3cret@a"},
		{"", "wait http://u:s3cret@a:x"},
		{"", "wait http://u:s3cret@a#name=x http://u:s3cret@a#name=x"},
		{"X=s3cret", "wait ${X}:1:2 a:${X}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config c;

		assert_false(config_read(&c, rows[i].environment, rows[i].arguments));
		if (strstr(config_mistakes(&c), "s3cret"))
			fail_msg("%s", c.shown);
		config_close(&c);
	}
}

static void test_request_that_is_too_long_is_a_mistake(void **state)
{
	char text[10000] = "wait http://a/";
	struct config c;

	(void)state;
	memset(text + strlen(text), 'x', 8000);
	assert_true(config_read(&c, "", text));
	config_close(&c);
	memset(text + strlen(text), 'x', 300);
	assert_false(config_read(&c, "", text));
	assert_non_null(strstr(config_mistakes(&c), "TARGET: this makes a request of more than 8 KiB\n"));
	config_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verbs_and_what_follows_them),
		cmocka_unit_test(test_empty_words_are_words),
		cmocka_unit_test(test_every_flag_is_a_variable_too_and_the_command_line_wins),
		cmocka_unit_test(test_later_flags_win),
		cmocka_unit_test(test_no_two_flags_have_one_name),
		cmocka_unit_test(test_targets_from_everywhere),
		cmocka_unit_test(test_files_of_targets),
		cmocka_unit_test(test_variables_that_are_not_ours),
		cmocka_unit_test(test_which_variables_do_not_reach_the_command),
		cmocka_unit_test(test_mistakes_name_where_they_are_and_what_would_be_right),
		cmocka_unit_test(test_mistakes_in_files_name_the_line),
		cmocka_unit_test(test_mistakes_never_show_a_secret),
		cmocka_unit_test(test_request_that_is_too_long_is_a_mistake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
