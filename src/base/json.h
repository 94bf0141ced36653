/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* json.h - JSON documents, written by jansson, which is loaded when the first one is asked for. */
#ifndef PINFOLD_BASE_JSON_H
#define PINFOLD_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

struct err;

/* A node of a document. The parent it is put in owns it; the root's owner calls json_done. */
struct json;

/*
 * Loads the library. To be called, with success, before any other function here. Returns 0, or -1
 * with *err when pinfold was built without jansson or the library is not installed.
 */
int json_open(struct err *err) __attribute__((warn_unused_result));

struct json *json_new_object(void) __attribute__((warn_unused_result));
void json_done(struct json *root);

/* Each puts a member into an object, or with key NULL appends to an array. Text that is no UTF-8
 * must be escaped by the caller (str_show): a string jansson refuses becomes null. */
void json_put_string(struct json *parent, const char *key, const char *value);
void json_put_int(struct json *parent, const char *key, int64_t value);
void json_put_bool(struct json *parent, const char *key, bool value);
struct json *json_put_object(struct json *parent, const char *key);
struct json *json_put_array(struct json *parent, const char *key);

/* The document as indented text; the caller frees it with free(3). */
char *json_text(const struct json *root) __attribute__((warn_unused_result));

/* The same on a single line. */
char *json_line(const struct json *root) __attribute__((warn_unused_result));

#endif
