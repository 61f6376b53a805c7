/* Maps of names to things, by one table of kinds. */
#include "conf/named.h"

#include "base/mem.h"
#include "base/text.h"
#include "conf/catalog.h"
#include "conf/cluster.h"
#include "conf/connect.h"
#include "conf/consistency.h"
#include "conf/dataset.h"
#include "conf/plugin.h"
#include "conf/prometheus.h"
#include "conf/recipe.h"
#include "conf/section.h"
#include "conf/server.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_THINGS = 1000, MAX_NAME = 200 };

const struct conf_kind *const conf_named[CONF_NAMED] = {
    [CONF_CLUSTERS] = &conf_cluster_kind,        [CONF_CONNECT] = &conf_connect_kind,
    [CONF_CATALOGS] = &conf_catalog_kind,        [CONF_PROMETHEUS] = &conf_prometheus_kind,
    [CONF_SERVERS] = &conf_server_kind,          [CONF_RECIPES] = &conf_recipe_kind,
    [CONF_CONSISTENCY] = &conf_consistency_kind, [CONF_DATASETS] = &conf_dataset_kind,
    [CONF_PLUGINS] = &conf_plugin_kind,
};

_Static_assert(offsetof(struct conf_cluster, name) == 0, "the name is the first");
_Static_assert(offsetof(struct conf_connect, name) == 0, "the name is the first");
_Static_assert(offsetof(struct conf_catalog, name) == 0, "the name is the first");
_Static_assert(offsetof(struct conf_prometheus, name) == 0, "the name is the first");
_Static_assert(offsetof(struct conf_server, name) == 0, "the name is the first");
_Static_assert(offsetof(struct conf_recipe, name) == 0, "the name is the first");
_Static_assert(offsetof(struct conf_consistency, name) == 0, "the name is the first");
_Static_assert(offsetof(struct conf_dataset, name) == 0, "the name is the first");
_Static_assert(offsetof(struct conf_plugin, name) == 0, "the name is the first");

/* A name that is drawn as it is written, and not so long that nothing else has room. */
static int check_name(struct conf_loading *l, const struct conf_kind *kind, const struct conf_yaml *item,
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
    const struct conf_kind *kind = conf_named[id];
    const char *section = conf_options[id].name;
    int rc = check_name(l, kind, item, section);
    if (rc)
        return rc;
    bool wanted = keep && (!l->args->cluster || !kind->chosen || kind->chosen(l, item->key, item));
    char *path = mem_printf("%s.%s", section, item->key);
    void *thing = mem_calloc(1, kind->size);
    rc = conf_kind_make(l, kind, item->key, item, path, wanted, NULL, thing);
    if (rc == 0 && wanted)
        conf_kind_add(kind, c, thing);
    else if (rc == 0)
        conf_kind_done(kind, thing);
    free(thing);
    free(path);
    return rc;
}

int conf_named_read(struct conf_loading *l, enum conf_section_id id, const struct conf_yaml *map, bool keep,
                    struct conf *c)
{
    const struct conf_kind *kind = conf_named[id];
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
