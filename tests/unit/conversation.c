/* SPDX-License-Identifier: MIT */
#include "conversation.h"

#include "config.h"
#include "corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

enum { TLS_FOLLOWS = 1 }; /* bytes in clear text before it, where a probe asks for it */

/* What one call of a probe gave. */
struct judged {
	enum outcome outcome;
	struct verdict verdict;
	struct buf say;
	char said[SAY_MAX];
};

static const char *const outcomes[] = {[PENDING] = "PENDING", [READY] = "READY", [NOT_READY] = "NOT_READY",
				       [START_TLS] = "START_TLS"};

static const char *escaped(struct span text)
{
	static char memory[8192];
	struct buf b = buf_init(memory, sizeof(memory));

	buf_put_escaped(&b, text);
	return buf_text(&b);
}

/* As people read it; a terminal must be able to bear it, whatever the peer said. */
static const char *sentence(const struct verdict *v)
{
	static char memory[1024];
	struct buf b = buf_init(memory, sizeof(memory));

	buf_put_verdict(&b, v);
	assert_false(b.full);
	for (size_t i = 0; i < b.len; i++)
		assert_true((unsigned char)b.at[i] >= ' ' && b.at[i] != 0x7f);
	return buf_text(&b);
}

static bool is_untouched(const struct verdict *v)
{
	static const struct verdict blank;

	return memcmp(v, &blank, sizeof(blank)) == 0;
}

static void judge(struct judged *j, const struct target *t, struct span bytes, bool eof)
{
	static struct edge edge;

	memset(&j->verdict, 0, sizeof(j->verdict));
	j->say = buf_init(j->said, sizeof(j->said));
	j->outcome = t->scheme->probe->judge(t, &(struct heard){edge_copy(&edge, bytes), eof, false}, &j->say, &j->verdict);
	if (j->outcome == START_TLS && bytes.len > TLS_FOLLOWS)
		j->outcome = t->scheme->probe->judge(
			t, &(struct heard){edge_copy(&edge, span_tail(bytes, TLS_FOLLOWS)), eof, true}, &j->say, &j->verdict);
	assert_false(j->say.full);
	if ((j->outcome == NOT_READY) == is_untouched(&j->verdict) || (j->outcome == NOT_READY && !sentence(&j->verdict)))
		fail_msg("%s, but the verdict is \"%s\"", outcomes[j->outcome], sentence(&j->verdict));
	if (eof && j->outcome == PENDING)
		fail_msg("still waits for more after the end of \"%s\"", escaped(bytes));
}

/* `later` heard what `earlier` heard, and more or the end. */
static void check_order(const struct judged *earlier, const struct judged *later, struct span heard)
{
	if (!span_starts_with(buf_span(&later->say), buf_span(&earlier->say)))
		fail_msg("takes back what it said when it hears \"%s\"", escaped(heard));
	if (earlier->outcome == PENDING || earlier->outcome == START_TLS)
		return;
	if (later->outcome != earlier->outcome || later->verdict.reason != earlier->verdict.reason)
		fail_msg("changes its mind to %s \"%s\" when it hears \"%s\"", outcomes[later->outcome],
			 sentence(&later->verdict), escaped(heard));
}

void conversation_bear(const struct target *t, struct span heard)
{
	static struct judged pieces[2], ended;

	judge(&pieces[1], t, span_head(heard, 0), false);
	if (pieces[1].outcome == READY && t->scheme->probe != &tcp_probe)
		fail_msg("is ready before it heard anything");
	for (size_t n = 0; n <= heard.len; n++) {
		struct judged *last = &pieces[(n + 1) % 2], *now = &pieces[n % 2];

		judge(now, t, span_head(heard, n), false);
		check_order(last, now, span_head(heard, n));
		judge(&ended, t, span_head(heard, n), true);
		check_order(now, &ended, span_head(heard, n));
	}
}

static void check_end(const struct conversation *c, const struct target *t)
{
	static struct judged whole, again, more;
	static char memory[HEARD_MAX + 16];
	struct buf b = buf_init(memory, sizeof(memory));

	judge(&whole, t, c->heard, c->eof);
	if (whole.outcome != c->outcome)
		fail_msg("%s, not %s", outcomes[whole.outcome], outcomes[c->outcome]);
	if (c->outcome == NOT_READY)
		assert_int_equal(verdict_may_mend(&whole.verdict), c->may_mend);
	if (c->reason)
		assert_string_equal(sentence(&whole.verdict), c->reason);
	judge(&again, t, c->heard, c->eof);
	check_order(&whole, &again, c->heard);
	check_order(&again, &whole, c->heard);
	if (c->eof)
		return;
	buf_put(&b, c->heard);
	buf_put(&b, SPAN("\r\n\r\nHTTP/1.1 \0\xff"));
	judge(&more, t, buf_span(&b), false);
	check_order(&whole, &more, buf_span(&b));
}

/* Says which row it is, should the rest fail. */
static const struct target *begin(struct config *config, const struct conversation *c)
{
	print_message("%s hears \"%s\"%s\n", c->declaration, escaped(span_head(c->heard, 100)), c->eof ? " and the end" : "");
	const struct target *t = config_target(config, c->declaration);

	assert_true(c->heard.len <= heard_max(t));
	return t;
}

/* For the fuzzer that is called like the first scheme of the probe: the declaration, a NUL, and what is heard. */
static void keep(const struct conversation *c, const struct probe *probe)
{
	static char memory[HEARD_MAX + 1024];
	struct buf b = buf_init(memory, sizeof(memory));
	const struct scheme *s = schemes;

	while (s->probe != probe)
		s++;
	buf_put(&b, (struct span){c->declaration, strlen(c->declaration) + 1});
	buf_put(&b, c->heard);
	assert_false(b.full);
	corpus_keep(s->name, buf_span(&b));
}

void conversation_check(const struct conversation *c)
{
	struct config config;
	const struct target *t = begin(&config, c);

	keep(c, t->scheme->probe);
	conversation_bear(t, c->heard);
	check_end(c, t);
	config_close(&config);
}

void conversation_damage(const struct conversation *c)
{
	static struct judged before, whole, ended;
	static struct edge edge;
	struct config config;
	const struct target *t = begin(&config, c);

	for (size_t i = 0; i < c->heard.len; i++) {
		struct span damaged;

		for (unsigned k = 0; (damaged = edge_damage(&edge, c->heard, i, k)).len > 0; k++) {
			judge(&before, t, span_head(damaged, i + 1), false);
			judge(&whole, t, damaged, false);
			check_order(&before, &whole, damaged);
			judge(&ended, t, damaged, true);
			check_order(&whole, &ended, damaged);
		}
	}
	config_close(&config);
}

static unsigned rows_of(const struct scheme *s, const struct conversation *rows, size_t count)
{
	unsigned found = 0;

	for (size_t i = 0; i < count; i++)
		found += span_starts_with(span_of(rows[i].declaration), span_of(s->name)) &&
			 rows[i].declaration[strlen(s->name)] == ':';
	return found;
}

void conversation_cover(const struct conversation *rows, size_t count)
{
	for (const struct scheme *s = schemes; s->name; s++)
		for (const struct scheme *other = schemes; s->probe && other->name; other++)
			if (other->probe == s->probe && rows_of(other, rows, count) > 0 && rows_of(s, rows, count) == 0)
				fail_msg("%s", s->name);
}

struct span conversation_say(const char *declaration, struct span heard)
{
	static struct judged j;
	struct config config;

	judge(&j, config_target(&config, declaration), heard, false);
	config_close(&config);
	return buf_span(&j.say);
}
