/* Maps of names to things, by one table of kinds. */
#include "conf/named.h"

#include "base/mem.h"
#include "base/text.h"
#include "conf/catalog.h"
#include "conf/cluster.h"
#include "conf/connect.h"
#include "conf/consistency.h"
#include "conf/prometheus.h"
#include "conf/recipe.h"
#include "conf/section.h"
#include "conf/server.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_THINGS = 1000, MAX_NAME = 200 };

static int read_cluster(struct conf_loading *l, const char *name, const struct conf_yaml *node, const char *path,
                        bool fetch, void *ret)
{
    return conf_cluster_read(l, name, node, path, fetch, ret);
}

static void cluster_done(void *cluster)
{
    conf_cluster_done(cluster);
}

static bool is_named(const struct conf_loading *l, const char *name, const struct conf_yaml *node)
{
    (void)node;
    return strcmp(l->args->cluster, name) == 0;
}

static bool belongs(const struct conf_loading *l, const char *name, const struct conf_yaml *node)
{
    const char *cluster = conf_connect_cluster(l, name, node);
    return cluster && strcmp(l->args->cluster, cluster) == 0;
}

static bool any(const struct conf_loading *l, const char *name, const struct conf_yaml *node)
{
    (void)l;
    (void)name;
    (void)node;
    return true;
}

#define KIND(type, array, count)                                                                                       \
    .size = sizeof(struct type), .items = offsetof(struct conf, array), .n = offsetof(struct conf, count),             \
    .origins = offsetof(struct type, origins)

const struct conf_named conf_named[CONF_NAMED] = {
    [CONF_CLUSTERS] = {.what = "cluster",
                       .plural = "clusters",
                       KIND(conf_cluster, clusters, nclusters),
                       .read = read_cluster,
                       .chosen = is_named,
                       .done = cluster_done},
    [CONF_CONNECT] = {.what = "Connect cluster",
                      .plural = "Connect clusters",
                      KIND(conf_connect, connects, nconnects),
                      .read = conf_connect_read,
                      .chosen = belongs,
                      .done = conf_connect_done},
    [CONF_CATALOGS] = {.what = "catalog",
                       .plural = "catalogs",
                       KIND(conf_catalog, catalogs, ncatalogs),
                       .read = conf_catalog_read,
                       .chosen = any,
                       .done = conf_catalog_done},
    [CONF_PROMETHEUS] = {.what = "set of endpoints",
                         .plural = "sets of endpoints",
                         KIND(conf_prometheus, prometheus, nprometheus),
                         .read = conf_prometheus_read,
                         .chosen = any,
                         .done = conf_prometheus_done},
    [CONF_SERVERS] = {.what = "Prometheus server",
                      .plural = "Prometheus servers",
                      KIND(conf_server, servers, nservers),
                      .read = conf_server_read,
                      .chosen = any,
                      .done = conf_server_done},
    [CONF_RECIPES] = {.what = "recipe",
                      .plural = "recipes",
                      KIND(conf_recipe, recipes, nrecipes),
                      .read = conf_recipe_read,
                      .chosen = any,
                      .done = conf_recipe_done},
    [CONF_CONSISTENCY] = {.what = "set of tables",
                          .plural = "sets of tables",
                          KIND(conf_consistency, consistency, nconsistency),
                          .read = conf_consistency_read,
                          .chosen = any,
                          .done = conf_consistency_done},
};

_Static_assert(offsetof(struct conf_cluster, name) == 0, "the name is the first");
_Static_assert(offsetof(struct conf_connect, name) == 0, "the name is the first");
_Static_assert(offsetof(struct conf_catalog, name) == 0, "the name is the first");
_Static_assert(offsetof(struct conf_prometheus, name) == 0, "the name is the first");
_Static_assert(offsetof(struct conf_server, name) == 0, "the name is the first");
_Static_assert(offsetof(struct conf_recipe, name) == 0, "the name is the first");
_Static_assert(offsetof(struct conf_consistency, name) == 0, "the name is the first");

static char **items_of(const struct conf_named *kind, struct conf *c)
{
    return (char **)(void *)((char *)c + kind->items);
}

static size_t *count_of(const struct conf_named *kind, struct conf *c)
{
    return (size_t *)(void *)((char *)c + kind->n);
}

size_t conf_named_count(enum conf_section_id id, const struct conf *c)
{
    return *(const size_t *)(const void *)((const char *)c + conf_named[id].n);
}

const void *conf_named_at(enum conf_section_id id, const struct conf *c, size_t i)
{
    const struct conf_named *kind = &conf_named[id];
    return *(char *const *)(const void *)((const char *)c + kind->items) + i * kind->size;
}

const char *conf_named_name(const void *thing)
{
    return *(char *const *)thing;
}

char *const *conf_named_origins(enum conf_section_id id, const void *thing)
{
    return *(char **const *)(const void *)((const char *)thing + conf_named[id].origins);
}

static void keep_one(const struct conf_named *kind, struct conf *c, const void *thing)
{
    char **items = items_of(kind, c);
    size_t *n = count_of(kind, c);
    *items = mem_realloc(*items, *n + 1, kind->size);
    memcpy(*items + *n * kind->size, thing, kind->size);
    ++*n;
}

/* A name that is drawn as it is written, and not so long that nothing else has room. */
static int check_name(struct conf_loading *l, const struct conf_named *kind, const struct conf_yaml *item,
                      const char *section)
{
    struct str safe = {0};
    text_safe(&safe, item->key, strlen(item->key));
    bool ok = strcmp(str_text(&safe), item->key) == 0 && safe.len <= MAX_NAME;
    str_done(&safe);
    if (ok)
        return 0;
    error_set(l->err, ERR_INVALID, "no name for a %s; allowed: at most %d bytes, without control characters",
              kind->what, MAX_NAME);
    return conf_section_place(l, item->key_line, item->key_column, section);
}

static int read_one(struct conf_loading *l, enum conf_section_id id, const struct conf_yaml *item, bool keep,
                    struct conf *c)
{
    const struct conf_named *kind = &conf_named[id];
    const char *section = conf_options[id].name;
    int rc = check_name(l, kind, item, section);
    if (rc)
        return rc;
    bool wanted = keep && (!l->args->cluster || kind->chosen(l, item->key, item));
    char *path = mem_printf("%s.%s", section, item->key);
    void *thing = mem_calloc(1, kind->size);
    rc = kind->read(l, item->key, item, path, wanted, thing);
    if (rc == 0 && wanted)
        keep_one(kind, c, thing);
    else if (rc == 0)
        kind->done(thing);
    free(thing);
    free(path);
    return rc;
}

int conf_named_read(struct conf_loading *l, enum conf_section_id id, const struct conf_yaml *map, bool keep,
                    struct conf *c)
{
    const struct conf_named *kind = &conf_named[id];
    const char *section = conf_options[id].name;
    if (!map || map->kind == CONF_YAML_NULL)
        return 0;
    if (map->kind != CONF_YAML_MAP) {
        char *allowed = mem_printf("names of %s, each with options", kind->plural);
        int rc = conf_section_kind(l, map, section, "map", allowed);
        free(allowed);
        return rc;
    }
    if (map->n > MAX_THINGS) {
        error_set(l->err, ERR_LIMIT, "more than %d %s, the limit", MAX_THINGS, kind->plural);
        return conf_section_place(l, map->line, map->column, section);
    }
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < map->n; i++)
        rc = read_one(l, id, &map->items[i], keep, c);
    return rc;
}

void conf_named_done(enum conf_section_id id, struct conf *c)
{
    const struct conf_named *kind = &conf_named[id];
    char **items = items_of(kind, c);
    for (size_t i = 0; i < *count_of(kind, c); i++)
        kind->done(*items + i * kind->size);
    free(*items);
    *items = NULL;
    *count_of(kind, c) = 0;
}
