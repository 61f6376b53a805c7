/* Which Kafka cluster a thing belongs to. */
#include "conf/belongs.h"

#include "base/mem.h"
#include "conf/lists.h"
#include "conf/section.h"
#include "conf/suggest.h"
#include "conf/value.h"

#include <string.h>

static bool is_cluster(const struct conf_loading *l, const char *name)
{
    for (size_t i = 0; l->clusters && l->clusters[i]; i++)
        if (strcmp(l->clusters[i], name) == 0)
            return true;
    return false;
}

/* Of those that there are; NULL: none. */
static const char *cluster_of(const struct conf_loading *l, const char *name, const struct conf_yaml *node)
{
    const struct conf_yaml *own = conf_yaml_get(node, "cluster");
    if (own && own->kind == CONF_YAML_SCALAR)
        return own->text;
    if (is_cluster(l, name))
        return name;
    return conf_lists_count(l->clusters) == 1 ? l->clusters[0] : NULL;
}

bool conf_belongs_chosen(const struct conf_loading *l, const char *name, const struct conf_yaml *node)
{
    const char *cluster = cluster_of(l, name, node);
    return cluster && strcmp(l->args->cluster, cluster) == 0;
}

int conf_belongs_set(struct conf_loading *l, const struct conf_section *section, char **cluster, char **origins,
                     const char *name, const struct conf_yaml *node, const char *path)
{
    const char *meant = cluster_of(l, name, node);
    if (!*cluster && meant) {
        *cluster = mem_strdup(meant);
        conf_section_origin(section, origins, "cluster",
                            mem_strdup(strcmp(meant, name) == 0 ? "the cluster of that name" : "the only cluster"));
    }
    if (!*cluster || is_cluster(l, *cluster))
        return 0;
    struct conf_suggest near = {.wanted = *cluster};
    struct str s = {0};
    conf_value_quote(&s, *cluster);
    str_add(&s, " is no cluster");
    for (size_t i = 0; l->clusters && l->clusters[i]; i++)
        conf_suggest_offer(&near, l->clusters[i]);
    conf_suggest_write(&near, &s);
    str_add(&s, "; allowed: ");
    for (size_t i = 0; l->clusters && l->clusters[i]; i++)
        str_printf(&s, "%s%s", i ? ", " : "", l->clusters[i]);
    str_add(&s, conf_lists_count(l->clusters) ? "" : "none, as there are no clusters");
    error_set(l->err, ERR_INVALID, "%s", str_text(&s));
    str_done(&s);
    return conf_section_wrong(l, section, origins, "cluster", path);
}
