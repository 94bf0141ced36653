/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * root.c - the file system the program sees.
 *
 * The new root is a tmpfs, stacked on "/" of our own mount namespace. A lookup of an absolute path
 * starts at our old root and does not see what is stacked on it, so sources resolve as the user knows
 * them, while the new root is reached by its descriptor alone: there is no path, in /tmp or elsewhere,
 * that anybody could put something under. (Mounting on a tree before it is attached would do without
 * the stacking, but only newer kernels allow it; this works from 5.12 on.)
 *
 * Sources are opened once, here in the child, without magic links; what the open descriptor is gets
 * compared with what the plan was made for. A clone of its mounts is given all its flags while it is
 * still attached to nothing, in one call for the whole tree, and is then moved into place.
 *
 * Destinations are opened below the new root, without following any symlink: the plan has followed its
 * own on paper, and one that stands in a tree of the host may be the work of an earlier run.
 */
#include "act/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "act/newfs.h"
#include "act/overlay.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/path.h"
#include "plan/plan.h"
#include "sys/file.h"
#include "sys/mount.h"

/* The root under way. */
struct build {
	const struct plan *plan;
	const char *cgroup; /* of the sandbox, on the host */
	struct root *root;
	struct err *err;
	int whole_fd; /* the clone of the host's whole tree, -1: nothing shows it */
	/* A tmpfs of ours for files that are made to be mounted somewhere: the root, or a scratch. */
	int files_fd;
	/* The directory that nodes were last put into: siblings come one after the other. */
	int parent_fd;
	const char *parent; /* its path is the first parent_len bytes */
	size_t parent_len;
};

/* Where a node goes: a directory and a name in it. */
struct place {
	int dir_fd;
	const char *name;
};

static int fail(struct build *build, const struct plan_node *node, int r, const char *what)
{
	if (r == -ENOSPC && node->makes_point) {
		err_set(build->err, ERR_CONFIG, "config.root-full", -r, "%s %s", what, node->dest);
		err_hint(build->err, "raise filesystem.size or filesystem.inodes, which limit the root "
				     "itself; or the size "
				     "of the tmpfs that it is on");
	} else {
		err_set(build->err, ERR_SYSTEM, "system.root", -r, "%s %s", what, node->dest);
	}
	return origin_blame(build->err, node->origin);
}

static bool is_directory(const struct plan_node *node)
{
	bool has_kind = node->kind == NODE_BIND || node->kind == NODE_MASK;

	return node->kind != NODE_FILE && node->kind != NODE_COPY && (!has_kind || node->is == SOURCE_DIR);
}

/*
 * A mount point that the plan does not make is in a tree of the host, and must exist there; one that it makes
 * on an overlay may be something else there.
 */
static int fail_point(struct build *build, const struct plan_node *node, int r)
{
	const struct plan_node *base = build->plan->root.base;
	const char *under = node->may_exist && node->under == NULL ? "/" : node->under;
	char tree[PATH_MAX + 32];

	if (under == NULL)
		return fail(build, node, r, "cannot make a mount point at");
	if (base != NULL && str_eq(under, "/"))
		(void)snprintf(tree, sizeof(tree), "the root %s", base->source);
	else
		(void)snprintf(tree, sizeof(tree), "the tree shown at %s", under);
	if (r == -ELOOP) {
		err_set(build->err, ERR_CONFIG, "config.through-link", 0,
			"%s goes through a symbolic link in %s", node->dest, tree);
		err_hint(build->err, "give the place that the link leads to as the destination");
	} else if (r == -ENOTDIR || r == -EINVAL || r == -EISDIR) {
		err_set(build->err, ERR_CONFIG, "config.no-mount-point", 0, "%s is no %s in %s", node->dest,
			is_directory(node) ? "directory" : "file", tree);
		err_hint(build->err, "what it is there cannot be mounted on: show it elsewhere");
	} else if (r == -ENOENT) {
		err_set(build->err, ERR_CONFIG, "config.no-mount-point", -r, "%s is not in %s", node->dest,
			tree);
		err_hint(build->err, "make it on the host, since nothing is ever made there for you; or show "
				     "it elsewhere");
	} else {
		return fail(build, node, r, "cannot mount on");
	}
	return origin_blame(build->err, node->origin);
}

/* Opens the directory that the node goes into. */
static int find_place(struct build *build, const struct plan_node *node, struct place *ret_place)
{
	const char *slash = strrchr(node->dest, '/');
	size_t len = (size_t)(slash - node->dest);
	char path[PATH_MAX];
	int fd;

	ret_place->name = slash + 1;
	ret_place->dir_fd = build->root->fd;
	if (len == 0)
		return 0;
	if (len > sizeof(path))
		return fail(build, node, -ENAMETOOLONG, "cannot open the directory of");
	if (build->parent_fd >= 0 && build->parent_len == len &&
	    memcmp(build->parent, node->dest, len) == 0) {
		ret_place->dir_fd = build->parent_fd;
		return 0;
	}
	memcpy(path, node->dest + 1, len - 1);
	path[len - 1] = '\0';
	fd = sys_open_resolve(build->root->fd, path, O_PATH | O_DIRECTORY,
			      RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	if (fd < 0)
		return fail_point(build, node, fd);
	fd_close_ptr(&build->parent_fd);
	build->parent_fd = ret_place->dir_fd = fd;
	build->parent = node->dest;
	build->parent_len = len;
	return 0;
}

/* Attaches a tree at the node, on a mount point that is made first where the plan says so. */
static int attach(struct build *build, const struct plan_node *node, const struct place *place, int tree_fd,
		  bool is_dir)
{
	CLEANUP_FD int point_fd = -1;
	int r = 0;

	if (node->makes_point && is_dir)
		r = sys_mkdir(place->dir_fd, place->name, 0755);
	else if (node->makes_point)
		r = sys_make_empty(place->dir_fd, place->name, 0444);
	if (r < 0 && (r != -EEXIST || !node->may_exist))
		return fail_point(build, node, r);
	if (node->makes_point && !node->may_exist) {
		r = sys_attach_tree(tree_fd, place->dir_fd, place->name);
		return r < 0 ? fail_point(build, node, r) : 0;
	}
	/* What stands there is not ours: it may be a symlink, which some kernels mount on. */
	point_fd = sys_open_resolve(place->dir_fd, place->name, O_PATH | (is_dir ? O_DIRECTORY : 0),
				    RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	r = point_fd < 0 ? point_fd : sys_attach_tree_on(tree_fd, point_fd);
	return r < 0 ? fail_point(build, node, r) : 0;
}

/* ------------------------------------------------------------ one function a kind */

static int put_dir(struct build *build, const struct plan_node *node, const struct place *place)
{
	int r = sys_mkdir(place->dir_fd, place->name, node->mode);
	CLEANUP_FD int fd = -1;

	if (r < 0 && (r != -EEXIST || !node->may_exist))
		return fail(build, node, r, "cannot make the directory");
	if (r == 0)
		return 0;
	fd = sys_open_resolve(place->dir_fd, place->name, O_PATH | O_DIRECTORY,
			      RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	return fd < 0 ? fail_point(build, node, fd) : 0;
}

/* Makes the content of a FILE or COPY as a file of that name. Returns 0, or -1 with the error. */
typedef int make_content(struct build *build, const struct plan_node *node, int dir_fd, const char *name);

/* A file that is made elsewhere, since a tree of the host is not changed, and mounted over the one there. */
static int put_over(struct build *build, const struct plan_node *node, const struct place *place,
		    make_content *make)
{
	static const char name[] = ".pinfold-file";
	CLEANUP_FD int fd = -1;
	int r;

	if (make(build, node, build->files_fd, name) < 0)
		return -1;
	r = fd = sys_clone_tree_at(build->files_fd, name);
	if (r >= 0)
		r = sys_mount_set(fd, false, node->attr);
	if (r < 0)
		return fail(build, node, r, "cannot make the file for");
	if (attach(build, node, place, fd, false) < 0)
		return -1;
	/* Not earlier: what has no name is attached nowhere. */
	r = sys_unlink(build->files_fd, name);
	return r < 0 ? fail(build, node, r, "cannot clean up behind the file for") : 0;
}

static int make_text(struct build *build, const struct plan_node *node, int dir_fd, const char *name)
{
	int r = sys_make_file(dir_fd, name, node->mode, node->text);

	return r < 0 ? fail(build, node, r, "cannot make the file") : 0;
}

static int put_file(struct build *build, const struct plan_node *node, const struct place *place)
{
	return node->is_over ? put_over(build, node, place, make_text)
			     : make_text(build, node, place->dir_fd, place->name);
}

static int put_symlink(struct build *build, const struct plan_node *node, const struct place *place)
{
	int r = sys_symlink(node->text, place->dir_fd, place->name);

	if (r == -EEXIST && node->may_exist) {
		err_set(build->err, ERR_CONFIG, "config.exists", -r, "cannot make the symbolic link %s",
			node->dest);
		err_hint(build->err, "the overlay's directory has something there: take this rule away");
		return origin_blame(build->err, node->origin);
	}
	return r < 0 ? fail(build, node, r, "cannot make the symbolic link") : 0;
}

/* The source changed between the probe and now: whoever changed it does not decide what is shown. */
static int fail_changed(struct build *build, const struct plan_node *node)
{
	err_set(build->err, ERR_CONFIG, "config.source-changed", 0, "%s changed while the sandbox started",
		node->source);
	err_hint(build->err, "start again; if it happens again, somebody is changing it on purpose");
	return origin_blame(build->err, node->origin);
}

static int open_source(struct build *build, const struct plan_node *node, int flags, int *ret_fd)
{
	unsigned long long resolve = RESOLVE_NO_MAGICLINKS | (node->is_real ? RESOLVE_NO_SYMLINKS : 0);
	CLEANUP_FD int fd = sys_open_resolve(AT_FDCWD, node->source, flags, resolve);
	struct stat st;
	uint64_t birth = 0;
	enum bind_source is;
	int r;

	/* The path had no symlink when the plan was made. */
	if (fd == -ELOOP && node->is_real)
		return fail_changed(build, node);
	if (fd < 0) {
		err_set(build->err, ERR_CONFIG, "config.no-source", -fd, "cannot open %s", node->source);
		err_hint(build->err,
			 fd == -EACCES
				 ? "whom the program runs as may not reach it: grant what that user may use"
				 : "it must exist, and not be a link of /proc");
		return origin_blame(build->err, node->origin);
	}
	r = sys_statx(fd, "", true, &st, &birth);
	if (r < 0)
		return fail(build, node, r, "cannot look at the source of");
	is = S_ISDIR(st.st_mode)			  ? SOURCE_DIR
	     : S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) ? SOURCE_DEVICE
							  : SOURCE_FILE;
	/*
	 * The very file or directory that the plan was made for, masks and all. An inode that is removed is
	 * soon given to a new file, so its birth counts too: nobody can set that, unlike the other times.
	 */
	if (is != node->is || (node->inode != 0 && (st.st_ino != node->inode || st.st_dev != node->device)) ||
	    (node->birth != 0 && birth != node->birth))
		return fail_changed(build, node);
	*ret_fd = fd_steal(&fd);
	return 0;
}

/* The detached clone of what the node shows. */
static int clone_source(struct build *build, const struct plan_node *node, const struct place *place,
			int *ret_fd)
{
	CLEANUP_FD int source_fd = -1;

	if (node->is_whole) {
		*ret_fd = fd_steal(&build->whole_fd);
	} else if (node->is_pin) {
		/* What is there already, in the new root: no path of the host is looked up again. */
		*ret_fd = sys_clone_tree_at(place->dir_fd, place->name);
	} else {
		if (open_source(build, node, O_PATH, &source_fd) < 0)
			return -1;
		*ret_fd = sys_clone_tree(source_fd);
	}
	if (*ret_fd == -ENOENT && node->is_pin)
		return fail_point(build, node, *ret_fd);
	return *ret_fd < 0 ? fail(build, node, *ret_fd, "cannot clone the mounts for") : 0;
}

/* The overlay of a node, detached. */
static int make_overlay(struct build *build, const struct plan_node *node, int *ret_fd)
{
	const struct place nowhere = {.dir_fd = -1};
	CLEANUP_FD int lower_fd = -1;
	CLEANUP_FD int upper_fd = -1;

	if (clone_source(build, node, &nowhere, &lower_fd) < 0 ||
	    (node->upper != NULL && clone_source(build, node->upper, &nowhere, &upper_fd) < 0))
		return -1;
	return act_make_overlay(node, lower_fd, upper_fd, ret_fd, build->err);
}

static int put_overlay(struct build *build, const struct plan_node *node, const struct place *place)
{
	CLEANUP_FD int fd = -1;

	if (make_overlay(build, node, &fd) < 0)
		return -1;
	return attach(build, node, place, fd, true);
}

static int put_bind(struct build *build, const struct plan_node *node, const struct place *place)
{
	CLEANUP_FD int tree_fd = -1;
	int r;

	if (clone_source(build, node, place, &tree_fd) < 0)
		return -1;
	r = sys_mount_set(tree_fd, true, node->attr);
	if (r < 0)
		return fail(build, node, r, "cannot set the mount flags of");
	return attach(build, node, place, tree_fd, node->is == SOURCE_DIR);
}

static int make_copy(struct build *build, const struct plan_node *node, int dir_fd, const char *name)
{
	CLEANUP_FD int fd = -1;
	int r;

	/* Whatever has taken the file's place, to open it neither waits nor becomes our terminal. */
	if (open_source(build, node, O_RDONLY | O_NONBLOCK | O_NOCTTY, &fd) < 0)
		return -1;
	r = sys_copy_file(fd, dir_fd, name, node->mode);
	return r < 0 ? fail(build, node, r, "cannot make the copy") : 0;
}

static int put_copy(struct build *build, const struct plan_node *node, const struct place *place)
{
	return node->is_over ? put_over(build, node, place, make_copy)
			     : make_copy(build, node, place->dir_fd, place->name);
}

static int put_tmpfs(struct build *build, const struct plan_node *node, const struct place *place)
{
	const uint64_t later = node->is_sealed ? MOUNT_ATTR_RDONLY : 0;
	CLEANUP_FD int fd = act_make_tmpfs(node->size, node->inodes, node->mode, node->attr & ~later);

	if (fd < 0)
		return fail(build, node, fd, "cannot make the tmpfs for");
	return attach(build, node, place, fd, true);
}

/* In place of what is hidden: a directory that holds nothing, or a file that nobody may open. */
static int put_mask(struct build *build, const struct plan_node *node, const struct place *place)
{
	static const char name[] = ".pinfold-mask";
	CLEANUP_FD int fd = -1;
	int r;

	if (node->is == SOURCE_DIR)
		return put_tmpfs(build, node, place);
	r = sys_make_empty(build->files_fd, name, node->mode);
	if (r == 0)
		r = fd = sys_clone_tree_at(build->files_fd, name);
	if (r >= 0)
		r = sys_mount_set(fd, false, node->attr);
	if (r < 0)
		return fail(build, node, r, "cannot make the mask for");
	if (attach(build, node, place, fd, false) < 0)
		return -1;
	/* Not earlier: what has no name is attached nowhere. */
	r = sys_unlink(build->files_fd, name);
	return r < 0 ? fail(build, node, r, "cannot clean up behind the mask for") : 0;
}

static int put_devpts(struct build *build, const struct plan_node *node, const struct place *place)
{
	CLEANUP_FD int fd = act_make_devpts(node->attr);

	if (fd < 0)
		return fail(build, node, fd, "cannot make the terminals of");
	if (attach(build, node, place, fd, true) < 0)
		return -1;
	fd_close_ptr(&build->root->pts_fd);
	build->root->pts_fd = fd_steal(&fd);
	return 0;
}

/* ------------------------------------------------------------ /proc */

static int cover(struct build *build, const struct plan_node *node, const struct plan_cover *row)
{
	const uint64_t attr = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	/* With nodev, /dev/null is a file that nobody can open. */
	CLEANUP_FD int tree_fd = row->is_masked ? sys_clone_tree_at(AT_FDCWD, "/dev/null")
						: sys_clone_tree_at(build->root->proc_fd, row->path);
	int r;

	/* The one call of each kind that can say that this kernel has no such part; any other ENOENT is a
	 * failure. */
	if (tree_fd == -ENOENT && row->is_optional && !row->is_masked)
		return 0;
	r = tree_fd < 0 ? tree_fd : sys_mount_set(tree_fd, true, attr);
	if (r < 0)
		return fail(build, node, r, "cannot cover a part of");
	r = sys_attach_tree(tree_fd, build->root->proc_fd, row->path);
	if (r == -ENOENT && row->is_optional && row->is_masked)
		return 0;
	return r < 0 ? fail(build, node, r, "cannot cover a part of") : 0;
}

static int cover_proc(struct build *build, const struct plan_node *node)
{
	const struct plan_root *root = &build->plan->root;

	for (size_t i = 0; i < root->cover_count; i++) {
		const struct plan_cover *row = &root->covers[i];

		if (row->probe != NULL && sys_access(build->root->proc_fd, row->probe, W_OK) < 0)
			continue;
		if (cover(build, node, row) < 0)
			return -1;
	}
	return 0;
}

static int make_proc(bool is_minimal, uint64_t attr)
{
	static const struct fs_parameter none[] = {{NULL, NULL}};
	/* Options of the one mount from 5.8 on. Of processes the tracer's rights are asked for, no group's.
	 */
	static const struct fs_parameter minimal[] = {
		{"subset", "pid"}, {"hidepid", "ptraceable"}, {NULL, NULL}};

	return act_make_fs("proc", is_minimal ? minimal : none, attr);
}

static int put_proc(struct build *build, const struct plan_node *node, const struct place *place)
{
	CLEANUP_FD int fd = make_proc(node->is_minimal, node->attr);
	int r;

	if (fd == -EPERM) {
		err_set(build->err, ERR_HOST, "host.proc-refused", -fd, "the kernel refuses a new /proc");
		err_hint(build->err,
			 "an outer container covers parts of its /proc, so none without covers may be made: "
			 "run outside of it, uncover its /proc, or use proc = none");
		return origin_blame(build->err, node->origin);
	}
	if (fd < 0)
		return fail(build, node, fd, "cannot make the file system for");
	r = attach(build, node, place, fd, true);
	/* init looks at the program in one that shows it everything; the kernel has allowed one, so it will
	 * another. */
	build->root->proc_fd = node->is_minimal ? make_proc(false, node->attr) : fd_steal(&fd);
	if (r == 0 && build->root->proc_fd < 0)
		return fail(build, node, build->root->proc_fd, "cannot make the file system for");
	return r < 0 ? -1 : cover_proc(build, node);
}

/* The one with the limits, which is above the root of the cgroup namespace: a new mount would not show it. */
static int put_cgroup(struct build *build, const struct plan_node *node, const struct place *place)
{
	CLEANUP_FD int source_fd =
		sys_open_resolve(AT_FDCWD, build->cgroup, O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS);
	CLEANUP_FD int fd = -1;
	int r = source_fd;

	if (r >= 0)
		r = fd = sys_clone_tree(source_fd);
	if (r >= 0)
		r = sys_mount_set(fd, true, node->attr);
	return r < 0 ? fail(build, node, r, "cannot show the cgroup as")
		     : attach(build, node, place, fd, true);
}

/* ------------------------------------------------------------ the whole */

static int (*const putters[NODE_KIND_COUNT])(struct build *build, const struct plan_node *node,
					     const struct place *place) = {
	[NODE_DIR] = put_dir,	      [NODE_FILE] = put_file,	  [NODE_SYMLINK] = put_symlink,
	[NODE_COPY] = put_copy,	      [NODE_BIND] = put_bind,	  [NODE_TMPFS] = put_tmpfs,
	[NODE_OVERLAY] = put_overlay, [NODE_MASK] = put_mask,	  [NODE_PROC] = put_proc,
	[NODE_DEVPTS] = put_devpts,   [NODE_CGROUP] = put_cgroup,
};

/* What had to be writable for its mount points to be made is read-only from here on. */
static int seal_nodes(struct build *build)
{
	const struct plan_root *root = &build->plan->root;

	for (size_t i = 0; i < root->count; i++) {
		const struct plan_node *node = &root->nodes[i];
		CLEANUP_FD int fd = -1;
		int r;

		if (!node->is_sealed)
			continue;
		r = fd = sys_open_resolve(build->root->fd, node->dest + 1, O_PATH | O_DIRECTORY,
					  RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
		if (r >= 0)
			r = sys_mount_set(fd, false, node->attr);
		if (r < 0)
			return fail(build, node, r, "cannot make read-only");
	}
	return 0;
}

static int put_nodes(struct build *build, volatile uint32_t *ret_at)
{
	const struct plan_root *root = &build->plan->root;

	for (size_t i = 0; i < root->count; i++) {
		struct place place;

		*ret_at = (uint32_t)i + 1;
		if (find_place(build, &root->nodes[i], &place) < 0 ||
		    putters[root->nodes[i].kind](build, &root->nodes[i], &place) < 0)
			return -1;
	}
	return seal_nodes(build);
}

/*
 * A bind of the host's "/" itself: cloned before the new root is stacked on "/", or the clone would have the
 * new root stacked on it as well, and show that instead.
 */
static int clone_whole(struct build *build)
{
	const struct plan_root *root = &build->plan->root;
	const struct plan_node *whole = root->base != NULL && root->base->is_whole ? root->base : NULL;

	for (size_t i = 0; i < root->count; i++)
		whole = root->nodes[i].is_whole ? &root->nodes[i] : whole;
	if (whole == NULL)
		return 0;
	build->whole_fd = sys_clone_tree_at(AT_FDCWD, "/");
	return build->whole_fd < 0 ? fail(build, whole, build->whole_fd, "cannot clone the mounts for") : 0;
}

/* What becomes the root, detached: a tmpfs, or what the plan's base says. */
static int make_base(struct build *build, int *ret_fd)
{
	const struct plan_root *root = &build->plan->root;
	const struct place nowhere = {.dir_fd = -1};
	CLEANUP_FD int fd = -1;
	int r;

	if (root->base == NULL) {
		r = fd = act_make_tmpfs(root->size, root->inodes, 0755, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
		if (r < 0)
			return err_set(build->err, ERR_SYSTEM, "system.root", -r, "cannot make the root");
	} else if (root->base->kind == NODE_OVERLAY) {
		if (make_overlay(build, root->base, &fd) < 0)
			return -1;
	} else {
		if (clone_source(build, root->base, &nowhere, &fd) < 0)
			return -1;
		r = sys_mount_set(fd, true, root->base->attr);
		if (r < 0)
			return fail(build, root->base, r, "cannot set the mount flags of");
	}
	*ret_fd = fd_steal(&fd);
	return 0;
}

/* Stacks it on "/"; where it is no tmpfs of ours, with a scratch on top for files that are made. */
static int stage_root(struct build *build)
{
	enum { SIZE = 16 * 1024 * 1024, INODES = 65536 };
	int r;

	if (make_base(build, &build->root->fd) < 0)
		return -1;
	r = sys_attach_tree(build->root->fd, AT_FDCWD, "/");
	if (r < 0)
		return err_set(build->err, ERR_SYSTEM, "system.root", -r, "cannot attach the root");
	build->files_fd = build->root->fd;
	if (build->plan->root.base == NULL)
		return 0;
	r = build->files_fd = act_scratch_open(SIZE, INODES);
	if (r < 0)
		return err_set(build->err, ERR_SYSTEM, "system.root", -r, "cannot make a scratch");
	return 0;
}

/* The last touch: the scratch goes, a tmpfs becomes read-only. */
static int finish_root(struct build *build)
{
	int r = 0;

	if (build->plan->root.base == NULL) {
		r = sys_mount_set(build->root->fd, false, MOUNT_ATTR_RDONLY);
		if (r < 0)
			return err_set(build->err, ERR_SYSTEM, "system.root", -r,
				       "cannot make the root read-only");
		return 0;
	}
	r = act_scratch_close(build->files_fd);
	if (r < 0)
		return err_set(build->err, ERR_SYSTEM, "system.root", -r, "cannot take the scratch away");
	return 0;
}

static void close_build(struct build *build)
{
	if (build->plan->root.base != NULL)
		fd_close_ptr(&build->files_fd);
	fd_close_ptr(&build->parent_fd);
	fd_close_ptr(&build->whole_fd);
}

int act_build_root(const struct plan *plan, const char *cgroup, volatile uint32_t *ret_at,
		   struct root *ret_root, struct err *err)
{
	struct build build = {.plan = plan,
			      .cgroup = cgroup,
			      .root = ret_root,
			      .err = err,
			      .whole_fd = -1,
			      .files_fd = -1,
			      .parent_fd = -1};
	int r;

	*ret_root = (struct root){.fd = -1, .proc_fd = -1, .pts_fd = -1};
	/* First of all: from here on no mount or unmount crosses between the host and us. */
	r = sys_mount_make_private();
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.private", -r, "cannot make the mounts private");
	/* Modes are the plan's; the program's own mask is set when it starts. */
	(void)sys_umask(0);
	r = clone_whole(&build);
	if (r == 0)
		r = stage_root(&build);
	if (r == 0)
		r = put_nodes(&build, ret_at);
	/* Without a whole /proc of the program's, init still wants one to see how the program ended. */
	if (r == 0 && ret_root->proc_fd < 0)
		ret_root->proc_fd =
			make_proc(false, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	if (r == 0)
		r = finish_root(&build);
	close_build(&build);
	return r;
}

int act_leave_host(const struct root *root, struct err *err)
{
	int r = sys_fchdir(root->fd);

	if (r == 0)
		r = sys_pivot_root_here();
	if (r < 0) {
		err_set(err, ERR_HOST, "host.pivot", -r, "cannot leave the host's root");
		return err_hint(err, "pivot_root(2) works neither in a chroot nor from an initramfs: run "
				     "pinfold where / is a mount "
				     "of its own");
	}
	/* The old root is stacked on ours now; one detach frees the whole tree, and waits for RCU once. */
	r = sys_detach_here();
	if (r == 0)
		r = sys_chdir("/");
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.detach", -r, "cannot detach the host's root");
	return 0;
}
