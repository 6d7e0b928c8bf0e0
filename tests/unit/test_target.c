/* SPDX-License-Identifier: MIT */
#include "config.h"
#include "corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

/* What declarations may ask for. */
static const char environment[] = "HOST=db.example\n"
				  "PORT=8080\n"
				  "EMPTY=\n"
				  "HARD=p@ss/w#rd:%41?,=${HOST}}$\n"
				  "BLANK=a b\n"
				  "LINE=a\r";
static const char content[] = "to/k@n#%41\n\n";

static int open_world(void **state)
{
	(void)state;
	config_set_environment(environment);
	config_set_file(SPAN(content));
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	config_set_environment(NULL);
	return 0;
}

/* A target in one line, without what nobody declared */

static void put_named(struct buf *b, const char *name, struct span value)
{
	if (value.len == 0)
		return;
	buf_put_text(b, name);
	buf_put(b, value);
}

static uint64_t field(const struct setting *s, const struct policy *p)
{
	const void *at = (const char *)p + s->offset;

	return s->kind == DURATION || s->kind == LIMIT ? (uint64_t)*(const msec *)at : *(const uint32_t *)at;
}

static void put_value(struct buf *b, enum setting_kind kind, uint64_t value)
{
	if (kind == LIMIT && value == NEVER) {
		buf_put_text(b, "none");
		return;
	}
	buf_put_number(b, kind == FACTOR ? value / 1000 : value);
	if (kind == FACTOR) {
		buf_put_char(b, '.');
		buf_put_digits(b, value % 1000, 3);
	} else if (kind == DURATION || kind == LIMIT) {
		buf_put_text(b, "ms");
	}
}

/* "NAME=VALUE" of what a target does not have from the flags, as it is declared. */
static void put_policy(struct buf *b, const struct policy *p, char before)
{
	const struct policy defaults = policy_default();

	for (const struct setting *s = policy_settings; s->name; s++) {
		uint64_t value = field(s, p);

		if (value == field(s, &defaults))
			continue;
		buf_put_char(b, before);
		buf_put_text(b, s->name);
		buf_put_char(b, '=');
		put_value(b, s->kind, value);
	}
}

/* All that count as ready, as they are declared. */
static void put_statuses(struct buf *b, const struct target *t)
{
	unsigned from = 0;
	const char *before = "";

	for (unsigned status = 0; status <= 1000; status++) {
		bool counts = statuses_hold(&t->statuses, status);

		if (counts && from == 0) {
			from = status;
		} else if (!counts && from > 0) {
			buf_put_text(b, before);
			buf_put_number(b, from);
			buf_put_char(b, '-');
			buf_put_number(b, status - 1);
			before = "+";
			from = 0;
		}
	}
}

/* The same, but for those that count where nothing else is declared. */
static void put_own_statuses(struct buf *b, const struct target *t)
{
	size_t start = b->len;

	if (!(t->scheme->takes & TAKES_HTTP))
		return;
	buf_put_text(b, " status=");
	put_statuses(b, t);
	if (span_equals(span_tail(buf_span(b), start), SPAN(" status=200-399")))
		b->len = start;
}

static void put_place(struct buf *b, const struct target *t)
{
	buf_put_text(b, t->scheme->name);
	if (t->has_user)
		buf_put_text(b, " user=");
	buf_put(b, t->user);
	put_named(b, " password=", t->password);
	put_named(b, " host=", t->host.value);
	if (t->port > 0) {
		buf_put_text(b, " port=");
		buf_put_number(b, t->port);
	}
	put_named(b, " path=", t->path.value);
	put_named(b, " resource=", t->resource);
	for (unsigned i = 1; t->argv && t->argv[i - 1] && t->argv[i]; i++)
		buf_format(b, " arg=%s", t->argv[i]);
}

/* What is asked of files, disks and names. */
static void put_demands(struct buf *b, const struct target *t)
{
	static const char types[] = "\0 type=AAAA\0 type=A";

	put_named(b, " contains=", t->contains);
	if (t->size > 0)
		buf_put_text(b, " size=");
	if (t->size > 0)
		buf_put_number(b, t->size);
	buf_put_text(b, text_at(types, t->unwanted));
}

/* By enum down. */
static const char *const downs[] = {[NOT_DOWN] = "", [DOWN] = "down", [DOWN_OR_IN_DOUBT] = "down=any"};

static void put_option(struct buf *b, char before, const char *option)
{
	if (*option)
		buf_put_char(b, before);
	buf_put_text(b, option);
}

static void describe_headers(struct buf *b, const char *option, const struct header *h)
{
	for (; h; h = h->next) {
		put_named(b, option, h->name);
		buf_put_char(b, ':');
		buf_put(b, h->value);
	}
}

static const char *described(const struct target *t)
{
	static char memory[4096];
	struct buf b = buf_init(memory, sizeof(memory));

	put_place(&b, t);
	put_named(&b, " name=", t->is_named ? t->label : (struct span){0});
	put_named(&b, " asks-for=", t->names_server ? t->server_name.value : (struct span){0});
	put_named(&b, " ca=", t->ca.value);
	buf_put_text(&b, t->insecure ? " insecure" : "");
	put_named(&b, " method=", span_equals(t->method, SPAN("GET")) ? (struct span){0} : t->method);
	put_named(&b, " data=", t->data);
	describe_headers(&b, " header=", t->headers);
	describe_headers(&b, " expect-header=", t->expected);
	put_named(&b, " body=", t->body);
	buf_put_text(&b, t->strict ? " strict" : "");
	buf_put_text(&b, t->all ? " all" : "");
	put_option(&b, ' ', downs[t->down]);
	put_own_statuses(&b, t);
	put_demands(&b, t);
	buf_put_text(&b, t->optional ? " optional" : "");
	put_policy(&b, &t->policy, ' ');
	assert_false(b.full);
	return buf_text(&b);
}

/* The declaration that somebody would write who knows the parts of `t` */

static void put_quoted(struct buf *b, struct span value)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.at[i];

		if (is_alnum(value.at[i])) {
			buf_put_char(b, value.at[i]);
		} else {
			buf_put_char(b, '%');
			buf_put_char(b, hex[c >> 4]);
			buf_put_char(b, hex[c & 15]);
		}
	}
}

static void put_quoted_option(struct buf *b, const char *name, struct span value)
{
	if (value.len == 0)
		return;
	buf_put_text(b, name);
	put_quoted(b, value);
}

/* "%" means itself there; only "${" has to be written differently. */
static void put_resource(struct buf *b, struct span resource)
{
	for (size_t i = 0; i < resource.len; i++) {
		if (span_starts_with(span_tail(resource, i), SPAN("${")))
			buf_put_char(b, '$');
		buf_put_char(b, resource.at[i]);
	}
}

/* A blank separates them, however it is written, but not between quotes. */
static void put_words(struct buf *b, char *const argv[])
{
	for (; *argv; argv++) {
		buf_put_text(b, " '");
		put_quoted(b, span_of(*argv));
		buf_put_char(b, '\'');
	}
}

static void put_authority(struct buf *b, const struct target *t)
{
	bool is_v6 = span_find(t->host.value, ':') < t->host.value.len;

	put_quoted(b, t->user);
	if (t->password.len > 0)
		put_quoted_option(b, ":", t->password);
	buf_put_text(b, t->has_user ? "@" : "");
	buf_put_text(b, is_v6 ? "[" : "");
	put_quoted(b, t->host.value);
	buf_put_text(b, is_v6 ? "]" : "");
	if (t->port > 0) {
		buf_put_char(b, ':');
		buf_put_number(b, t->port);
	}
	if (t->argv)
		put_words(b, t->argv);
	else
		put_quoted(b, t->path.value);
}

static void put_headers(struct buf *b, const char *option, const struct header *h)
{
	for (; h; h = h->next) {
		buf_put_text(b, option);
		buf_put(b, h->name);
		buf_put_char(b, ':');
		put_quoted(b, h->value);
	}
}

static void put_options(struct buf *b, const struct target *t)
{
	buf_put_text(b, t->optional ? ",optional" : "");
	buf_put_text(b, t->insecure ? ",insecure" : "");
	put_quoted_option(b, ",name=", t->is_named ? t->label : (struct span){0});
	put_quoted_option(b, ",host=", t->names_server ? t->server_name.value : (struct span){0});
	put_quoted_option(b, ",ca=", t->ca.value);
	put_quoted_option(b, ",contains=", t->contains);
	if (t->size > 0) {
		buf_put_text(b, t->scheme->takes & TAKES_FREE ? ",free=" : ",min-size=");
		buf_put_number(b, t->size);
	}
	buf_put_text(b, text_at("\0,type=AAAA\0,type=A", t->unwanted));
	if (t->scheme->takes & TAKES_HTTP) {
		put_quoted_option(b, ",method=", t->method);
		buf_put_text(b, ",status=");
		put_statuses(b, t);
	}
	put_quoted_option(b, ",body=", t->body);
	put_quoted_option(b, ",data=", t->data);
	put_headers(b, ",header=", t->headers);
	put_headers(b, ",expect-header=", t->expected);
	buf_put_text(b, t->strict ? ",strict" : "");
	put_option(b, ',', downs[t->down]);
	buf_put_text(b, t->all && !t->down ? ",all" : "");
	put_policy(b, &t->policy, ',');
}

static struct span written_again(const struct target *t)
{
	static char memory[8192];
	struct buf b = buf_init(memory, sizeof(memory));

	buf_put_text(&b, t->scheme->name);
	buf_put_text(&b, t->scheme->medium < BY_VARIABLE ? "://" : ":");
	put_authority(&b, t);
	put_resource(&b, t->resource);

	size_t place = b.len;

	put_options(&b, t);
	if (b.len > place)
		b.at[place] = '#';
	assert_false(b.full);
	return buf_span(&b);
}

/* Declarations, and what was understood. */
static const struct {
	const char *text, *description;
} good[] = {
	/* host and port */
	{"db:5432", "tcp host=db port=5432"},
	{"tcp://db:5432", "tcp host=db port=5432"},
	{"db.example.com.:1", "tcp host=db.example.com. port=1"},
	{"my_db-1:65535", "tcp host=my_db-1 port=65535"},
	{"db:080", "tcp host=db port=80"},
	{"127.0.0.1:80", "tcp host=127.0.0.1 port=80"},
	{"[::1]:80", "tcp host=::1 port=80"},
	{"[2001:DB8::1]:80#optional", "tcp host=2001:DB8::1 port=80 optional timeout=10000ms"},
	{"[fe80::1%25eth0]:80", "tcp host=fe80::1%eth0 port=80"}, /* RFC 6874 */
	{"[::ffff:1.2.3.4]:80", "tcp host=::ffff:1.2.3.4 port=80"},
	{"tls://db:5432", "tls host=db port=5432"},
	{"http://db", "http host=db port=80"},
	{"http://db:", "http host=db port=80"},
	{"http://db:80", "http host=db port=80"},
	{"https://db", "https host=db port=443"},
	{"https://[::1]", "https host=::1 port=443"},
	{"https://[::1]:8443/", "https host=::1 port=8443 resource=/"},
	{"http://d%62:8%30", "http host=db port=80"},
	/* path and query */
	{"http://db/", "http host=db port=80 resource=/"},
	{"http://db/a/b", "http host=db port=80 resource=/a/b"},
	{"http://db?a=b", "http host=db port=80 resource=?a=b"},
	{"http://db/a?b=c&d=/e?f", "http host=db port=80 resource=/a?b=c&d=/e?f"},
	{"http://db/%2F%23%zz", "http host=db port=80 resource=/%2F%23%zz"}, /* goes out as it is */
	{"http://db/a@b:c", "http host=db port=80 resource=/a@b:c"},
	{"http://db/?u=http://x@y:1/", "http host=db port=80 resource=/?u=http://x@y:1/"},
	{"http://db/\xc3\xa4", "http host=db port=80 resource=/\xc3\xa4"},
	{"http://db//", "http host=db port=80 resource=//"},
	/* user and password */
	{"http://u@db", "http user=u host=db port=80"},
	{"http://u:p@db", "http user=u password=p host=db port=80"},
	{"http://u:@db", "http user=u host=db port=80"},
	{"http://:p@db", "http user= password=p host=db port=80"},
	{"http://u:p:q@db", "http user=u password=p:q host=db port=80"},
	{"http://u:p@q@db", "http user=u password=p@q host=db port=80"},
	{"http://u%3A%40:%2F%23%3f@db/", "http user=u:@ password=/#? host=db port=80 resource=/"},
	{"http://%25:%2525@db", "http user=% password=%25 host=db port=80"},
	{"https://u:p@[::1]:1/", "https user=u password=p host=::1 port=1 resource=/"},
	/* what is no network */
	{"unix:///run/app.sock", "unix path=/run/app.sock"},
	{"unix://%2Frun%2Fa%20b", "unix path=/run/a b"},
	{"unix:///run/a?b@c:d", "unix path=/run/a?b@c:d"},
	{"http+unix://%2Frun%2Fapp.sock", "http+unix path=/run/app.sock"},
	{"http+unix://%2Frun%2Fapp.sock/health?x", "http+unix path=/run/app.sock resource=/health?x"},
	{"http+unix://%2Fapp?x#host=web", "http+unix path=/app resource=?x asks-for=web"},
	{"file:///tmp/ready", "file path=/tmp/ready"},
	{"file:///a%23b/c%2525", "file path=/a#b/c%25"},
	{"file:///", "file path=/"},
	{"file:///a#contains=b%2Cc%20d,min-size=1", "file path=/a contains=b,c d size=1"},
	{"file:///a#min-size=64K,down", "file path=/a all down size=65536"},
	{"file:///a#down,down=0", "file path=/a"},
	{"disk:///a%20b#free=3M", "disk path=/a b size=3145728"},
	{"disk:///#free=8388607T", "disk path=/ size=9223370937343148032"},
	{"disk:///#free=9223372036854775807", "disk path=/ size=9223372036854775807"},
	{"dns://db", "dns host=db"},
	{"dns://db:", "dns host=db"},
	{"dns://[::1]#type=any", "dns host=::1"},
	{"dns://${HOST}#type=AAAA", "dns host=db.example type=AAAA"},
	{"dns://db#type=A,optional", "dns host=db type=A optional timeout=10000ms"},
	/* what is named behind a colon alone; digits are a port */
	{"env:HOME", "env path=HOME fail-fast=1"},
	{"env://HOME", "env path=HOME fail-fast=1"},
	{"env:${HOST}#name=a", "env path=db.example name=a fail-fast=1"},
	{"env:8080", "tcp host=env port=8080"},
	{"exec:080", "tcp host=exec port=80"},
	{"tcp://exec:80", "tcp host=exec port=80"},
	{"file:80", "tcp host=file port=80"},
	{"env:8080x", "env path=8080x fail-fast=1"},
	{"exec:true", "exec path=true"},
	{"exec:///bin/true", "exec path=/bin/true"},
	{"exec: /bin/true\t-a  b ", "exec path=/bin/true arg=-a arg=b"},
	{"exec:a%20-b%20%20c%2520d", "exec path=a arg=-b arg=c%20d"},
	{"exec:a 'b c'd\"e'f\" '' %27g%22", "exec path=a arg=b cde'f arg= arg='g\""},
	{"exec:a 'b%20c%23' x/y?z:1@d", "exec path=a arg=b c# arg=x/y?z:1@d"},
	{"exec:'a b' c", "exec path=a b arg=c"},
	{"exec:a ${BLANK} x${HARD} ${EMPTY} '${NONE:-b c}'",
	 "exec path=a arg=a b arg=xp@ss/w#rd:%41?,=${HOST}}$ arg= arg=b c"},
	{"exec:a b#name=n,timeout=2s,attempt-timeout=1s", "exec path=a arg=b name=n timeout=2000ms attempt-timeout=1000ms"},
	/* options */
	{"db:1#name=main", "tcp host=db port=1 name=main"},
	{"db:1#name=a-b_c.1", "tcp host=db port=1 name=a-b_c.1"},
	{"db:1#name=%61", "tcp host=db port=1 name=a"},
	{"db:1#optional", "tcp host=db port=1 optional timeout=10000ms"},
	{"db:1#optional=1", "tcp host=db port=1 optional timeout=10000ms"},
	{"db:1#optional=0", "tcp host=db port=1"},
	{"db:1#optional,timeout=1h", "tcp host=db port=1 optional timeout=3600000ms"},
	{"db:1#timeout=2s,optional", "tcp host=db port=1 optional timeout=2000ms"},
	{"db:1#optional,timeout=none", "tcp host=db port=1 optional timeout=none"},
	{"db:1#timeout=1m30s", "tcp host=db port=1 timeout=90000ms"},
	{"db:1#timeout=1s,timeout=2s", "tcp host=db port=1 timeout=2000ms"}, /* the last one counts */
	{"db:1#attempt-timeout=1s,interval=1ms,backoff=2,max-interval=1m,jitter=0,fail-fast=3",
	 "tcp host=db port=1 attempt-timeout=1000ms interval=1ms backoff=2.000 max-interval=60000ms jitter=0 fail-fast=3"},
	{"tls://db:1#host=web", "tls host=db port=1 asks-for=web"},
	{"tls://db:1#host=::1", "tls host=db port=1 asks-for=::1"},
	{"tls://db:1#ca=/etc/ca.pem", "tls host=db port=1 ca=/etc/ca.pem"},
	{"tls://db:1#ca=a%2Cb%23c", "tls host=db port=1 ca=a,b#c"},
	{"tls://db:1#insecure", "tls host=db port=1 insecure"},
	{"tls://db:1#insecure=0,ca=x", "tls host=db port=1 ca=x"},
	{"http://db#method=HEAD", "http host=db port=80 method=HEAD"},
	{"http://db#status=404", "http host=db port=80 status=404-404"},
	{"http://db#status=200-299+404+500-599", "http host=db port=80 status=200-299+404-404+500-599"},
	{"http://db#status=100+101+102+103+104+105+106+107",
	 "http host=db port=80 status=100-107"},
	{"http://db#status=404,status=200", "http host=db port=80 status=200-200"},
	{"http://db#header=A:b", "http host=db port=80 header=A:b"},
	{"http://db#header=A:%20b%20", "http host=db port=80 header=A:b"},
	{"http://db#header=A:", "http host=db port=80 header=A:"},
	{"http://db#header=A:b:c=d#e@f", "http host=db port=80 header=A:b:c=d#e@f"},
	{"http://db#header=A:1%2C2,header=b_c-D:x,header=A:3", "http host=db port=80 header=A:1,2 header=b_c-D:x header=A:3"},
	/* what else the answer must have */
	{"http://db#body=a%20b%2c", "http host=db port=80 body=a b,"},
	{"http://db#expect-header=A", "http host=db port=80 expect-header=A:"},
	{"http://db#expect-header=A:%20b%20c,expect-header=Host:d", "http host=db port=80 expect-header=A:b c expect-header=Host:d"},
	{"http+unix://%2Fa#body=b,expect-header=C", "http+unix path=/a expect-header=C: body=b"},
	{"https://db#data=x%0ay,header=A:b", "https host=db port=443 method=POST data=x\ny header=A:b"},
	{"http://db#data=x,method=GET", "http host=db port=80 data=x"},
	{"http://db#method=PUT,data=x", "http host=db port=80 method=PUT data=x"},
	{"http://db#data=", "http host=db port=80 method=POST"},
	/* of the address, the user, and how often */
	{"db:1#all", "tcp host=db port=1 all"},
	{"postgres://db#strict", "postgres host=db port=5432 strict"},
	{"mysql://db#strict,all=0", "mysql host=db port=3306 strict"},
	{"db:1#down", "tcp host=db port=1 all down"},
	{"db:1#down=1", "tcp host=db port=1 all down"},
	{"db:1#down=0", "tcp host=db port=1"},
	{"unix:///a#down=any", "unix path=/a all down=any"},
	{"file:///a#down,down=any", "file path=/a all down=any"},
	{"db:1#successes=3", "tcp host=db port=1 successes=3"},
	{"https://u:p@db/x?y#name=n,host=web,ca=c,status=200,header=A:b,method=PUT,jitter=1",
	 "https user=u password=p host=db port=443 resource=/x?y name=n asks-for=web ca=c method=PUT header=A:b "
	 "status=200-200 jitter=1"},
	/* what variables and files put in; it breaks nothing, and is not read again */
	{"${HOST}:${PORT}", "tcp host=db.example port=8080"},
	{"http://u:${HARD}@db/", "http user=u password=p@ss/w#rd:%41?,=${HOST}}$ host=db port=80 resource=/"},
	{"http://${HARD}@db/", "http user=p@ss/w#rd:%41?,=${HOST}}$ host=db port=80 resource=/"},
	{"http://${HOST}:x@db/", "http user=db.example password=x host=db port=80 resource=/"},
	{"http://u:a${HOST}b${PORT}c@db/", "http user=u password=adb.exampleb8080c host=db port=80 resource=/"},
	{"http://u:${EMPTY}@db/", "http user=u host=db port=80 resource=/"},
	{"http://db/${HARD}", "http host=db port=80 resource=/p@ss/w#rd:%41?,=${HOST}}$"},
	{"http://db/#header=A:${HARD}", "http host=db port=80 resource=/ header=A:p@ss/w#rd:%41?,=${HOST}}$"},
	{"http://db/#header=A:${<" CONFIG_FILE "}", "http host=db port=80 resource=/ header=A:to/k@n#%41"},
	{"http://db/#header=A:%20${BLANK}", "http host=db port=80 resource=/ header=A:a b"},
	{"http://db/#header=A:${LINE}", "http host=db port=80 resource=/ header=A:a"}, /* trimmed */
	{"http://db/#name=${HOST},status=20${NONE:-0}", "http host=db port=80 resource=/ name=db.example status=200-200"},
	{"http://u:${NONE:-d@f#a/u:l,t?}@db/", "http user=u password=d@f#a/u:l,t? host=db port=80 resource=/"},
	{"http://u:${NONE:-%41}%41@db/", "http user=u password=%41A host=db port=80 resource=/"},
	{"http://u:${EMPTY:-d}@db/", "http user=u password=d host=db port=80 resource=/"},
	{"http://u:${HOST:-d}@db/", "http user=u password=db.example host=db port=80 resource=/"},
	{"http://u:${NONE:-}@db/", "http user=u host=db port=80 resource=/"},
	{"http://u:${NONE:-${HOST}@db/", "http user=u password=${HOST host=db port=80 resource=/"}, /* groups do not nest */
	{"http://u:${NONE:--}@db/", "http user=u password=- host=db port=80 resource=/"},
	{"http://u:${HOST:?no host}@db/", "http user=u password=db.example host=db port=80 resource=/"},
	{"http://u:${<" CONFIG_FILE "}@db/", "http user=u password=to/k@n#%41\n host=db port=80 resource=/"},
	{"http://u:${<" CONFIG_FILE "}${<" CONFIG_FILE "}@db/",
	 "http user=u password=to/k@n#%41\nto/k@n#%41\n host=db port=80 resource=/"},
	{"http://u:${</dev/null}@db/", "http user=u host=db port=80 resource=/"},
	{"http://u:$${HOST}@db/", "http user=u password=${HOST} host=db port=80 resource=/"},
	{"http://u:$$${HOST}@db/", "http user=u password=$${HOST} host=db port=80 resource=/"},
	{"http://u:$$$@db/", "http user=u password=$$$ host=db port=80 resource=/"},
	{"http://u:$$@db/$a$", "http user=u password=$$ host=db port=80 resource=/$a$"},
	{"http://db/$${a}#name=n", "http host=db port=80 resource=/${a} name=n"},
	{"unix://${NONE:-/run/a#b?c}", "unix path=/run/a#b?c"},
	{"http+unix://${NONE:-/run/a/b}/c", "http+unix path=/run/a/b resource=/c"},
	{"file://${</dev/null}/x", "file path=/x"},
	{"tls://db:1#ca=${HARD}", "tls host=db port=1 ca=p@ss/w#rd:%41?,=${HOST}}$"},
};

enum { GOOD = sizeof(good) / sizeof(good[0]) };

static void test_declarations_are_taken_apart(void **state)
{
	struct config c;

	(void)state;
	for (size_t i = 0; i < GOOD; i++) {
		assert_string_equal(described(config_target(&c, good[i].text)), good[i].description);
		config_close(&c);
	}
}

static void test_target_that_is_written_out_again_is_the_same(void **state)
{
	struct config c;

	(void)state;
	for (size_t i = 0; i < GOOD; i++) {
		const struct target *t = config_target(&c, good[i].text);
		bool has_fragment = span_find(t->resource, '#') < t->resource.len; /* only a variable can put that in */
		struct span again = written_again(t);

		config_close(&c);
		if (has_fragment)
			continue;
		if (!config_parse(&c, again))
			fail_msg("%.*s\n%s", (int)again.len, again.at, config_mistakes(&c));
		assert_string_equal(described(&c.target), good[i].description);
		config_close(&c);
	}
}

static void test_fields_that_the_description_leaves_out(void **state)
{
	struct config c;
	const struct target *t = config_target(&c, "https://[::1]/");

	(void)state;
	assert_true(span_equals(t->server_name.value, SPAN("::1"))); /* to be asked for when host= says nothing else */
	assert_true(span_equals(t->declared.text, SPAN("https://[::1]/")));
	assert_true(statuses_hold(&t->statuses, 200) && statuses_hold(&t->statuses, 399));
	assert_false(statuses_hold(&t->statuses, 199) || statuses_hold(&t->statuses, 400));
	config_close(&c);
	t = config_target(&c, "http://db#status=204+300-302");
	assert_true(statuses_hold(&t->statuses, 204) && statuses_hold(&t->statuses, 302));
	assert_false(statuses_hold(&t->statuses, 200) || statuses_hold(&t->statuses, 303));
	config_close(&c);
}

static void test_flags_are_the_defaults_of_targets(void **state)
{
	static const struct {
		const char *flags, *target, *description;
	} rows[] = {
		{"--timeout 1s", "db:1", "tcp host=db port=1 timeout=1000ms"},
		{"--timeout 1s", "db:1#timeout=2s", "tcp host=db port=1 timeout=2000ms"},
		{"--timeout 1h", "db:1#optional", "tcp host=db port=1 optional timeout=10000ms"},
		{"--timeout 1s", "db:1#optional", "tcp host=db port=1 optional timeout=1000ms"},
		{"--timeout none", "db:1", "tcp host=db port=1 timeout=none"},
		{"--timeout 1s", "db:1#timeout=5m", "tcp host=db port=1"},
		{"--jitter 3 --fail-fast 4", "db:1#jitter=5", "tcp host=db port=1 jitter=5 fail-fast=4"},
	};
	char line[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = buf_init(line, sizeof(line));
		struct config c;

		buf_put_text(&b, "wait ");
		buf_put_text(&b, rows[i].target); /* flags count also behind it */
		buf_put_char(&b, ' ');
		buf_put_text(&b, rows[i].flags);
		assert_true(config_read(&c, "", buf_text(&b)));
		assert_int_equal(c.options.count, 1);
		assert_string_equal(described(&c.options.targets[0]), rows[i].description);
		config_close(&c);
	}
}

/* What people and logs call a target. */
static void test_labels(void **state)
{
	static const struct {
		const char *text, *label;
	} rows[] = {
		{"db:5432", "tcp://db:5432"},
		{"http://u:p@db/a?b#host=web", "http://db:80"},
		{"https://[::1]", "https://[::1]:443"},
		{"unix:///run/a%20b", "unix:///run/a%20b"}, /* as it was declared */
		{"http+unix://%2Frun%2Fa/health", "http+unix://%2Frun%2Fa"},
		{"file:///tmp/x", "file:///tmp/x"},
		{"disk:///tmp#free=1", "disk:///tmp"},
		{"dns://db", "dns://db"},
		{"dns://[::1]", "dns://::1"},
		{"env:HOME", "env:HOME"},
		{"exec:/bin/true a b", "exec:/bin/true"}, /* arguments may be secrets */
		{"exec:a%20b", "exec:a"},
		{"exec:${HOST} x", "exec:${HOST}"},
		{"${HOST}:80", "tcp://${HOST}:80"}, /* and not what a variable put in */
		{"${NONE:-secret}:80", "tcp://${NONE}:80"},
		{"[${NONE:-::1}]:80", "tcp://${NONE}:80"},
		{"file://${</dev/null}/x", "file://${</dev/null}/x"},
		{"file:///a\x1b[2J", "file:///a\\x1b[2J"},
		{"file:///a\xff\xc3\xa4", "file:///a\\xff\xc3\xa4"},
		{"http://u:p@db/a?b#name=main", "main"},
	};
	struct config c;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span label = config_target(&c, rows[i].text)->label;

		assert_string_equal(label.at, rows[i].label);
		assert_int_equal(label.len, strlen(rows[i].label));
		config_close(&c);
	}
}

/* What cannot be meant: the declaration, under it the caret with the hint, and the problem. */
static const struct {
	const char *text, *caret, *problem;
} bad[] = {
	/* scheme */
	{"db",
	 "^^ write host:port", "the port is missing"},
	{"htp://db",
	 "^^^ did you mean http", "unknown scheme"},
	{"reddis://db",
	 "^^^^^^ did you mean redis", "unknown scheme"},
	{"http//db",
	 "^^^^^^^^ is the scheme missing?", "a target is host:port or scheme://..."},
	{"db/x",
	 "^^^^ is the scheme missing?", "a target is host:port or scheme://..."},
	{"db:80/x",
	 "^^^^^^^ is the scheme missing?", "a target is host:port or scheme://..."},
	{"mailto://db",
	 "^^^^^^ known are " CONFIG_SCHEMES, "unknown scheme"},
	{"wibble://db",
	 "^^^^^^ known are " CONFIG_SCHEMES, "unknown scheme"},
	{"HTTP://db",
	 "^^^^ known are " CONFIG_SCHEMES, "unknown scheme"},
	{"://db",
	 "^ known are " CONFIG_SCHEMES, "unknown scheme"},
	{"http:/db",
	 "^^^^^^^^ is the scheme missing?", "a target is host:port or scheme://..."},
	{"${HOST}://db",
	 "^^^^^^^ known are " CONFIG_SCHEMES, "unknown scheme"},
	/* host and port */
	{"tcp://db",
	 "      ^^ write host:port", "the port is missing"},
	{"db:",
	 "^^ write host:port", "the port is missing"},
	{"db:0",
	 "   ^ write host:port", "a port is a number from 1 to 65535"},
	{"db:65536",
	 "   ^^^^^ write host:port", "a port is a number from 1 to 65535"},
	{"db:80x",
	 "   ^^^ write host:port", "a port is a number from 1 to 65535"},
	{"db:-1",
	 "   ^^ write host:port", "a port is a number from 1 to 65535"},
	{"db:+1",
	 "   ^^ write host:port", "a port is a number from 1 to 65535"},
	{"db: 1",
	 "   ^^ write host:port", "a port is a number from 1 to 65535"},
	{":80",
	 "^", "the host is missing"},
	{"http://",
	 "       ^", "the host is missing"},
	{"http:///x",
	 "       ^", "the host is missing"},
	{"http://:80/",
	 "       ^", "the host is missing"},
	{"a b:80",
	 "^^^", "a name is made of letters, digits, - _ and ."},
	{"d%62%20:80",
	 "^^^^^^^", "a name is made of letters, digits, - _ and ."},
	{"http://d!b/",
	 "       ^^^", "a name is made of letters, digits, - _ and ."},
	{"http://a..b/",
	 "       ^^^^", "a host name has 253 characters at most, 1 to 63 between dots"},
	{"http://.a/",
	 "       ^^", "a host name has 253 characters at most, 1 to 63 between dots"},
	{"http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/",
	 "       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
	 "a host name has 253 characters at most, 1 to 63 between dots"},
	{"http://\xc3\xa4/",
	 "       ^", "a name is made of letters, digits, - _ and ."},
	{"http://1.2.3/",
	 "       ^^^^^", "this is no IP address"},
	{"http://1.2.3.256/",
	 "       ^^^^^^^^^", "this is no IP address"},
	{"http://[::g]/",
	 "        ^^^", "this is no IP address"},
	{"http://[::1/",
	 "       ^^^^", "the ] of the IPv6 address is missing"},
	{"http://[::1]80/",
	 "            ^^", "behind the ] stands only :port"},
	{"::1:80",
	 "^^^^^^ write [::1]:port for IPv6, and blanks between targets", "there is more than one colon"},
	{"http://[db:1]/",
	 "        ^^^^", "this is no IP address"},
	{"http://[]/",
	 "        ^", "the host is missing"},
	{"http://db%zz/",
	 "         ^^^ write %25 for a literal %", "% is not followed by two hexadecimal digits"},
	{"http://db%4/",
	 "         ^^ write %25 for a literal %", "% is not followed by two hexadecimal digits"},
	{"http://db%00/",
	 "       ^^^^^", "this holds a NUL byte"},
	{"http://db:8%00/",
	 "          ^^^^", "this holds a NUL byte"},
	{"[::1]",
	 " ^^^ write host:port", "the port is missing"},
	{"db:80:90",
	 "^^^^^^^^ write [::1]:port for IPv6, and blanks between targets", "there is more than one colon"},
	{"http://[::1]:x/",
	 "             ^ write host:port", "a port is a number from 1 to 65535"},
	{"http://db:80 /",
	 "          ^^^ write host:port", "a port is a number from 1 to 65535"},
	/* what a scheme does not take */
	{"tcp://db:1/x",
	 "          ^^", "this scheme has no path"},
	{"tcp://db:1?",
	 "          ^", "this scheme has no path"},
	{"db:1#header",
	 "     ^^^^^^", "this option means nothing to this scheme"},
	{"db:1#host=web",
	 "     ^^^^", "this option means nothing to this scheme"},
	{"db:1#insecure",
	 "     ^^^^^^^^", "this option means nothing to this scheme"},
	{"http://db#ca=x",
	 "          ^^", "this option means nothing to this scheme"},
	{"db:1#body",
	 "     ^^^^", "this option means nothing to this scheme"},
	{"redis://db#strict",
	 "           ^^^^^^", "this option means nothing to this scheme"},
	{"unix:///x#all",
	 "          ^^^", "this option means nothing to this scheme"},
	{"unix:///x#status=200",
	 "          ^^^^^^", "this option means nothing to this scheme"},
	/* paths */
	{"file:///x#free=1",
	 "          ^^^^", "this option means nothing to this scheme"},
	{"disk:///x#min-size=1,free=1",
	 "          ^^^^^^^^", "this option means nothing to this scheme"},
	{"env:A#down",
	 "      ^^^^", "this option means nothing to this scheme"},
	{"env:A#type=A",
	 "      ^^^^", "this option means nothing to this scheme"},
	{"disk:///x",
	 "^^^^^^^^^ write #free=1G", "free is missing"},
	{"disk:/x#free=1",
	 "^^^^^^^ is the scheme missing?", "a target is host:port or scheme://..."},
	{"disk:///x#free=0",
	 "               ^", "write a size over 0 like 4096, 64K or 1G"},
	{"disk:///x#free=1GB",
	 "               ^^^", "write a size over 0 like 4096, 64K or 1G"},
	{"disk:///x#free=1.5G",
	 "               ^^^^", "write a size over 0 like 4096, 64K or 1G"},
	{"disk:///x#free=8388608T",
	 "               ^^^^^^^^", "write a size over 0 like 4096, 64K or 1G"},
	{"disk:///x#free=K",
	 "               ^", "write a size over 0 like 4096, 64K or 1G"},
	{"file:///x#min-size=",
	 "                   ^", "write a size over 0 like 4096, 64K or 1G"},
	{"file:///x#contains=",
	 "                   ^", "the text has 1 to 1000 bytes"},
	{"file:///x#contains=%00",
	 "                   ^^^", "this holds a NUL byte"},
	{"dns://db:53",
	 "         ^^", "this scheme has no port"},
	{"dns://db/x",
	 "        ^^", "this scheme has no path"},
	{"dns://db#type=MX",
	 "              ^^ one of any, AAAA, A", "this value is not understood"},
	{"env:",
	 "    ^", "a name is made of letters, digits, - _ and ."},
	{"env:A B",
	 "    ^^^", "a name is made of letters, digits, - _ and ."},
	{"exec",
	 "    ^ write exec:PROGRAM ARG...", "the program is missing"},
	{"exec:''",
	 "     ^ write exec:PROGRAM ARG...", "the program is missing"},
	{"exec:${EMPTY}",
	 "     ^^^^^^^^ write exec:PROGRAM ARG...", "the program is missing"},
	{"exec:'a",
	 "     ^ write ' as %27 and \" as %22", "a quote is never closed"},
	{"unix://run/app.sock",
	 "       ^^^^^^^^^^^^ write file:///x or unix:///x, but http+unix://%2Fx/", "the path of a file starts with /"},
	{"unix://",
	 "       ^ write file:///x or unix:///x, but http+unix://%2Fx/", "the path of a file starts with /"},
	{"http+unix:///run/app.sock",
	 "            ^ write file:///x or unix:///x, but http+unix://%2Fx/", "the path of a file starts with /"},
	{"file://tmp",
	 "       ^^^ write file:///x or unix:///x, but http+unix://%2Fx/", "the path of a file starts with /"},
	{"unix:///aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	 "       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
	 "the path of a socket has 107 bytes at most"},
	{"http://db/a b",
	 "         ^^^^ write a blank as %20", "a path holds no blanks or control characters"},
	{"http://db/a\nb",
	 "         ^^^^^^^ write a blank as %20", "a path holds no blanks or control characters"},
	{"http://db/${BLANK}",
	 "         ^^^^^^^^^ write a blank as %20", "a path holds no blanks or control characters"},
	{"http://db/${LINE}",
	 "         ^^^^^^^^ write a blank as %20", "a path holds no blanks or control characters"},
	/* options */
	{"db:1#",
	 "     ^", "an option is missing here"},
	{"db:1#optional,",
	 "              ^", "an option is missing here"},
	{"db:1#,optional",
	 "     ^", "an option is missing here"},
	{"db:1#optinal",
	 "     ^^^^^^^ did you mean optional", "unknown option"},
	{"db:1#tiemout",
	 "     ^^^^^^^ did you mean timeout", "unknown option"},
	{"db:1#wibble",
	 "     ^^^^^^ in a path write # as %23, in a value , as %2C", "unknown option"},
	{"db:1#Optional",
	 "     ^^^^^^^^ did you mean optional", "unknown option"},
	{"db:1#name",
	 "     ^^^^", "a value is missing behind this option"},
	{"db:1#name=",
	 "          ^", "a name is made of letters, digits, - _ and ."},
	{"db:1#name=a b",
	 "          ^^^", "a name is made of letters, digits, - _ and ."},
	{"db:1#timeout=30",
	 "             ^^ write a time like 500ms, 1.5s or 1h30m, or none", "this value is not understood"},
	{"db:1#timeout=",
	 "             ^ write a time like 500ms, 1.5s or 1h30m, or none", "this value is not understood"},
	{"db:1#timeout",
	 "     ^^^^^^^", "a value is missing behind this option"},
	{"db:1#optional=yes",
	 "              ^^^ it is either on (1) or off (0)", "this value is not understood"},
	{"db:1#interval=0s",
	 "              ^^ write a time over 0 like 500ms, 1.5s or 1h30m", "this value is not understood"},
	{"db:1#backoff=0.5",
	 "             ^^^ write a factor like 1.25 or 2, not below 1", "this value is not understood"},
	{"db:1#jitter=101",
	 "            ^^^ write a whole number from 0 to 100", "this value is not understood"},
	{"db:1#fail-fast=x",
	 "               ^ write a whole number, at most 1000000", "this value is not understood"},
	{"tls://db:1#host=",
	 "                ^", "the host is missing"},
	{"tls://db:1#host=a:80",
	 "                ^^^^", "this is no IP address"},
	{"tls://db:1#ca=",
	 "              ^", "the name of the file is missing"},
	{"tls://db:1#ca=x,insecure",
	 "^^^^^^^^^^^^^^^^^^^^^^^^", "ca and insecure contradict each other"},
	{"http://db#method=get",
	 "                 ^^^", "a method is one word in capitals"},
	{"http://db#method=A-B",
	 "                 ^^^", "a method is one word in capitals"},
	{"http://db#method=",
	 "                 ^", "a method is one word in capitals"},
	{"http://db#body=",
	 "               ^", "a value is missing behind this option"},
	{"db:1#down=yes",
	 "          ^^^", "write down=any, or down alone"},
	{"db:1#successes=often",
	 "               ^^^^^ write a whole number from 1 to 1000000", "this value is not understood"},
	{"db:1#successes=0",
	 "               ^ write a whole number from 1 to 1000000", "this value is not understood"},
	{"http://db#status=",
	 "                 ^ write it like 200-299+404", "this is no list of statuses"},
	{"http://db#status=99",
	 "                 ^^ write it like 200-299+404", "this is no list of statuses"},
	{"http://db#status=600",
	 "                 ^^^ write it like 200-299+404", "this is no list of statuses"},
	{"http://db#status=300-200",
	 "                 ^^^^^^^ write it like 200-299+404", "this is no list of statuses"},
	{"http://db#status=200-",
	 "                 ^^^^ write it like 200-299+404", "this is no list of statuses"},
	{"http://db#status=-200",
	 "                 ^^^^ write it like 200-299+404", "this is no list of statuses"},
	{"http://db#status=2xx",
	 "                 ^^^ write it like 200-299+404", "this is no list of statuses"},
	{"http://db#status=200+",
	 "                 ^^^^ write it like 200-299+404", "this is no list of statuses"},
	{"http://db#status=+200",
	 "                 ^^^^ write it like 200-299+404", "this is no list of statuses"},
	{"http://db#status=200++201",
	 "                 ^^^^^^^^ write it like 200-299+404", "this is no list of statuses"},
	{"http://db#status=1+2",
	 "                 ^^^ write it like 200-299+404", "this is no list of statuses"},
	/* expansions */
	{"http://${NONE}/",
	 "       ^^^^^^^ set it, or write ${NAME:-default}", "this variable is not set"},
	{"http://db/${NONE:?set it in the compose file}",
	 "          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^", "set it in the compose file"},
	{"http://db/${NONE:?}",
	 "          ^^^^^^^^^", "this variable is empty or not set"},
	{"http://db/${EMPTY:?}",
	 "          ^^^^^^^^^^", "this variable is empty or not set"},
	{"http://db/${EMPTY:?is empty}x",
	 "          ^^^^^^^^^^^^^^^^^^", "is empty"},
	{"http://db/x${HOST",
	 "           ^^^^^^ write $${ for a literal ${", "this ${ is never closed"},
	{"http://db/${}",
	 "          ^^^ write ${NAME}, ${NAME:-default} or ${NAME:?message}", "this is not understood"},
	{"http://db/${1}",
	 "          ^^^^ write ${NAME}, ${NAME:-default} or ${NAME:?message}", "this is not understood"},
	{"http://db/${A B}",
	 "          ^^^^^^ write ${NAME}, ${NAME:-default} or ${NAME:?message}", "this is not understood"},
	{"http://db/${HOST:}",
	 "          ^^^^^^^^ write ${NAME}, ${NAME:-default} or ${NAME:?message}", "this is not understood"},
	{"http://db/${<}",
	 "          ^^^^", "this file cannot be read: no such file or directory (ENOENT)"},
	{"http://db/${</no/such/file}",
	 "          ^^^^^^^^^^^^^^^^^", "this file cannot be read: no such file or directory (ENOENT)"},
	{"http://db/${</>}",
	 "          ^^^^^^", "this file cannot be read: no such file or directory (ENOENT)"},
	{"http://db/${</}",
	 "          ^^^^^", "this file cannot be read: is a directory (EISDIR)"},
	{"http://db/${</dev/zero}",
	 "          ^^^^^^^^^^^^^", "this file cannot be read: file too large (EFBIG)"},
	{"http://${HARD}/",
	 "       ^^^^^^^", "this is no IP address"},
	{"db:${HOST}",
	 "   ^^^^^^^ write host:port", "a port is a number from 1 to 65535"},
	{"db:1#name=${HARD}",
	 "          ^^^^^^^", "a name is made of letters, digits, - _ and ."},
	{"db:1#timeout=${PORT}",
	 "             ^^^^^^^ write a time like 500ms, 1.5s or 1h30m, or none", "this value is not understood"},
};

enum { BAD = sizeof(bad) / sizeof(bad[0]) };

/* The same with a part that is hidden: the declaration, what is shown of it, the caret, the problem. */
static const struct {
	const char *text, *shown, *caret, *problem;
} bad_and_hidden[] = {
	{"exec: %20",
	 "exec:***",
	 "     ^^^ write exec:PROGRAM ARG...", "the program is missing"},
	{"exec:a b%00 c",
	 "exec:a***",
	 "      ^^^", "this holds a NUL byte"},
	{"exec:a%0",
	 "exec:a***",
	 "      ^^^ write %25 for a literal %", "% is not followed by two hexadecimal digits"},
	{"exec:a b@c#nme=x",
	 "***#nme=***",
	 "    ^^^ did you mean name", "unknown option"},
	{"http://db/${HOST-x}",
	 "http://db/${HOST-***}",
	 "          ^^^^^^^^^^^ write ${NAME}, ${NAME:-default} or ${NAME:?message}", "this is not understood"},
	{"http://db/${HOST:+x}",
	 "http://db/${HOST:+***}",
	 "          ^^^^^^^^^^^^ write ${NAME}, ${NAME:-default} or ${NAME:?message}", "this is not understood"},
	{"http://u:p/q@db",
	 "http://***@db",
	 "       ^^^ in a password write / ? # @ : as %2F %3F %23 %40 %3A", "a port is a number from 1 to 65535"},
	{"http://db#header=A",
	 "http://db#header=***",
	 "                 ^^^ write header=NAME:%20VALUE", "a header is NAME:VALUE"},
	{"http://db#header=:b",
	 "http://db#header=***",
	 "                 ^", "a name is made of letters, digits, - _ and ."},
	{"http://db#header=A%20:b",
	 "http://db#header=***",
	 "                 ^^^", "a name is made of letters, digits, - _ and ."},
	{"http://db#header=A b:c",
	 "http://db#header=***",
	 "                 ^^^", "a name is made of letters, digits, - _ and ."},
	{"http://db#expect-header=A b:c",
	 "http://db#expect-header=***",
	 "                        ^^^", "a name is made of letters, digits, - _ and ."},
	{"http://db#header=hOST:b",
	 "http://db#header=***",
	 "                 ^^^ for Host write host=NAME", "shim sends this header itself"},
	{"http://db#header=Content-Length:1",
	 "http://db#header=***",
	 "                 ^^^ for Host write host=NAME", "shim sends this header itself"},
	{"http://db#header=Transfer-Encoding:chunked",
	 "http://db#header=***",
	 "                 ^^^ for Host write host=NAME", "shim sends this header itself"},
	{"http://db#header=connection:keep-alive",
	 "http://db#header=***",
	 "                 ^^^ for Host write host=NAME", "shim sends this header itself"},
	{"http://db#header=User-Agent:me",
	 "http://db#header=***",
	 "                 ^^^ for Host write host=NAME", "shim sends this header itself"},
	{"http://db#header=A:b%0d%0aC:d",
	 "http://db#header=***",
	 "                 ^^^", "a header holds no control characters"},
	{"http://db#header=A:b${LINE}c",
	 "http://db#header=***",
	 "                 ^^^", "a header holds no control characters"},
};

static void check_mistake(const char *text, const char *shown, const char *caret, const char *problem)
{
	char expected[1024];
	struct buf b = buf_init(expected, sizeof(expected));
	struct config c;

	buf_put_text(&b, "--wait-for: ");
	buf_put_text(&b, problem);
	buf_put_text(&b, "\n  ");
	buf_put_escaped(&b, span_of(shown));
	buf_put_text(&b, "\n  ");
	buf_put_text(&b, caret);
	buf_put_text(&b, "\n");
	corpus_keep("target", span_of(text));
	if (config_parse(&c, span_of(text)))
		fail_msg("%s is taken for %s", text, described(&c.target));
	assert_string_equal(config_mistakes(&c), buf_text(&b));
	config_close(&c);
}

static void test_mistakes_are_shown_where_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < BAD; i++)
		check_mistake(bad[i].text, bad[i].text, bad[i].caret, bad[i].problem);
	for (size_t i = 0; i < sizeof(bad_and_hidden) / sizeof(bad_and_hidden[0]); i++)
		check_mistake(bad_and_hidden[i].text, bad_and_hidden[i].shown, bad_and_hidden[i].caret,
			      bad_and_hidden[i].problem);
}

static void test_all_mistakes_are_shown_at_once(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{"", "--wait-for: the host is missing\n"
		     "--wait-for: the port is missing; write host:port\n"},
		{"tcp://u@d!b:x/y#,timeout=3,nmae",
		 "--wait-for: this scheme has no user\n"
		 "  tcp://***@d!b:x/y#,timeout=3,nmae\n"
		 "        ^^^\n"
		 "--wait-for: a name is made of letters, digits, - _ and .\n"
		 "  tcp://***@d!b:x/y#,timeout=3,nmae\n"
		 "            ^^^\n"
		 "--wait-for: a port is a number from 1 to 65535\n"
		 "  tcp://***@d!b:x/y#,timeout=3,nmae\n"
		 "                ^ in a password write / ? # @ : as %2F %3F %23 %40 %3A\n"
		 "--wait-for: this scheme has no path\n"
		 "  tcp://***@d!b:x/y#,timeout=3,nmae\n"
		 "                 ^^\n"
		 "--wait-for: an option is missing here\n"
		 "  tcp://***@d!b:x/y#,timeout=3,nmae\n"
		 "                    ^\n"
		 "--wait-for: this value is not understood\n"
		 "  tcp://***@d!b:x/y#,timeout=3,nmae\n"
		 "                             ^ write a time like 500ms, 1.5s or 1h30m, or none\n"
		 "--wait-for: unknown option\n"
		 "  tcp://***@d!b:x/y#,timeout=3,nmae\n"
		 "                               ^^^^ did you mean name\n"},
	};
	struct config c;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_false(config_parse(&c, span_of(rows[i].text)));
		assert_string_equal(config_mistakes(&c), rows[i].shown);
		config_close(&c);
	}
}

/* Declarations that are broken */

static void check_printable(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		assert_true((unsigned char)text.at[i] >= ' ' && text.at[i] != 0x7f);
}

static size_t columns(struct span text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += ((unsigned char)text.at[i] & 0xc0) != 0x80;
	return n;
}

/* Where the caret of this line ends; 0 when there is none. */
static size_t caret_end(struct span line)
{
	size_t i = 2, start;

	while (i < line.len && line.at[i] == ' ')
		i++;
	for (start = i; i < line.len && line.at[i] == '^';)
		i++;
	return span_starts_with(line, SPAN("  ")) && i > start ? i : 0;
}

/* What is shown of the mistakes: whole lines that a terminal can bear, and no caret beyond the text. */
static void check_shown(const char *shown)
{
	struct span rest = span_of(shown), last = {0};

	assert_true(rest.len > 0 && rest.at[rest.len - 1] == '\n');
	while (rest.len > 0) {
		struct span line = span_cut(&rest, '\n');

		check_printable(line);
		if (last.at && span_starts_with(last, SPAN("  ")))
			assert_true(caret_end(line) <= columns(last) + 1);
		last = line;
	}
}

static void check_damaged(struct span text)
{
	struct config c;

	if (config_parse(&c, text))
		check_printable(c.target.label);
	else
		check_shown(config_mistakes(&c));
	config_close(&c);
}

static void damage(struct span text)
{
	static struct edge edge;

	corpus_keep("target", text);
	for (size_t i = 0; i < text.len; i++) {
		struct span damaged;

		check_damaged(span_head(text, i));
		check_damaged(span_tail(text, i));
		for (unsigned k = 0; (damaged = edge_damage(&edge, text, i, k)).len > 0; k++)
			check_damaged(damaged);
	}
}

static void test_damaged_declarations_do_no_harm(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOOD; i++)
		damage(span_of(good[i].text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_declarations_are_taken_apart),
		cmocka_unit_test(test_target_that_is_written_out_again_is_the_same),
		cmocka_unit_test(test_fields_that_the_description_leaves_out),
		cmocka_unit_test(test_flags_are_the_defaults_of_targets),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_mistakes_are_shown_where_they_are),
		cmocka_unit_test(test_all_mistakes_are_shown_at_once),
		cmocka_unit_test(test_damaged_declarations_do_no_harm),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
