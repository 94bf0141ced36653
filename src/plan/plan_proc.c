/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_proc.c - /proc, and what in it is covered.
 *
 * Besides processes, /proc holds switches of the whole machine. Most belong to the kernel's uid 0, and to the
 * owner of the namespace they speak of; a few (mode 0666) are open to anybody. What the program could open
 * for writing is covered by itself, read-only.
 */
#include <sys/mount.h>

#include "base/err.h"
#include "base/mem.h"
#include "plan/host.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

/* Who can write something of a part. */
enum writer {
	WRITER_ANYBODY,	  /* sys/kernel/ns_last_pid; the triggers of PSI */
	WRITER_NOBODY,	  /* but it tells what is not the sandbox's: masked */
	WRITER_SOME_ROOT, /* uid 0 inside, of what belongs to our namespaces; the kernel's uid 0, of all */
};

static const struct part {
	const char *path;
	const char *probe;
	enum writer writer;
} parts[] = {
	{"sys", NULL, WRITER_ANYBODY},
	{"pressure", NULL, WRITER_ANYBODY},
	{"keys", NULL, WRITER_NOBODY}, /* of the user, whose keyrings have no namespace */
	{"sysrq-trigger", "sysrq-trigger", WRITER_SOME_ROOT},
	{"irq", "irq/default_smp_affinity", WRITER_SOME_ROOT},
	{"bus", "bus/pci", WRITER_SOME_ROOT},
	{"acpi", "acpi", WRITER_SOME_ROOT},
	{"fs", "fs", WRITER_SOME_ROOT},
	{"scsi", "scsi", WRITER_SOME_ROOT},
	{"mtrr", "mtrr", WRITER_SOME_ROOT},
};

static int refuse_root(struct build *build)
{
	err_set(build->err, ERR_CONFIG, "config.root-nested", 0,
		"allow-host-root = yes does not go with nested = full");
	err_hint(build->err,
		 "/proc has to be covered for the real uid 0, and a covered /proc cannot be mounted again: "
		 "take one of the two away");
	return origin_blame(build->err, request_get(build->request, OPT_ALLOW_HOST_ROOT)->origin);
}

static void add_covers(struct build *build, bool is_kernel_root)
{
	struct plan_root *root = &build->plan->root;

	/* The first part is in every kernel, the others need not be. */
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		/* An ordinary user inside owns none of the others: no need to look. */
		if (parts[i].writer == WRITER_SOME_ROOT && build->plan->map.uid != 0 && !is_kernel_root)
			continue;
		/* The kernel's uid 0 could write them all: nothing is left to a probe. */
		*ARENA_PUSH(build->arena, root->covers, root->cover_count) = (struct plan_cover){
			.path = parts[i].path,
			.is_masked = parts[i].writer == WRITER_NOBODY,
			.is_optional = i > 0,
			.probe = is_kernel_root ? NULL : parts[i].probe,
		};
	}
}

int plan_proc(struct build *build, struct node_list *nodes)
{
	const struct value *value = request_get(build->request, OPT_PROC);
	bool is_kernel_root = build->host->is_root && !build->plan->map.drops_root;

	if (is_kernel_root && build->plan->nested == NESTED_FULL)
		return refuse_root(build);
	if (is_kernel_root)
		build->plan->warning =
			"the program runs as the host's real root (allow-host-root = yes): what it can "
			"reach, it can change";
	if (value->number == PROC_NONE)
		return 0;
	*ARENA_PUSH(build->arena, nodes->items, nodes->count) =
		(struct plan_node){.kind = NODE_PROC,
				   .dest = "/proc",
				   .attr = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
				   .is_minimal = value->number == PROC_MINIMAL,
				   .origin = value->origin,
				   .is_implied = true};
	/* Where there is nothing but processes, there is nothing to cover. */
	if (value->number == PROC_MINIMAL)
		return 0;
	/* A /proc with covers lets no nested user namespace mount one of its own (the kernel's "too
	 * revealing"). */
	if (build->plan->nested != NESTED_FULL)
		add_covers(build, is_kernel_root);
	return 0;
}
