/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* request.c - collecting values: append, replace, reset, remove. */
#include "plan/request.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/* Parses one value and stores it; text has neither "!" nor spaces around it. */
static int add(struct request *request, enum option_id id, const char *text,
	       const struct request_source *source, struct err *err)
{
	const struct option_row *row = &option_table[id];
	struct value_list *list = &request->values[id];
	struct value_context context = {
		.arena = request->arena, .host = request->host, .profile_dir = source->profile_dir};
	struct value value = {.text = arena_strdup(request->arena, text),
			      .origin = source->origin,
			      .layer = request->layer};
	bool can_be_absent = row->type == VALUE_BIND || row->type == VALUE_HIDE || row->type == VALUE_COPY ||
			     row->type == VALUE_ETC || row->type == VALUE_INCLUDE;

	if (text[0] == '-' && can_be_absent) {
		value.is_optional = true;
		text += 1 + strspn(text + 1, " \t");
	}
	if (value_parse(&context, row, text, &value, err) < 0)
		return err_origin(err, source->origin);
	if (row->class == CLASS_SCALAR)
		list->count = 0;
	*ARENA_PUSH(request->arena, list->items, list->count) = value;
	return 0;
}

static int take_away(struct request *request, enum option_id id, const char *text,
		     const struct request_source *source, struct err *err)
{
	const struct option_row *row = &option_table[id];
	struct value_list *list = &request->values[id];
	size_t kept = 0;

	if (row->class == CLASS_SCALAR) {
		err_set(err, ERR_CONFIG, "config.remove", 0, "%s = !%s: %s has one value, not a list",
			row->key, str_show(request->arena, text), row->key);
		err_hint(err, "an empty value sets it back to its default");
		return err_origin(err, source->origin);
	}
	for (size_t i = 0; i < list->count; i++) {
		if (!str_eq(list->items[i].text, text))
			list->items[kept++] = list->items[i];
	}
	if (kept == list->count) {
		err_set(err, ERR_CONFIG, "config.remove", 0, "%s = !%s: there is no such value to take away",
			row->key, str_show(request->arena, text));
		err_hint(err, "write it as it was given; explain shows each value with where it was set");
		return err_origin(err, source->origin);
	}
	list->count = kept;
	return 0;
}

static int set_one(struct request *request, enum option_id id, const char *text,
		   const struct request_source *source, struct err *err)
{
	if (text[0] == '!')
		return take_away(request, id, text + 1 + strspn(text + 1, " \t"), source, err);
	return add(request, id, text, source, err);
}

/* Back to the default, which is empty for lists. */
static int reset(struct request *request, enum option_id id, struct err *err)
{
	static const struct request_source source = {.origin = "default"};

	struct value_list *list = &request->values[id];

	list->count = 0;
	if (option_table[id].initial == NULL)
		return 0;
	if (add(request, id, option_table[id].initial, &source, err) < 0)
		return -1;
	/* Whoever set it back, the value is nobody's. */
	list->items[list->count - 1].layer = 0;
	return 0;
}

void request_init(struct request *request, struct arena *arena, const struct host *host)
{
	struct err err;

	*request = (struct request){.arena = arena, .host = host};
	/* The defaults parse: a test of options.def asserts it. */
	for (enum option_id id = 0; id < OPT_COUNT; id++)
		(void)!reset(request, id, &err);
}

int request_set(struct request *request, enum option_id id, const char *text,
		const struct request_source *source, struct err *err)
{
	const struct option_row *row = &option_table[id];

	if (row->layers == LAYERS_FILE && source->profile_dir == NULL) {
		err_set(err, ERR_USAGE, "usage.file-only", 0, "%s.%s can only be set in a profile",
			row->section, row->key);
		err_hint(err, "write it into a profile and name that with --profile");
		return err_origin(err, source->origin);
	}
	if (text[0] == '\0')
		return reset(request, id, err);
	if (!value_is_word(row->type))
		return set_one(request, id, text, source, err);
	for (const char *s = text + strspn(text, " \t"); *s != '\0'; s += strspn(s, " \t")) {
		size_t len = strcspn(s, " \t");

		if (set_one(request, id, arena_strndup(request->arena, s, len), source, err) < 0)
			return -1;
		s += len;
	}
	return 0;
}

const struct value *request_get(const struct request *request, enum option_id id)
{
	const struct value_list *list = &request->values[id];

	return list->count > 0 ? &list->items[list->count - 1] : NULL;
}

uint64_t request_number(const struct request *request, enum option_id id)
{
	const struct value *value = request_get(request, id);

	return value != NULL ? value->number : 0;
}

const char *request_text(const struct request *request, enum option_id id, const char *otherwise)
{
	const struct value *value = request_get(request, id);

	return value != NULL ? value->a : otherwise;
}
