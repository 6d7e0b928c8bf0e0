/* SPDX-License-Identifier: MIT */
/*
 * guest: what the tests run in containers that have no shell.
 *
 *	guest exit STATUS
 *	guest orphans COUNT	leaves orphans to init; fails when one stays a zombie for two seconds
 *	guest size FILE		prints the bytes of a file
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Leaves one grandchild behind. */
static void leave_orphan(void)
{
	pid_t child = fork();

	if (child == 0) {
		if (fork() == 0)
			usleep(20000);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

/* State of a process, as /proc/PID/stat gives it behind the name in parentheses. */
static char state_of(const char *pid)
{
	char path[300], text[512] = "";
	const char *behind;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	text[fread(text, 1, sizeof(text) - 1, file)] = 0;
	fclose(file);
	behind = strrchr(text, ')');
	return behind && behind[1] ? behind[2] : 0;
}

static int count_zombies(void)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	int count = 0;

	if (!processes)
		return -1;
	while ((entry = readdir(processes)))
		count += isdigit((unsigned char)entry->d_name[0]) && state_of(entry->d_name) == 'Z';
	closedir(processes);
	return count;
}

static int make_orphans(int count)
{
	int ends[2], zombies = -1;
	char byte;

	if (pipe(ends) != 0)
		return 2;
	for (int i = 0; i < count; i++)
		leave_orphan();
	close(ends[1]);
	while (read(ends[0], &byte, 1) > 0) /* ends when the last orphan has */
		;
	for (int i = 0; i < 200 && (zombies = count_zombies()) != 0; i++)
		usleep(10000);
	printf("%d orphans, %d zombies\n", count, zombies);
	return zombies != 0;
}

static int print_size(const char *path)
{
	struct stat about;

	if (stat(path, &about) != 0)
		return 1;
	printf("%lld\n", (long long)about.st_size);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	if (strcmp(argv[1], "exit") == 0)
		return atoi(argv[2]);
	if (strcmp(argv[1], "orphans") == 0)
		return make_orphans(atoi(argv[2]));
	return strcmp(argv[1], "size") == 0 ? print_size(argv[2]) : 2;
}
