/* The sinks whose queryable lag is worked out: which there are, to which tables they are set to write, and commits of theirs that
 * were announced. */
#include "derive/queryable_internal.h"

#include "base/mem.h"
#include "connect/tables.h"

#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

enum {
    AGAIN_MS = 1000, /* between two questions for a commit that was announced */
    TRIES = 10,      /* of them */
};

/* ---- sinks ---- */

static void add_sink(struct derive_queryable *q, const struct derive_sink *who)
{
    struct queryable_sink *sink = mem_new(struct queryable_sink);
    char *coordinator = mem_printf("%s-coord", who->group->raw);
    sink->who = who;
    sink->group = name_ref(who->group);
    sink->coordinator = name_intern(store_names(q->store), coordinator, strlen(coordinator));
    free(coordinator);
    map_put(&q->by_group, &sink->group, sizeof sink->group, sink);
    map_put(&q->by_coordinator, &sink->coordinator, sizeof sink->coordinator, sink);
    vec_push(&q->all, sink);
    q->fresh = true;
}

static void find_sinks(struct derive_queryable *q)
{
    size_t n = derive_sinks_count(q->sinks);
    for (; q->nsinks < n; q->nsinks++) {
        const struct derive_sink *who = derive_sinks_at(q->sinks, q->nsinks);
        if (who->group && !map_get(&q->by_group, &who->group, sizeof who->group))
            add_sink(q, who);
    }
}

/* A setting of those that a connector's row shows, "NAME=VALUE; NAME=VALUE": on the heap; NULL if it is not among them. */
static char *setting(const struct name *config, const char *key)
{
    size_t n = strlen(key);
    for (const char *at = config ? config->raw : NULL; at; at = strstr(at, "; "), at = at ? at + 2 : NULL) {
        if (strncmp(at, key, n) != 0 || at[n] != '=')
            continue;
        const char *end = strstr(at, "; ");
        return mem_memdup(at + n + 1, end ? (size_t)(end - at) - n - 1 : strlen(at + n + 1));
    }
    return NULL;
}

static void give_branch(struct derive_queryable *q, const struct queryable_sink *sink, const char *table)
{
    char *key = mem_printf("iceberg.table.%s.commit-branch", table);
    char *own = setting(sink->config, key), *all = setting(sink->config, "iceberg.tables.default-commit-branch");
    derive_heads_branch(q->heads, table, own ? own : all);
    free(key);
    free(own);
    free(all);
}

/* Tells of the tables that a sink's connector is set to write. */
static void give_tables(struct derive_queryable *q, const struct queryable_sink *sink)
{
    char *text = mem_strdup(sink->tables_text ? sink->tables_text->raw : ""), *field;
    VEC(const char *) names = {0};
    bool routed = strcmp(text, "routed") == 0;
    const char *catalog = sink->catalog ? sink->catalog->raw : NULL; /* not read: its name, and why, is none of ours */
    for (char *at = routed ? NULL : text; at && *at;) {
        char *next = strstr(at, ", ");
        if (next) {
            *next = '\0';
            next += 2;
        }
        if (!strchr(at, ' ')) { /* else it is how many there are besides */
            vec_push(&names, at);
            derive_heads_want(q->heads, at, true);
            give_branch(q, sink, at);
        }
        at = next;
    }
    field = setting(sink->config, "iceberg.tables.route-field");
    connect_backlog_tables(q->backlog, sink->group->raw, catalog, names.items, names.n,
                           routed || (field && names.n > 1));
    free(field);
    vec_done(&names);
    free(text);
}

static bool read_connector(struct queryable_sink *sink, const struct table *t)
{
    if (!sink->who->connect)
        return false;
    const struct value key[] = {{.s = sink->who->connect, .quality = QUALITY_EXACT},
                                {.s = sink->who->connector, .quality = QUALITY_EXACT}};
    const struct row *r = table_find(t, key);
    if (!r)
        return false;
    bool differs = name_replace(&sink->tables_text, derive_cells_text(r, CONNECTORS_TABLES));
    differs = name_replace(&sink->catalog, derive_cells_text(r, CONNECTORS_CATALOG)) || differs;
    differs = name_replace(&sink->config, derive_cells_text(r, CONNECTORS_CONFIG)) || differs;
    return differs;
}

void queryable_sinks_read(struct derive_queryable *q)
{
    const struct table *t = store_find(q->store, connect_table_connectors.name);
    bool changed = false;
    find_sinks(q);
    if (!t || (!q->fresh && table_seq(t) == q->connectors_seq))
        return;
    q->connectors_seq = table_seq(t);
    for (size_t i = 0; i < q->all.n; i++)
        changed = read_connector(q->all.items[i], t) || changed;
    if (!changed)
        return;
    derive_heads_unset(q->heads);
    for (size_t i = 0; i < q->all.n; i++)
        if (q->all.items[i]->tables_text)
            give_tables(q, q->all.items[i]);
}

/* ---- commits that were announced ---- */

static void drop_awaited(struct derive_queryable *q, size_t i)
{
    free(q->awaited.items[i].table);
    q->awaited.items[i] = q->awaited.items[--q->awaited.n];
}

void derive_queryable_event(struct derive_queryable *q, const struct connect_event *e)
{
    if (e->type != CONNECT_EVENT_COMMIT_TO_TABLE || !e->table.len)
        return;
    char *table = mem_memdup(e->table.s, e->table.len);
    for (size_t i = 0; i < q->awaited.n; i++)
        if (strcmp(q->awaited.items[i].table, table) == 0) {
            drop_awaited(q, i); /* a later one tells of it too */
            break;
        }
    if (q->awaited.n == QUERYABLE_AWAITED)
        drop_awaited(q, 0);
    vec_push(&q->awaited, (struct queryable_awaited){.table = table, .snapshot_id = e->snapshot_id});
}

struct asked {
    const struct derive_queryable *q;
    const char *table;
};

static void ask(void *arg, const char *catalog)
{
    const struct asked *a = arg;
    if (a->q->ops && a->q->ops->table)
        a->q->ops->table(a->q->arg, catalog, a->table);
}

void queryable_sinks_await(struct derive_queryable *q)
{
    int64_t now = queryable_mono_ms(q);
    for (size_t i = q->awaited.n; i-- > 0;) {
        struct queryable_awaited *w = &q->awaited.items[i];
        if (w->tries && now - w->asked_ms < AGAIN_MS)
            continue;
        struct asked a = {q, w->table};
        bool last = w->tries + 1 == TRIES || w->snapshot_id == UNKNOWN;
        w->asked_ms = now;
        w->tries++;
        if (derive_heads_has(q->heads, w->table, w->snapshot_id, ask, &a) || last)
            drop_awaited(q, i);
    }
}

void queryable_sinks_done(struct derive_queryable *q)
{
    while (q->awaited.n)
        drop_awaited(q, 0);
    vec_done(&q->awaited);
    for (size_t i = 0; i < q->all.n; i++) {
        struct queryable_sink *sink = q->all.items[i];
        for (size_t k = 0; k < sink->tables.n; k++) {
            name_unref(sink->tables.items[k]->catalog);
            name_unref(sink->tables.items[k]->table);
            str_done(&sink->tables.items[k]->why);
            free(sink->tables.items[k]);
        }
        name_unref(sink->group);
        name_unref(sink->coordinator);
        name_unref(sink->tables_text);
        name_unref(sink->catalog);
        name_unref(sink->config);
        vec_done(&sink->sources);
        vec_done(&sink->tables);
        vec_done(&sink->rows);
        vec_done(&sink->files);
        free(sink);
    }
    vec_done(&q->all);
    map_done(&q->by_group);
    map_done(&q->by_coordinator);
}
