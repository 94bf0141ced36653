/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_probe.c - the facts a plan is made from, files read for profiles, and why a clone was refused. */
#include "act/probe.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <unistd.h>

#include "act/probe_watch.h"
#include "act_fixture.h"

TestSuite(probe, .init = act_setup, .fini = fix_teardown);

static struct host host;

static int probe(void)
{
	return act_probe(fix.arena, &host, &fix.err);
}

static void clear_environment(void)
{
	(void)clearenv();
	(void)setenv("HOME", "/home/bob/", 1);
	(void)setenv("USER", "bob", 1);
}

Test(probe, who_where_and_on_what)
{
	clear_environment();
	(void)setenv("XDG_CONFIG_HOME", "/cfg", 1);
	(void)setenv("XDG_CACHE_HOME", "relative", 1);
	(void)setenv("XDG_DATA_HOME", "", 1);
	(void)setenv("XDG_RUNTIME_DIR", "/run//user/7", 1);
	cr_assert_eq(probe(), 0, "%s", fix.err.msg);
	cr_assert_gt(host.kernel_major, 4U);
	cr_assert_eq(host.uid, geteuid());
	cr_assert_eq(host.gid, getegid());
	cr_assert_str_eq(host.user, "bob");
	cr_assert_str_eq(host.home, "/home/bob");
	cr_assert_str_eq(host.home_inside, "/home/bob");
	cr_assert_str_eq(host.config, "/cfg");
	cr_assert_str_eq(host.cache, "/home/bob/.cache", "a relative path counts as unset");
	cr_assert_str_eq(host.data, "/home/bob/.local/share");
	cr_assert_str_eq(host.state, "/home/bob/.local/state");
	cr_assert_str_eq(host.runtime, "/run/user/7");
	cr_assert_str_not_empty(host.sysconfdir);
	cr_assert_str_not_empty(host.datadir);
	cr_assert_eq(host.env, environ);
	cr_assert_eq(host.path_count, 0U);
	cr_assert_eq(host.umask, 022U, "what the fake says");
	assert_before("umask 0000", "umask 0022");
}

Test(probe, datadir_of_a_clone)
{
	clear_environment();
	cr_assert_eq(probe(), 0);
	const char *installed = host.datadir;

	(void)setenv("PINFOLD_DATADIR", "/clone", 1);
	cr_assert_eq(probe(), 0);
	cr_assert_str_eq(host.datadir, "/clone");
	(void)setenv("PINFOLD_DATADIR", "", 1);
	cr_assert_eq(probe(), 0);
	cr_assert_str_eq(host.datadir, installed);
}

Test(probe, the_password_file_says_what_the_environment_does_not)
{
	(void)clearenv();
	cr_assert_eq(probe(), 0);
	if (geteuid() == 0) {
		cr_assert_str_eq(host.user, "root");
		cr_assert_str_eq(host.home, "/root");
	}
	(void)setenv("HOME", "not/absolute", 1);
	cr_assert_eq(probe(), 0);
	cr_assert(host.home == NULL || host.home[0] == '/');
}

Test(probe, where_we_are)
{
	char cwd[4096];

	cr_assert_eq(chdir("/usr"), 0);
	cr_assert_eq(probe(), 0);
	cr_assert_str_eq(host.cwd, "/usr");
	cr_assert_not_null(getcwd(cwd, sizeof(cwd)));
}

Test(probe, a_directory_that_is_gone)
{
	char dir[] = "/tmp/pinfold-test.XXXXXX";

	cr_assert_not_null(mkdtemp(dir));
	cr_assert_eq(chdir(dir), 0);
	cr_assert_eq(rmdir(dir), 0);
	cr_assert_eq(probe(), 0);
	cr_assert_null(host.cwd);
}

Test(probe, each_run_has_an_id_of_its_own)
{
	char first[HOST_RANDOM_ID_SIZE];

	cr_assert_eq(probe(), 0);
	memcpy(first, host.random_id, sizeof(first));
	cr_assert_eq(strlen(first), 32U);
	cr_assert_eq(strspn(first, "0123456789abcdef"), 32U);
	cr_assert_eq(probe(), 0);
	cr_assert_str_neq(first, host.random_id);
}

static bool is_root_when_proc_is(uid_t owner, ino_t inode)
{
	fake_reset();
	fake_stat("/proc", &(struct stat){.st_mode = S_IFDIR | 0555, .st_uid = owner, .st_ino = inode});
	cr_assert_eq(probe(), 0);
	return host.is_root;
}

Test(probe, who_is_the_kernels_root)
{
	const uid_t me = geteuid();

	cr_assert(is_root_when_proc_is(me, 1), "the owner of /proc");
	cr_assert_not(is_root_when_proc_is(me + 1, 1));
	cr_assert_not(is_root_when_proc_is(65534, 1) && me == 65534, "not mapped: nobody");
	/* Something else is mounted there: the owner of it says nothing. */
	cr_assert_eq(is_root_when_proc_is(me + 1, 2), me == 0);
	fake_reset();
	cr_assert_eq(probe(), 0);
	cr_assert_eq(host.is_root, me == 0, "without a /proc: the safe side");
}

Test(probe, setfcap_matters_to_uid_zero_alone)
{
	fake_effective_caps(UINT64_C(1) << CAP_SETFCAP);
	cr_assert_eq(probe(), 0);
	cr_assert_eq(host.has_setfcap, geteuid() == 0);
	fake_effective_caps(0);
	cr_assert_eq(probe(), 0);
	cr_assert_not(host.has_setfcap);
}

Test(probe, each_call_fails)
{
	each_call_fails(probe, NULL,
			(const struct tolerated[]){{"stat ", 0},
						   {"read_file ", 0},
						   {"landlock_version", 0},
						   {"personality", 0},
						   {NULL, 0}});
}

/* ------------------------------------------------------------ paths */

static const struct path_fact *fact_of(const char *path)
{
	const struct path_fact *fact = host_find_path(&fix.host, path);

	cr_assert_not_null(fact, "%s", path);
	return fact;
}

static int probe_request(void)
{
	fix.host.paths = NULL;
	fix.host.own = NULL;
	fix.host.path_count = fix.host.own_count = 0;
	return act_probe_request(fix.arena, &fix.request, &fix.host, &fix.err);
}

static void prepare_paths(void)
{
	fake_mode("/t/dir", S_IFDIR | 0755);
	fake_mode("/t/file", S_IFREG | 0644);
	fake_mode("/t/socket", S_IFSOCK | 0600);
	fake_mode("/t/null", S_IFCHR | 0666);
	fake_mode("/t/disk", S_IFBLK | 0600);
	fake_mode("/t/link", S_IFDIR | 0755);
	fake_symlink("/t/link", "dir");
	fake_symlink("/t/dangling", "nowhere");
}

static void ask_for_paths(void)
{
	static const char *const names[] = {"dir",  "file", "socket",	"null",
					    "disk", "link", "dangling", "none"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		fix_set("filesystem.ro", arena_printf(fix.arena, "/t/%s", names[i]));
	prepare_paths();
}

Test(probe, facts_of_paths)
{
	ask_for_paths();
	cr_assert_eq(probe_request(), 0);
	cr_assert_eq(fact_of("/t/dir")->kind, PATH_DIR);
	cr_assert_null(fact_of("/t/dir")->target);
	cr_assert_eq(fact_of("/t/file")->kind, PATH_FILE);
	cr_assert_eq(fact_of("/t/socket")->kind, PATH_FILE);
	cr_assert_eq(fact_of("/t/null")->kind, PATH_DEVICE);
	cr_assert_eq(fact_of("/t/disk")->kind, PATH_DEVICE);
	cr_assert_eq(fact_of("/t/link")->kind, PATH_DIR);
	cr_assert_str_eq(fact_of("/t/link")->target, "dir");
	cr_assert_eq(fact_of("/t/dangling")->kind, PATH_MISSING);
	cr_assert_eq(fact_of("/t/dangling")->errnum, ENOENT);
	cr_assert_str_eq(fact_of("/t/dangling")->target, "nowhere");
	cr_assert_eq(fact_of("/t/none")->kind, PATH_MISSING);
	cr_assert_eq(fact_of("/t/none")->errnum, ENOENT);
	cr_assert_eq(fact_of("/usr")->kind, PATH_MISSING, "the system's too");
}

Test(probe, a_path_that_cannot_be_looked_at_says_why)
{
	ask_for_paths();
	fake_fail("statx cwd /t/dir nofollow", EACCES);
	fake_fail("statx cwd /t/link", ELOOP);
	cr_assert_eq(probe_request(), 0);
	cr_assert_eq(fact_of("/t/dir")->kind, PATH_MISSING);
	cr_assert_eq(fact_of("/t/dir")->errnum, EACCES);
	cr_assert_eq(fact_of("/t/link")->errnum, ELOOP);
	/* No call of a probe ends it: what is wrong is a fact, and the plan's to judge. */
	each_call_fails(probe_request, prepare_paths,
			(const struct tolerated[]){{"lstat ", 0},
						   {"statx ", 0},
						   {"readlink ", 0},
						   {"access ", 0},
						   {"open cwd /home/alice/.config/pinfold/profiles", 0},
						   {"read_dir ", 0},
						   {NULL, 0}});
}

Test(probe, what_is_granted_knows_when_it_was_made)
{
	static const char *const paths[] = {"/t/dir", "/t/link"};

	ask_for_paths();
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		fake_stat(paths[i], &(struct stat){.st_mode = S_IFDIR | 0755, .st_ino = 12});
	fake_birth(77);
	cr_assert_eq(probe_request(), 0);
	cr_assert_eq(fact_of("/t/dir")->birth, 77U);
	cr_assert_eq(fact_of("/t/link")->birth, 77U, "of what it leads to");
	cr_assert_eq(fact_of("/t/none")->birth, 0U);
	fake_birth(0);
	cr_assert_eq(probe_request(), 0);
	cr_assert_eq(fact_of("/t/dir")->birth, 0U, "a fact that is not known");
}

Test(probe, a_directory_is_walked_to_once_for_all_that_is_in_it)
{
	static const char *const paths[] = {"/t/a/b/one", "/t/a/b/two", "/t/a/b/way", "/t/a/b/way/x",
					    "/t/other"};

	fake_stat("/t", &(struct stat){.st_mode = S_IFDIR | 0755, .st_ino = 1});
	fake_stat("/t/a", &(struct stat){.st_mode = S_IFDIR | 0755, .st_ino = 2});
	fake_stat("/t/a/b", &(struct stat){.st_mode = S_IFDIR | 0755, .st_ino = 3});
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		fake_stat(paths[i], &(struct stat){.st_mode = S_IFDIR | 0755, .st_ino = 12});
		fix_set("filesystem.ro", paths[i]);
	}
	fake_symlink("/t/a/b/way", "../../other");
	fake_stat("/t/other/x", &(struct stat){.st_mode = S_IFDIR | 0755, .st_ino = 13});
	cr_assert_eq(probe_request(), 0);
	cr_assert_eq(fake_find("lstat /t/a/b/two"), 0U, "its directory is known, and it is no link");
	cr_assert_null(fact_of("/t/a/b/one")->real);
	cr_assert_null(fact_of("/t/a/b/two")->real);
	cr_assert_str_eq(fact_of("/t/a/b/way")->real, "/t/other", "a link is walked all the same");
	cr_assert_str_eq(fact_of("/t/a/b/way/x")->real, "/t/other/x", "and so is what is behind it");
	cr_assert_eq(fact_of("/t/a/b/way/x")->link_count, 1U);
	cr_assert_null(fact_of("/t/other")->real);
}

Test(probe, only_grants_are_looked_at_with_a_deadline)
{
	cr_assert_eq(probe_request(), 0);
	cr_assert_eq(fake_find("run_apart"), 0U);
	fix_set("filesystem.ro", "/t/dir");
	cr_assert_eq(probe_request(), 0);
	assert_before("run_apart 30000", "statx cwd /t/dir nofollow");
}

Test(probe, the_users_directories_are_read_where_a_deadline_can_name_the_file)
{
	struct probe_watch watch = {0};

	fix.host.config = "/home/alice/.config";
	fix.host.home = "/home/alice";
	fake_file("/home/alice/.config/user-dirs.dirs", "XDG_MUSIC_DIR=\"$HOME/Musik\"\n");
	act_probe_user_dirs(fix.arena, &fix.host, &watch);
	cr_assert_str_eq(watch.at, "/home/alice/.config/user-dirs.dirs");
	for (size_t i = 0; i < USER_DIR_COUNT; i++) {
		if (str_eq(host_user_dir_names[i].key, "MUSIC"))
			cr_assert_str_eq(fix.host.user_dirs[i], "/home/alice/Musik");
		else
			cr_assert_null(fix.host.user_dirs[i]);
	}
	fake_fail("read_file", EACCES);
	act_probe_user_dirs(fix.arena, &fix.host, &watch);
	fix.host.config = NULL;
	watch.at = NULL;
	act_probe_user_dirs(fix.arena, &fix.host, &watch);
	cr_assert_null(watch.at, "without a home there is nothing to look at");
}

static int refuse_to_look(void *arg)
{
	return err_set(arg, ERR_CONFIG, "config.test", 0, "refused");
}

Test(probe, what_a_look_refuses_is_its_own_error)
{
	struct probe_watch watch = {0};

	cr_assert_eq(act_probe_watched(&watch, refuse_to_look, &fix.err, &fix.err), -1);
	cr_assert_str_eq(fix.err.id, "config.test");
	cr_assert_eq(act_probe_profile_watched(&watch, "default", refuse_to_look, &fix.err, &fix.err), -1);
	cr_assert_eq(fake_find("run_apart 30000"), 1U);
	fake_reset();
	cr_assert_eq(act_probe_profile_watched(&watch, "/dev/stdin", refuse_to_look, &fix.err, &fix.err), -1);
	cr_assert_eq(fake_find("run_apart"), 0U, "a descriptor that only we have");
}

Test(probe, what_hangs_and_was_asked_for_by_nobody_is_named)
{
	struct probe_watch watch = {.at = "/home/alice/.config/pinfold"};

	fake_fail("run_apart", ETIMEDOUT);
	cr_assert_eq(act_probe_watched(&watch, refuse_to_look, &fix.err, &fix.err), -1);
	cr_assert_str_eq(fix.err.msg, "/home/alice/.config/pinfold: no answer within 30 seconds: it hangs");
	cr_assert_str_eq(fix.err.origin, "");
}

static int look_at_nothing(void *arg)
{
	(void)arg;
	return 0;
}

static void hangs_at(const char *path, const char *id_of_rule, const char *rule)
{
	struct probe_watch watch = {.request = &fix.request, .at = path};

	if (id_of_rule != NULL)
		fix_set(id_of_rule, rule);
	fix.err = (struct err){0};
	cr_assert_eq(act_probe_watched(&watch, look_at_nothing, NULL, &fix.err), -1);
	cr_assert_str_eq(fix.err.id, "system.probe");
	cr_assert_eq(fix.err.kind, ERR_SYSTEM);
	cr_assert_not_null(strstr(fix.err.msg, path));
	cr_assert_not_null(strstr(fix.err.msg, "no answer within 30 seconds"));
	cr_assert_str_not_empty(fix.err.hint);
	cr_assert_str_eq(fix_where(),
			 id_of_rule == NULL ? "" : arena_printf(fix.arena, "%s=%s", id_of_rule, rule));
}

Test(probe, a_path_that_does_not_answer_is_named_with_its_rule)
{
	struct probe_watch watch = {.request = &fix.request};

	cr_assert_eq(act_probe_watched(&watch, look_at_nothing, NULL, &fix.err), 0);
	fake_fail("run_apart", ETIMEDOUT);
	hangs_at("/t/own", NULL, NULL);
	hangs_at("/t/ro", "filesystem.ro", "/t/ro:/x");
	hangs_at("/t/dev", "filesystem.dev", "/t/dev");
	hangs_at("/t/copy", "filesystem.copy", "/t/copy:/x");
	hangs_at("/t/hide", "filesystem.hide", "/t/hide");
	hangs_at("/t/upper", "filesystem.overlay", "/t/low:/o:upper=/t/upper");
	hangs_at("/t/tree", "filesystem.root", "/t/tree");
	hangs_at("/home/alice", "home.mode", "real");
}

Test(probe, a_look_that_cannot_be_taken_is_an_error)
{
	struct probe_watch watch = {.request = &fix.request, .at = "/t/ro"};

	fake_fail("run_apart", ECHILD);
	cr_assert_eq(act_probe_watched(&watch, look_at_nothing, NULL, &fix.err), -1);
	cr_assert_str_eq(fix.err.id, "system.probe");
	cr_assert_eq(fix.err.errnum, ECHILD);
}

static const struct own_path *own_of(const char *path)
{
	static const struct own_path none;

	for (size_t i = 0; i < fix.host.own_count; i++) {
		if (str_eq(fix.host.own[i].path, path))
			return &fix.host.own[i];
	}
	cr_assert_fail("%s is not among pinfold's own", path);
	return &none;
}

Test(probe, pinfolds_own_directories_are_looked_for_by_their_real_names)
{
	static const char *const dirs[] = {"/l", "/l/real", "/l/real/pinfold", "/l/grant"};
	static const char *files[] = {"/l/p.ini"};

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		fake_mode(dirs[i], S_IFDIR | 0755);
	fake_mode("/l/p.ini", S_IFREG | 0644);
	fake_symlink("/l/cfg", "../l/./real/");
	fake_symlink("/l/abs", "/l/cfg");
	fix.host.config = "/l/abs";
	fix.host.cache = "/l/none/deep";
	fix.host.data = fix.host.state = fix.host.runtime = NULL;
	fix.request.files = files;
	fix.request.file_count = 1;
	cr_assert_eq(probe_request(), 0);
	cr_assert_eq(fix.host.own_count, 0U, "nothing is granted: nothing can show them");
	fix_set("filesystem.rw", "/l/grant");
	cr_assert_eq(probe_request(), 0);
	(void)own_of("/l/real/pinfold");
	cr_assert(own_of("/l/real/pinfold")->exists);
	cr_assert_not(own_of("/l/real/pinfold")->is_kept);
	cr_assert_eq(own_of("/l/real/pinfold")->link_count, 2U);
	cr_assert_str_eq(own_of("/l/real/pinfold")->links[0], "/l/abs");
	cr_assert_str_eq(own_of("/l/real/pinfold")->links[1], "/l/cfg");
	(void)own_of("/l/none/deep/pinfold");
	cr_assert_not(own_of("/l/none/deep/pinfold")->exists);
	(void)own_of("/l/p.ini");
	cr_assert(own_of("/l/p.ini")->is_kept);
	/* Those of a login without the variables. */
	(void)own_of("/home/alice/.config/pinfold");
	(void)own_of("/home/alice/.local/share/pinfold");
}

Test(probe, links_that_go_round_end)
{
	fake_symlink("/l/a", "/l/b");
	fake_symlink("/l/b", "/l/a");
	fake_mode("/l", S_IFDIR | 0755);
	fix.host.config = "/l/a";
	fix_set("filesystem.rw", "/l");
	cr_assert_eq(probe_request(), 0);
	cr_assert_gt(fix.host.own_count, 0U);
}

Test(probe, grants_have_their_real_names)
{
	fake_mode("/l", S_IFDIR | 0755);
	fake_mode("/l/dir", S_IFDIR | 0755);
	fake_mode("/l/dir/file", S_IFREG | 0644);
	fake_symlink("/l/link", "dir");
	fake_mode("/l/link/file", S_IFREG | 0644);
	fix_set("filesystem.ro", "/l/link/file");
	fix_set("filesystem.rw", "/l/dir");
	cr_assert_eq(probe_request(), 0);
	cr_assert_str_eq(fact_of("/l/link/file")->real, "/l/dir/file");
	cr_assert_null(fact_of("/l/dir")->real);
}

/* ------------------------------------------------------------ refused clones */

static void explains(int errnum, const char *id, enum err_kind kind)
{
	memset(&fix.err, 0, sizeof(fix.err));
	cr_assert_eq(act_explain_clone(errnum, &fix.err), -1);
	cr_assert_str_eq(fix.err.id, id, "errno %d: %s", errnum, fix.err.msg);
	cr_assert_eq(fix.err.kind, kind);
	cr_assert_eq(fix.err.errnum, errnum);
	cr_assert_str_not_empty(fix.err.msg);
	cr_assert_str_not_empty(fix.err.hint);
}

Test(probe, settings_that_refuse_user_namespaces)
{
	fake_file("/proc/sys/user/max_user_namespaces", "0\n");
	explains(ENOSPC, "host.userns-disabled", ERR_HOST);
	explains(EPERM, "host.clone", ERR_HOST);
	fake_file("/proc/sys/kernel/unprivileged_userns_clone", "0\n");
	explains(EPERM, "host.userns-disabled", ERR_HOST);
	cr_assert_not_null(strstr(fix.err.hint, "unprivileged_userns_clone=1"));
	fake_file("/proc/sys/kernel/unprivileged_userns_clone", "1\n");
	fake_file("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
	explains(EPERM, "host.userns-apparmor", ERR_HOST);
	fake_file("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "0\n");
	explains(EPERM, "host.clone", ERR_HOST);
	fake_file("/proc/sys/user/max_user_namespaces", "10000\n");
	explains(ENOSPC, "host.clone", ERR_HOST);
}

Test(probe, a_profile_of_apparmor_that_refuses_user_namespaces)
{
	fake_file("/proc/self/attr/apparmor/current", "pin fold (enforce)\n");
	explains(EACCES, "host.userns-apparmor", ERR_HOST);
	cr_assert_not_null(strstr(fix.err.msg, "profile pin fold, which"), "%s", fix.err.msg);
	explains(EPERM, "host.clone", ERR_HOST);
	fake_file("/proc/self/attr/apparmor/current", "pin fold (complain)\n");
	explains(EACCES, "host.clone", ERR_HOST);
	fake_file("/proc/self/attr/apparmor/current", "unconfined\n");
	explains(EACCES, "host.clone", ERR_HOST);
}

Test(probe, other_reasons)
{
	explains(EACCES, "host.clone", ERR_HOST);
	cr_assert_not_null(strstr(fix.err.hint, "security module"));
	explains(EPERM, "host.clone", ERR_HOST);
	explains(ENOSPC, "host.clone", ERR_HOST);
	explains(EUSERS, "host.clone", ERR_HOST);
	explains(ENOSYS, "host.clone", ERR_HOST);
	explains(EINVAL, "host.clone", ERR_HOST);
	explains(ENOMEM, "host.clone", ERR_SYSTEM);
	explains(EAGAIN, "host.clone", ERR_SYSTEM);
}

Test(probe, what_the_kernel_has_and_the_caller_is)
{
	clear_environment();
	fake_landlock(7);
	fake_personality(0x40000);
	cr_assert_eq(probe(), 0);
	cr_assert_eq(host.landlock, 7U);
	cr_assert_eq(host.personality, 0x40000U);
	/* None in the kernel, or booted without, or refused from outside: all the same. */
	for (size_t i = 0; i < 3; i++) {
		fake_reset();
		fake_fail("landlock_version", (const int[]){ENOSYS, EOPNOTSUPP, EPERM}[i]);
		cr_assert_eq(probe(), 0);
		cr_assert_eq(host.landlock, 0U);
	}
}

Test(probe, memory_is_asked_for_when_it_matters)
{
	clear_environment();
	fake_has_mdwe(true);
	cr_assert_eq(probe(), 0);
	cr_assert_eq(act_probe_request(fix.arena, &fix.request, &host, &fix.err), 0, "%s", fix.err.msg);
	cr_assert_not(host.has_mdwe);
	cr_assert_eq(fake_find("has_mdwe"), 0U);
	fix_set("process.memory-deny-write-execute", "yes");
	cr_assert_eq(act_probe_request(fix.arena, &fix.request, &host, &fix.err), 0, "%s", fix.err.msg);
	cr_assert(host.has_mdwe);
}
