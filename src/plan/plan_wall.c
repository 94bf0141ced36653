/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_wall.c - Landlock: what the mounts allow, said a second time in other words.
 *
 * The mounts say the same already, so this wall counts when one of them is got round: by an error in the
 * kernel's mount code, by a descriptor of a directory of the host that leaked in, by a way through /proc.
 * Such a place is outside of the root, where no rule is, or in a part of it that no rule makes writable. It
 * must forbid nothing that the mounts allow, or programs would break that did nothing wrong.
 *
 * Rules are of files and add up on the way to the root: what is given for a directory is given for all below
 * it, and cannot be taken back there. So "/" gets what the whole root may have, and a node gets a rule when
 * it may have more than what it stands in. What is read-only in a writable tree is so by its mount alone; and
 * so is /proc/sys, in a /proc where programs write.
 *
 * No rights over TCP: they would shut 127.0.0.1 of a network of the program's own, where nothing else is.
 */
#include <sys/mount.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/plan_parts.h"
#include "plan/request.h"
#include "plan/wall.h"

enum wall_choice { WALL_AUTO, WALL_REQUIRE, WALL_NONE };

/* The rights that each version has brought, from the first on. */
static const uint64_t rights_of[] = {
	[1] = WALL_EXECUTE | WALL_WRITE_FILE | WALL_READ | WALL_REMOVE_DIR | WALL_REMOVE_FILE |
	      WALL_MAKE_CHAR | WALL_MAKE_DIR | WALL_MAKE_REG | WALL_MAKE_SOCK | WALL_MAKE_FIFO |
	      WALL_MAKE_BLOCK | WALL_MAKE_SYM,
	[2] = WALL_REFER,
	[3] = WALL_TRUNCATE,
	[5] = WALL_IOCTL_DEV,
	[WALL_NEWEST] = 0,
};

/* Scopes are of version 6. */
enum { WALL_WITH_SCOPES = 6 };

static uint64_t rights_known(unsigned int version)
{
	uint64_t rights = 0;

	for (unsigned int i = 1; i <= version && i < ARRAY_SIZE(rights_of); i++)
		rights |= rights_of[i];
	return rights;
}

/* A mount that was asked to have no programs. Devices, /proc and masks, which have none, do not count. */
static bool is_noexec(const struct plan_node *node)
{
	const uint64_t bits = MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

	return node->kind == NODE_BIND && (node->attr & bits) == bits;
}

static bool has_noexec(const struct plan_root *root)
{
	for (size_t i = 0; i < root->count; i++) {
		if (is_noexec(&root->nodes[i]))
			return true;
	}
	return false;
}

/* What a mount with these flags allows. */
static uint64_t rights_of_mount(uint64_t attr)
{
	uint64_t rights = WALL_READ;

	if ((attr & MOUNT_ATTR_NOEXEC) == 0)
		rights |= WALL_EXECUTE;
	if ((attr & MOUNT_ATTR_RDONLY) == 0)
		rights |= WALL_WRITE | WALL_MAKE;
	if ((attr & MOUNT_ATTR_NODEV) == 0)
		rights |= WALL_IOCTL_DEV;
	return rights;
}

static bool is_directory(const struct plan_node *node)
{
	if (node->kind == NODE_BIND || node->kind == NODE_MASK)
		return node->is == SOURCE_DIR;
	return node->kind != NODE_FILE && node->kind != NODE_COPY;
}

static uint64_t rights_of_node(const struct plan_node *node)
{
	static const struct {
		uint64_t rights;
		bool is_mount; /* whose flags say what can be done */
	} kinds[NODE_KIND_COUNT] = {
		[NODE_BIND] = {.is_mount = true},
		[NODE_OVERLAY] = {.is_mount = true},
		[NODE_TMPFS] = {.is_mount = true},
		/* oom_score_adj, comm, uid_map and many more are written to; nothing is made there. */
		[NODE_PROC] = {.rights = WALL_READ | WALL_WRITE},
		[NODE_CGROUP] = {.rights = WALL_READ},
		[NODE_DEVPTS] = {.rights = WALL_READ | WALL_WRITE | WALL_IOCTL_DEV},
		/* These are as what they stand on, which is written to by us alone. */
		[NODE_COPY] = {.rights = WALL_READ},
		[NODE_DIR] = {.rights = WALL_READ},
		[NODE_FILE] = {.rights = WALL_READ},
		[NODE_SYMLINK] = {.rights = WALL_READ},
		[NODE_MASK] = {.rights = WALL_READ},
	};
	uint64_t rights = kinds[node->kind].is_mount ? rights_of_mount(node->attr) : kinds[node->kind].rights;

	if (node->kind == NODE_COPY && (node->mode & 0111) != 0)
		rights |= WALL_EXECUTE;
	/* The minimal devices: one rule for all of them, as each costs time, and nothing else stands there.
	 */
	if (node->is_implied && is_directory(node) && str_eq(node->dest, "/dev"))
		rights |= WALL_WRITE | WALL_IOCTL_DEV;
	return is_directory(node) ? rights : rights & WALL_OF_FILES;
}

static void add_rule(struct build *build, const char *path, uint64_t rights)
{
	struct plan_wall *wall = &build->plan->wall;

	*ARENA_PUSH(build->arena, wall->rules, wall->count) =
		(struct plan_wall_rule){.path = path, .rights = rights & wall->files};
}

/*
 * What the whole root may have. A tmpfs, which is read-only in the end, is there to be looked at and run; but
 * what "/" gives it gives to all. So where a grant is to have no programs, each of the others is given the
 * right to run them by itself.
 */
static uint64_t rights_of_root(const struct plan_root *root)
{
	if (root->base != NULL)
		return rights_of_mount(root->base->attr);
	return has_noexec(root) ? WALL_READ : WALL_READ | WALL_EXECUTE;
}

/* Linear, since parents come before what is below them: what a node stands in is on a stack. */
static void add_rules(struct build *build)
{
	const struct plan_root *root = &build->plan->root;
	const uint64_t files = build->plan->wall.files;
	const uint64_t whole = rights_of_root(root) & files;
	struct {
		const char *dest;
		uint64_t rights;
	} *stack = arena_alloc(build->arena, (root->count + 1) * sizeof(stack[0]));
	size_t depth = 0;

	add_rule(build, "/", whole);
	for (size_t i = 0; i < root->count; i++) {
		const struct plan_node *node = &root->nodes[i];
		uint64_t rights = rights_of_node(node) & files;
		uint64_t given = whole;

		while (depth > 0 && !path_is_within(node->dest, stack[depth - 1].dest))
			depth--;
		if (depth > 0)
			given = stack[depth - 1].rights;
		if ((rights & ~given) != 0)
			add_rule(build, node->dest, rights);
		stack[depth].dest = node->dest;
		stack[depth++].rights = given | rights;
	}
}

/* No Landlock, or none that can be used. */
static int stand_without(struct build *build, const struct value *mode)
{
	struct plan_wall *wall = &build->plan->wall;

	wall->state = build->host->landlock == 0 ? WALL_ABSENT : WALL_TOO_OLD;
	if (mode->number != WALL_REQUIRE)
		return 0;
	if (wall->state == WALL_ABSENT) {
		err_set(build->err, ERR_HOST, "host.landlock", 0, "there is no Landlock here");
		err_hint(build->err,
			 "it takes Linux 5.19 with CONFIG_SECURITY_LANDLOCK and landlock in lsm= "
			 "of its command line, and no outer filter that refuses it; mode = auto does "
			 "without");
	} else {
		err_set(build->err, ERR_HOST, "host.landlock", 0,
			"the kernel's Landlock is of version %u, which forbids renames and links across "
			"directories",
			build->host->landlock);
		err_hint(build->err, "Linux 5.19 brought version 2; mode = auto does without");
	}
	return origin_blame(build->err, mode->origin);
}

static int refuse_nested(struct build *build, const struct value *mode)
{
	const struct value *nested = request_get(build->request, OPT_NESTED);

	err_set(build->err, ERR_CONFIG, "config.landlock-nested", 0,
		"mode = require does not go with nested = full (%s): with rules for files the kernel refuses "
		"every mount, also in a nested user namespace",
		origin_text(build->arena, nested->origin));
	err_hint(build->err, "take one of the two away");
	return origin_blame(build->err, mode->origin);
}

int plan_wall(struct build *build)
{
	const struct value *mode = request_get(build->request, OPT_LANDLOCK);
	struct plan_wall *wall = &build->plan->wall;
	unsigned int version = build->host->landlock;

	wall->origin = mode->origin;
	if (mode->number == WALL_NONE) {
		wall->state = WALL_OFF;
		return 0;
	}
	if (mode->number == WALL_REQUIRE && build->plan->nested == NESTED_FULL)
		return refuse_nested(build, mode);
	if (version < WALL_OLDEST)
		return stand_without(build, mode);
	wall->state = WALL_STANDS;
	wall->version = version < WALL_NEWEST ? version : WALL_NEWEST;
	/*
	 * In a network namespace of its own there is no abstract socket of the host's, and in a pid namespace
	 * nobody else to signal: there the scopes would only make strangers of the program and of what enters
	 * the sandbox later.
	 */
	if (build->plan->has_host_network && version >= WALL_WITH_SCOPES)
		wall->scopes = WALL_SCOPE_ABSTRACT | WALL_SCOPE_SIGNAL;
	if (build->plan->nested == NESTED_FULL)
		return 0;
	wall->files = rights_known(wall->version);
	add_rules(build);
	return 0;
}
