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
	MAX_JUMP = 255, /* of a conditional jump; further goes BPF_JA */
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

struct writer {
	const struct syscall_table *table;
	int mux_rows[MUX_COUNT];
	int personality;
	const struct call_policy *policy;
	struct sock_filter *code;
	size_t count;
	bool is_full;
};

static size_t put(struct writer *writer, struct sock_filter code)
{
	if (writer->count == FILTER_MAX_CODE) {
		writer->is_full = true;
		return 0;
	}
	writer->code[writer->count] = code;
	return writer->count++;
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

static void load_first_argument(struct writer *writer)
{
	uint32_t low_half = writer->table->is_big_endian ? 4 : 0;

	put(writer, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						 (uint32_t)offsetof(struct seccomp_data, args) + low_half));
}

static void write_search(struct writer *writer, const struct run *runs, size_t count);

/* The calls behind one: what its first argument names is answered as that call is, if it is not refused
 * itself. */
static void write_mux(struct writer *writer, const struct mux *mux)
{
	struct run runs[MAX_SUBCALLS + 2] = {0};
	size_t count = 0;

	add_run(runs, &count, 0, writer->policy->refused_action);
	for (uint32_t number = 0; number < MAX_SUBCALLS; number++) {
		int row = mux->calls[number] != NULL ? syscall_find(writer->table, mux->calls[number]) : -1;

		add_run(runs, &count, number,
			row < 0 ? writer->policy->refused_action
				: action_behind(writer->policy, (size_t)row));
	}
	add_run(runs, &count, MAX_SUBCALLS, writer->policy->refused_action);
	load_first_argument(writer);
	put(writer, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mux->mask));
	write_search(writer, runs, count);
}

/* The kernel takes the low 32 bits. */
static void write_personality(struct writer *writer)
{
	load_first_argument(writer);
	put(writer, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, UINT32_MAX, 1, 0));
	put(writer, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, ~FILTER_PERSONALITY, 1, 0));
	put(writer, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	put(writer, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, writer->policy->refused_action));
}

static void write_action(struct writer *writer, uint32_t action)
{
	if (action >= ACTION_OF_MUX)
		write_mux(writer, &muxes[action - ACTION_OF_MUX]);
	else if (action == ACTION_OF_PERSONALITY)
		write_personality(writer);
	else
		put(writer, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* The accumulator holds the number. Lower half first, so that the jump to the upper one is known behind it.
 */
static void write_search(struct writer *writer, const struct run *runs, size_t count)
{
	size_t half = count / 2;
	size_t branch, far, lower;

	if (count == 1) {
		write_action(writer, runs[0].action);
		return;
	}
	branch = put(writer, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, runs[half].start, 0, 1));
	far = put(writer, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0));
	write_search(writer, runs, half);
	lower = writer->count - far - 1;
	if (lower <= MAX_JUMP) {
		/* Near enough: without the long jump. */
		memmove(&writer->code[far], &writer->code[far + 1], lower * sizeof(writer->code[0]));
		writer->count--;
		writer->code[branch].jt = (uint8_t)lower;
		writer->code[branch].jf = 0;
	} else {
		writer->code[far].k = (uint32_t)lower;
	}
	write_search(writer, runs + half, count - half);
}

static uint32_t action_of_number(const struct writer *writer, int row)
{
	uint32_t action = filter_action(writer->policy, (size_t)row);

	if (action == SECCOMP_RET_ALLOW && writer->policy->locks_personality && row == writer->personality)
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

static void write_abi(struct writer *writer, bool is_sibling)
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
		add_run(runs, &count, number, action_of_number(writer, rows[i]));
		next = number + 1;
	}
	add_run(runs, &count, next, writer->policy->missing_action);
	if (table->has_x32 && !is_sibling) {
		add_run(runs, &count, X32_BIT, SECCOMP_RET_KILL_PROCESS);
		/* What a tracer makes of a call that is not to be made. */
		add_run(runs, &count, UINT32_MAX, writer->policy->missing_action);
	}
	put(writer,
	    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
	write_search(writer, runs, count);
}

int filter_row(const struct syscall_table *table, uint32_t arch, uint32_t number, uint64_t first)
{
	const bool is_sibling = arch != table->arch;
	int found = -1;

	if (is_sibling && arch != table->sibling)
		return -1;
	for (size_t row = 0; row < table->count && found < 0; row++) {
		if (number <= INT32_MAX && number_of(&table->rows[row], is_sibling) == (int32_t)number)
			found = (int)row;
	}
	for (size_t i = 0; i < MUX_COUNT && found >= 0; i++) {
		const struct mux *mux = &muxes[i];
		const uint32_t call = (uint32_t)first & mux->mask;

		if (strcmp(table->rows[found].name, mux->name) == 0 && call < MAX_SUBCALLS &&
		    mux->calls[call] != NULL)
			return syscall_find(table, mux->calls[call]);
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
	struct writer writer = {.table = table, .policy = policy, .code = ret_code};
	size_t to_native, to_sibling;

	for (size_t i = 0; i < MUX_COUNT; i++)
		writer.mux_rows[i] = syscall_find(table, muxes[i].name);
	writer.personality = syscall_find(table, "personality");
	put(&writer,
	    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
	put(&writer, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, table->arch, 0, 1));
	to_native = put(&writer, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0));
	/* 0 is no architecture. */
	put(&writer, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, table->sibling, 0, 1));
	to_sibling = put(&writer, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0));
	put(&writer, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
	ret_code[to_native].k = (uint32_t)(writer.count - to_native - 1);
	write_abi(&writer, false);
	ret_code[to_sibling].k = (uint32_t)(writer.count - to_sibling - 1);
	if (table->sibling != 0)
		write_abi(&writer, true);
	else
		put(&writer, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
	return writer.is_full ? 0 : writer.count;
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
