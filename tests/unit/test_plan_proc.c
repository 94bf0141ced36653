/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_proc.c - /proc, and what in it is covered for whom. */
#include <sys/mount.h>

#include "plan_fixture.h"

TestSuite(proc, .init = fix_setup, .fini = fix_teardown);

/* The covers as "PATH PATH? PATH!": "?" where a probe decides, "!" where it is masked. */
static const char *covers(void)
{
	const char *text = "";

	fix_build();
	for (size_t i = 0; i < fix.plan.root.cover_count; i++)
		text = arena_printf(fix.arena, "%s%s%s%s%s", text, i > 0 ? " " : "",
				    fix.plan.root.covers[i].path,
				    fix.plan.root.covers[i].probe != NULL ? "?" : "",
				    fix.plan.root.covers[i].is_masked ? "!" : "");
	return text;
}

Test(proc, a_fresh_one_without_devices_programs_and_set_ids)
{
	fix_build();
	cr_assert_not_null(fix_find_node("/proc"));
	cr_assert_eq(fix_node("/proc")->kind, NODE_PROC);
	cr_assert_eq(fix_node("/proc")->attr,
		     (uint64_t)(MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
}

Test(proc, or_none)
{
	fix_set("filesystem.proc", "none");
	cr_assert_str_empty(covers());
	cr_assert_null(fix_find_node("/proc"));
	cr_assert_null(fix_find_node("/proc"));
}

Test(proc, an_ordinary_user_inside_could_write_what_is_open_to_anybody)
{
	cr_assert_str_eq(covers(), "sys pressure keys!");
}

Test(proc, uid_zero_inside_could_write_what_belongs_to_its_namespaces)
{
	static const char want[] = "sys pressure keys! sysrq-trigger? irq? bus? acpi? fs? scsi? mtrr?";

	fix_set("identity.map", "root");
	cr_assert_str_eq(covers(), want);
	fix_set("identity.map", "");
	fix_set("identity.uid", "0");
	cr_assert_str_eq(covers(), want);
}

Test(proc, the_real_root_could_write_all)
{
	fix.host.uid = fix.host.gid = 0;
	fix.host.is_root = fix.host.has_setfcap = true;
	cr_assert_str_eq(covers(), "sys pressure keys!"); /* he becomes nobody */
	fix_set("identity.allow-host-root", "yes");
	cr_assert_str_eq(covers(), "sys pressure keys! sysrq-trigger irq bus acpi fs scsi mtrr");
	cr_assert_not_null(fix.plan.warning);
}

Test(proc, what_a_kernel_may_lack_is_optional)
{
	fix_set("identity.map", "root");
	fix_build();
	for (size_t i = 0; i < fix.plan.root.cover_count; i++) {
		const struct plan_cover *cover = &fix.plan.root.covers[i];

		cr_assert_eq(cover->is_optional, !str_eq(cover->path, "sys"), "%s", cover->path);
	}
}

Test(proc, nested_sandboxes_need_one_without_covers)
{
	fix_set("namespaces.nested", "full");
	cr_assert_str_empty(covers());
	fix_set("identity.map", "root");
	cr_assert_str_empty(covers());
	fix_set("namespaces.nested", "browser");
	cr_assert_str_neq(covers(), "");
	fix.host.uid = fix.host.gid = 0;
	fix.host.is_root = fix.host.has_setfcap = true;
	fix_set("identity.allow-host-root", "yes");
	fix_set("namespaces.nested", "full");
	fix_assert_refused(fix_try_build(), "config.root-nested", "does not go with nested = full");
}
