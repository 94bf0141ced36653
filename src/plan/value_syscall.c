/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * value_syscall.c - the words of [seccomp].
 *
 *   word     = call | group | call "(" compare { "," compare } ")"
 *   compare  = argument ( "=" | "&" ) value { "|" value }
 *   argument = a name from syscall_args.def | "a0" ... "a5"
 *   value    = a constant from syscall_args.def | a number, decimal, 0x or octal
 *
 * "=": the argument is the value; "&": it has any of the value's bits.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/syscall.h"
#include "plan/value_parts.h"

#ifndef TIOCLINUX
#define TIOCLINUX 0x541c
#endif

enum { MAX_WAYS = 64 };

static const struct {
	const char *name;
	uint64_t value;
} constants[] = {
/* As the kernel sees them: an int of -1 is 0xffffffff. */
#define CONSTANT(name) {#name, (uint32_t)(name)},
#include "plan/syscall_args.def"
#undef CONSTANT
};

static int refuse_name(struct parse *p, const char *name)
{
	const char *near = syscall_nearest(&syscall_table, name);
	bool is_group = name[0] == '@';

	err_set(p->err, ERR_CONFIG, "config.syscall", 0, "%s = %s: there is no such %s", p->row->key,
		str_show(p->context->arena, name), is_group ? "group of system calls" : "system call");
	if (near != NULL)
		err_hint(p->err, "did you mean %s?", near);
	else if (is_group)
		err_hint(p->err, "pinfold syscalls lists the groups");
	else
		err_hint(p->err, "pinfold syscalls @known lists them all; see syscalls(2)");
	return value_point_at(p, p->text);
}

/* *ret_mask is where the argument itself stands, without flags. */
static int find_argument(struct parse *p, struct syscall_match *match, const char *name, const char *where,
			 uint32_t *ret_mask)
{
	const char **names;
	const char *all = "";
	size_t arg_count;
	const struct syscall_arg *args = syscall_args(match->name, &arg_count);
	const char *near;

	if (name[0] == 'a' && name[1] >= '0' && name[1] <= '5' && name[2] == '\0') {
		match->compares[match->count].index = (unsigned int)(name[1] - '0');
		return 0;
	}
	names = arena_alloc(p->context->arena, (arg_count + 1) * sizeof(names[0]));
	for (size_t i = 0; i < arg_count; i++) {
		if (str_eq(args[i].name, name)) {
			match->compares[match->count].index = args[i].index;
			*ret_mask = args[i].mask;
			return 0;
		}
		names[i] = args[i].name;
		all = arena_printf(p->context->arena, "%s%s, ", all, args[i].name);
	}
	near = str_nearest(name, names, arg_count);
	err_set(p->err, ERR_CONFIG, "config.syscall-argument", 0, "%s = %s: %s has no argument %s",
		p->row->key, str_show(p->context->arena, p->text), match->name,
		str_show(p->context->arena, name));
	if (near != NULL)
		err_hint(p->err, "did you mean %s?", near);
	else
		err_hint(p->err, "it is one of %sa0 to a5", all);
	return value_point_at(p, where);
}

static int find_constant(struct parse *p, const char *name, const char *where, uint64_t *ret_value)
{
	const char *names[ARRAY_SIZE(constants)];
	const char *near;

	for (size_t i = 0; i < ARRAY_SIZE(constants); i++) {
		names[i] = constants[i].name;
		if (!str_eq(names[i], name))
			continue;
		*ret_value = constants[i].value;
		return 0;
	}
	near = str_nearest(name, names, ARRAY_SIZE(constants));
	err_set(p->err, ERR_CONFIG, "config.syscall-constant", 0,
		"%s = %s: %s is no number, and no constant known here", p->row->key,
		str_show(p->context->arena, p->text), str_show(p->context->arena, name));
	if (near != NULL)
		err_hint(p->err, "did you mean %s?", near);
	else
		err_hint(p->err, "write it as a number: 40, 0x28 or 050");
	return value_point_at(p, where);
}

/* One of the values with "|" between. An int below zero is its low 32 bits. */
static int take_value(struct parse *p, const char *text, const char *where, uint64_t *ret_value)
{
	bool is_negative = text[0] == '-';
	char *end;

	if (text[0] == '\0') {
		(void)value_refuse(p, "config.syscall-constant", p->text, "a value is missing");
		return value_point_at(p, where);
	}
	if (!isdigit((unsigned char)text[is_negative]))
		return find_constant(p, text, where, ret_value);
	errno = 0;
	*ret_value = strtoull(text + is_negative, &end, 0);
	if (errno != 0 || *end != '\0' || (is_negative && *ret_value > UINT64_C(1) << 31)) {
		(void)value_refuse(p, "config.syscall-constant", p->text,
				   "a number of at most 64 bits is meant");
		return value_point_at(p, where);
	}
	if (is_negative)
		*ret_value = (uint32_t) - *ret_value;
	return 0;
}

/* The argument that is being taken, under whichever name. */
static bool is_named_before(const struct syscall_match *match)
{
	for (size_t i = 0; i < match->count; i++) {
		if (match->compares[i].index == match->compares[match->count].index)
			return true;
	}
	return false;
}

/* "family=AF_VSOCK", `where` in the text. */
static int take_compare(struct parse *p, struct syscall_match *match, const char *where, size_t len)
{
	struct arena *arena = p->context->arena;
	const char *text = arena_strndup(arena, where, len);
	size_t name_len = strcspn(text, "=&");
	struct syscall_compare *compare = &match->compares[match->count];
	uint32_t part = UINT32_MAX;

	if (text[name_len] == '\0' || name_len == 0) {
		(void)value_refuse(p, "config.syscall-argument", p->text,
				   "behind ( come ARGUMENT=VALUE or ARGUMENT&BITS, with commas between");
		return value_point_at(p, where);
	}
	if (match->count == ARRAY_SIZE(match->compares))
		return value_refuse(p, "config.syscall-argument", p->text,
				    "a call has at most six arguments");
	*compare = (struct syscall_compare){.is_any = text[name_len] == '&'};
	if (find_argument(p, match, arena_strndup(arena, text, name_len), where, &part) < 0)
		return -1;
	if (is_named_before(match)) {
		(void)value_refuse(p, "config.syscall-argument", p->text, "an argument is named twice");
		return value_point_at(p, where);
	}
	for (size_t at = name_len + 1;;) {
		size_t value_len = strcspn(text + at, "|");
		uint64_t value = 0;

		if (take_value(p, arena_strndup(arena, text + at, value_len), where + at, &value) < 0)
			return -1;
		compare->value |= value;
		at += value_len;
		if (text[at++] == '\0')
			break;
	}
	if (compare->is_any && compare->value == 0) {
		(void)value_refuse(p, "config.syscall-argument", p->text, "nothing has a bit of 0");
		return value_point_at(p, where);
	}
	/*
	 * The kernel reads ints, and of 64 bits that a program gave it drops the upper half: 0x100000028
	 * would walk past a compare with 40. A value that needs them is of an argument that has them.
	 */
	compare->mask = compare->value <= UINT32_MAX ? UINT32_MAX : UINT64_MAX;
	if ((compare->value & ~(uint64_t)part) == 0)
		compare->mask = part;
	match->count++;
	return 0;
}

/* libseccomp takes a rule for each way in which all compares can hold. */
static size_t count_ways(const struct syscall_match *match)
{
	size_t ways = 1;

	for (size_t i = 0; i < match->count && ways <= MAX_WAYS; i++) {
		size_t bits = 0;

		for (uint64_t value = match->compares[i].value; value != 0; value &= value - 1)
			bits++;
		if (match->compares[i].is_any)
			ways *= bits;
	}
	return ways;
}

static int take_compares(struct parse *p, const char *open)
{
	size_t len = strlen(open);
	struct syscall_match *match = arena_alloc(p->context->arena, sizeof(*match));

	*match = (struct syscall_match){.name = p->value->a};
	if (open[len - 1] != ')') {
		(void)value_refuse(p, "config.syscall-argument", p->text, "the ) at its end is missing");
		err_hint(p->err, "between ( and ) there are no blanks: socket(family=AF_INET,type=SOCK_RAW)");
		return value_point_at(p, open);
	}
	for (const char *at = open + 1;;) {
		size_t part = strcspn(at, ",)");

		if (take_compare(p, match, at, part) < 0)
			return -1;
		at += part;
		if (*at++ == ')') {
			if (*at == '\0')
				break;
			(void)value_refuse(p, "config.syscall-argument", p->text,
					   "nothing comes behind the )");
			return value_point_at(p, at);
		}
	}
	if (count_ways(match) > MAX_WAYS)
		return value_refuse(p, "config.syscall-argument", p->text,
				    "its bits can be met in more than 64 ways: name fewer, or deny the call");
	p->value->match = match;
	return 0;
}

/* allow: a filter that lets some arguments of a call through would have to be right about all ABIs at once.
 */
static int refuse_arguments(struct parse *p, const char *open)
{
	err_set(p->err, ERR_CONFIG, "config.syscall-argument", 0, "%s = %s: only deny takes arguments",
		p->row->key, str_show(p->context->arena, p->text));
	err_hint(p->err, "allow the call, and deny the arguments that are not wanted: deny = "
			 "socket(family=AF_NETLINK)");
	return value_point_at(p, open);
}

int value_parse_syscall(struct parse *p, const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t len = strcspn(text, "(");
	const char *name = arena_strndup(p->context->arena, text, len);
	bool is_group = name[0] == '@';

	if (len == 0) {
		(void)value_refuse(p, "config.syscall", text, "the name of the call is missing");
		err_hint(p->err, "arguments stand right behind the name: socket(family=AF_NETLINK)");
		return -1;
	}
	if (!is_group && strspn(name, letters) != len)
		return value_refuse(p, "config.syscall", text,
				    "a system call's name is small letters, digits and _");
	if (is_group ? syscall_find_group(&syscall_table, name) == NULL
		     : syscall_find(&syscall_table, name) < 0)
		return refuse_name(p, name);
	p->value->a = name;
	if (text[len] == '\0')
		return 0;
	if (!str_eq(p->row->key, "deny"))
		return refuse_arguments(p, text + len);
	if (is_group) {
		(void)value_refuse(p, "config.syscall-argument", text,
				   "a group has no arguments, each call has its own");
		return value_point_at(p, text + len);
	}
	return take_compares(p, text + len);
}

int value_parse_on_deny(struct parse *p, const char *text)
{
	const char *name = str_starts(text, "errno:") ? text + strlen("errno:") : NULL;

	if (str_eq(text, "kill")) {
		p->value->number = ON_DENY_KILL;
		return 0;
	}
	if (str_eq(text, "permissive")) {
		p->value->number = ON_DENY_PERMISSIVE;
		return 0;
	}
	p->value->number = ON_DENY_ERRNO;
	if (str_eq(text, "errno"))
		return 0;
	/* Up to MAX_ERRNO of the kernel there are some 130, and libc knows their names. */
	for (int number = 1; name != NULL && number < 200; number++) {
		const char *known = strerrorname_np(number);

		if (known == NULL || !str_eq(known, name))
			continue;
		p->value->offset = number;
		return 0;
	}
	if (name == NULL)
		return value_refuse(p, "config.word", text,
				    "it must be errno, errno:NAME, kill or permissive");
	return value_refuse(p, "config.word", name, "there is no such error: see errno(3)");
}
