/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan_files.c - files on the root: with a text of the profile's, or with what a file of the host holds. */
#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

enum { FILE_MODE = 0644 };

/* What cannot be copied: what is not there, and what is more than its content. */
static int refuse_copy(struct build *build, const struct value *value, const struct path_fact *fact)
{
	const char *path = str_show(build->arena, value->a);
	bool is_absent = fact->errnum == ENOENT || fact->errnum == ENOTDIR;

	if (fact->kind == PATH_MISSING || fact->is_closed) {
		err_set(build->err, ERR_CONFIG, "config.no-source", fact->is_closed ? EACCES : fact->errnum,
			"copy = %s", path);
		if (is_absent)
			err_hint(build->err,
				 "make it, correct the path, or write copy = -SRC:DEST if it may be missing");
		else
			err_hint(build->err, "%s", plan_reach_hint(fact->is_closed ? EACCES : fact->errnum));
	} else {
		err_set(build->err, ERR_CONFIG, "config.source-kind", 0, "copy = %s: it is no regular file",
			path);
		err_hint(build->err, "only the content of files is copied: show all else with ro or dev");
	}
	return origin_blame(build->err, value->origin);
}

int plan_files(struct build *build, struct node_list *nodes)
{
	const struct value_list *files = &build->request->values[OPT_FILE];
	const struct value_list *copies = &build->request->values[OPT_COPY];

	for (size_t i = 0; i < files->count; i++)
		*ARENA_PUSH(build->arena, nodes->items, nodes->count) =
			(struct plan_node){.kind = NODE_FILE,
					   .dest = files->items[i].a,
					   .text = files->items[i].b,
					   .mode = FILE_MODE,
					   .origin = files->items[i].origin,
					   .layer = files->items[i].layer};
	for (size_t i = 0; i < copies->count; i++) {
		const struct value *value = &copies->items[i];
		const struct path_fact *fact = plan_fact(build, value->a);

		if (value->is_optional && (fact->errnum == ENOENT || fact->errnum == ENOTDIR))
			continue;
		if (fact->kind != PATH_FILE || fact->is_special || fact->is_closed)
			return refuse_copy(build, value, fact);
		*ARENA_PUSH(build->arena, nodes->items, nodes->count) = (struct plan_node){
			.kind = NODE_COPY,
			.dest = value->b,
			.source = fact->real != NULL && !fact->is_magic ? fact->real : value->a,
			.is_real = !fact->is_magic,
			.is = SOURCE_FILE,
			.device = fact->device,
			.inode = fact->inode,
			.birth = fact->birth,
			.mode = value->has_mode ? value->mode : FILE_MODE,
			.origin = value->origin,
			.layer = value->layer};
	}
	return 0;
}
