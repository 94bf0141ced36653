/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* syscall_text.c - system calls and their groups, told to people. */
#include "plan/syscall_text.h"

#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "plan/filter_code.h"
#include "plan/plan.h"

bool syscall_is_here(const struct syscall_row *row)
{
	return row->number != SYSCALL_NONE || row->sibling != SYSCALL_NONE;
}

bool syscall_is_shown(const struct syscall_table *table, const struct syscall_group *group, size_t row,
		      const struct syscall_view *view)
{
	return syscall_set_has(&group->members, row) && (view->has_all || syscall_is_here(&table->rows[row]));
}

size_t syscall_count(const struct syscall_table *table, const struct syscall_group *group,
		     const struct syscall_view *view)
{
	size_t count = 0;

	for (size_t row = 0; row < table->count; row++)
		count += syscall_is_shown(table, group, row, view);
	return count;
}

/* ------------------------------------------------------------ what the stock policy answers */

/* The name of an argument, or a0 to a5. */
static const char *arg_name(struct arena *arena, const char *call, unsigned int index)
{
	size_t count;
	const struct syscall_arg *args = syscall_args(call, &count);

	for (size_t i = 0; i < count; i++) {
		if (args[i].index == index)
			return args[i].name;
	}
	return arena_printf(arena, "a%u", index);
}

static void find_exceptions(struct arena *arena, const char *call, int nested, struct syscall_answer *answer)
{
	size_t count;
	const struct syscall_exception *exceptions = syscall_exceptions(&count);

	for (size_t i = 0; i < count; i++) {
		if (!str_eq(exceptions[i].call, call) || nested >= exceptions[i].below)
			continue;
		*ARENA_PUSH(arena, answer->but, answer->but_count) =
			arena_printf(arena, "%s(%s%s%s)", call, arg_name(arena, call, exceptions[i].index),
				     exceptions[i].is_bit ? "&" : "=", exceptions[i].value);
	}
}

size_t syscall_answers(struct arena *arena, const struct syscall_table *table, size_t row,
		       const struct syscall_answer **ret_answers)
{
	static const struct {
		const char *nested, *group;
	} variants[NESTED_COUNT] = {[NESTED_NONE] = {"none", NULL},
				    [NESTED_BROWSER] = {"browser", "@nested-browser"},
				    [NESTED_FULL] = {"full", "@nested-full"}};
	struct syscall_answer *answers = arena_alloc(arena, NESTED_COUNT * sizeof(answers[0]));

	for (int nested = 0; nested < NESTED_COUNT; nested++) {
		struct syscall_answer *answer = &answers[nested];
		struct call_policy policy;
		uint32_t action;

		filter_stock_policy(table, variants[nested].group, &policy);
		action = filter_action(&policy, row);
		answer->nested = variants[nested].nested;
		answer->word = action == SECCOMP_RET_ALLOW	 ? "allowed"
			       : action == policy.missing_action ? "ENOSYS"
								 : "EPERM";
		if (action == SECCOMP_RET_ALLOW)
			find_exceptions(arena, table->rows[row].name, nested, answer);
		/* -1, which asks and has all bits, is allowed too; the grammar cannot say that. */
		if (action == SECCOMP_RET_ALLOW && str_eq(table->rows[row].name, "personality"))
			*ARENA_PUSH(arena, answer->but, answer->but_count) =
				arena_printf(arena, "personality(persona&0x%08x)", ~FILTER_PERSONALITY);
	}
	*ret_answers = answers;
	return NESTED_COUNT;
}

/* ------------------------------------------------------------ groups */

static const char *number_text(struct arena *arena, int32_t number)
{
	return number == SYSCALL_NONE ? "-" : arena_printf(arena, "%d", number);
}

static void put_group(FILE *out, struct arena *arena, const struct syscall_table *table,
		      const struct syscall_group *group, const struct syscall_view *view)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct syscall_row *row = &table->rows[i];

		if (!syscall_is_shown(table, group, i, view))
			continue;
		if (view->has_numbers)
			fprintf(out, "%-28s %6s %6s\n", row->name, number_text(arena, row->number),
				number_text(arena, row->sibling));
		else
			fprintf(out, "%s\n", row->name);
	}
}

/* ------------------------------------------------------------ a call */

static void put_numbers(FILE *out, const struct syscall_row *row)
{
	if (row->number != SYSCALL_NONE)
		fprintf(out, "  number            %d\n", row->number);
	if (row->sibling != SYSCALL_NONE)
		fprintf(out, "  32-bit ABI        %d%s\n", row->sibling,
			row->number == SYSCALL_NONE ? ", and there alone" : "");
	if (!syscall_is_here(row))
		fprintf(out, "  number            none: only other architectures have it\n");
}

static void put_answers(FILE *out, struct arena *arena, const struct syscall_table *table, size_t row)
{
	const struct syscall_answer *answers;
	size_t count = syscall_answers(arena, table, row, &answers);

	for (size_t i = 0; i < count; i++) {
		const struct syscall_answer *answer = &answers[i];

		fprintf(out, "  nested = %-7s  %s", answer->nested,
			str_eq(answer->word, "allowed") ? "" : "refused: ");
		fprintf(out, "%s%s", answer->word, answer->but_count > 0 ? ", but not " : "");
		for (size_t k = 0; k < answer->but_count; k++)
			fprintf(out, "%s%s", k > 0 ? " " : "", answer->but[k]);
		fprintf(out, "\n");
	}
}

static void put_call(FILE *out, struct arena *arena, const struct syscall_table *table, size_t row)
{
	const char *name = table->rows[row].name;
	size_t count;
	const struct syscall_arg *args = syscall_args(name, &count);

	fprintf(out, "%s\n", name);
	put_numbers(out, &table->rows[row]);
	fprintf(out, "  groups           ");
	for (size_t i = 0; i < table->group_count; i++) {
		if (syscall_set_has(&table->groups[i].members, row))
			fprintf(out, " %s", table->groups[i].name);
	}
	fprintf(out, "\n");
	if (syscall_is_here(&table->rows[row]))
		put_answers(out, arena, table, row);
	if (filter_hides_calls(name))
		fprintf(out, "  behind it         the calls that a0 names, each answered as itself%s\n",
			str_eq(name, "socketcall") ? ", but socket refused" : "");
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s %s (a%u)", i == 0 ? "  arguments        " : ",", args[i].name,
			args[i].index);
	fprintf(out, "%s", count > 0 ? "\n" : "");
}

/* ------------------------------------------------------------ all of it */

struct page {
	struct arena *arena;
	FILE *out;
	char *buffer;
	size_t len;
};

static int open_page(struct page *page, struct arena *arena)
{
	*page = (struct page){.arena = arena};
	page->out = open_memstream(&page->buffer, &page->len);
	return page->out != NULL ? 0 : -1;
}

static const char *close_page(struct page *page)
{
	const char *text;

	(void)fclose(page->out);
	text = arena_strndup(page->arena, page->buffer, page->len);
	free(page->buffer);
	return text;
}

const char *syscall_groups_text(struct arena *arena, const struct syscall_table *table,
				const struct syscall_view *view)
{
	struct page page;

	if (open_page(&page, arena) < 0)
		return "# out of memory\n";
	for (size_t i = 0; i < table->group_count; i++)
		fprintf(page.out, "%-16s %4zu  %s\n", table->groups[i].name,
			syscall_count(table, &table->groups[i], view), table->groups[i].help);
	return close_page(&page);
}

const char *syscall_words_text(struct arena *arena, const struct syscall_table *table, char *const words[],
			       const struct syscall_view *view)
{
	struct page page;

	if (open_page(&page, arena) < 0)
		return "# out of memory\n";
	for (size_t i = 0; words[i] != NULL; i++) {
		const struct syscall_group *group = syscall_find_group(table, words[i]);
		bool is_alone = i == 0 && words[1] == NULL;

		fprintf(page.out, "%s", i > 0 ? "\n" : "");
		if (group == NULL) {
			put_call(page.out, arena, table, (size_t)syscall_find(table, words[i]));
			continue;
		}
		if (!is_alone)
			fprintf(page.out, "%s\n", group->name);
		put_group(page.out, arena, table, group, view);
	}
	return close_page(&page);
}
