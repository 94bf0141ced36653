/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_syscall_text.c - system calls told to people, of a machine that has a handful of them. */
#include "plan/syscall_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "plan/plan.h"

/* The rows of a made-up CPU; the bits of the groups below are their indices. */
static const struct syscall_row rows[] = {
	{"brk", 12, 45},       {"chroot", 161, 61},
	{"clone3", 435, 435},  {"elsewhere", SYSCALL_NONE, SYSCALL_NONE},
	{"ioctl", 16, 54},     {"personality", 135, 136},
	{"reboot", 169, 88},   {"socketcall", SYSCALL_NONE, 102},
	{"unshare", 272, 310},
};

enum {
	BRK = 1,
	CHROOT = 2,
	CLONE3 = 4,
	ELSEWHERE = 8,
	IOCTL = 16,
	PERSONALITY = 32,
	SOCKETCALL = 128,
	UNSHARE = 256
};

static const struct syscall_group groups[] = {
	{"@odd", "what stands together", {{BRK | ELSEWHERE | SOCKETCALL}}},
	{"@stock", "the stock policy", {{BRK | ELSEWHERE | IOCTL | PERSONALITY | SOCKETCALL | UNSHARE}}},
	{"@optional", "libraries do without", {{CLONE3}}},
	{"@nested-browser", "more", {{CHROOT | CLONE3}}},
	{"@nested-full", "most", {{CHROOT | CLONE3}}},
	{"@known", "all", {{UINT64_MAX}}},
};

static const struct syscall_table table = {
	.rows = rows, .count = ARRAY_SIZE(rows), .groups = groups, .group_count = ARRAY_SIZE(groups)};

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

TestSuite(syscall_text, .init = setup, .fini = teardown);

static const struct syscall_view here = {.has_all = false};
static const struct syscall_view everywhere = {.has_all = true};
static const struct syscall_view numbers = {.has_numbers = true};

/* The text of up to two words. */
static const char *words_text(const char *one, const char *two, const struct syscall_view *view)
{
	char *words[] = {arena_strdup(arena, one), two != NULL ? arena_strdup(arena, two) : NULL, NULL};
	struct err err = {0};

	cr_assert_eq(syscall_check_words(arena, &table, words, &err), 0, "%s", err.msg);
	return syscall_words_text(arena, &table, words, view);
}

Test(syscall_text, groups_with_how_many_are_here)
{
	const char *text = syscall_groups_text(arena, &table, &here);

	cr_assert_eq(strncmp(text, "@odd                2  what stands together\n", 44), 0, "%s", text);
	cr_assert_not_null(strstr(text, "\n@known              8  all\n"), "%s", text);
	text = syscall_groups_text(arena, &table, &everywhere);
	cr_assert_eq(strncmp(text, "@odd                3  ", 23), 0, "%s", text);
	cr_assert_not_null(strstr(text, "\n@known              9  all\n"), "%s", text);
}

Test(syscall_text, a_group_is_its_calls_and_nothing_else)
{
	cr_assert_str_eq(words_text("@odd", NULL, &here), "brk\nsocketcall\n");
	cr_assert_str_eq(words_text("@odd", NULL, &everywhere), "brk\nelsewhere\nsocketcall\n");
}

Test(syscall_text, numbers_of_both_abis)
{
	cr_assert_str_eq(words_text("@odd", NULL, &numbers), "brk                              12     45\n"
							     "socketcall                        -    102\n");
}

Test(syscall_text, a_group_among_others_has_its_name_above)
{
	cr_assert_str_eq(words_text("@optional", "@odd", &here),
			 "@optional\nclone3\n\n@odd\nbrk\nsocketcall\n");
}

Test(syscall_text, a_call)
{
	cr_assert_str_eq(words_text("brk", NULL, &here), "brk\n"
							 "  number            12\n"
							 "  32-bit ABI        45\n"
							 "  groups            @odd @stock @known\n"
							 "  nested = none     allowed\n"
							 "  nested = browser  allowed\n"
							 "  nested = full     allowed\n");
	cr_assert_str_eq(words_text("reboot", "clone3", &here),
			 "reboot\n"
			 "  number            169\n"
			 "  32-bit ABI        88\n"
			 "  groups            @known\n"
			 "  nested = none     refused: EPERM\n"
			 "  nested = browser  refused: EPERM\n"
			 "  nested = full     refused: EPERM\n"
			 "\n"
			 "clone3\n"
			 "  number            435\n"
			 "  32-bit ABI        435\n"
			 "  groups            @optional @nested-browser "
			 "@nested-full @known\n"
			 "  nested = none     refused: ENOSYS\n"
			 "  nested = browser  allowed\n"
			 "  nested = full     allowed\n");
}

Test(syscall_text, a_call_whose_arguments_count)
{
	cr_assert_str_eq(
		words_text("ioctl", NULL, &here),
		"ioctl\n"
		"  number            16\n"
		"  32-bit ABI        54\n"
		"  groups            @stock @known\n"
		"  nested = none     allowed, but not ioctl(request=TIOCSTI) ioctl(request=TIOCLINUX)\n"
		"  nested = browser  allowed, but not ioctl(request=TIOCSTI) ioctl(request=TIOCLINUX)\n"
		"  nested = full     allowed, but not ioctl(request=TIOCSTI) ioctl(request=TIOCLINUX)\n"
		"  arguments         fd (a0), request (a1)\n");
	cr_assert_str_eq(words_text("personality", NULL, &here),
			 "personality\n"
			 "  number            135\n"
			 "  32-bit ABI        136\n"
			 "  groups            @stock @known\n"
			 "  nested = none     allowed, but not personality(persona&0xfff9fff7)\n"
			 "  nested = browser  allowed, but not personality(persona&0xfff9fff7)\n"
			 "  nested = full     allowed, but not personality(persona&0xfff9fff7)\n"
			 "  arguments         persona (a0)\n");
	cr_assert_str_eq(words_text("unshare", NULL, &here),
			 "unshare\n"
			 "  number            272\n"
			 "  32-bit ABI        310\n"
			 "  groups            @stock @known\n"
			 "  nested = none     allowed, but not unshare(flags&CLONE_NEWUSER)\n"
			 "  nested = browser  allowed\n"
			 "  nested = full     allowed\n"
			 "  arguments         flags (a0)\n");
}

Test(syscall_text, a_call_of_the_32_bit_abi_alone)
{
	cr_assert_str_eq(
		words_text("socketcall", NULL, &here),
		"socketcall\n"
		"  32-bit ABI        102, and there alone\n"
		"  groups            @odd @stock @known\n"
		"  nested = none     allowed\n"
		"  nested = browser  allowed\n"
		"  nested = full     allowed\n"
		"  behind it         the calls that a0 names, each answered as itself, but socket refused\n");
}

Test(syscall_text, a_call_that_is_not_here)
{
	cr_assert_str_eq(words_text("elsewhere", NULL, &here),
			 "elsewhere\n"
			 "  number            none: only other architectures have it\n"
			 "  groups            @odd @stock @known\n");
}

Test(syscall_text, what_is_neither)
{
	static const struct {
		const char *word, *message, *hint;
	} cases[] = {
		{"reboor", "there is no system call reboor", "did you mean reboot?"},
		{"odd", "there is no system call odd", "did you mean @odd?"},
		{"@od", "there is no group of system calls @od", "did you mean @odd?"},
		{"@entirely-else", "there is no group of system calls @entirely-else",
		 "pinfold syscalls lists the groups"},
		{"\033[2J", "there is no system call \\x1b[2J",
		 "pinfold syscalls @known lists them all; see syscalls(2)"},
		{"", "there is no system call ", "pinfold syscalls @known lists them all; see syscalls(2)"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *words[] = {arena_strdup(arena, "brk"), arena_strdup(arena, cases[i].word), NULL};
		struct err err = {0};

		cr_assert_eq(syscall_check_words(arena, &table, words, &err), -1, "%s", cases[i].word);
		cr_assert_eq(err.kind, ERR_USAGE);
		cr_assert_str_eq(err.id, "usage.syscall");
		cr_assert_str_eq(err.msg, cases[i].message);
		cr_assert_str_eq(err.hint, cases[i].hint);
	}
}

/* What is told of the stock policy's arguments is what its rules say of this CPU's table. */
Test(syscall_text, every_exception_is_told)
{
	size_t count;
	const struct syscall_exception *exceptions = syscall_exceptions(&count);

	cr_assert_gt(count, 0U);
	for (size_t i = 0; i < count; i++) {
		int row = syscall_find(&syscall_table, exceptions[i].call);
		const struct syscall_answer *answers;
		size_t told = 0;

		cr_assert_geq(row, 0, "%s", exceptions[i].call);
		cr_assert_eq(syscall_answers(arena, &syscall_table, (size_t)row, &answers),
			     (size_t)NESTED_COUNT);
		for (int nested = 0; nested < NESTED_COUNT; nested++) {
			bool has = false;

			for (size_t k = 0; k < answers[nested].but_count; k++)
				has = has || strstr(answers[nested].but[k], exceptions[i].value) != NULL;
			cr_assert_eq(has, nested < exceptions[i].below, "%s %d", exceptions[i].value, nested);
			told += has;
		}
		cr_assert_gt(told, 0U);
	}
}
