/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_build.c - namespaces, names, clocks, privilege and the filter of a plan; and that planning is
 * pure. */
#include "plan/plan_build.h"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>

#include "plan/explain.h"
#include "plan_fixture.h"

TestSuite(build, .init = fix_setup, .fini = fix_teardown);

static const uint64_t always = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID;

Test(build, all_eight_namespaces_are_new_unless_asked_otherwise)
{
	fix_build();
	cr_assert_eq(fix.plan.clone_flags | fix.plan.apart_flags,
		     always | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWCGROUP | CLONE_NEWTIME);
	cr_assert(fix.plan.has_loopback);
	cr_assert_not(fix.plan.has_host_network);
	cr_assert_str_eq(fix.plan.hostname, "sandbox");
	cr_assert_str_eq(fix.plan.domainname, "(none)");
	cr_assert_eq(fix.plan.nested, NESTED_NONE);
	cr_assert(fix.plan.limits_userns);
	cr_assert_gt(fix.plan.deadline_ms, 0U);
}

Test(build, each_namespace_can_be_the_hosts)
{
	static const struct {
		const char *key;
		uint64_t flag;
	} rows[] = {{"namespaces.ipc", CLONE_NEWIPC},
		    {"namespaces.uts", CLONE_NEWUTS},
		    {"namespaces.cgroup", CLONE_NEWCGROUP},
		    {"namespaces.time", CLONE_NEWTIME},
		    {"network.mode", CLONE_NEWNET}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fix_build();
		const uint64_t before = fix.plan.clone_flags | fix.plan.apart_flags;

		fix_set(rows[i].key, "host");
		fix_build();
		cr_assert_eq(fix.plan.clone_flags | fix.plan.apart_flags, before & ~rows[i].flag, "%s",
			     rows[i].key);
	}
	cr_assert_eq(fix.plan.clone_flags, always, "user, mount and pid are always ours");
	cr_assert_null(fix.plan.hostname);
	cr_assert_not(fix.plan.has_loopback);
	cr_assert(fix.plan.has_host_network);
}

Test(build, names_of_a_private_uts_namespace)
{
	fix_set("identity.hostname", "box");
	fix_set("identity.domainname", "example.org");
	fix_build();
	cr_assert_str_eq(fix.plan.hostname, "box");
	cr_assert_str_eq(fix.plan.domainname, "example.org");
}

Test(build, a_name_without_its_namespace_is_refused)
{
	fix_set("namespaces.uts", "host");
	fix_build();
	fix_set("identity.domainname", "x");
	fix_assert_refused(fix_try_build(), "config.no-effect",
			   "identity.domainname has no effect with namespaces.uts = host");
	cr_assert_str_eq(fix_where(), "identity.domainname=x");
	fix_set("identity.domainname", "");
	fix_set("identity.hostname", "x");
	fix_assert_refused(fix_try_build(), "config.no-effect", "identity.hostname");
	fix_set("identity.hostname", "");
	fix_build();
}

Test(build, clock_offsets_take_the_namespace_out_of_the_clone)
{
	/* They can be written only before a process is inside: it is made by unshare, later. */
	fix_set("namespaces.time-offset", "boottime:86400 monotonic:-3");
	fix_build();
	cr_assert_eq(fix.plan.clone_flags & CLONE_NEWTIME, 0U);
	cr_assert(fix.plan.has_time_offsets);
	cr_assert_eq(fix.plan.offset_count, 2U);
	cr_assert_str_eq(fix.plan.offsets[0].clock, "boottime");
	cr_assert_eq(fix.plan.offsets[0].seconds, 86400);
	cr_assert_eq(fix.plan.offsets[1].seconds, -3);
	cr_assert_str_eq(origin_text(fix.arena, fix.plan.offsets[1].origin),
			 "namespaces.time-offset=boottime:86400 monotonic:-3");
	fix_set("namespaces.time", "host");
	fix_assert_refused(fix_try_build(), "config.no-effect", "namespaces.time-offset");
}

Test(build, old_kernels_are_refused)
{
	static const struct {
		unsigned int major, minor;
		bool is_good;
	} cases[] = {{0, 0, false}, {4, 19, false}, {5, 11, false}, {5, 12, true},
		     {5, 15, true}, {6, 0, true},   {10, 0, true}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fix.host.kernel_major = cases[i].major;
		fix.host.kernel_minor = cases[i].minor;
		if (cases[i].is_good) {
			fix_build();
			continue;
		}
		fix_assert_refused(fix_try_build(), "host.kernel-too-old", "is too old");
		cr_assert_eq(fix.err.kind, ERR_HOST);
	}
}

Test(build, nested)
{
	fix_set("namespaces.nested", "browser");
	fix_build();
	cr_assert_eq(fix.plan.nested, NESTED_BROWSER);
	cr_assert_eq(fix.plan.filter.nested, NESTED_BROWSER);
	cr_assert_not(fix.plan.limits_userns);
	fix_set("namespaces.nested", "full");
	fix_build();
	cr_assert_eq(fix.plan.filter.nested, NESTED_FULL);
	cr_assert_not(fix.plan.limits_userns);
	cr_assert_eq(fix.plan.root.cover_count, 0U);
}

Test(build, no_capability_is_kept_and_the_securebits_are_locked)
{
	const unsigned int locks =
		SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED;

	fix_build();
	cr_assert_eq(fix.plan.keep_caps, 0U);
	cr_assert_eq(fix.plan.securebits & locks, locks);
	cr_assert(fix.plan.securebits & SECBIT_NOROOT);
	cr_assert(fix.plan.securebits & SECBIT_NO_SETUID_FIXUP);
	cr_assert_not(fix.plan.securebits & SECBIT_KEEP_CAPS);
	cr_assert(fix.plan.securebits & SECBIT_NO_CAP_AMBIENT_RAISE);
	cr_assert(fix.plan.securebits & SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED);
}

Test(build, kept_capabilities_are_those_named)
{
	fix_set("capabilities.keep", "chown net_bind_service cap_chown");
	fix_build();
	cr_assert_eq(fix.plan.keep_caps, UINT64_C(1) << CAP_CHOWN | UINT64_C(1) << CAP_NET_BIND_SERVICE);
	cr_assert(fix.plan.securebits & SECBIT_NOROOT_LOCKED);
	cr_assert_not(fix.plan.securebits & SECBIT_NO_CAP_AMBIENT_RAISE,
		      "they survive the exec as ambient ones");
}

Test(build, denies)
{
	fix_set("seccomp.deny", "socket connect");
	fix_build();
	cr_assert_eq(fix.plan.filter.word_count, 2U);
	cr_assert_str_eq(fix.plan.filter.words[1].text, "connect");
	cr_assert_str_eq(origin_text(fix.arena, fix.plan.filter.words[1].origin),
			 "seccomp.deny=socket connect");
}

Test(build, denies_that_no_program_could_start_under)
{
	static const char *const needed[] = {"execve", "exit_group", "write"};

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		fix_set("seccomp.deny", arena_printf(fix.arena, "socket %s", needed[i]));
		fix_assert_refused(fix_try_build(), "config.deny-needed", needed[i]);
		fix_set("seccomp.deny", "");
	}
	fix_set("seccomp.deny", "execveat writev");
	fix_build();
}

Test(build, wants_subids_only_for_their_map)
{
	cr_assert_not(plan_wants_subids(&fix.request));
	fix_set("identity.map", "root");
	cr_assert_not(plan_wants_subids(&fix.request));
	fix_set("identity.map", "subids");
	cr_assert(plan_wants_subids(&fix.request));
}

Test(build, all_paths_that_a_plan_asks_for_were_wanted)
{
	const char **paths;
	size_t count;

	fix_set("filesystem.ro", "/opt/data");
	fix_set("filesystem.rw", "-/srv");
	fix_set("filesystem.dev", "/dev/kvm");
	fix_set("filesystem.etc", "@base ssh -none");
	plan_wanted_paths(&fix.request, fix.arena, &paths, &count);
	static const char *const wanted[] = {"/usr",	 "/bin",	"/dev/null", "/opt/data", "/srv",
					     "/dev/kvm", "/etc/passwd", "/etc/ssh",  "/etc/none"};

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		size_t k = 0;

		while (k < count && !str_eq(paths[k], wanted[i]))
			k++;
		cr_assert_lt(k, count, "%s was not wanted", wanted[i]);
	}
	fix_set("filesystem.system", "none");
	fix_set("filesystem.devices", "none");
	fix_set("filesystem.ro", "");
	fix_set("filesystem.rw", "");
	fix_set("filesystem.dev", "");
	fix_set("filesystem.etc", "");
	plan_wanted_paths(&fix.request, fix.arena, &paths, &count);
	cr_assert_eq(count, 0U, "no look at what is not asked for");
}

Test(build, the_same_input_gives_the_same_plan)
{
	const char *first;

	fix_set("filesystem.tmpfs", "/tmp");
	fix_set("environment.set", "A=1");
	fix_build();
	first = explain_text(fix.arena, &fix.plan);
	for (int i = 0; i < 5; i++) {
		fix_build();
		cr_assert_str_eq(explain_text(fix.arena, &fix.plan), first);
	}
}
