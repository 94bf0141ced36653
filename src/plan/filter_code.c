/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* filter_code.c - a binary search over runs of call numbers, as code for the kernel. */
#include "plan/filter_code.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <string.h>

#define X32_BIT 0x40000000U

enum {
	MAX_NUMBER = 1024, /* more calls than any ABI has, and more than their numbers but for a few */
	MAX_RUNS = 2 * MAX_NUMBER + 4,
	MAX_SUBCALLS = 32,
	MAX_JUMP = 255,	 /* of a conditional jump; further goes BPF_JA */
	MAX_ANSWERS = 4, /* allowed, refused, missing, killed */
};

/* In place of an action: the call is one that others hide behind, number `action - ACTION_OF_MUX` of them. */
#define ACTION_OF_MUX 0xfffffff0U

/* And: the call is personality(2). */
#define ACTION_OF_PERSONALITY 0xffffffe0U

/* From `start` up to the next run, all are answered alike. */
struct run {
	uint32_t start;
	uint32_t action;
};

/* A call whose first argument says which call is meant. linux/net.h, linux/ipc.h. */
static const struct mux {
	const char *name;
	uint32_t mask; /* the upper half of ipc's is a version */
	const char *calls[MAX_SUBCALLS];
} muxes[] = {
	{"socketcall",
	 0xffffffff,
	 {[1] = "socket",    [2] = "bind",	  [3] = "connect",     [4] = "listen",
	  [5] = "accept",    [6] = "getsockname", [7] = "getpeername", [8] = "socketpair",
	  [9] = "send",	     [10] = "recv",	  [11] = "sendto",     [12] = "recvfrom",
	  [13] = "shutdown", [14] = "setsockopt", [15] = "getsockopt", [16] = "sendmsg",
	  [17] = "recvmsg",  [18] = "accept4",	  [19] = "recvmmsg",   [20] = "sendmmsg"}},
	{"ipc",
	 0xffff,
	 {[1] = "semop",
	  [2] = "semget",
	  [3] = "semctl",
	  [4] = "semtimedop",
	  [11] = "msgsnd",
	  [12] = "msgrcv",
	  [13] = "msgget",
	  [14] = "msgctl",
	  [21] = "shmat",
	  [22] = "shmdt",
	  [23] = "shmget",
	  [24] = "shmctl"}},
};

enum { MUX_COUNT = sizeof(muxes) / sizeof(muxes[0]) };

/*
 * Code is written from its end to its start: what a jump leads to is there before the jump is, and an answer
 * that is near enough is not written twice.
 */
struct writer {
	const struct syscall_table *table;
	const struct call_policy *policy;
	int mux_rows[MUX_COUNT];
	int personality;
	int mmap;
	struct sock_filter *code;
	size_t at; /* where the code begins so far */
	struct answer {
		uint32_t action;
		size_t at;
	} answers[MAX_ANSWERS]; /* the last place of each */
	size_t answer_count;
	bool is_full;
};

/* Puts one instruction in front of the others. Returns its place. */
static size_t put(struct writer *writer, struct sock_filter code)
{
	if (writer->at == 0) {
		writer->is_full = true;
		return 0;
	}
	writer->code[--writer->at] = code;
	return writer->at;
}

/* A way to a place further on, if the place is not the next one. */
static size_t go_to(struct writer *writer, size_t place)
{
	if (place == writer->at)
		return place;
	return put(writer, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)(place - writer->at)));
}

/* A conditional jump to two places; what is too far for it gets a long jump of its own. */
static size_t put_branch(struct writer *writer, uint16_t compare, uint32_t k, size_t yes, size_t no)
{
	/* One less: the long jump for `no` may come between. */
	if (yes - writer->at > MAX_JUMP - 1)
		yes = go_to(writer, yes);
	if (no - writer->at > MAX_JUMP)
		no = go_to(writer, no);
	return put(writer,
		   (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | compare | BPF_K), k,
						(uint8_t)(yes - writer->at), (uint8_t)(no - writer->at)));
}

/* The place that gives an answer. */
static size_t put_answer(struct writer *writer, uint32_t action)
{
	struct answer *answer = writer->answers;

	while (answer < writer->answers + writer->answer_count && answer->action != action)
		answer++;
	if (answer < writer->answers + writer->answer_count && answer->at - writer->at < MAX_JUMP)
		return answer->at;
	if (answer == writer->answers + MAX_ANSWERS)
		answer = writer->answers;
	else if (answer == writer->answers + writer->answer_count)
		writer->answer_count++;
	*answer = (struct answer){.action = action,
				  .at = put(writer, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action))};
	return answer->at;
}

static void add_run(struct run *runs, size_t *count, uint32_t start, uint32_t action)
{
	if (*count > 0 && runs[*count - 1].action == action)
		return;
	if (*count > 0 && runs[*count - 1].start == start)
		runs[*count - 1].action = action;
	else if (*count < MAX_RUNS)
		runs[(*count)++] = (struct run){start, action};
}

bool filter_hides_calls(const char *name)
{
	for (size_t i = 0; i < MUX_COUNT; i++) {
		if (strcmp(muxes[i].name, name) == 0)
			return true;
	}
	return false;
}

void filter_stock_policy(const struct syscall_table *table, const char *also, struct call_policy *ret_policy)
{
	*ret_policy = (struct call_policy){
		.allowed = syscall_find_group(table, "@stock")->members,
		.optional = syscall_find_group(table, "@optional")->members,
		.refused_action = SECCOMP_RET_ERRNO | EPERM,
		.missing_action = SECCOMP_RET_ERRNO | ENOSYS,
		.locks_personality = true,
	};
	if (also != NULL)
		syscall_set_join(&ret_policy->allowed, &syscall_find_group(table, also)->members, true);
}

uint32_t filter_action(const struct call_policy *policy, size_t row)
{
	if (syscall_set_has(&policy->denied, row))
		return policy->refused_action;
	if (syscall_set_has(&policy->allowed, row))
		return SECCOMP_RET_ALLOW;
	return syscall_set_has(&policy->optional, row) ? policy->missing_action : policy->refused_action;
}

/* The same for a call behind another: its arguments are in memory, where no filter sees them. */
static uint32_t action_behind(const struct call_policy *policy, size_t row)
{
	return syscall_set_has(&policy->looked_at, row) ? policy->refused_action : filter_action(policy, row);
}

static size_t load_first_argument(struct writer *writer)
{
	uint32_t low_half = writer->table->is_big_endian ? 4 : 0;

	return put(writer,
		   (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						(uint32_t)offsetof(struct seccomp_data, args) + low_half));
}

static size_t put_search(struct writer *writer, const struct run *runs, size_t count);

/* The calls behind one: what its first argument names is answered as that call is, if it is not refused
 * itself. */
static size_t put_mux(struct writer *writer, const struct mux *mux)
{
	struct run runs[MAX_SUBCALLS + 2] = {0};
	size_t count = 0;

	add_run(runs, &count, 0, writer->policy->missing_action);
	for (uint32_t number = 0; number < MAX_SUBCALLS; number++) {
		int row = mux->calls[number] != NULL ? syscall_find(writer->table, mux->calls[number]) : -1;

		add_run(runs, &count, number,
			row < 0 ? writer->policy->missing_action
				: action_behind(writer->policy, (size_t)row));
	}
	add_run(runs, &count, MAX_SUBCALLS, writer->policy->missing_action);
	(void)go_to(writer, put_search(writer, runs, count));
	put(writer, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mux->mask));
	return load_first_argument(writer);
}

/* The kernel takes the low 32 bits. */
static size_t put_personality(struct writer *writer)
{
	const size_t allow = put_answer(writer, filter_action(writer->policy, (size_t)writer->personality));
	const size_t refuse = put_answer(writer, SECCOMP_RET_ERRNO | EPERM);
	const size_t bits = put_branch(writer, BPF_JSET, ~FILTER_PERSONALITY, refuse, allow);

	(void)put_branch(writer, BPF_JEQ, UINT32_MAX, allow, bits);
	return load_first_argument(writer);
}

/* The accumulator holds the number. Returns where the search begins. */
static size_t put_search(struct writer *writer, const struct run *runs, size_t count)
{
	const size_t half = count / 2;
	size_t upper, lower;

	if (count == 1 && runs[0].action >= ACTION_OF_MUX)
		return put_mux(writer, &muxes[runs[0].action - ACTION_OF_MUX]);
	if (count == 1 && runs[0].action == ACTION_OF_PERSONALITY)
		return put_personality(writer);
	if (count == 1)
		return put_answer(writer, runs[0].action);
	upper = put_search(writer, runs + half, count - half);
	lower = put_search(writer, runs, half);
	return put_branch(writer, BPF_JGE, runs[half].start, upper, lower);
}

/* mmap of 32-bit x86 and of s390 finds its arguments in memory too; who has mmap2 does without. */
static bool has_hidden_arguments(const struct writer *writer, int row, uint32_t arch)
{
	return row == writer->mmap &&
	       (arch == AUDIT_ARCH_I386 || arch == AUDIT_ARCH_S390 || arch == AUDIT_ARCH_S390X);
}

static uint32_t action_of_number(const struct writer *writer, int row, uint32_t arch)
{
	uint32_t action = filter_action(writer->policy, (size_t)row);

	if (action == SECCOMP_RET_ALLOW && has_hidden_arguments(writer, row, arch))
		return action_behind(writer->policy, (size_t)row);
	if ((action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_USER_NOTIF) &&
	    writer->policy->locks_personality && row == writer->personality)
		return ACTION_OF_PERSONALITY;

	for (size_t i = 0; i < MUX_COUNT; i++) {
		if (action == SECCOMP_RET_ALLOW && row == writer->mux_rows[i])
			return (uint32_t)(ACTION_OF_MUX + i);
	}
	return action;
}

static int32_t number_of(const struct syscall_row *row, bool is_sibling)
{
	return is_sibling ? row->sibling : row->number;
}

/* The rows of one ABI in the order of their numbers; those that are large (private calls of ARM) are few. */
static size_t sort_rows(const struct syscall_table *table, bool is_sibling, int16_t ret_rows[MAX_NUMBER])
{
	int16_t by_number[MAX_NUMBER];
	size_t count = 0;

	memset(by_number, 0xff, sizeof(by_number)); /* -1 */
	for (size_t i = 0; i < table->count; i++) {
		int32_t number = number_of(&table->rows[i], is_sibling);

		if (number >= 0 && number < MAX_NUMBER)
			by_number[number] = (int16_t)i;
	}
	for (size_t i = 0; i < MAX_NUMBER; i++) {
		if (by_number[i] >= 0)
			ret_rows[count++] = by_number[i];
	}
	for (size_t i = 0; i < table->count; i++) {
		int32_t number = number_of(&table->rows[i], is_sibling);
		size_t at = count;

		if (number < MAX_NUMBER)
			continue;
		for (; at > 0 && number_of(&table->rows[ret_rows[at - 1]], is_sibling) > number; at--)
			ret_rows[at] = ret_rows[at - 1];
		ret_rows[at] = (int16_t)i;
		count++;
	}
	return count;
}

static size_t put_abi(struct writer *writer, bool is_sibling)
{
	const struct syscall_table *table = writer->table;
	int16_t rows[MAX_NUMBER];
	size_t row_count = sort_rows(table, is_sibling, rows);
	/* Each number ends a run and begins one, and so does x32. */
	struct run runs[MAX_RUNS] = {0};
	size_t count = 0;
	uint32_t next = 0;

	add_run(runs, &count, 0, writer->policy->missing_action);
	for (size_t i = 0; i < row_count; i++) {
		uint32_t number = (uint32_t)number_of(&table->rows[rows[i]], is_sibling);

		if (number > next)
			add_run(runs, &count, next, writer->policy->missing_action);
		add_run(runs, &count, number,
			action_of_number(writer, rows[i], is_sibling ? table->sibling : table->arch));
		next = number + 1;
	}
	add_run(runs, &count, next, writer->policy->missing_action);
	if (table->has_x32 && !is_sibling) {
		add_run(runs, &count, X32_BIT, SECCOMP_RET_KILL_PROCESS);
		/* What a tracer makes of a call that is not to be made. */
		add_run(runs, &count, UINT32_MAX, writer->policy->missing_action);
	}
	(void)go_to(writer, put_search(writer, runs, count));
	return put(writer,
		   (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
}

int filter_number_row(const struct syscall_table *table, uint32_t arch, uint32_t number)
{
	const bool is_sibling = arch != table->arch;

	if ((is_sibling && arch != table->sibling) || number > INT32_MAX)
		return -1;
	for (size_t row = 0; row < table->count; row++) {
		if (number_of(&table->rows[row], is_sibling) == (int32_t)number)
			return (int)row;
	}
	return -1;
}

int filter_row(const struct syscall_table *table, uint32_t arch, uint32_t number, uint64_t first)
{
	const int found = filter_number_row(table, arch, number);

	for (size_t i = 0; i < MUX_COUNT && found >= 0; i++) {
		const struct mux *mux = &muxes[i];
		const uint32_t call = (uint32_t)first & mux->mask;

		if (strcmp(table->rows[found].name, mux->name) != 0)
			continue;
		return call < MAX_SUBCALLS && mux->calls[call] != NULL ? syscall_find(table, mux->calls[call])
								       : -1;
	}
	return found;
}

bool filter_matches(const struct syscall_match *match, const uint64_t args[6])
{
	for (size_t i = 0; i < match->count; i++) {
		const struct syscall_compare *compare = &match->compares[i];
		const uint64_t arg = args[compare->index] & compare->mask;

		if (compare->is_any ? (arg & compare->value) == 0 : arg != compare->value)
			return false;
	}
	return true;
}

size_t filter_compile(const struct syscall_table *table, const struct call_policy *policy,
		      struct sock_filter *ret_code)
{
	struct writer writer = {.table = table, .policy = policy, .code = ret_code, .at = FILTER_MAX_CODE};
	size_t native, sibling, kill;

	for (size_t i = 0; i < MUX_COUNT; i++)
		writer.mux_rows[i] = syscall_find(table, muxes[i].name);
	writer.personality = syscall_find(table, "personality");
	writer.mmap = syscall_find(table, "mmap");
	kill = put_answer(&writer, SECCOMP_RET_KILL_PROCESS);
	sibling = table->sibling != 0 ? put_abi(&writer, true) : kill;
	native = put_abi(&writer, false);
	/* 0 is no architecture. */
	sibling = put_branch(&writer, BPF_JEQ, table->sibling, sibling, kill);
	(void)put_branch(&writer, BPF_JEQ, table->arch, native, sibling);
	put(&writer,
	    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
	if (writer.is_full)
		return 0;
	memmove(ret_code, ret_code + writer.at, (FILTER_MAX_CODE - writer.at) * sizeof(ret_code[0]));
	return FILTER_MAX_CODE - writer.at;
}

size_t filter_prepend(const struct sock_filter *front, size_t front_count, struct sock_filter *ret_code,
		      size_t count)
{
	if (front_count + count > FILTER_MAX_CODE)
		return 0;
	memmove(&ret_code[front_count], ret_code, count * sizeof(ret_code[0]));
	for (size_t i = 0; i < front_count; i++) {
		bool allows = front[i].code == (BPF_RET | BPF_K) && front[i].k == SECCOMP_RET_ALLOW;

		ret_code[i] = allows ? (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA,
								    (uint32_t)(front_count - i - 1))
				     : front[i];
	}
	return front_count + count;
}
