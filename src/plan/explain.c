/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* explain.c - a plan as text for people. */
#include "plan/explain.h"

#include <cap-ng.h>
#include <inttypes.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/option.h"
#include "plan/plan.h"
#include "plan/units.h"
#include "plan/value.h"
#include "plan/wall.h"

struct text {
	struct arena *arena;
	FILE *out;
};

const char *explain_node_word(const struct plan_node *node)
{
	static const char *const words[NODE_KIND_COUNT] = {
		[NODE_DIR] = "dir",	  [NODE_FILE] = "file",	      [NODE_SYMLINK] = "symlink",
		[NODE_BIND] = "bind",	  [NODE_TMPFS] = "tmpfs",     [NODE_PROC] = "proc",
		[NODE_DEVPTS] = "devpts", [NODE_OVERLAY] = "overlay", [NODE_MASK] = "hide",
		[NODE_COPY] = "copy",	  [NODE_CGROUP] = "cgroup",
	};

	if (node->kind != NODE_BIND)
		return words[node->kind];
	if ((node->attr & MOUNT_ATTR_NODEV) == 0)
		return "dev";
	return (node->attr & MOUNT_ATTR_RDONLY) != 0 ? "ro" : "rw";
}

const char *explain_namespaces(struct arena *arena, uint64_t clone_flags, int has_time)
{
	static const struct {
		uint64_t flag;
		const char *name;
	} rows[] = {{CLONE_NEWUSER, "user"},	{CLONE_NEWNS, "mount"}, {CLONE_NEWPID, "pid"},
		    {CLONE_NEWIPC, "ipc"},	{CLONE_NEWUTS, "uts"},	{CLONE_NEWNET, "net"},
		    {CLONE_NEWCGROUP, "cgroup"}};
	const char *text = "";

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if ((clone_flags & rows[i].flag) != 0)
			text = arena_printf(arena, "%s%s%s", text, text[0] != '\0' ? " " : "", rows[i].name);
	}
	return has_time ? arena_printf(arena, "%s time", text) : text;
}

const char *explain_attr(struct arena *arena, uint64_t attr)
{
	static const struct {
		uint64_t bit;
		const char *name;
	} rows[] = {{MOUNT_ATTR_RDONLY, "ro"},
		    {MOUNT_ATTR_NOSUID, "nosuid"},
		    {MOUNT_ATTR_NODEV, "nodev"},
		    {MOUNT_ATTR_NOEXEC, "noexec"}};
	const char *text = "";

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if ((attr & rows[i].bit) != 0)
			text = arena_printf(arena, "%s%s%s", text, text[0] != '\0' ? "," : "", rows[i].name);
	}
	return text;
}

const char *explain_rights(struct arena *arena, uint64_t rights)
{
	static const struct {
		uint64_t bits; /* of which any */
		const char *name;
	} rows[] = {{WALL_READ, "read"},
		    {WALL_EXECUTE, "execute"},
		    {WALL_WRITE, "write"},
		    {WALL_MAKE, "make"},
		    {WALL_IOCTL_DEV, "ioctl"}};
	const char *text = "";

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if ((rights & rows[i].bits) != 0)
			text = arena_printf(arena, "%s%s%s", text, text[0] != '\0' ? "," : "", rows[i].name);
	}
	return text;
}

const char *explain_wall_state(const struct plan_wall *wall)
{
	static const char *const words[] = {[WALL_STANDS] = "used",
					    [WALL_OFF] = "off",
					    [WALL_ABSENT] = "absent",
					    [WALL_TOO_OLD] = "too-old"};

	return words[wall->state];
}

bool explain_shows_rlimit(const struct plan_rlimit *limit)
{
	return limit->asked > 0;
}

bool explain_has_limits(const struct plan *plan)
{
	const struct plan_limits *limits = &plan->limits;

	for (size_t i = 0; i < limits->rlimit_count; i++) {
		if (explain_shows_rlimit(&limits->rlimits[i]))
			return true;
	}
	return limits->wall_ns > 0 || limits->cpu_ns > 0 || limits->cpus != NULL || limits->nice > 0 ||
	       plan->cgroup.count > 0 || plan->cgroup.lost_count > 0;
}

static const char *show(struct text *t, const char *s)
{
	return str_show(t->arena, s);
}

static const char *show_origin(struct text *t, const struct origin *origin)
{
	return show(t, origin_text(t->arena, origin));
}

static bool has_time(const struct plan *plan)
{
	return plan->has_time_offsets || (plan->clone_flags & CLONE_NEWTIME) != 0;
}

static void put_map(struct text *t, const char *name, const struct map_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fprintf(t->out, "  %s %" PRIu32 " is %" PRIu32 " on the host, %" PRIu32 " %s\n", name,
			lines[i].inside, lines[i].outside, lines[i].count,
			lines[i].count == 1 ? "id" : "ids");
}

static const char *map_writer(const struct plan_map *map)
{
	static const char *const words[] = {
		[MAP_BY_CHILD] = "the sandbox itself",
		[MAP_BY_HELPERS] = "newuidmap and newgidmap",
		[MAP_JOINED] = "nobody: what is joined must have this one",
	};

	return words[map->writer];
}

static void put_identity(struct text *t, const struct plan *plan)
{
	fprintf(t->out, "identity  [%s]\n", show_origin(t, plan->map.origin));
	put_map(t, "uid", plan->map.uids, plan->map.uid_count);
	put_map(t, "gid", plan->map.gids, plan->map.gid_count);
	fprintf(t->out, "  map written by %s; setgroups denied\n", map_writer(&plan->map));
	if (plan->map.group_count > 0) {
		fprintf(t->out, "  supplementary groups of the host stay, and what they open stays open:");
		for (size_t i = 0; i < plan->map.group_count; i++)
			fprintf(t->out, " %u", plan->map.groups[i]);
		fprintf(t->out, "\n");
	}
	if (plan->map.drops_root)
		fprintf(t->out, "  root gives up its uid, gid and groups before anything else\n");
	if (plan->warning != NULL)
		fprintf(t->out, "  warning: %s\n", plan->warning);
}

static void put_joined(struct text *t, const struct plan_join *join)
{
	for (size_t i = 0; i < join->count; i++) {
		const struct plan_joined *item = &join->items[i];

		fprintf(t->out, "  joined: %s of %s  [%s]\n", space_table[item->kind].name,
			item->path != NULL ? show(t, item->path)
					   : arena_printf(t->arena, "the sandbox %s", join->name),
			show_origin(t, item->origin));
	}
	if (join->count > 0)
		fprintf(t->out,
			"  joined: user of the same, with its ids, its nested and its count of pids\n");
}

static void put_namespaces(struct text *t, const struct plan *plan)
{
	const bool is_net_joined = (plan->join.kinds >> SPACE_NET & 1) != 0;

	fprintf(t->out, "namespaces\n  new: %s\n",
		explain_namespaces(t->arena, plan->clone_flags | plan->apart_flags, has_time(plan)));
	put_joined(t, &plan->join);
	if (plan->hostname != NULL)
		fprintf(t->out, "  hostname %s, domainname %s\n", plan->hostname, plan->domainname);
	for (size_t i = 0; i < plan->offset_count; i++)
		fprintf(t->out, "  clock %s shifted by %" PRId64 " s  [%s]\n", plan->offsets[i].clock,
			plan->offsets[i].seconds, show_origin(t, plan->offsets[i].origin));
	fprintf(t->out, "  nested: %s%s\n", option_word(t->arena, OPT_NESTED, plan->nested),
		plan->limits_userns ? " (by filter and by max_user_namespaces = 0)" : "");
	fprintf(t->out, "network\n  %s\n",
		plan->has_host_network ? "the host's"
		: is_net_joined	       ? "that of what is joined"
				       : "none but loopback");
}

static void put_node(struct text *t, const struct plan_node *node)
{
	fprintf(t->out, "  %-7s %s", explain_node_word(node), show(t, node->dest));
	if ((node->kind == NODE_BIND || node->kind == NODE_OVERLAY || node->kind == NODE_COPY) &&
	    !str_eq(node->source, node->dest))
		fprintf(t->out, " from %s", show(t, node->source));
	if (node->kind == NODE_SYMLINK)
		fprintf(t->out, " -> %s", show(t, node->text));
	if (node->upper != NULL)
		fprintf(t->out, ", changes kept in %s/upper", show(t, node->upper->source));
	else if (node->kind == NODE_OVERLAY)
		fprintf(t->out, ", changes in memory:");
	if (node->kind == NODE_TMPFS || (node->kind == NODE_OVERLAY && node->upper == NULL)) {
		char size[32];

		value_show_size(node->size, size);
		fprintf(t->out, " size=%s inodes=%" PRIu64, size, node->inodes);
	}
	if (node->kind == NODE_TMPFS || node->kind == NODE_DIR || node->kind == NODE_FILE ||
	    node->kind == NODE_COPY)
		fprintf(t->out, " mode=%04o", node->mode);
	if (node->is_minimal)
		fprintf(t->out, " subset=pid hidepid=ptraceable");
	if (node->attr != 0)
		fprintf(t->out, " (%s)", explain_attr(t->arena, node->attr));
	fprintf(t->out, "  [%s]\n", show_origin(t, node->origin));
}

static void put_hides(struct text *t, const struct plan_root *root)
{
	static const char *const states[] = {
		[HIDE_NOT_SHOWN] = "nothing shows it",
		[HIDE_ABSENT] = "it is not there or out of reach, and the program may make it",
		[HIDE_LATER] = "it is not there; what others make there meanwhile is shown",
		[HIDE_LINKED] = "a hard link shows it under another name",
	};

	for (size_t i = 0; i < root->hide_count; i++)
		fprintf(t->out, "  hide    %s: %s  [%s]\n", show(t, root->hides[i].path),
			states[root->hides[i].state], show_origin(t, root->hides[i].origin));
}

static void put_root(struct text *t, const struct plan *plan)
{
	char size[32];

	value_show_size(plan->root.size, size);
	fprintf(t->out, "root\n");
	if (plan->root.base == NULL) {
		fprintf(t->out, "  tmpfs size=%s inodes=%" PRIu64 ", read-only when the program starts\n",
			size, plan->root.inodes);
	} else {
		put_node(t, plan->root.base);
		fprintf(t->out, "  its own system and /etc: of the host's only what stands below\n");
	}
	for (size_t i = 0; i < plan->root.made_count; i++)
		fprintf(t->out, "  make on the host: %s mode=0700  [pinfold's own directories]\n",
			show(t, plan->root.made_dirs[i]));
	for (size_t i = 0; i < plan->root.made_file_count; i++)
		fprintf(t->out,
			"  make on the host: %s mode=0600, an empty file  [pinfold's own directories]\n",
			show(t, plan->root.made_files[i]));
	if (plan->home.dir != NULL)
		fprintf(t->out, "  keep on the host: %s mode=0700  [%s]\n", show(t, plan->home.dir),
			show_origin(t, plan->home.origin));
	for (size_t i = 0; i < plan->root.count; i++) {
		if (plan->root.nodes[i].kind != NODE_DIR || !plan->root.nodes[i].is_implied)
			put_node(t, &plan->root.nodes[i]);
	}
	put_hides(t, &plan->root);
	for (size_t i = 0; i < plan->root.cover_count; i++) {
		const struct plan_cover *cover = &plan->root.covers[i];

		fprintf(t->out, "  %-7s /proc/%s%s%s\n", cover->is_masked ? "mask" : "cover", cover->path,
			cover->is_masked ? "" : " (ro)",
			cover->probe != NULL ? " where it would be writable" : "");
	}
}

static void put_wall(struct text *t, const struct plan_wall *wall)
{
	static const char *const without[] = {
		[WALL_OFF] = "none: it is not wanted",
		[WALL_ABSENT] = "none: there is no Landlock here",
		[WALL_TOO_OLD] =
			"none: the kernel's first version forbids renames and links across directories"};

	fprintf(t->out, "landlock  [%s]\n", show_origin(t, wall->origin));
	if (wall->state != WALL_STANDS) {
		fprintf(t->out, "  %s\n", without[wall->state]);
		return;
	}
	fprintf(t->out, "  version %u, %s\n", wall->version,
		wall->files != 0 ? "as the mounts say it"
				 : "no rules for files: with nested = full they would forbid mounts");
	for (size_t i = 0; i < wall->count; i++)
		fprintf(t->out, "  %s %s\n", show(t, wall->rules[i].path),
			explain_rights(t->arena, wall->rules[i].rights));
	if (wall->scopes != 0)
		fprintf(t->out, "  no abstract sockets of the host, no signals out of the sandbox\n");
}

static void put_filter(struct text *t, const struct plan_filter *filter)
{
	fprintf(t->out, "  filter: %s, for nested = %s\n",
		filter->allows_others ? "all but what the stock one refuses"
		: filter->has_stock   ? "stock"
				      : "nothing but what is allowed here",
		option_word(t->arena, OPT_NESTED, filter->nested));
	for (size_t i = 0; i < filter->word_count; i++) {
		const struct plan_filter_word *word = &filter->words[i];

		fprintf(t->out, "  filter: %s %s  [%s]\n", word->is_allow ? "allow" : "deny",
			str_show(t->arena, word->text), show_origin(t, word->origin));
	}
	if (filter->leaves_clone3)
		fprintf(t->out,
			"  filter: no clone3, which could make user namespaces unseen  [nested = none]\n");
	if (filter->is_traced)
		fprintf(t->out, "  filter: what it denies is reported  [--trace-denied]\n");
	if (filter->on_deny_origin != NULL)
		fprintf(t->out, "  filter: on-deny = %s  [%s]\n", filter->on_deny,
			show_origin(t, filter->on_deny_origin));
}

static void put_privilege(struct text *t, const struct plan *plan)
{
	fprintf(t->out, "privilege\n  capabilities:");
	for (unsigned int cap = 0; cap < 64; cap++) {
		const char *name = (plan->keep_caps >> cap & 1) != 0 ? capng_capability_to_name(cap) : NULL;

		if (name != NULL)
			fprintf(t->out, " %s", name);
	}
	fprintf(t->out, "%s\n  no_new_privs, securebits locked\n", plan->keep_caps == 0 ? " none" : "");
	put_filter(t, &plan->filter);
}

static void put_rlimit(struct text *t, const struct plan_rlimit *limit)
{
	char asked[32];
	char soft[32];

	(void)snprintf(asked, sizeof(asked), "%" PRIu64, limit->asked);
	(void)snprintf(soft, sizeof(soft), "%" PRIu64, limit->soft);
	if (limit->is_bytes) {
		value_show_size(limit->asked, asked);
		value_show_size(limit->soft, soft);
	}
	fprintf(t->out, "  %s %s", limit->key, asked);
	if (limit->is_clamped)
		fprintf(t->out, ", but the caller may have no more than %s", soft);
	if (limit->but != NULL)
		fprintf(t->out, ", %s", limit->but);
	fprintf(t->out, "  [%s]\n", show_origin(t, limit->origin));
}

const char *explain_cgroup_way(const struct plan_cgroup *cgroup)
{
	static const char *const words[] = {[CGROUP_NONE] = "none",
					    [CGROUP_ANCESTOR] = "below",
					    [CGROUP_SCOPE] = "scope",
					    [CGROUP_OWN] = "own"};

	return words[cgroup->way];
}

const char *explain_controllers(struct arena *arena, unsigned int set)
{
	const char *text = "";

	for (unsigned int i = 0; i < CONTROLLER_COUNT; i++) {
		if ((set >> i & 1) != 0)
			text = arena_printf(arena, "%s%s%s", text, text[0] != '\0' ? " " : "",
					    host_controller_names[i]);
	}
	return text;
}

static void put_cgroup(struct text *t, const struct plan_cgroup *cgroup)
{
	static const char *const ways[] = {[CGROUP_ANCESTOR] = "made below",
					   [CGROUP_SCOPE] = "in a scope of your systemd manager's",
					   [CGROUP_OWN] = "made below ours, which we leave:"};

	for (size_t i = 0; i < cgroup->count; i++) {
		const struct plan_cgroup_limit *limit = &cgroup->limits[i];

		if (limit->key == NULL)
			fprintf(t->out, "    with %s = %s\n", limit->file, limit->text);
		else
			fprintf(t->out, "  %s %s of all processes together%s  [%s]\n", limit->key,
				show(t, limit->shown),
				str_eq(limit->file, "memory.max") ? ", then all is killed" : "",
				show_origin(t, limit->origin));
	}
	for (size_t i = 0; i < cgroup->lost_count; i++) {
		const struct plan_lost_limit *lost = &cgroup->lost[i];

		fprintf(t->out, "  %s %s is not held: %s%s%s  [%s]\n", lost->key, show(t, lost->shown),
			cgroup->missing, lost->instead != NULL ? "; " : "",
			lost->instead != NULL ? lost->instead : "", show_origin(t, lost->origin));
	}
	if (cgroup->way != CGROUP_NONE)
		fprintf(t->out, "  cgroup %s%s%s, with %s\n", ways[cgroup->way],
			cgroup->parent != NULL ? " " : "",
			cgroup->parent != NULL ? show(t, cgroup->parent) : "",
			explain_controllers(t->arena, cgroup->controllers));
}

/* Nothing where nothing is limited. */
static void put_limits(struct text *t, const struct plan *plan)
{
	const struct plan_limits *limits = &plan->limits;

	if (!explain_has_limits(plan))
		return;
	fprintf(t->out, "limits\n");
	if (limits->wall_ns > 0)
		fprintf(t->out, "  wall-time %s, then SIG%s, and %s later all is killed  [%s]\n",
			units_show_duration(t->arena, limits->wall_ns),
			option_word(t->arena, OPT_STOP_SIGNAL, limits->stop_word),
			units_show_duration(t->arena, limits->grace_ns), show_origin(t, limits->wall_origin));
	if (limits->cpu_ns > 0)
		fprintf(t->out, "  cpu-time %s of all processes together, then all is killed  [%s]\n",
			units_show_duration(t->arena, limits->cpu_ns), show_origin(t, limits->cpu_origin));
	put_cgroup(t, &plan->cgroup);
	for (size_t i = 0; i < limits->rlimit_count; i++) {
		if (explain_shows_rlimit(&limits->rlimits[i]))
			put_rlimit(t, &limits->rlimits[i]);
	}
	if (limits->counts_all_pids)
		fprintf(t->out,
			"    this kernel counts all processes of the caller, not only the sandbox's\n");
	if (limits->cpus != NULL)
		fprintf(t->out, "  cpuset %s  [%s]\n", units_show_cpus(t->arena, limits->cpus),
			show_origin(t, limits->cpus_origin));
	if (limits->nice > 0)
		fprintf(t->out, "  nice %d more than the caller  [%s]\n", limits->nice,
			show_origin(t, limits->nice_origin));
}

bool explain_has_terminal(const struct plan *plan)
{
	return plan->terminal.given != 0 || plan->terminal.replaced != 0;
}

const char *explain_terminal(const struct plan_terminal *terminal)
{
	static const char *const words[] = {
		[TERMINAL_KEPT] = "inherit", [TERMINAL_PTY] = "pty", [TERMINAL_PIPES] = "none"};

	return words[terminal->kind];
}

/* Nothing where there is no terminal to speak of. */
static void put_terminal(struct text *t, const struct plan *plan)
{
	static const char *const kinds[] = {[TERMINAL_KEPT] = "yours itself as",
					    [TERMINAL_PTY] = "one of the sandbox's own as",
					    [TERMINAL_PIPES] = "a pipe each as"};
	const struct plan_terminal *terminal = &plan->terminal;
	const unsigned int shown = terminal->kind == TERMINAL_KEPT ? terminal->given : terminal->replaced;

	if (!explain_has_terminal(plan))
		return;
	fprintf(t->out, "terminal  [%s]\n  %s", show_origin(t, terminal->origin), kinds[terminal->kind]);
	for (int fd = 0; fd <= 2; fd++) {
		if ((shown >> fd & 1) != 0)
			fprintf(t->out, " %d", fd);
	}
	fprintf(t->out, "%s\n",
		terminal->kind != TERMINAL_PTY ? ""
		: terminal->is_eager	       ? ""
					       : "; it gets the keyboard when it asks for it");
}

static void put_program(struct text *t, const struct plan *plan)
{
	const struct plan_program *program = &plan->program;

	fprintf(t->out, "program\n");
	if (program->argv != NULL) {
		fprintf(t->out, "  file %s\n", show(t, program->file));
		for (size_t i = 0; program->argv[i] != NULL; i++)
			fprintf(t->out, "  argv[%zu] %s\n", i, show(t, program->argv[i]));
	}
	for (size_t i = 0; i < program->env_count; i++)
		fprintf(t->out, "  env %s\n", show(t, program->env[i]));
	fprintf(t->out, "  chdir %s%s%s%s\n", show(t, program->chdir),
		program->chdir_origin != NULL ? "  [" : "",
		program->chdir_origin != NULL ? show_origin(t, program->chdir_origin) : "",
		program->chdir_origin != NULL ? "]" : "");
	if (program->chdir_else != NULL)
		fprintf(t->out, "  chdir else %s\n", program->chdir_else);
	fprintf(t->out, "  umask %04o\n", program->umask);
	if (!program->has_aslr)
		fprintf(t->out, "  addresses are the same in each run (aslr = no)\n");
	if (program->sets_personality)
		fprintf(t->out, "  personality %#x in place of the caller's\n", program->personality);
	if (program->has_mdwe)
		fprintf(t->out, "  memory that was writable never becomes executable\n");
}

static void put_target(struct text *t, const char *what, const struct plan_target *target)
{
	if (target->path != NULL)
		fprintf(t->out, "  %s is written to %s\n", what, show(t, target->path));
	else
		fprintf(t->out, "  %s is written to descriptor %d\n", what, target->fd);
}

/* Nothing where the caller wants nothing. */
static void put_caller(struct text *t, const struct plan_caller *caller)
{
	if (caller->fd_count == 0 && caller->block_fd < 0 && !caller->has_status && !caller->has_meta)
		return;
	fprintf(t->out, "caller\n");
	for (size_t i = 0; i < caller->fd_count; i++)
		fprintf(t->out, "  descriptor %d is the program's too  [--fd]\n", caller->fds[i]);
	if (caller->block_fd >= 0)
		fprintf(t->out, "  the start waits for a byte from descriptor %d  [--block-fd]\n",
			caller->block_fd);
	if (caller->has_status)
		put_target(t, "status", &caller->status);
	if (caller->has_meta)
		put_target(t, "meta", &caller->meta);
}

static void put_entry(struct text *t, const struct plan_entry *entry)
{
	if (entry->name == NULL)
		return;
	fprintf(t->out, "name %s\n  known in %s/run\n", show(t, entry->name), show(t, entry->base));
	if (entry->is_detached)
		fprintf(t->out, "  goes on in the background, and writes %s%s\n",
			entry->log != NULL ? "to " : "nowhere",
			entry->log != NULL ? show(t, entry->log) : "");
	if (entry->is_held)
		fprintf(t->out, "  held without a program, until somebody ends it\n");
}

static void put_story(struct text *t)
{
	static const char *const who[] = {[WHO_INIT] = "init", [WHO_PROGRAM] = "program"};

	fprintf(t->out, "story\n");
	for (size_t i = 0; i < STEP_COUNT; i++)
		fprintf(t->out, "  %-8s %-8s %s\n", step_table[i].name, who[step_table[i].who],
			step_table[i].reason);
}

const char *explain_text(struct arena *arena, const struct plan *plan)
{
	char *buffer = NULL;
	size_t len = 0;
	struct text t = {.arena = arena, .out = open_memstream(&buffer, &len)};
	const char *text;

	if (t.out == NULL)
		return "out of memory\n";
	fprintf(t.out, "profile %s from %s\n", show(&t, plan->profile != NULL ? plan->profile : "(none)"),
		show(&t, plan->profile_path != NULL ? plan->profile_path : "nowhere"));
	put_identity(&t, plan);
	put_namespaces(&t, plan);
	put_root(&t, plan);
	put_wall(&t, &plan->wall);
	put_privilege(&t, plan);
	put_limits(&t, plan);
	put_terminal(&t, plan);
	put_program(&t, plan);
	put_caller(&t, &plan->caller);
	put_entry(&t, &plan->entry);
	put_story(&t);
	(void)fclose(t.out);
	text = arena_strndup(arena, buffer, len);
	free(buffer);
	return text;
}
