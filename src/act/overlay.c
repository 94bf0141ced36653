/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * overlay.c - a tree of the host with changes on top.
 *
 * overlayfs wants its layers as text in options, where commas, colons and backslashes mean something and
 * every path is looked up again. So the layers, opened and cloned before, are mounted in a scratch tmpfs
 * under names of our own, and the options name those, relative to it. The overlay keeps clones of these
 * mounts; the scratch goes away again.
 *
 * userxattr: what the overlay has to remember is kept in user.* attributes, trusted.* ones being for the
 * host's root. Without any place for them a removed directory of the lower layer would be EIO.
 */
#include "act/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mount.h>

#include "act/newfs.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "plan/origin.h"
#include "plan/plan.h"
#include "sys/file.h"
#include "sys/mount.h"

static int fail(const struct plan_node *node, struct err *err, int r, const char *what)
{
	err_set(err, ERR_SYSTEM, "system.overlay", -r, "%s %s", what, node->dest);
	return origin_blame(err, node->origin);
}

/* The directories for changes, in what is mounted or made at "state"; mode: of the lower directory. */
static int make_state(const struct plan_node *node, int scratch_fd, mode_t mode, struct err *err)
{
	static const char *const names[] = {"upper", "work"};
	const char *kept = node->upper != NULL ? node->upper->source : "memory";
	CLEANUP_FD int state_fd =
		sys_open_resolve(scratch_fd, "state", O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS);
	CLEANUP_FD int work_fd = -1;
	int r;

	if (state_fd < 0)
		return fail(node, err, state_fd, "cannot open the place for changes of");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		r = sys_mkdir(state_fd, names[i], i == 0 ? mode : 0700);
		if (r < 0 && (r != -EEXIST || node->upper == NULL)) {
			err_set(err, ERR_CONFIG, "config.overlay-upper", -r, "cannot make %s/%s", kept,
				names[i]);
			err_hint(err, "upper must be a directory that you can write to");
			return origin_blame(err, node->origin);
		}
	}
	work_fd = sys_open_resolve(state_fd, "work", O_RDONLY | O_DIRECTORY,
				   RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH);
	if (work_fd < 0)
		return fail(node, err, work_fd, "cannot open the place for changes of");
	/* The overlay would only say so in the kernel's log, and go on without. */
	r = sys_set_xattr(work_fd, "user.pinfold", "");
	if (r < 0) {
		err_set(err, ERR_HOST, "host.overlay-xattr", -r,
			"the file system of %s cannot keep an overlay's changes: it has no user xattrs",
			kept);
		err_hint(err,
			 node->upper != NULL
				 ? "choose a directory on another file system, such as ext4, xfs or btrfs"
				 : "the kernel lacks CONFIG_TMPFS_XATTR: use overlay with upper=DIR");
		return origin_blame(err, node->origin);
	}
	return 0;
}

static int fail_mount(const struct plan_node *node, struct err *err, int r)
{
	if (r == -EBUSY && node->upper != NULL) {
		err_set(err, ERR_CONFIG, "config.overlay-busy", -r, "upper=%s is in use",
			node->upper->source);
		err_hint(err, "another sandbox keeps its changes there: wait for its end, or use another "
			      "directory");
	} else if (r == -EINVAL) {
		err_set(err, ERR_CONFIG, "config.overlay", -r, "the kernel makes no overlay of %s for %s",
			node->source, node->dest);
		err_hint(err, "no other file system may be mounted below the directory%s",
			 node->upper != NULL ? ", and that of upper must be one of its own kind (ext4, xfs, "
					       "btrfs; neither NFS nor an overlay)"
					     : "");
	} else {
		return fail(node, err, r, "cannot make the overlay for");
	}
	return origin_blame(err, node->origin);
}

/* In the scratch: puts the layers under their names and makes the overlay of them. */
static int make_overlay(const struct plan_node *node, int scratch_fd, int lower_fd, int upper_fd, int *ret_fd,
			struct err *err)
{
	/* index: the kernel refuses an upper directory that is in use already. */
	static const struct fs_parameter kept[] = {{"lowerdir", "lower"},     {"upperdir", "state/upper"},
						   {"workdir", "state/work"}, {"userxattr", NULL},
						   {"index", "on"},	      {NULL, NULL}};
	static const struct fs_parameter in_memory[] = {{"lowerdir", "lower"},
							{"upperdir", "state/upper"},
							{"workdir", "state/work"},
							{"userxattr", NULL},
							{NULL, NULL}};
	/* A symlink in the place of DIR/upper leads nowhere (5.14). */
	const uint64_t attr = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSYMFOLLOW;
	uint64_t limits = 0;
	struct stat st;
	int r = sys_fstat(lower_fd, &st);

	/* A bind keeps what the host's mount forbids; an overlay is a mount of its own, and has to be told.
	 */
	if (r == 0)
		r = sys_mount_limits(lower_fd, &limits);
	if (r == 0)
		r = sys_mkdir(scratch_fd, "lower", 0700);
	if (r == 0)
		r = sys_mkdir(scratch_fd, "state", 0700);
	if (r == 0)
		r = sys_attach_tree(lower_fd, scratch_fd, "lower");
	if (r == 0 && upper_fd >= 0)
		r = sys_mount_set(upper_fd, true, attr);
	if (r == 0 && upper_fd >= 0)
		r = sys_attach_tree(upper_fd, scratch_fd, "state");
	if (r < 0)
		return fail(node, err, r, "cannot prepare the overlay for");
	if (make_state(node, scratch_fd, st.st_mode & 07777, err) < 0)
		return -1;
	r = act_make_fs("overlay", upper_fd >= 0 ? kept : in_memory, node->attr | limits);
	if (r < 0)
		return fail_mount(node, err, r);
	*ret_fd = r;
	return 0;
}

int act_make_overlay(const struct plan_node *node, int lower_fd, int upper_fd, int *ret_fd, struct err *err)
{
	enum { OUR_INODES = 8 }; /* besides what the changes may have: the scratch's own */
	CLEANUP_FD int scratch_fd = act_scratch_open(node->size, node->inodes + OUR_INODES);
	CLEANUP_FD int fd = -1;
	int r;

	if (scratch_fd < 0)
		return fail(node, err, scratch_fd, "cannot make the memory for changes of");
	if (make_overlay(node, scratch_fd, lower_fd, upper_fd, &fd, err) < 0)
		return -1;
	r = act_scratch_close(scratch_fd);
	if (r < 0)
		return fail(node, err, r, "cannot leave the scratch of");
	*ret_fd = fd_steal(&fd);
	return 0;
}
