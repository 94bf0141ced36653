/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* request.c - collecting values: append, replace, reset, remove. */
#include "plan/request.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/problem.h"

/* The source of what starts `at` bytes further in the text; options of the command line have no columns. */
static struct request_source source_at(const struct request_source *source, size_t at)
{
	struct request_source further = *source;

	if (further.origin.column > 0)
		further.origin.column += (unsigned int)at;
	return further;
}

/* A scalar that the same file gave a value already: that one was written for nothing. */
static void warn_replaced(struct request *request, const struct option_row *row, const struct value *old,
			  const struct origin *origin)
{
	struct err err;

	if (request->problems == NULL || old->layer == 0 || old->layer != request->layer)
		return;
	err_set(&err, ERR_CONFIG, "lint.no-effect", 0, "%s = %s: %s sets it again", row->key,
		str_show(request->arena, old->text), origin_text(request->arena, origin));
	err_hint(&err, "take it away");
	(void)origin_blame(&err, old->origin);
	problems_warn(request->problems, &err);
}

/* Parses one value and stores it; text has neither "!" nor spaces around it. */
static int add(struct request *request, enum option_id id, const char *text,
	       const struct request_source *source, struct err *err)
{
	const struct option_row *row = &option_table[id];
	struct value_list *list = &request->values[id];
	struct request_source here = *source;
	struct value_context context = {
		.arena = request->arena, .host = request->host, .profile_dir = source->profile_dir};
	struct value value = {.text = arena_strdup(request->arena, text),
			      .profile_dir = source->profile_dir,
			      .layer = request->layer};
	bool can_be_absent = row->type == VALUE_BIND || row->type == VALUE_OVERLAY ||
			     row->type == VALUE_HIDE || row->type == VALUE_COPY || row->type == VALUE_ETC ||
			     row->type == VALUE_INCLUDE;
	struct origin *origin;

	if (text[0] == '-' && can_be_absent) {
		size_t skip = 1 + strspn(text + 1, " \t");

		value.is_optional = true;
		text += skip;
		here = source_at(source, skip);
	}
	if (value_parse(&context, row, text, &value, err) < 0) {
		here = source_at(&here, value.flaw_at);
		return origin_blame(err, &here.origin);
	}
	origin = arena_alloc(request->arena, sizeof(*origin));
	*origin = here.origin;
	value.origin = origin;
	if (row->class == CLASS_SCALAR && list->count > 0) {
		warn_replaced(request, row, &list->items[0], origin);
		list->count = 0;
	}
	*ARENA_PUSH(request->arena, list->items, list->count) = value;
	return 0;
}

/* ------------------------------------------------------------ values by their text */

/* Of a list: the values with a hash, the last one first. */
struct text_index {
	size_t *first;	/* of each bucket: a value's number plus 1; 0: none */
	size_t *next;	/* of each value: the one before it in its bucket, likewise */
	size_t buckets; /* a power of two, at least as many as values */
	size_t count;	/* of the values that are in it: those further on came later */
};

/* FNV-1a */
static size_t hash_text(const char *text)
{
	uint32_t hash = 2166136261U;

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619U;
	return hash;
}

/* The bucket of a text, with all in it that the list has now. */
static size_t *find_bucket(struct request *request, enum option_id id, const char *text)
{
	enum { MIN_BUCKETS = 64 };
	const struct value_list *list = &request->values[id];
	struct text_index *index = request->indexes[id];

	if (index == NULL)
		index = request->indexes[id] = arena_alloc(request->arena, sizeof(*index));
	if (list->count > index->buckets) {
		index->buckets = index->buckets == 0 ? MIN_BUCKETS : index->buckets;
		while (list->count > index->buckets)
			index->buckets *= 2;
		index->first = arena_alloc(request->arena, index->buckets * sizeof(index->first[0]));
		index->next = arena_alloc(request->arena, index->buckets * sizeof(index->next[0]));
		index->count = 0;
	}
	for (; index->count < list->count; index->count++) {
		size_t *bucket =
			&index->first[hash_text(list->items[index->count].text) & (index->buckets - 1)];

		index->next[index->count] = *bucket;
		*bucket = index->count + 1;
	}
	return index->buckets == 0 ? NULL : &index->first[hash_text(text) & (index->buckets - 1)];
}

/* Marks all values with this text. Returns whether there is one. */
static bool mark_gone(struct request *request, enum option_id id, const char *text)
{
	size_t *link = find_bucket(request, id, text);
	const struct text_index *index = request->indexes[id];
	bool has_some = false;

	while (link != NULL && *link != 0) {
		struct value *value = &request->values[id].items[*link - 1];

		if (str_eq(value->text, text)) {
			has_some = has_some || !value->is_gone;
			value->is_gone = true;
			*link = index->next[*link - 1];
		} else {
			link = &index->next[*link - 1];
		}
	}
	return has_some;
}

static void settle(struct request *request, enum option_id id)
{
	struct value_list *list = &request->values[id];
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (!list->items[i].is_gone)
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
	request->indexes[id] = NULL;
}

void request_start_loading(struct request *request)
{
	request->is_loading = true;
}

void request_settle(struct request *request)
{
	request->is_loading = false;
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		if (request->indexes[id] != NULL)
			settle(request, id);
	}
}

/* ------------------------------------------------------------ what a profile does with them */

static int take_away(struct request *request, enum option_id id, const char *text,
		     const struct request_source *source, struct err *err)
{
	const struct option_row *row = &option_table[id];
	bool has_some;

	if (row->class == CLASS_SCALAR) {
		err_set(err, ERR_CONFIG, "config.remove", 0, "%s = !%s: %s has one value, not a list",
			row->key, str_show(request->arena, text), row->key);
		err_hint(err, "an empty value sets it back to its default");
		return origin_blame(err, &source->origin);
	}
	has_some = mark_gone(request, id, text);
	if (!request->is_loading || id == OPT_INCLUDE)
		settle(request, id);
	if (!has_some) {
		err_set(err, ERR_CONFIG, "config.remove", 0, "%s = !%s: there is no such value to take away",
			row->key, str_show(request->arena, text));
		err_hint(err, "write it as it was given: pinfold profiles show has each value with where it "
			      "was set");
		return origin_blame(err, &source->origin);
	}
	return 0;
}

static int set_one(struct request *request, enum option_id id, const char *text,
		   const struct request_source *source, struct err *err)
{
	int r;

	if (text[0] == '!')
		r = take_away(request, id, text + 1 + strspn(text + 1, " \t"), source, err);
	else
		r = add(request, id, text, source, err);
	return r < 0 ? problems_take(request->problems, err) : 0;
}

/* To the default. */
static int set_default(struct request *request, enum option_id id, struct err *err)
{
	static const struct request_source source = {.origin = {.name = "default"}};

	struct value_list *list = &request->values[id];

	list->count = 0;
	request->indexes[id] = NULL;
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
		(void)!set_default(request, id, &err);
}

/* A scalar goes back to its default, a list is empty. */
static int reset(struct request *request, enum option_id id, struct err *err)
{
	request->values[id].count = 0;
	return option_table[id].class == CLASS_LIST ? 0 : set_default(request, id, err);
}

int request_set(struct request *request, enum option_id id, const char *text,
		const struct request_source *source, struct err *err)
{
	const struct option_row *row = &option_table[id];

	if (row->layers == LAYERS_FILE && source->profile_dir == NULL) {
		err_set(err, ERR_USAGE, "usage.file-only", 0, "%s.%s can only be set in a profile",
			row->section, row->key);
		err_hint(err, "write it into a profile and name that with --profile");
		return origin_blame(err, &source->origin);
	}
	if (text[0] == '\0')
		return reset(request, id, err);
	if (!value_is_word(row->type))
		return set_one(request, id, text, source, err);
	for (const char *s = text + strspn(text, " \t"); *s != '\0'; s += strspn(s, " \t")) {
		struct request_source here = source_at(source, (size_t)(s - text));
		size_t len = strcspn(s, " \t");

		if (set_one(request, id, arena_strndup(request->arena, s, len), &here, err) < 0)
			return -1;
		s += len;
	}
	return 0;
}

static bool is_blamed(const struct value *value, const struct err *err)
{
	const struct origin *origin = value->origin;
	struct err own = {0};

	if (value->layer == 0 || origin->line != err->line || origin->column != err->column)
		return false;
	(void)origin_blame(&own, origin); /* cuts a long name as the error's was */
	return str_eq(own.origin, err->origin);
}

bool request_drop(struct request *request, const struct err *err)
{
	bool has_dropped = false;
	struct err ignored;

	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		struct value_list *list = &request->values[id];
		size_t kept = 0;

		for (size_t i = 0; i < list->count; i++) {
			if (!is_blamed(&list->items[i], err))
				list->items[kept++] = list->items[i];
		}
		if (kept == list->count)
			continue;
		has_dropped = true;
		list->count = kept;
		if (option_table[id].class == CLASS_SCALAR)
			(void)!reset(request, id, &ignored);
	}
	return has_dropped;
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
