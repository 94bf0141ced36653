/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mktables.c - the system calls of a CPU and their groups, from what libseccomp knows. */
#include "act/mktables.h"

#include <errno.h>
#include <inttypes.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_ROWS = SYSCALL_SET_WORDS * 64,
	MAX_NUMBER = 1024,
	ARM_PRIVATE = 0x0f0000, /* calls of ARM alone, numbered far from the others */
	ARM_PRIVATE_COUNT = 16,
};

static const struct cpu cpus[] = {
	{"x86_64", SCMP_ARCH_X86_64, SCMP_ARCH_X86, false},
	{"aarch64", SCMP_ARCH_AARCH64, SCMP_ARCH_ARM, false},
	{"i386", SCMP_ARCH_X86, 0, false},
	{"i486", SCMP_ARCH_X86, 0, false},
	{"i586", SCMP_ARCH_X86, 0, false},
	{"i686", SCMP_ARCH_X86, 0, false},
	{"arm", SCMP_ARCH_ARM, 0, false},
	{"armv7l", SCMP_ARCH_ARM, 0, false},
	{"armv6l", SCMP_ARCH_ARM, 0, false},
	{"riscv64", SCMP_ARCH_RISCV64, 0, false},
	{"powerpc64le", SCMP_ARCH_PPC64LE, 0, false},
	{"s390x", SCMP_ARCH_S390X, SCMP_ARCH_S390, true},
};

/* All whose names are known, wherever they are used. */
static const uint32_t arches[] = {SCMP_ARCH_X86_64,  SCMP_ARCH_X86,	SCMP_ARCH_ARM,	 SCMP_ARCH_AARCH64,
				  SCMP_ARCH_RISCV64, SCMP_ARCH_PPC64LE, SCMP_ARCH_S390X, SCMP_ARCH_S390};

/*
 * What an older libseccomp has not heard of. From 424 on a call has the same number on all architectures that
 * we build for; the others are of one architecture.
 */
static const struct {
	const char *name;
	int32_t number;
	uint32_t arch; /* 0: all */
} young[] = {
	{"uretprobe", 335, SCMP_ARCH_X86_64},
	{"uprobe", 336, SCMP_ARCH_X86_64},
	{"riscv_hwprobe", 258, SCMP_ARCH_RISCV64},
	{"epoll_pwait2", 441, 0},
	{"mount_setattr", 442, 0},
	{"quotactl_fd", 443, 0},
	{"landlock_create_ruleset", 444, 0},
	{"landlock_add_rule", 445, 0},
	{"landlock_restrict_self", 446, 0},
	{"process_mrelease", 448, 0},
	{"futex_waitv", 449, 0},
	{"set_mempolicy_home_node", 450, 0},
	{"cachestat", 451, 0},
	{"fchmodat2", 452, 0},
	{"map_shadow_stack", 453, 0},
	{"futex_wake", 454, 0},
	{"futex_wait", 455, 0},
	{"futex_requeue", 456, 0},
	{"statmount", 457, 0},
	{"listmount", 458, 0},
	{"lsm_get_self_attr", 459, 0},
	{"lsm_set_self_attr", 460, 0},
	{"lsm_list_modules", 461, 0},
	{"mseal", 462, 0},
	{"setxattrat", 463, 0},
	{"getxattrat", 464, 0},
	{"listxattrat", 465, 0},
	{"removexattrat", 466, 0},
	{"open_tree_attr", 467, 0},
	{"file_getattr", 468, 0},
	{"file_setattr", 469, 0},
};

static struct syscall_row rows[MAX_ROWS];
static size_t row_count;

static const struct {
	const char *name;
	const char *help;
	const char *members;
} group_rows[] = {
#define GROUP(name, help, members) {name, help, members},
#include "plan/syscall_groups.def"
#undef GROUP
};

enum { GROUP_COUNT = sizeof(group_rows) / sizeof(group_rows[0]) };

static struct syscall_group groups[GROUP_COUNT];

const struct cpu *find_cpu(const char *name)
{
	for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		if (strcmp(cpus[i].name, name) == 0)
			return &cpus[i];
	}
	return NULL;
}

static struct syscall_row *know(const char *name)
{
	for (size_t i = 0; i < row_count; i++) {
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	}
	if (row_count == MAX_ROWS)
		die("more calls than SYSCALL_SET_WORDS has bits for", name, -E2BIG);
	rows[row_count] = (struct syscall_row){strdup(name), SYSCALL_NONE, SYSCALL_NONE};
	if (rows[row_count].name == NULL)
		die("memory", name, -ENOMEM);
	return &rows[row_count++];
}

static void take_number(const struct cpu *cpu, uint32_t arch, int32_t number)
{
	char *name = seccomp_syscall_resolve_num_arch(arch, number);
	struct syscall_row *row;

	if (name == NULL)
		return;
	row = know(name);
	free(name);
	if (arch == cpu->arch)
		row->number = number;
	else if (arch == cpu->sibling)
		row->sibling = number;
}

static void take_calls(const struct cpu *cpu)
{
	for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++) {
		for (int32_t number = 0; number < MAX_NUMBER; number++)
			take_number(cpu, arches[i], number);
		for (int32_t n = 0; arches[i] == SCMP_ARCH_ARM && n < ARM_PRIVATE_COUNT; n++)
			take_number(cpu, arches[i], ARM_PRIVATE + n);
	}
	for (size_t i = 0; i < sizeof(young) / sizeof(young[0]); i++) {
		struct syscall_row *row = know(young[i].name);

		if (young[i].arch == 0 || young[i].arch == cpu->arch)
			row->number = young[i].number;
		if (cpu->sibling != 0 && (young[i].arch == 0 || young[i].arch == cpu->sibling))
			row->sibling = young[i].number;
	}
}

static int compare_rows(const void *a, const void *b)
{
	return strcmp(((const struct syscall_row *)a)->name, ((const struct syscall_row *)b)->name);
}

/* Members in their order: a "!" takes away what came before it. */
static void fill_group(struct syscall_table *table, size_t number)
{
	struct syscall_group *group = &groups[number];
	char *text = strdup(group_rows[number].members);
	char *rest = text;

	group->name = group_rows[number].name;
	group->help = group_rows[number].help;
	for (char *word; text != NULL && (word = strsep(&rest, " ")) != NULL;) {
		bool is_in = word[0] != '!';
		const char *name = is_in ? word : word + 1;
		const struct syscall_group *other = syscall_find_group(table, name);
		int row = syscall_find(table, name);

		if (strcmp(name, "*") == 0)
			memset(&group->members, 0xff, sizeof(group->members));
		else if (other != NULL)
			syscall_set_join(&group->members, &other->members, is_in);
		else if (row >= 0)
			syscall_set_put(&group->members, (size_t)row, is_in);
		else
			die("unknown call", name, -EINVAL);
	}
	free(text);
	table->group_count = number + 1;
}

const struct syscall_table *make_tables(const struct cpu *cpu)
{
	static struct syscall_table table;

	take_calls(cpu);
	qsort(rows, row_count, sizeof(rows[0]), compare_rows);
	table = (struct syscall_table){.rows = rows,
				       .count = row_count,
				       .groups = groups,
				       .arch = cpu->arch,
				       .sibling = cpu->sibling,
				       .has_x32 = cpu->arch == SCMP_ARCH_X86_64,
				       .is_big_endian = cpu->is_big_endian};
	for (size_t i = 0; i < GROUP_COUNT; i++)
		fill_group(&table, i);
	return &table;
}

void emit_tables(const struct syscall_table *table)
{
	printf("static const struct syscall_row T(rows)[] = {\n");
	for (size_t i = 0; i < table->count; i++)
		printf("\t{\"%s\", %" PRId32 ", %" PRId32 "},\n", table->rows[i].name, table->rows[i].number,
		       table->rows[i].sibling);
	printf("};\nstatic const struct syscall_group T(groups)[] = {\n");
	for (size_t i = 0; i < table->group_count; i++) {
		printf("\t{\"%s\",\n\t \"%s\",\n\t {{", table->groups[i].name, table->groups[i].help);
		for (size_t word = 0; word < SYSCALL_SET_WORDS; word++)
			printf("0x%" PRIx64 ", ", table->groups[i].members.words[word]);
		printf("}}},\n");
	}
	printf("};\nconst struct syscall_table T(table) = {\n\tT(rows), %zu, T(groups), %zu, 0x%08xU, "
	       "0x%08xU, %d, %d,\n};\n",
	       table->count, table->group_count, table->arch, table->sibling, table->has_x32,
	       table->is_big_endian);
}
