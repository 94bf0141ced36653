/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * startup.c - times whole runs of a few commands against each other, for `make bench`.
 *
 *     bench_startup [-n ROUNDS] [-w WARMUP] [-s SEED] [-r NAME]... [-p] [-t] +NAME COMMAND [ARG...] [+NAME
 * ...]
 *
 * Every round runs every command once, in an order shuffled anew, because what one run leaves to the kernel
 * (a network namespace is taken down by a worker thread, after the exit) is paid by the next one: in a fixed
 * order it would always be paid by the same command. Time is CLOCK_MONOTONIC from before posix_spawn until
 * waitid returned, in nanoseconds. A run that does not exit with 0 ends the bench with what it wrote:
 * no run is left out of the numbers.
 *
 * -p: the time is not that of the run, but a number of nanoseconds that the command measured and prints. What
 * is written otherwise is thrown away.
 *
 * -r NAME adds a column with each median divided by NAME's; -t prints tab-separated nanoseconds instead,
 * for a later comparison.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COMMANDS_MAX = 16, REFERENCES_MAX = 4, ROUNDS_MAX = 1000000 };

struct command {
	const char *name;
	char **argv;
	int64_t *times; /* nanoseconds, one a round; sorted once all are there */
};

struct bench {
	size_t rounds, warmup;
	uint64_t seed; /* state of the shuffle; the same seed gives the same order */
	bool is_tsv;
	bool is_printed; /* by the commands: their times */
	const char *reference_names[REFERENCES_MAX];
	const struct command *references[REFERENCES_MAX];
	size_t reference_count;
	struct command commands[COMMANDS_MAX];
	size_t command_count;
	int output; /* memfd: what the running command writes to stdout and stderr */
	posix_spawn_file_actions_t actions;
};

static _Noreturn void fail(const char *what, const char *detail)
{
	fprintf(stderr, "bench_startup: %s: %s\n", what, detail);
	exit(1);
}

static void check(int error, const char *what)
{
	if (error != 0)
		fail(what, strerror(error));
}

static uint64_t parse_number(const char *text, const char *option, uint64_t min, uint64_t max)
{
	char *end = NULL;
	errno = 0;
	uint64_t value = strtoull(text, &end, 10);
	if (errno != 0 || *text < '0' || *text > '9' || *end != '\0' || value < min || value > max) {
		fprintf(stderr, "bench_startup: %s: '%s' is not a number from %" PRIu64 " to %" PRIu64 "\n",
			option, text, min, max);
		exit(2);
	}
	return value;
}

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: bench_startup [-n ROUNDS] [-w WARMUP] [-s SEED] [-r NAME]... [-p] [-t]\n"
			"                     +NAME COMMAND [ARG...] [+NAME COMMAND [ARG...]]...\n");
	exit(2);
}

static void parse_options(struct bench *bench, int argc, char **argv)
{
	int option = 0;
	/* '+' in front: stop at the first word that is no option */
	while ((option = getopt(argc, argv, "+n:w:s:r:pt")) != -1) {
		switch (option) {
		case 'n':
			bench->rounds = parse_number(optarg, "-n", 1, ROUNDS_MAX);
			break;
		case 'w':
			bench->warmup = parse_number(optarg, "-w", 0, ROUNDS_MAX);
			break;
		case 's':
			bench->seed = parse_number(optarg, "-s", 1, UINT64_MAX);
			break;
		case 'p':
			bench->is_printed = true;
			break;
		case 't':
			bench->is_tsv = true;
			break;
		case 'r':
			if (bench->reference_count == REFERENCES_MAX)
				fail("-r", "too many");
			bench->reference_names[bench->reference_count++] = optarg;
			break;
		default:
			usage();
		}
	}
}

/* Cuts argv into commands in place: each +NAME is replaced by the NULL that ends the command before it. */
static void parse_commands(struct bench *bench, char **argv)
{
	for (; *argv != NULL; argv++) {
		if (**argv == '+') {
			if (bench->command_count == COMMANDS_MAX)
				fail(*argv, "too many commands");
			bench->commands[bench->command_count++] =
				(struct command){.name = *argv + 1, .argv = argv + 1};
			*argv = NULL;
		} else if (bench->command_count == 0) {
			usage();
		}
	}
	if (bench->command_count == 0)
		usage();
	for (size_t i = 0; i < bench->command_count; i++) {
		struct command *command = &bench->commands[i];
		if (command->argv[0] == NULL)
			fail(command->name, "no command follows");
		command->times = calloc(bench->rounds, sizeof(*command->times));
		if (command->times == NULL)
			fail("calloc", strerror(errno));
	}
	for (size_t r = 0; r < bench->reference_count; r++) {
		for (size_t i = 0; i < bench->command_count; i++)
			if (strcmp(bench->reference_names[r], bench->commands[i].name) == 0)
				bench->references[r] = &bench->commands[i];
		if (bench->references[r] == NULL)
			fail(bench->reference_names[r], "-r names no command");
	}
}

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Shows what a failed command wrote, says how it ended, and ends the bench. */
static _Noreturn void report_failure(const struct bench *bench, const struct command *command,
				     const siginfo_t *end)
{
	char text[4096];
	ssize_t length = 0;
	lseek(bench->output, 0, SEEK_SET);
	while ((length = read(bench->output, text, sizeof(text))) > 0)
		fwrite(text, 1, (size_t)length, stderr);
	fprintf(stderr, "bench_startup: '%s' %s %d: no numbers\n", command->name,
		end->si_code == CLD_EXITED ? "exited with" : "was killed by signal", end->si_status);
	exit(1);
}

/* What the command says that it took. */
static int64_t read_time(const struct bench *bench, const struct command *command)
{
	char text[32] = "";
	char *end = text;
	ssize_t length = pread(bench->output, text, sizeof(text) - 1, 0);
	int64_t time = length > 0 ? strtoll(text, &end, 10) : 0;
	if (time <= 0 || *end != '\n')
		fail(command->name, "prints no time");
	return time;
}

static int64_t time_command(const struct bench *bench, const struct command *command)
{
	siginfo_t end = {0};
	pid_t pid = 0;
	if (lseek(bench->output, 0, SEEK_SET) < 0 || ftruncate(bench->output, 0) < 0)
		fail("memfd", strerror(errno));
	int64_t start = now();
	check(posix_spawnp(&pid, command->argv[0], &bench->actions, NULL, command->argv, environ),
	      command->argv[0]);
	int result = 0;
	do
		result = waitid(P_PID, (id_t)pid, &end, WEXITED);
	while (result < 0 && errno == EINTR);
	int64_t elapsed = now() - start;
	if (result < 0)
		fail("waitid", strerror(errno));
	if (end.si_code != CLD_EXITED || end.si_status != 0)
		report_failure(bench, command, &end);
	return bench->is_printed ? read_time(bench, command) : elapsed;
}

/* xorshift64*: enough for an order, and the same everywhere */
static size_t random_below(struct bench *bench, size_t limit)
{
	bench->seed ^= bench->seed >> 12;
	bench->seed ^= bench->seed << 25;
	bench->seed ^= bench->seed >> 27;
	return (size_t)((bench->seed * UINT64_C(2685821657736338717)) >> 33) % limit;
}

static void run_round(struct bench *bench, size_t round, bool is_counted)
{
	size_t order[COMMANDS_MAX] = {0};
	for (size_t i = 0; i < bench->command_count; i++) {
		size_t j = random_below(bench, i + 1);
		order[i] = order[j];
		order[j] = i;
	}
	for (size_t i = 0; i < bench->command_count; i++) {
		struct command *command = &bench->commands[order[i]];
		int64_t elapsed = time_command(bench, command);
		if (is_counted)
			command->times[round] = elapsed;
	}
}

static int compare_times(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;
	return (*left > *right) - (*left < *right);
}

/* The `p` quantile of `count` sorted values, 0 <= p <= 1, with linear interpolation between neighbours (the
 * default of R and NumPy); 0.5 is the median as usually defined. */
static double quantile(const int64_t *sorted, size_t count, double p)
{
	double position = p * (double)(count - 1);
	size_t below = (size_t)position;
	if (below + 1 >= count)
		return (double)sorted[count - 1];
	double part = position - (double)below;
	return (double)sorted[below] + part * (double)(sorted[below + 1] - sorted[below]);
}

static double median(const struct bench *bench, const struct command *command)
{
	return quantile(command->times, bench->rounds, 0.5);
}

static void print_table(const struct bench *bench)
{
	printf("%-14s %10s %10s %10s", "", "median ms", "p10", "p90");
	for (size_t r = 0; r < bench->reference_count; r++)
		printf("  / %-10s", bench->reference_names[r]);
	putchar('\n');
	for (size_t i = 0; i < bench->command_count; i++) {
		const struct command *c = &bench->commands[i];
		printf("%-14s %10.3f %10.3f %10.3f", c->name, median(bench, c) / 1e6,
		       quantile(c->times, bench->rounds, 0.1) / 1e6,
		       quantile(c->times, bench->rounds, 0.9) / 1e6);
		for (size_t r = 0; r < bench->reference_count; r++)
			printf("  %-12.3f", median(bench, c) / median(bench, bench->references[r]));
		putchar('\n');
	}
}

static void print_tsv(const struct bench *bench)
{
	puts("name\t"
	     "runs\tmin_ns\tp10_ns\tmedian_ns\tp90_ns\tmax_ns");
	for (size_t i = 0; i < bench->command_count; i++) {
		const struct command *c = &bench->commands[i];
		printf("%s\t%zu\t%" PRId64 "\t%.0f\t%.0f\t%.0f\t%" PRId64 "\n", c->name, bench->rounds,
		       c->times[0], quantile(c->times, bench->rounds, 0.1), median(bench, c),
		       quantile(c->times, bench->rounds, 0.9), c->times[bench->rounds - 1]);
	}
}

static void prepare_output(struct bench *bench)
{
	bench->output = memfd_create("output", MFD_CLOEXEC);
	if (bench->output < 0)
		fail("memfd_create", strerror(errno));
	check(posix_spawn_file_actions_init(&bench->actions), "posix_spawn");
	check(posix_spawn_file_actions_addopen(&bench->actions, 0, "/dev/null", O_RDONLY, 0), "posix_spawn");
	check(posix_spawn_file_actions_adddup2(&bench->actions, bench->output, 1), "posix_spawn");
	check(posix_spawn_file_actions_adddup2(&bench->actions, bench->output, 2), "posix_spawn");
}

int main(int argc, char **argv)
{
	struct bench bench = {.rounds = 200, .warmup = 10, .seed = 1};
	parse_options(&bench, argc, argv);
	parse_commands(&bench, argv + optind);
	prepare_output(&bench);
	for (size_t i = 0; i < bench.warmup; i++)
		run_round(&bench, 0, false);
	for (size_t i = 0; i < bench.rounds; i++)
		run_round(&bench, i, true);
	for (size_t i = 0; i < bench.command_count; i++)
		qsort(bench.commands[i].times, bench.rounds, sizeof(*bench.commands[i].times), compare_times);
	if (bench.is_tsv)
		print_tsv(&bench);
	else
		print_table(&bench);
	for (size_t i = 0; i < bench.command_count; i++)
		free(bench.commands[i].times);
	posix_spawn_file_actions_destroy(&bench.actions);
	return fflush(stdout) == 0 ? 0 : 1;
}
