/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_base_json.c - JSON documents, also where pinfold was built without them. */
#include "config.h"

#include "base/json.h"

#include <criterion/criterion.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

#ifdef HAVE_JANSSON

static void load(void)
{
	struct err err;

	cr_assert_eq(json_open(&err), 0, "%s", err.msg);
	cr_assert_eq(json_open(&err), 0); /* again costs nothing and changes nothing */
}

static void assert_text(const struct json *root, const char *want)
{
	CLEANUP_FREE char *text = json_text(root);

	cr_assert_str_eq(text, want);
}

Test(json, members_of_every_type, .init = load)
{
	struct json *root = json_new_object();
	struct json *inner;

	json_put_string(root, "text", "a \"quoted\"\nline");
	json_put_string(root, "nothing", NULL);
	json_put_int(root, "low", INT64_MIN);
	json_put_int(root, "high", INT64_MAX);
	json_put_bool(root, "yes", true);
	json_put_bool(root, "no", false);
	inner = json_put_object(root, "object");
	json_put_int(inner, "one", 1);
	inner = json_put_array(root, "array");
	json_put_string(inner, NULL, "a");
	json_put_int(inner, NULL, 2);
	(void)json_put_object(inner, NULL);
	(void)json_put_array(inner, NULL);
	assert_text(root, "{\n"
			  "  \"text\": \"a \\\"quoted\\\"\\nline\",\n"
			  "  \"nothing\": null,\n"
			  "  \"low\": -9223372036854775808,\n"
			  "  \"high\": 9223372036854775807,\n"
			  "  \"yes\": true,\n"
			  "  \"no\": false,\n"
			  "  \"object\": {\n"
			  "    \"one\": 1\n"
			  "  },\n"
			  "  \"array\": [\n"
			  "    \"a\",\n"
			  "    2,\n"
			  "    {},\n"
			  "    []\n"
			  "  ]\n"
			  "}");
	json_done(root);
}

Test(json, text_that_is_no_utf8_becomes_null, .init = load)
{
	struct json *root = json_new_object();

	json_put_string(root, "bad", "\xff");
	json_put_string(root, "good", "\xc3\xa4");
	assert_text(root, "{\n  \"bad\": null,\n  \"good\": \"\xc3\xa4\"\n}");
	json_done(root);
}

Test(json, a_member_put_twice_is_replaced, .init = load)
{
	struct json *root = json_new_object();

	json_put_int(root, "a", 1);
	json_put_string(root, "a", "two");
	assert_text(root, "{\n  \"a\": \"two\"\n}");
	json_done(root);
}

Test(json, done_takes_null, .init = load)
{
	json_done(NULL);
}

#else

Test(json, without_jansson_it_says_so)
{
	struct err err;

	cr_assert_eq(json_open(&err), -1);
	cr_assert_eq(err.kind, ERR_HOST);
	cr_assert_str_eq(err.id, "host.no-json");
	cr_assert_str_not_empty(err.hint);
}

#endif
