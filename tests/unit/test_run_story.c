/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_run_story.c - the steps of a start: their order, who does each, and that each failure names its step.
 */
#include "run/story.h"

#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act_fixture.h"
#include "base/fd.h"
#include "plan/entry.h"

static struct story story;
static struct progress progress;
static char arguments[32];

static void setup(void)
{
	static char program[] = "prog";
	static char *const argv[] = {program, NULL};

	act_setup();
	fix.request.argv = argv;
}

TestSuite(story, .init = setup, .fini = fix_teardown);

/* The order is security: whoever changes it changes this list too, and says why. */
Test(story, the_order_and_who_does_what)
{
	static const struct {
		const char *name;
		enum step_who who;
	} order[] = {
		{"maps", WHO_INIT},	   {"names", WHO_INIT},	     {"spaces", WHO_INIT},
		{"keys", WHO_INIT},	   {"root", WHO_INIT},	     {"nested", WHO_INIT},
		{"watch", WHO_INIT},	   {"terminal", WHO_INIT},   {"pivot", WHO_INIT},
		{"rules", WHO_INIT},	   {"network", WHO_INIT},    {"ready", WHO_INIT},
		{"hide", WHO_INIT},	   {"caps", WHO_INIT},	     {"group", WHO_PROGRAM},
		{"limits", WHO_PROGRAM},   {"start", WHO_PROGRAM},   {"fds", WHO_PROGRAM},
		{"landlock", WHO_PROGRAM}, {"seccomp", WHO_PROGRAM}, {"exec", WHO_PROGRAM},
	};

	cr_assert_eq(ARRAY_SIZE(order), (size_t)STEP_COUNT);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		cr_assert_str_eq(step_table[i].name, order[i].name);
		cr_assert_eq(step_table[i].who, order[i].who, "%s", order[i].name);
		cr_assert_str_not_empty(step_table[i].reason, "%s", order[i].name);
		cr_assert_lt(strlen(order[i].name), sizeof(fix.err.step), "%s", order[i].name);
	}
}

static void prepare(void)
{
	static const char *const devices[] = {"/dev/null",   "/dev/zero",    "/dev/full",
					      "/dev/random", "/dev/urandom", "/dev/tty"};

	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		fake_mode(devices[i], S_IFCHR | 0666);
	memset(arguments, 'S', sizeof(arguments));
	memset(&progress, 0, sizeof(progress));
	/* Here the clone makes all namespaces; what is made apart comes over the wire, in tests of its own.
	 */
	fix.plan.clone_flags |= fix.plan.apart_flags;
	fix.plan.apart_flags = 0;
	story = (struct story){.plan = &fix.plan,
			       .progress = &progress,
			       .argv_area = {.start = arguments, .len = sizeof(arguments)},
			       .wire_fd = -1,
			       .root = {.fd = -1, .proc_fd = -1, .pts_fd = -1},
			       .tty_fd = -1,
			       .rules_fd = -1};
	(void)sigemptyset(&story.caller_mask);
	cr_assert_eq(act_compile_filter(fix.arena, &fix.plan.filter, &story.filter, &fix.err), 0);
}

static int run(enum step_who who)
{
	int r = story_run(&story, who, &fix.err);

	fd_close_ptr(&story.root.fd);
	fd_close_ptr(&story.root.proc_fd);
	fd_close_ptr(&story.root.pts_fd);
	fd_close_ptr(&story.rules_fd);
	fd_close_ptr(&story.tty_fd);
	return r;
}

static int run_init(void)
{
	return run(WHO_INIT);
}

static int run_program(void)
{
	return run(WHO_PROGRAM);
}

/* Each step shows by one call of its own. */
static void assert_order(const char *const *calls, size_t count)
{
	for (size_t i = 1; i < count; i++)
		assert_before(calls[i - 1], calls[i]);
}

Test(story, init_does_its_steps_in_that_order)
{
	static const char *const calls[] = {
		"write_file cwd /proc/self/setgroups \"deny\"",
		"write_file cwd /proc/self/uid_map",
		"write_file cwd /proc/self/gid_map",
		"set_hostname sandbox",
		"join_session_keyring",
		"mount_make_private",
		"attach_tree #2 cwd /",
		"mount_set #2 ro",
		"write_file cwd /proc/sys/user/max_user_namespaces",
		"fchdir #2",
		"pivot_root_here",
		"detach_here",
		"landlock_create",
		"landlock_allow",
		"access_mode 2",
		"interface_up lo",
		"set_dumpable no",
		"set_securebits",
		"cap_keep_only",
		"set_no_new_privs",
	};

	fix_build();
	prepare();
	cr_assert_eq(run_init(), 0, "%s", fix.err.msg);
	assert_order(calls, ARRAY_SIZE(calls));
	cr_assert_str_eq(fake_line(fake_count()), "set_no_new_privs", "nothing comes behind it");
	cr_assert_eq(fake_find("load_filter"), 0U, "the program's own steps are not init's");
	cr_assert_eq(progress.step, (uint32_t)STEP_CAPS);
	cr_assert_eq(progress.node, fix.plan.root.count);
}

Test(story, the_program_does_the_rest)
{
	fix_set("environment.set", "PATH=/bin");
	fix_set("process.memory-deny-write-execute", "yes");
	fix.host.has_mdwe = true;
	fix_build();
	prepare();
	story.rules_fd = 50; /* as init has made them */
	/* The fake's exec only ever says why not. */
	cr_assert_eq(run_program(), -1);
	cr_assert_str_eq(fix.err.step, "exec");
	static const char *const calls[] = {
		"set_rlimit",	     "set_mask 0",  "set_mdwe",
		"chdir /",	     "umask 0022",  "cloexec_from 3",
		"landlock_enter 50", "load_filter", "exec /bin/prog prog (1 variables)"};

	assert_order(calls, ARRAY_SIZE(calls));
	cr_assert_eq(progress.step, (uint32_t)STEP_EXEC);
}

Test(story, the_profiles_filter_comes_last_of_all)
{
	fix_set("seccomp.deny", "socket");
	fix_build();
	prepare();
	cr_assert_eq(run_program(), -1);
	assert_before(arena_printf(fix.arena, "load_filter %zu", story.filter.count), "exec");
}

Test(story, clocks_come_before_names)
{
	fix_set("namespaces.time-offset", "boottime:1");
	fix_build();
	prepare();
	cr_assert_eq(run_init(), 0);
	assert_before("write_file cwd /proc/self/gid_map", "unshare");
	assert_before("setns", "set_hostname");
}

/* The supervisor's end of the wire, with a packet and a descriptor in it. */
static int wired[2];

static void prepare_wired(void)
{
	prepare();
	story.wire_fd = wired[1];
}

static int run_init_wired(void)
{
	char packet[sizeof(struct wire)];
	int r = run_init();

	(void)recv(wired[0], packet, sizeof(packet), MSG_DONTWAIT);
	return r;
}

Test(story, with_a_limit_of_processor_time_the_supervisor_gets_a_proc)
{
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, wired), 0);
	fix_set("limits.cpu-time", "5s");
	fix_build();
	prepare_wired();
	cr_assert_eq(run_init_wired(), 0, "%s", fix.err.msg);
	assert_before("write_file cwd /proc/sys/user/max_user_namespaces", "send_fd");
	assert_before("send_fd", "pivot_root_here");
	fake_reset();
	prepare_wired();
	fake_fail("send_fd", EPERM);
	cr_assert_eq(run_init_wired(), -1);
	cr_assert_str_eq(fix.err.id, "system.cpu-time");
	cr_assert_str_eq(fix.err.step, "watch");
}

Test(story, with_a_name_the_supervisor_gets_the_namespaces)
{
	struct wire wire;

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, wired), 0);
	fix_set("network.mode", "host");
	fix.request.entry.name = "web";
	fix_build();
	prepare_wired();
	cr_assert_eq(run_init(), 0, "%s", fix.err.msg);
	assert_before("set_hostname sandbox", "open cwd /proc/self/ns/user");
	assert_before("send_fds", "pivot_root_here");
	assert_before("send_fds", "set_dumpable no");
	cr_assert_eq(recv(wired[0], &wire, sizeof(wire), MSG_DONTWAIT), (ssize_t)sizeof(wire));
	cr_assert_eq(wire.type, WIRE_SPACES);
	cr_assert_eq(wire.status & 1 << SPACE_NET, 0, "the host's is not the sandbox's");
	cr_assert_neq(wire.status & 1 << SPACE_USER, 0);
	fake_reset();
	prepare_wired();
	fake_fail("send_fds", EPERM);
	cr_assert_eq(run_init_wired(), -1);
	cr_assert_str_eq(fix.err.id, "system.namespaces");
	cr_assert_str_eq(fix.err.step, "spaces");
}

Test(story, without_a_proc_there_is_no_limit_of_processor_time)
{
	fix_set("limits.cpu-time", "5s");
	fix_set("filesystem.proc", "none");
	fix_build();
	prepare();
	fake_fail("fs_open proc", EPERM);
	fix_assert_refused(run_init(), "host.cpu-time", "no /proc");
	cr_assert_str_eq(fix.err.step, "watch");
	cr_assert_str_eq(fix.err.origin, "limits.cpu-time=5s");
}

static bool is_step(const char *name, enum step_who who)
{
	for (size_t i = 0; i < STEP_COUNT; i++) {
		if (str_eq(step_table[i].name, name))
			return step_table[i].who == who && progress.step == i;
	}
	return false;
}

Test(story, each_call_of_init_fails_and_names_its_step)
{
	static const struct tolerated tolerated[] = {{"join_session_keyring", 0},
						     {"clone_tree_at #* pressure", ENOENT},
						     {"attach_tree #* #* keys", ENOENT},
						     {"write_file cwd /proc/sys/user/max_user_namespaces", 0},
						     {NULL, 0}};
	size_t count;

	fix_build();
	prepare();
	each_call_fails(run_init, prepare, tolerated);
	fake_reset();
	prepare();
	cr_assert_eq(run_init(), 0);
	count = fake_count();
	for (size_t n = 1; n <= count; n++) {
		fake_reset();
		prepare();
		fake_fail_at(n, EIO);
		memset(&fix.err, 0, sizeof(fix.err));
		if (run_init() < 0)
			cr_assert(is_step(fix.err.step, WHO_INIT), "%s: step \"%s\"", fake_line(n),
				  fix.err.step);
	}
}

Test(story, each_call_of_the_program_fails_before_the_exec)
{
	size_t count;

	fix_build();
	prepare();
	cr_assert_eq(run_program(), -1);
	for (count = 0; !str_starts(fake_line(count + 1), "exec");)
		count++;
	cr_assert_gt(count, 3U);
	for (size_t n = 1; n <= count; n++) {
		const char *failed;

		fake_reset();
		prepare();
		fake_fail_at(n, EIO);
		memset(&fix.err, 0, sizeof(fix.err));
		cr_assert_eq(run_program(), -1);
		failed = arena_strdup(fix.arena, fake_line(n));
		cr_assert_str_not_empty(fix.err.msg, "%s", failed);
		/* A directory that nobody asked for may be missing: "/" is tried. */
		if (!str_starts(failed, "chdir"))
			cr_assert_eq(fake_find("exec"), 0U, "%s failed, and the program was executed:\n%s",
				     failed, fake_trace());
	}
}

/* ------------------------------------------------------------ maps by helpers */

static int supervisor_fd;

static void plan_subids(void)
{
	fix.host.newuidmap = "/usr/bin/newuidmap";
	fix.host.newgidmap = "/usr/bin/newgidmap";
	*ARENA_PUSH(fix.arena, fix.host.subuids, fix.host.subuid_count) = (struct id_range){100000, 65536};
	*ARENA_PUSH(fix.arena, fix.host.subgids, fix.host.subgid_count) = (struct id_range){100000, 65536};
	fix_set("identity.map", "subids");
	fix_build();
}

/* The supervisor has answered before it was asked: the packet waits. */
static void answer(enum wire_type type)
{
	struct wire wire = {.type = type};
	int fds[2];

	fake_reset();
	prepare();
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	cr_assert_eq(send(fds[0], &wire, sizeof(wire), 0), (ssize_t)sizeof(wire));
	supervisor_fd = fds[0];
	story.wire_fd = fds[1];
}

Test(story, ranges_are_mapped_by_the_supervisor_when_setgroups_is_denied)
{
	struct wire wire;

	plan_subids();
	answer(WIRE_MAPS_DONE);
	cr_assert_eq(run_init(), 0, "%s", fix.err.msg);
	assert_before("write_file cwd /proc/self/setgroups", "send");
	assert_before("send", "recv_fd");
	assert_before("recv_fd", "set_hostname");
	cr_assert_eq(fake_find("write_file cwd /proc/self/uid_map"), 0U);
	cr_assert_eq(recv(supervisor_fd, &wire, sizeof(wire), 0), (ssize_t)sizeof(wire));
	cr_assert_eq(wire.type, WIRE_WANT_MAPS);
}

Test(story, without_the_supervisors_word_nothing_goes_on)
{
	plan_subids();
	answer(WIRE_PROC);
	cr_assert_eq(run_init(), -1);
	cr_assert_str_eq(fix.err.step, "maps");
	answer(WIRE_MAPS_DONE);
	(void)shutdown(supervisor_fd, SHUT_RDWR);
	fake_fail("recv_fd", ECONNRESET);
	cr_assert_eq(run_init(), -1);
	answer(WIRE_MAPS_DONE);
	fake_fail("send", EPIPE);
	cr_assert_eq(run_init(), -1);
	cr_assert_str_eq(fix.err.step, "maps");
	cr_assert_eq(fake_find("set_hostname"), 0U);
}

/* ------------------------------------------------------------ a network that is made apart */

/* The packet waits already, behind a signal that somebody sent to pinfold meanwhile. */
static void make_apart(const struct wire *wire, bool has_fd)
{
	const struct wire signal = {.type = WIRE_SIGNAL, .status = SIGUSR1};
	int pair[2];
	int fds[2];

	fake_reset();
	prepare();
	fix.plan.apart_flags = CLONE_NEWNET;
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	cr_assert_eq(send(fds[0], &signal, sizeof(signal), 0), (ssize_t)sizeof(signal));
	if (has_fd) {
		union {
			struct cmsghdr header;
			char room[CMSG_SPACE(sizeof(int))];
		} control = {.header = {.cmsg_level = SOL_SOCKET,
					.cmsg_type = SCM_RIGHTS,
					.cmsg_len = CMSG_LEN(sizeof(int))}};
		struct wire copy = *wire;
		struct iovec iov = {.iov_base = &copy, .iov_len = sizeof(copy)};
		const struct msghdr message = {.msg_iov = &iov,
					       .msg_iovlen = 1,
					       .msg_control = &control,
					       .msg_controllen = sizeof(control)};

		cr_assert_eq(pipe(pair), 0);
		memcpy(CMSG_DATA(&control.header), &pair[0], sizeof(int));
		cr_assert_eq(sendmsg(fds[0], &message, 0), (ssize_t)sizeof(copy));
	} else {
		cr_assert_eq(send(fds[0], wire, sizeof(*wire), 0), (ssize_t)sizeof(*wire));
	}
	supervisor_fd = fds[0];
	story.wire_fd = fds[1];
}

Test(story, the_network_that_was_made_apart_is_entered_when_the_root_stands)
{
	const struct wire wire = {.type = WIRE_NETWORK};

	fix_build();
	make_apart(&wire, true);
	cr_assert_eq(run_init(), 0, "%s", fix.err.msg);
	assert_before("pivot_root_here", "recv_fd");
	assert_before("recv_fd", "setns");
	assert_before("setns", "set_securebits");
	cr_assert_eq(fake_find("interface_up lo"), 0U);
	cr_assert_eq(story.held_count, 1U, "the signal is kept for the program");
	cr_assert_eq(story.held[0].status, SIGUSR1);
}

Test(story, why_there_is_no_network_is_told)
{
	struct wire wire = {.type = WIRE_NETWORK};

	fix_build();
	err_set(&wire.err, ERR_SYSTEM, "system.loopback", EPERM, "cannot bring loopback up");
	make_apart(&wire, false);
	cr_assert_eq(run_init(), -1);
	cr_assert_str_eq(fix.err.id, "system.loopback");
	cr_assert_not_null(strstr(fix.err.msg, "cannot bring loopback up"), "%s", fix.err.msg);
	cr_assert_str_eq(fix.err.step, "network");
	wire.type = WIRE_MAPS_DONE;
	make_apart(&wire, false);
	cr_assert_eq(run_init(), -1);
	cr_assert_str_eq(fix.err.id, "system.network-namespace");
	cr_assert_not_null(strstr(fix.err.msg, "made no network namespace"), "%s", fix.err.msg);
	make_apart(&wire, false);
	(void)shutdown(supervisor_fd, SHUT_RDWR);
	cr_assert_eq(close(supervisor_fd), 0);
	cr_assert_eq(run_init(), -1);
	cr_assert_str_eq(fix.err.id, "system.network-namespace");
	cr_assert_not_null(strstr(fix.err.msg, "made no network namespace"), "%s", fix.err.msg);
	cr_assert_eq(fake_find("set_dumpable"), 0U);
}

Test(story, signals_that_come_too_early_are_kept_for_the_program)
{
	const struct wire signal = {.type = WIRE_SIGNAL, .status = SIGUSR1};
	const struct wire done = {.type = WIRE_MAPS_DONE};
	struct wire wire;

	answer(WIRE_SIGNAL);
	cr_assert_eq(send(supervisor_fd, &signal, sizeof(signal), 0), (ssize_t)sizeof(signal));
	cr_assert_eq(send(supervisor_fd, &done, sizeof(done), 0), (ssize_t)sizeof(done));
	cr_assert_eq(story_await(&story, WIRE_MAPS_DONE, &wire, NULL), 0);
	cr_assert_eq(story.held_count, 2U);
	cr_assert_eq(story.held[1].status, SIGUSR1);
}
