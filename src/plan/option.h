/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* option.h - the table of keys, and finding a key in it. */
#ifndef PINFOLD_PLAN_OPTION_H
#define PINFOLD_PLAN_OPTION_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum option_id {
#define OPTION(id, ...) OPT_##id,
#include "plan/options.def"
#undef OPTION
	OPT_COUNT
};

enum value_type {
	VALUE_TEXT,
	VALUE_BOOL,
	VALUE_ENUM,
	VALUE_SPACE,
	VALUE_SIZE,
	VALUE_COUNT,
	VALUE_ID,
	VALUE_MODE,
	VALUE_NAME,
	VALUE_PATH,
	VALUE_INCLUDE,
	VALUE_ROOT,
	VALUE_BIND,
	VALUE_OVERLAY,
	VALUE_HIDE,
	VALUE_FILE,
	VALUE_COPY,
	VALUE_PERSIST,
	VALUE_TMPFS,
	VALUE_DIR,
	VALUE_LINK,
	VALUE_ETC,
	VALUE_VARIABLE,
	VALUE_ASSIGN,
	VALUE_OFFSET,
	VALUE_CAP,
	VALUE_SYSCALL,
	VALUE_ON_DENY,
	VALUE_DURATION,
	VALUE_CPUSET,
	VALUE_PERCENT,
	VALUE_TYPE_COUNT
};

enum option_class { CLASS_SCALAR, CLASS_LIST };
enum option_layers { LAYERS_FILE, LAYERS_ANY };
enum option_risk { RISK_NONE, RISK_READ, RISK_WRITE, RISK_DEVICE, RISK_PRIVILEGE, RISK_LEAK };

/* One row of options.def; the columns are explained there. */
struct option_row {
	const char *section;
	const char *key;
	enum value_type type;
	enum option_class class;
	const char *initial;
	enum option_layers layers;
	enum option_risk risk;
	const char *alias;
	const char *metavar;
	const char *help;
	const char *example;
};

extern const struct option_row option_table[OPT_COUNT];

/* The row of section.key, or OPT_COUNT. */
enum option_id option_find(const char *section, const char *key);

/* Word number n of an ENUM's metavar ("a|b|c"); "" when it has not so many. */
const char *option_word(struct arena *arena, enum option_id id, size_t n);

/* The row with the command-line alias (without dashes), or OPT_COUNT. */
enum option_id option_find_alias(const char *alias);

/* True when some row has the section. */
bool option_has_section(const char *section);

/* For "did you mean": the nearest section name; the nearest key of a section; a section that does
 * have a key of exactly this name. NULL when there is none. */
const char *option_nearest_section(const char *section);
const char *option_nearest_key(const char *section, const char *key);
const char *option_section_of_key(const char *key);

#endif
