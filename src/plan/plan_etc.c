/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan_etc.c - the pieces of /etc: made for the sandbox, or shown as the host has them. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

/* What the made pieces are made of. */
struct made {
	struct build *build;
	const char *user, *group, *home;
};

static const char *make_passwd(const struct made *made)
{
	const struct plan_map *map = &made->build->plan->map;
	struct arena *arena = made->build->arena;
	const char *text = arena_printf(arena, "%s:x:%u:%u:%s:%s:/bin/sh\n", made->user, map->uid, map->gid,
					made->user, made->home);

	if (map->uid != 0)
		text = arena_printf(arena, "%sroot:x:0:0:root:/root:/usr/sbin/nologin\n", text);
	if (map->uid != 65534)
		text = arena_printf(arena, "%snobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n", text);
	return text;
}

static const char *make_group(const struct made *made)
{
	const struct plan_map *map = &made->build->plan->map;
	struct arena *arena = made->build->arena;
	const char *text = arena_printf(arena, "%s:x:%u:\n", made->group, map->gid);

	if (map->gid != 0)
		text = arena_printf(arena, "%sroot:x:0:\n", text);
	if (map->gid != 65534)
		text = arena_printf(arena, "%snogroup:x:65534:\n", text);
	return text;
}

static const char *make_hosts(const struct made *made)
{
	const char *hostname = made->build->plan->hostname;
	const bool is_joined = (made->build->plan->join.kinds >> SPACE_UTS & 1) != 0;

	/* On the host's network the host's own names hold. */
	if (made->build->plan->has_host_network || (hostname == NULL && !is_joined))
		return NULL;
	/* What a sandbox that is joined is called only it knows. */
	if (hostname == NULL)
		return "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n";
	return arena_printf(made->build->arena, "127.0.0.1\tlocalhost %s\n::1\tlocalhost ip6-localhost\n",
			    hostname);
}

static const char *make_machine_id(const struct made *made)
{
	if (request_number(made->build->request, OPT_MACHINE_ID) != MACHINE_ID_RANDOM)
		return NULL;
	return arena_printf(made->build->arena, "%s\n", made->build->host->random_id);
}

/* Without a network there is nobody to ask; the host's would tell who is asked there. */
static const char *make_resolv(const struct made *made)
{
	/* A root of the host's may have anything at its own: the host's file goes over that. */
	if (made->build->plan->has_host_network || plan_base_is_own(made->build->request))
		return NULL;
	return "; no network, no name servers\n";
}

/* The host's may name sources that are not to be reached from inside: a directory service, a bus. */
static const char *make_nsswitch(const struct made *made)
{
	(void)made;
	return "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\nprotocols: "
	       "files\n";
}

/*
 * The groups. A piece is made by its function, unless that gives NULL; kept as the link it is on the
 * host when is_link; else shown read-only. Pieces of a group may be missing on the host. A root of the host's
 * brings its own /etc: of a group only those go over it that fit any system (fits_any).
 */
static const struct piece {
	const char *group, *name;
	const char *(*make)(const struct made *made);
	bool is_link, fits_any;
} pieces[] = {
	{"@base", "passwd", make_passwd, false, false},
	{"@base", "group", make_group, false, false},
	{"@base", "hosts", make_hosts, false, true},
	{"@base", "machine-id", make_machine_id, false, false},
	{"@base", "nsswitch.conf", make_nsswitch, false, false},
	{"@base", "resolv.conf", make_resolv, false, false},
	{"@base", "ld.so.cache", NULL, false, false},
	{"@base", "static", NULL, true, false}, /* of NixOS: what links of /etc lead through */
	{"@base", "zoneinfo", NULL, true, false},
	{"@base", "localtime", NULL, true, false},
	{"@base", "os-release", NULL, true, false},
	{"@base", "alternatives", NULL, false, false},
	{"@network", "resolv.conf", make_resolv, false, true},
	{"@network", "host.conf", NULL, false, false},
	{"@network", "gai.conf", NULL, false, false},
	{"@network", "services", NULL, false, false},
	{"@network", "protocols", NULL, false, false},
	{"@network", "networks", NULL, false, false},
	{"@network", "rpc", NULL, false, false},
	{"@tls", "ssl", NULL, false, false},
	{"@tls", "ca-certificates", NULL, false, false},
	{"@tls", "ca-certificates.conf", NULL, false, false},
	{"@tls", "pki", NULL, false, false},
	{"@tls", "crypto-policies", NULL, false, false},
	{"@tls", "gnutls", NULL, false, false},
	{"@gui", "fonts", NULL, false, false},
	{"@gui", "X11", NULL, false, false},
	{"@gui", "xdg", NULL, false, false},
	{"@gui", "dconf", NULL, false, false},
	{"@gui", "gtk-2.0", NULL, false, false},
	{"@gui", "gtk-3.0", NULL, false, false},
	{"@gui", "gtk-4.0", NULL, false, false},
	{"@gui", "pango", NULL, false, false},
	{"@gui", "mime.types", NULL, false, false},
	{"@gui", "drirc", NULL, false, false},
	{"@gui", "glvnd", NULL, false, false},
	{"@gui", "vulkan", NULL, false, false},
	{"@gui", "OpenCL", NULL, false, false},
	{"@gui", "libva.conf", NULL, false, false},
	{"@gui", "alsa", NULL, false, false},
	{"@gui", "asound.conf", NULL, false, false},
	{"@gui", "openal", NULL, false, false},
	{"@gui", "pulse", NULL, false, false},
	{"@gui", "pipewire", NULL, false, false},
};

static const char *home_of(const struct build *build)
{
	const struct value_list *set = &build->request->values[OPT_SET];
	const char *home = build->host->home_inside != NULL ? build->host->home_inside : "/";

	for (size_t i = 0; i < set->count; i++) {
		if (str_eq(set->items[i].a, "HOME"))
			home = set->items[i].b;
	}
	/* A colon or newline would end the field: such a home cannot be written down. */
	return strpbrk(home, ":\n") == NULL ? home : "/";
}

static struct made describe_user(struct build *build)
{
	const struct plan_map *map = &build->plan->map;
	const char *mine = build->host->user;
	const char *user;

	if (mine == NULL || map->drops_root || strpbrk(mine, ":\n") != NULL)
		mine = "user";
	user = request_text(build->request, OPT_USER, map->uid == 0 ? "root" : mine);
	return (struct made){.build = build,
			     .user = user,
			     .group = request_text(build->request, OPT_GROUP, map->gid == 0 ? "root" : user),
			     .home = home_of(build)};
}

static int add_piece(const struct made *made, struct node_list *nodes, const struct piece *piece,
		     const struct value *value, bool is_optional)
{
	struct build *build = made->build;
	const char *path = arena_printf(build->arena, "/etc/%s", piece->name);
	const struct path_fact *fact = plan_fact(build, path);
	struct plan_node node = {
		.dest = path, .mode = 0644, .origin = value->origin, .layer = value->layer, .is_piece = true};

	node.text = piece->make != NULL ? piece->make(made) : NULL;
	if (node.text != NULL) {
		node.kind = NODE_FILE;
	} else if (piece->is_link && fact->target != NULL && !plan_base_is_own(build->request)) {
		node.kind = NODE_SYMLINK;
		node.text = fact->target;
	} else if (fact->kind == PATH_DIR || fact->kind == PATH_FILE) {
		node.kind = NODE_BIND;
		node.source = path;
		node.is = fact->kind == PATH_DIR ? SOURCE_DIR : SOURCE_FILE;
		node.attr = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY;
		node.mode = 0;
	} else if (is_optional && (fact->errnum == ENOENT || fact->errnum == ENOTDIR)) {
		return 0;
	} else {
		err_set(build->err, ERR_CONFIG, "config.no-source", fact->errnum, "etc = %s: %s",
			str_show(build->arena, piece->name), str_show(build->arena, path));
		err_hint(build->err, "correct the name, or write etc = -%s if it may be missing",
			 str_show(build->arena, piece->name));
		return origin_blame(build->err, value->origin);
	}
	*ARENA_PUSH(build->arena, nodes->items, nodes->count) = node;
	return 0;
}

/* The made form of a piece counts for its plain name too: etc = passwd is the made one. */
static struct piece piece_of_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		if (str_eq(pieces[i].name, name))
			return pieces[i];
	}
	return (struct piece){.name = name};
}

/* Where the root is a directory of the host's: the place of the piece in it. */
static const char *place_in_root(const struct request *request, struct arena *arena, const char *name)
{
	return arena_printf(arena, "%s/etc/%s", request_get(request, OPT_ROOT)->a, name);
}

static bool is_wanted(const struct build *build, const struct piece *piece)
{
	const struct path_fact *fact;

	if (!plan_base_is_own(build->request))
		return true;
	if (!piece->fits_any)
		return false;
	fact = plan_fact(build, place_in_root(build->request, build->arena, piece->name));
	return fact->kind == PATH_FILE && fact->target == NULL;
}

static int unknown_group(struct build *build, const struct value *value)
{
	static const char *const groups[] = {"@base", "@network", "@tls", "@gui"};
	const char *near;

	err_set(build->err, ERR_CONFIG, "config.etc", 0, "etc = %s: there is no such group of pieces",
		str_show(build->arena, value->a));
	near = str_nearest(value->a, groups, ARRAY_SIZE(groups));
	if (near != NULL)
		err_hint(build->err, "did you mean %s?", near);
	else
		err_hint(build->err, "the groups are @base, @network, @tls and @gui");
	return origin_blame(build->err, value->origin);
}

int plan_etc(struct build *build, struct node_list *nodes)
{
	const struct value_list *list = &build->request->values[OPT_ETC];
	struct made made = describe_user(build);

	for (size_t i = 0; i < list->count; i++) {
		const struct value *value = &list->items[i];
		bool is_known = value->a[0] != '@';

		if (is_known) {
			struct piece piece = piece_of_name(value->a);

			if (add_piece(&made, nodes, &piece, value, value->is_optional) < 0)
				return -1;
		}
		for (size_t k = 0; k < ARRAY_SIZE(pieces); k++) {
			if (!str_eq(pieces[k].group, value->a))
				continue;
			is_known = true;
			if (is_wanted(build, &pieces[k]) &&
			    add_piece(&made, nodes, &pieces[k], value, true) < 0)
				return -1;
		}
		if (!is_known)
			return unknown_group(build, value);
	}
	return 0;
}

void plan_etc_paths(const struct request *request, struct arena *arena, const char ***paths, size_t *count)
{
	const struct value_list *list = &request->values[OPT_ETC];

	for (size_t i = 0; i < list->count; i++) {
		const char *name = list->items[i].a;

		if (name[0] != '@')
			*ARENA_PUSH(arena, *paths, *count) = arena_printf(arena, "/etc/%s", name);
		for (size_t k = 0; k < ARRAY_SIZE(pieces); k++) {
			if (!str_eq(pieces[k].group, name))
				continue;
			*ARENA_PUSH(arena, *paths, *count) = arena_printf(arena, "/etc/%s", pieces[k].name);
			if (plan_base_is_own(request) && pieces[k].fits_any)
				*ARENA_PUSH(arena, *paths, *count) =
					place_in_root(request, arena, pieces[k].name);
		}
	}
}
