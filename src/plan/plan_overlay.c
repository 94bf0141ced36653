/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_overlay.c - trees of the host with changes on top.
 *
 * The host's directory is the lower layer, which an overlay never writes to. The changes are in memory and
 * end with the sandbox, or are kept in DIR/upper of a directory that the user names (DIR/work is the kernel's
 * own). What keeps changes must be reached by nothing else: a program that could put a symlink in the place
 * of DIR/upper would have the next run write where it leads to.
 */
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/origin.h"
#include "plan/path.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

void plan_source(const struct build *build, const char *path, struct plan_node *node)
{
	const struct path_fact *fact = plan_fact(build, path);

	node->source = fact->real != NULL && !fact->is_magic ? fact->real : path;
	node->asked = path;
	node->is_real = !fact->is_magic;
	node->device = fact->device;
	node->inode = fact->inode;
	node->birth = fact->birth;
	node->is = fact->kind == PATH_DIR      ? SOURCE_DIR
		   : fact->kind == PATH_DEVICE ? SOURCE_DEVICE
					       : SOURCE_FILE;
}

const char *plan_reach_hint(int errnum)
{
	if (errnum == EACCES || errnum == EPERM)
		return "you cannot reach it yourself: only what you may use can be granted";
	if (errnum == ELOOP || errnum == ENAMETOOLONG)
		return "it leads nowhere: look at the symbolic links on the way there";
	return "the file system on the way there does not work: look at what it is mounted from";
}

int plan_check_dir(struct build *build, const struct value *value, const char *what, const char *path)
{
	const struct path_fact *fact = plan_fact(build, path);
	const char *shown = str_show(build->arena, path);

	if (fact->kind == PATH_DIR)
		return 0;
	if (fact->kind == PATH_MISSING) {
		err_set(build->err, ERR_CONFIG, "config.no-source", fact->errnum, "%s = %s", what, shown);
		err_hint(build->err, "%s",
			 fact->errnum == ENOENT || fact->errnum == ENOTDIR
				 ? "it must be a directory that you can use yourself"
				 : plan_reach_hint(fact->errnum));
	} else {
		err_set(build->err, ERR_CONFIG, "config.source-kind", 0, "%s = %s: it is no directory", what,
			shown);
		err_hint(build->err,
			 "an archive has to be unpacked first; a file can be shown with ro or rw");
	}
	return origin_blame(build->err, value->origin);
}

/* From when on an overlay without privilege can do what it should. */
static const struct {
	unsigned int major, minor;
	const char *hint;
} kernels[] = {
	{6, 6,
	 "an older kernel has no user xattrs on tmpfs, and an overlay needs them to remove a directory: use "
	 "overlay with upper=DIR, or a copy and root = rw:COPY"},
	{5, 14,
	 "an older kernel has no nosymfollow mounts, and a symbolic link in the place of DIR/upper would be "
	 "followed: use a copy of the directory and rw"},
};

static int check_kernel(struct build *build, const struct value *value, bool has_upper)
{
	const struct host *host = build->host;
	unsigned int major = kernels[has_upper].major;
	unsigned int minor = kernels[has_upper].minor;

	if (host->kernel_major > major || (host->kernel_major == major && host->kernel_minor >= minor))
		return 0;
	err_set(build->err, ERR_HOST, "host.overlay-kernel", 0,
		"an overlay with its changes in %s needs Linux %u.%u, and this is %u.%u",
		has_upper ? "a directory" : "memory", major, minor, host->kernel_major, host->kernel_minor);
	err_hint(build->err, "%s", kernels[has_upper].hint);
	return origin_blame(build->err, value->origin);
}

int plan_check_lower(struct build *build, const struct value *value, const struct plan_node *node)
{
	if (!str_eq(node->source, "/"))
		return check_kernel(build, value, node->upper != NULL);
	err_set(build->err, ERR_CONFIG, "config.overlay", 0,
		"the host's / cannot be the lower layer of an overlay");
	err_hint(build->err,
		 "the kernel takes no directory that other file systems are mounted below: overlay "
		 "the directories of it that are to be changed");
	return origin_blame(build->err, value->origin);
}

static int add_upper(struct build *build, const struct value *value, struct plan_node *node)
{
	struct plan_node *upper = arena_alloc(build->arena, sizeof(*upper));

	if (plan_check_dir(build, value, "overlay: upper", value->c) < 0)
		return -1;
	*upper = (struct plan_node){.kind = NODE_BIND, .dest = node->dest, .origin = node->origin};
	plan_source(build, value->c, upper);
	node->upper = upper;
	return 0;
}

int plan_overlays(struct build *build, struct node_list *nodes)
{
	const struct value_list *list = &build->request->values[OPT_OVERLAY];

	for (size_t i = 0; i < list->count; i++) {
		const struct value *value = &list->items[i];
		const struct path_fact *fact = plan_fact(build, value->a);
		struct plan_node node = {.kind = NODE_OVERLAY,
					 .dest = value->b,
					 .attr = ATTR_SHOWN,
					 .size = value->size != 0 ? value->size : TMPFS_SIZE,
					 .origin = value->origin,
					 .layer = value->layer};

		if (value->is_optional && fact->kind == PATH_MISSING &&
		    (fact->errnum == ENOENT || fact->errnum == ENOTDIR))
			continue;
		if (plan_check_dir(build, value, "overlay", value->a) < 0)
			return -1;
		plan_source(build, value->a, &node);
		node.inodes = plan_inodes(node.size);
		if (value->c != NULL && add_upper(build, value, &node) < 0)
			return -1;
		if (plan_check_lower(build, value, &node) < 0)
			return -1;
		*ARENA_PUSH(build->arena, nodes->items, nodes->count) = node;
	}
	return 0;
}

static bool overlaps(const char *a, const char *b)
{
	return path_is_within(a, b) || path_is_within(b, a);
}

static int refuse_upper(struct build *build, const struct plan_node *node, const char *what,
			const char *where)
{
	err_set(build->err, ERR_CONFIG, "config.overlay-upper", 0, "upper=%s overlaps with %s %s",
		str_show(build->arena, node->upper->source), what, str_show(build->arena, where));
	err_hint(build->err, "nothing else may reach what keeps an overlay's changes: choose a directory for "
			     "them that nothing shows");
	return origin_blame(build->err, node->origin);
}

static int check_upper(struct build *build, const struct node_list *nodes, const struct plan_node *node)
{
	const struct value_list *hides = &build->request->values[OPT_HIDE];
	const char *upper = node->upper->source;

	for (size_t i = 0; i < build->host->own_count; i++) {
		if (overlaps(build->host->own[i].path, upper))
			return refuse_upper(build, node, "pinfold's own", build->host->own[i].path);
	}
	for (size_t i = 0; i < hides->count; i++) {
		const struct path_fact *fact = plan_fact(build, hides->items[i].a);
		const char *hidden = fact->real != NULL ? fact->real : fact->path;

		if (overlaps(hidden, upper))
			return refuse_upper(build, node, "the hidden", hidden);
	}
	for (size_t i = 0; i < nodes->count; i++) {
		const struct plan_node *other = &nodes->items[i];
		bool is_bind = other->kind == NODE_BIND && (other->attr & MOUNT_ATTR_RDONLY) == 0 &&
			       other->is != SOURCE_DEVICE;

		if ((is_bind || other->kind == NODE_OVERLAY) && overlaps(other->source, upper))
			return refuse_upper(build, node, is_bind ? "the writable" : "the overlay of",
					    other->source);
		if (other != node && other->upper != NULL && overlaps(other->upper->source, upper))
			return refuse_upper(build, node, "another overlay's upper", other->upper->source);
	}
	return 0;
}

int plan_overlays_check(struct build *build, struct node_list *nodes)
{
	for (size_t i = 0; i < nodes->count; i++) {
		if (nodes->items[i].upper != NULL && check_upper(build, nodes, &nodes->items[i]) < 0)
			return -1;
	}
	return 0;
}

void plan_overlay_paths(const struct request *request, struct arena *arena, const char ***paths,
			size_t *count)
{
	const struct value_list *list = &request->values[OPT_OVERLAY];

	for (size_t i = 0; i < list->count; i++) {
		*ARENA_PUSH(arena, *paths, *count) = list->items[i].a;
		if (list->items[i].c != NULL)
			*ARENA_PUSH(arena, *paths, *count) = list->items[i].c;
	}
}
