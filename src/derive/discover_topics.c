/* Control topics: those that somebody names, and those that may be some. */
#include "derive/discover.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

bool derive_discover_has(const struct derive_discover_names *names, const char *name)
{
    for (size_t i = 0; i < names->list.n; i++)
        if (strcmp(names->list.items[i], name) == 0)
            return true;
    return false;
}

void derive_discover_add(struct derive_discover_names *names, const char *name)
{
    if (!derive_discover_has(names, name))
        vec_push(&names->list, mem_strdup(name));
}

bool derive_discover_same(const struct derive_discover_names *a, const struct derive_discover_names *b)
{
    if (a->list.n != b->list.n)
        return false;
    for (size_t i = 0; i < a->list.n; i++)
        if (strcmp(a->list.items[i], b->list.items[i]) != 0)
            return false;
    return true;
}

void derive_discover_done(struct derive_discover_names *names)
{
    for (size_t i = 0; i < names->list.n; i++)
        free(names->list.items[i]);
    vec_done(&names->list);
}

/* A plain name is meant whether it is there or not. */
static void add_globs(const struct conf_globs *g, const struct derive_discover_names *all,
                      struct derive_discover_names *topics)
{
    for (size_t i = 0; g->in && g->in[i]; i++)
        if (!strpbrk(g->in[i], "*?["))
            derive_discover_add(topics, g->in[i]);
    for (size_t i = 0; g->in && i < all->list.n && topics->list.n < DERIVE_DISCOVER_TOPICS; i++)
        if (conf_globs_match(g, all->list.items[i]))
            derive_discover_add(topics, all->list.items[i]);
}

static bool may_be_control(const char *topic)
{
    return strcasestr(topic, "control") || strcasestr(topic, "iceberg");
}

void derive_discover_topics(const struct derive_discover_cluster *cluster, struct derive_discover_names *topics,
                            struct derive_discover_names *candidates)
{
    for (size_t i = 0; i < cluster->nconfigured; i++)
        add_globs(cluster->configured[i], cluster->topics, topics);
    if (cluster->only_configured)
        return;
    for (size_t i = 0; i < cluster->connectors->list.n; i++)
        derive_discover_add(topics, cluster->connectors->list.items[i]);
    for (size_t i = 0; i < cluster->found->list.n; i++)
        derive_discover_add(topics, cluster->found->list.items[i]);
    for (size_t i = 0; cluster->probe && i < cluster->topics->list.n && candidates->list.n < DERIVE_DISCOVER_TOPICS;
         i++) {
        const char *topic = cluster->topics->list.items[i];
        if (may_be_control(topic) && !derive_discover_has(topics, topic))
            derive_discover_add(candidates, topic);
    }
}
