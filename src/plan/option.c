/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* option.c - the table of keys, and finding a key in it. */
#include "plan/option.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

const struct option_row option_table[OPT_COUNT] = {
#define OPTION(id, section, key, type, class, initial, layers, risk, alias, metavar, help, example)          \
	[OPT_##id] = {section,	   key,	  VALUE_##type, CLASS_##class, initial, LAYERS_##layers,             \
		      RISK_##risk, alias, metavar,	help,	       example},
#include "plan/options.def"
#undef OPTION
};

enum option_id option_find(const char *section, const char *key)
{
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		if (str_eq(option_table[id].key, key) && str_eq(option_table[id].section, section))
			return id;
	}
	return OPT_COUNT;
}

const char *option_word(struct arena *arena, enum option_id id, size_t n)
{
	const char *s = option_table[id].metavar;

	while (n > 0 && *s != '\0') {
		s += strcspn(s, "|");
		s += *s == '|';
		n--;
	}
	return arena_strndup(arena, s, strcspn(s, "|"));
}

enum option_id option_find_alias(const char *alias)
{
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		if (option_table[id].alias != NULL && str_eq(option_table[id].alias, alias))
			return id;
	}
	return OPT_COUNT;
}

bool option_has_section(const char *section)
{
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		if (str_eq(option_table[id].section, section))
			return true;
	}
	return false;
}

const char *option_nearest_section(const char *section)
{
	const char *names[OPT_COUNT];

	for (enum option_id id = 0; id < OPT_COUNT; id++)
		names[id] = option_table[id].section;
	return str_nearest(section, names, OPT_COUNT);
}

const char *option_nearest_key(const char *section, const char *key)
{
	const char *names[OPT_COUNT];
	size_t count = 0;

	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		if (str_eq(option_table[id].section, section))
			names[count++] = option_table[id].key;
	}
	return str_nearest(key, names, count);
}

const char *option_section_of_key(const char *key)
{
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		if (str_eq(option_table[id].key, key))
			return option_table[id].section;
	}
	return NULL;
}
