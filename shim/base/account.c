/* SPDX-License-Identifier: MIT */
#include "base/account.h"

#include "base/file.h"

#include <sys/syscall.h>
#include <unistd.h>

enum { ID_MAX = INT32_MAX };

/* What is looked for in a file of lines "name:password:id:...", and what was found. */
struct search {
	struct span wanted; /* a name or a number */
	uint64_t id; /* of the line that has it */
	uint64_t gid; /* the field behind that, in /etc/passwd */
	char name[64]; /* of the user, whom lists of members know by it */
	size_t name_len;
	bool is_found;
};

static bool take_line(void *context, struct span line)
{
	struct search *s = context;
	struct span rest = line;
	struct span name = span_cut(&rest, ':');
	struct span number;
	uint64_t id;

	span_cut(&rest, ':');
	number = span_cut(&rest, ':');
	if (!span_equals(name, s->wanted) && !span_equals(number, s->wanted))
		return true;
	if (!span_number(number, ID_MAX, &id))
		return true;
	s->is_found = true;
	s->id = id;
	if (!span_number(span_cut(&rest, ':'), ID_MAX, &s->gid))
		s->gid = id;
	name = span_head(name, sizeof(s->name));
	s->name_len = name.len;
	for (size_t i = 0; i < name.len; i++)
		s->name[i] = name.at[i];
	return false;
}

/* False when it is neither in the file nor a number. */
static bool find(const char *path, struct search *s)
{
	file_each_line(path, take_line, s);
	if (!s->is_found && !span_number(s->wanted, ID_MAX, &s->id))
		return false;
	if (!s->is_found)
		s->gid = s->id;
	return true;
}

struct membership {
	struct span name;
	struct user *user;
	bool is_too_much; /* a list, or what is in the lists */
};

static bool take_membership(void *context, struct span line)
{
	struct membership *m = context;
	struct span id;
	uint64_t gid;

	m->is_too_much |= line.len == FILE_LINE_MAX;
	span_cut(&line, ':');
	span_cut(&line, ':');
	id = span_cut(&line, ':');
	while (line.len > 0)
		if (span_equals(span_cut(&line, ','), m->name) && span_number(id, ID_MAX, &gid)) {
			m->is_too_much |= m->user->group_count == GROUPS_MAX;
			m->user->groups[m->user->group_count++ % GROUPS_MAX] = (gid_t)gid;
		}
	return true;
}

const char *user_parse(struct user *u, struct span text)
{
	struct span group = text;
	struct search user = {.wanted = span_cut(&group, ':')}, of_group = {.wanted = group};

	*u = (struct user){.is_set = true};
	if (!find("/etc/passwd", &user))
		return "this user is not in /etc/passwd\nname one that is, or write UID or UID:GID";
	u->uid = (uid_t)user.id;
	u->gid = (gid_t)user.gid;
	if (group.len > 0) {
		if (!find("/etc/group", &of_group))
			return "this group is not in /etc/group\nname one that is, or write its number";
		u->gid = (gid_t)of_group.id;
	} else if (user.is_found) {
		struct membership m = {{user.name, user.name_len}, u, false};

		file_each_line("/etc/group", take_membership, &m);
		if (m.is_too_much)
			return "not all of its groups can be told\nname one, as in USER:GROUP";
	}
	return NULL;
}

bool user_become(const struct user *u)
{
	gid_t only = u->gid;
	bool has_them = u->group_count == 0 && syscall(SYS_getgroups, 1, &only) >= 0 && only == u->gid;

	return (has_them || syscall(SYS_setgroups, u->group_count, u->groups) == 0) &&
	       syscall(SYS_setgid, u->gid) == 0 && syscall(SYS_setuid, u->uid) == 0;
}
