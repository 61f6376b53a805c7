/* The world that rules judge, put together anew for each look. */
#include "findings/gather.h"

#include "drift/tables.h"
#include "findings/gather_internal.h"
#include "iceberg/tables.h"

#include <stdlib.h>
#include <string.h>

struct findings_gather *findings_gather_new(struct store *store, const struct derive_pipeline *pipeline)
{
    struct findings_gather *g = mem_new(struct findings_gather);
    g->store = store;
    g->pipeline = pipeline;
    return g;
}

void findings_gather_free(struct findings_gather *g)
{
    if (!g)
        return;
    gather_sinks_done(g);
    gather_tables_done(&g->tables);
    gather_lines_done(&g->lines);
    gather_members_done(&g->members);
    gather_memory_done(&g->memory);
    gather_consistency_done(g);
    vec_done(&g->datasets);
    vec_done(&g->places);
    free(g);
}

void findings_gather_place(struct findings_gather *g, const struct derive_pipeline_place *place)
{
    vec_push(&g->places, *place);
}

void findings_gather_configure(struct findings_gather *g, const struct conf *conf)
{
    g->conf = conf;
}

bool gather_place_at(const struct findings_gather *g, size_t i, struct derive_pipeline_place *ret)
{
    if (g->pipeline && derive_pipeline_at(g->pipeline, i, ret))
        return true;
    size_t n = 0;
    struct derive_pipeline_place any;
    while (g->pipeline && derive_pipeline_at(g->pipeline, n, &any))
        n++;
    if (i - n >= g->places.n)
        return false;
    *ret = g->places.items[i - n];
    return true;
}

const struct row *gather_find(const struct findings_gather *g, const char *table, const char *const *keys, size_t n)
{
    enum { KEYS = 4 };
    const struct table *t = store_find(g->store, table);
    struct value key[KEYS];
    if (!t || n > KEYS)
        return NULL;
    for (size_t i = 0; i < n; i++)
        key[i] =
            (struct value){.s = name_intern(store_names(g->store), keys[i], strlen(keys[i])), .quality = QUALITY_EXACT};
    const struct row *r = table_find(t, key);
    for (size_t i = 0; i < n; i++)
        name_unref(key[i].s);
    return r;
}

const char *gather_source_state(const struct findings_gather *g, const char *source)
{
    const struct row *r = gather_find(g, source_table_sources.name, &source, 1);
    return r ? row_text(r, "state") : "";
}

const struct connect_backlog_group *gather_backlog(const struct derive_pipeline_place *place, const char *group)
{
    return place->backlog && group ? connect_backlog_find(place->backlog, group) : NULL;
}

bool findings_gather_idle(const struct findings_gather *g)
{
    struct derive_pipeline_place place;
    const struct table *const looked[] = {store_find(g->store, iceberg_table_tables.name),
                                          store_find(g->store, drift_table_datasets.name)};
    for (size_t i = 0; i < sizeof looked / sizeof *looked; i++)
        if (looked[i] && table_nrows(looked[i]))
            return false;
    for (size_t p = 0; gather_place_at(g, p, &place); p++)
        if (derive_sinks_count(derive_commits_sinks(place.commits)))
            return false;
    return true;
}

const struct findings_world *findings_gather_world(struct findings_gather *g, int64_t now_ms)
{
    gather_sinks_want(g);
    gather_members_read(&g->members, g->store, now_ms);
    gather_lines_read(&g->lines, g->store);
    gather_tables_read(g, now_ms);
    gather_sinks_read(g, now_ms);
    gather_consistency_read(g);
    gather_datasets_read(g, now_ms);
    gather_memory_turn(&g->memory);
    g->world = (struct findings_world){.store = g->store,
                                       .sinks = g->list.items,
                                       .nsinks = g->list.n,
                                       .tables = g->tables.list.items,
                                       .ntables = g->tables.list.n,
                                       .consistency = g->consistency.items,
                                       .nconsistency = g->consistency.n,
                                       .datasets = g->datasets.items,
                                       .ndatasets = g->datasets.n};
    return &g->world;
}
