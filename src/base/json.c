/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* json.c - JSON documents, written by jansson, which is loaded when the first one is asked for. */
#include "config.h"

#include "base/json.h"

#include "base/err.h"

#ifdef HAVE_JANSSON

#include <jansson.h>

#include "base/lib.h"
#include "base/mem.h"

/* jansson's own prototypes, so that a call with the wrong types does not compile. */
struct api {
	__typeof__(&json_object) object;
	__typeof__(&json_array) array;
	__typeof__(&json_string) string;
	__typeof__(&json_integer) integer;
	__typeof__(&json_true) true_value;
	__typeof__(&json_false) false_value;
	__typeof__(&json_null) null_value;
	__typeof__(&json_object_set_new) object_set_new;
	__typeof__(&json_array_append_new) array_append_new;
	__typeof__(&json_dumps) dumps;
	__typeof__(&json_delete) delete;
};

/* The library's functions: filled by the first json_open, the same for everybody from then on. */
static struct api api;

int json_open(struct err *err)
{
	static const struct lib_symbol symbols[] = {
		LIB_SYMBOL(struct api, object, json_object),
		LIB_SYMBOL(struct api, array, json_array),
		LIB_SYMBOL(struct api, string, json_string),
		LIB_SYMBOL(struct api, integer, json_integer),
		LIB_SYMBOL(struct api, true_value, json_true),
		LIB_SYMBOL(struct api, false_value, json_false),
		LIB_SYMBOL(struct api, null_value, json_null),
		LIB_SYMBOL(struct api, object_set_new, json_object_set_new),
		LIB_SYMBOL(struct api, array_append_new, json_array_append_new),
		LIB_SYMBOL(struct api, dumps, json_dumps),
		LIB_SYMBOL(struct api, delete, json_delete),
	};

	if (api.object != NULL)
		return 0;
	return lib_load(JANSSON_SONAME, symbols, ARRAY_SIZE(symbols), &api, err);
}

/* struct json is jansson's json_t under a name that keeps its header out of the floors above. */
static struct json *put(struct json *parent, const char *key, json_t *value)
{
	json_t *to = (json_t *)parent;

	if (value == NULL)
		value = api.null_value();
	if (json_is_array(to))
		(void)api.array_append_new(to, value);
	else
		(void)api.object_set_new(to, key, value);
	return (struct json *)value;
}

struct json *json_new_object(void)
{
	return (struct json *)api.object();
}

void json_done(struct json *root)
{
	json_t *node = (json_t *)root;

	/* The root has one owner, so this is what json_decref would come to; its inline form would
	 * link to the library. */
	if (node != NULL)
		api.delete(node);
}

void json_put_string(struct json *parent, const char *key, const char *value)
{
	(void)put(parent, key, value == NULL ? NULL : api.string(value));
}

void json_put_int(struct json *parent, const char *key, int64_t value)
{
	(void)put(parent, key, api.integer((json_int_t)value));
}

void json_put_bool(struct json *parent, const char *key, bool value)
{
	(void)put(parent, key, value ? api.true_value() : api.false_value());
}

struct json *json_put_object(struct json *parent, const char *key)
{
	return put(parent, key, api.object());
}

struct json *json_put_array(struct json *parent, const char *key)
{
	return put(parent, key, api.array());
}

char *json_text(const struct json *root)
{
	return api.dumps((const json_t *)root, JSON_INDENT(2));
}

char *json_line(const struct json *root)
{
	return api.dumps((const json_t *)root, 0);
}

#else /* !HAVE_JANSSON */

#include <stddef.h>

int json_open(struct err *err)
{
	err_set(err, ERR_HOST, "host.no-json", 0, "this pinfold was built without JSON");
	return err_hint(err, "build it with jansson, or leave --json out");
}

/* Unreachable: nothing goes on when json_open has failed. */
struct json *json_new_object(void)
{
	return NULL;
}

void json_done(struct json *root)
{
	(void)root;
}

void json_put_string(struct json *parent, const char *key, const char *value)
{
	(void)parent, (void)key, (void)value;
}

void json_put_int(struct json *parent, const char *key, int64_t value)
{
	(void)parent, (void)key, (void)value;
}

void json_put_bool(struct json *parent, const char *key, bool value)
{
	(void)parent, (void)key, (void)value;
}

struct json *json_put_object(struct json *parent, const char *key)
{
	(void)key;
	return parent;
}

struct json *json_put_array(struct json *parent, const char *key)
{
	(void)key;
	return parent;
}

char *json_text(const struct json *root)
{
	(void)root;
	return NULL;
}

char *json_line(const struct json *root)
{
	(void)root;
	return NULL;
}

#endif
