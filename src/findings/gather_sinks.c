/* Sinks: their settings, tasks, cycles and tables. */
#include "findings/gather_internal.h"

#include "base/str.h"
#include "connect/control.h"
#include "connect/tables.h"
#include "derive/columns.h"

#include <stdlib.h>
#include <string.h>

enum { TASKS = 10000 /* of one connector */, CYCLES_OF_TABLES = 10 /* the newest, which name its tables */ };

#define UNKNOWN CONNECT_EVENT_UNKNOWN

static void clear_settings(struct gather_sink *s)
{
    for (size_t i = 0; i < s->settings.n; i++) {
        free(s->settings.items[i].key);
        free(s->settings.items[i].value);
    }
    s->settings.n = 0;
}

static void free_sink(struct gather_sink *s)
{
    clear_settings(s);
    vec_done(&s->settings);
    name_unref(s->shown);
    free(s->key);
    free(s->coordinator_group);
    vec_done(&s->pub.tasks);
    vec_done(&s->pub.control.partitions);
    vec_done(&s->pub.data.members);
    vec_done(&s->pub.coordinator.members);
    vec_done(&s->pub.strays);
    vec_done(&s->pub.lines);
    vec_done(&s->pub.tables);
    free(s);
}

void gather_sinks_done(struct findings_gather *g)
{
    void *value;
    for (size_t at = 0; map_next(&g->sinks, &at, NULL, NULL, &value);)
        free_sink(value);
    map_done(&g->sinks);
    vec_done(&g->list);
}

void gather_sinks_want(struct findings_gather *g)
{
    struct derive_pipeline_place place;
    struct names *names = store_names(g->store);
    for (size_t p = 0; gather_place_at(g, p, &place); p++) {
        const struct derive_sinks *sinks = derive_commits_sinks(place.commits);
        struct name *cluster = name_intern(names, place.name, strlen(place.name));
        for (size_t i = 0; i < derive_sinks_count(sinks); i++) {
            const struct derive_sink *who = derive_sinks_at(sinks, i);
            if (!who->group)
                continue;
            struct str coordinator = {0};
            gather_groups_coordinator(who, &coordinator);
            struct name *n = name_intern(names, coordinator.s, coordinator.len);
            gather_members_want(&g->members, cluster, who->members_of);
            gather_members_want(&g->members, cluster, n);
            name_unref(n);
            str_done(&coordinator);
        }
        name_unref(cluster);
    }
}

/* ---- settings ---- */

/* "NAME=VALUE; NAME=VALUE; 3 more" */
static void read_settings(struct gather_sink *s, struct name *shown)
{
    if (s->shown == shown)
        return;
    name_unref(s->shown);
    s->shown = shown ? name_ref(shown) : NULL;
    clear_settings(s);
    for (const char *p = shown ? shown->raw : ""; *p;) {
        const char *end = strstr(p, "; "), *equals = strchr(p, '=');
        size_t len = end ? (size_t)(end - p) : strlen(p);
        if (equals && (size_t)(equals - p) < len)
            vec_push(&s->settings, ((struct gather_setting){mem_memdup(p, (size_t)(equals - p)),
                                                            mem_memdup(equals + 1, len - (size_t)(equals - p) - 1)}));
        p += len;
        p += strspn(p, "; ");
    }
}

static const char *config(const struct findings_sink *sink, const char *key)
{
    const struct gather_sink *s = (const struct gather_sink *)sink;
    for (size_t i = 0; i < s->settings.n; i++)
        if (strcmp(s->settings.items[i].key, key) == 0)
            return s->settings.items[i].value;
    return NULL;
}

static const struct row *row_of(const struct findings_gather *g, const struct derive_pipeline_place *place,
                                const struct derive_sink *who)
{
    const char *const keys[] = {who->connect ? who->connect->raw : place->name, who->connector->raw};
    const struct row *r = gather_find(g, connect_table_connectors.name, keys, 2);
    const struct name *group = r ? derive_cells_text(r, CONNECTORS_GROUP_ID) : NULL;
    return !group || group == who->group ? r : NULL; /* else that of another one of this name */
}

static uint64_t hash_of(const char *text)
{
    return text ? map_hash(text, strlen(text)) : 0;
}

static void read_row(struct findings_gather *g, struct gather_sink *s, const struct row *r, int64_t now_ms)
{
    struct findings_sink *p = &s->pub;
    p->row = r;
    p->state = r ? derive_cells_raw(r, CONNECTORS_STATE) : NULL;
    p->by_rest = p->state != NULL;
    p->connect = r ? derive_cells_raw(r, CONNECTORS_CONNECT) : p->cluster;
    p->version = r ? derive_cells_raw(r, CONNECTORS_VERSION) : NULL;
    p->class = r ? derive_cells_raw(r, CONNECTORS_CLASS) : NULL;
    p->error = r ? derive_cells_raw(r, CONNECTORS_ERROR) : NULL;
    p->control_topic = r ? derive_cells_raw(r, CONNECTORS_CONTROL_TOPIC) : NULL;
    p->running_since_ms = UNKNOWN;
    p->rest_blind = false;
    read_settings(s, r ? derive_cells_text(r, CONNECTORS_CONFIG) : NULL);
    if (!p->by_rest)
        return;
    const char *owner = store_owner_name(g->store, row_owner(r));
    p->rest_blind = owner && strcmp(gather_source_state(g, owner), "failed") == 0;
    int64_t since = gather_memory_since(&g->memory, GATHER_CONNECTOR, row_id(r), hash_of(p->state), now_ms);
    p->running_since_ms = strcmp(p->state, "RUNNING") == 0 ? since : UNKNOWN;
}

/* ---- tasks ---- */

static const struct derive_member *member_of(const struct derive_sink *who, int64_t task)
{
    for (size_t i = 0; i < who->members.n; i++)
        if (who->members.items[i]->task == task)
            return who->members.items[i];
    return NULL;
}

static void read_assigned(struct findings_gather *g, const struct derive_sink *who, struct findings_task *t,
                          uint64_t key, int64_t now_ms)
{
    const struct derive_member *m = member_of(who, t->task);
    t->assigned = t->assigned_since_ms = UNKNOWN;
    if (!who->members.n)
        return;
    t->assigned = m ? m->count : 0;
    t->assigned_since_ms = gather_memory_since(&g->memory, GATHER_ASSIGNED, key,
                                               hash_of(m && m->assignment ? m->assignment->raw : ""), now_ms);
    if (!t->worker && m && m->host)
        t->worker = m->host->raw;
}

static void add_task(struct findings_gather *g, struct gather_sink *s, const struct row *r, int64_t now_ms)
{
    struct findings_task t = {.row = r,
                              .task = derive_cells_number(r, TASKS_TASK),
                              .state = derive_cells_raw(r, TASKS_STATE),
                              .worker = derive_cells_raw(r, TASKS_WORKER),
                              .error = derive_cells_raw(r, TASKS_ERROR)};
    t.since_ms = gather_memory_since(&g->memory, GATHER_TASK, row_id(r), hash_of(t.state), now_ms);
    read_assigned(g, s->pub.who, &t, row_id(r), now_ms);
    vec_push(&s->pub.tasks, t);
}

/* Where nobody tells of tasks, the members of the group do. */
static void add_task_of_member(struct findings_gather *g, struct gather_sink *s, const struct derive_member *m,
                               int64_t now_ms)
{
    struct findings_task t = {.task = m->task, .since_ms = UNKNOWN};
    read_assigned(g, s->pub.who, &t, m->row, now_ms);
    vec_push(&s->pub.tasks, t);
}

static void read_tasks(struct findings_gather *g, struct gather_sink *s, int64_t now_ms)
{
    const struct derive_sink *who = s->pub.who;
    const struct table *t = store_find(g->store, connect_table_tasks.name);
    s->pub.tasks.n = 0;
    if (s->pub.by_rest && t && who->connect) {
        int64_t n = derive_cells_number(s->pub.row, CONNECTORS_TASKS);
        for (int64_t i = 0; i < n && i < TASKS; i++) {
            const struct value key[] = {{.s = who->connect, .quality = QUALITY_EXACT},
                                        {.s = who->connector, .quality = QUALITY_EXACT},
                                        value_int(i)};
            const struct row *r = table_find(t, key);
            if (r)
                add_task(g, s, r, now_ms);
        }
        return;
    }
    for (size_t i = 0; i < who->members.n; i++)
        if (who->members.items[i]->task >= 0)
            add_task_of_member(g, s, who->members.items[i], now_ms);
}

/* ---- cycles, and how they are known ---- */

static void read_cycles(struct gather_sink *s, const struct derive_pipeline_place *place)
{
    struct findings_sink *p = &s->pub;
    p->ncycles = derive_commits_cycles(place->commits, p->who, s->cycles, FINDINGS_CYCLES);
    p->cycles = s->cycles;
    p->interval_ms = p->who->interval_ms;
    p->timeout_ms = p->who->timeout_ms;
    p->flush_ms = UNKNOWN;
    for (size_t i = 0; i < p->ncycles; i++) {
        const struct connect_cycle *c = p->cycles[i];
        if (p->interval_ms == UNKNOWN)
            p->interval_ms = c->interval_ms;
        if (p->timeout_ms == UNKNOWN)
            p->timeout_ms = c->timeout_ms;
        if (p->flush_ms == UNKNOWN)
            p->flush_ms = c->flush_ms;
        if (!p->control_topic && c->control_topic)
            p->control_topic = c->control_topic->raw;
    }
}

static bool seen(const struct findings_sink *p, unsigned what)
{
    enum { NEWEST = 5 };
    for (size_t i = 0; i < p->ncycles && i < NEWEST; i++)
        if (p->cycles[i]->seen & what)
            return true;
    return false;
}

static bool source_tells(const struct findings_gather *g, const char *kind, const char *name)
{
    char *source = mem_printf("%s:%s", kind, name);
    const char *state = gather_source_state(g, source);
    bool tells = strcmp(state, "ok") == 0 || strcmp(state, "partial") == 0;
    free(source);
    return tells;
}

static void read_watch(const struct findings_gather *g, struct gather_sink *s,
                       const struct derive_pipeline_place *place, int64_t now_ms)
{
    struct findings_sink *p = &s->pub;
    bool live = !place->control, broken = false, read = false;
    bool failed = strcmp(gather_source_state(g, place->owner), "failed") == 0;
    if (place->control && p->control_topic)
        read = connect_control_state(place->control, p->control_topic, &live, &broken);
    if (live && !s->live_ms)
        s->live_ms = now_ms;
    p->by_log = seen(p, CONNECT_SEEN_LOG) || source_tells(g, "log", p->connect);
    p->by_topic = place->control ? read && !broken && !failed : seen(p, CONNECT_SEEN_TOPIC);
    p->blind = failed || (read && broken);
    p->caught_up = s->live_ms != 0;
    int64_t first = UNKNOWN;
    if (place->pipeline && p->control_topic)
        first = derive_pipeline_first_record(place->pipeline, place->name, p->control_topic);
    else if (p->ncycles)
        first = p->cycles[p->ncycles - 1]->started_ms;
    p->watched_since_ms = first;
    if (s->live_ms && (first == UNKNOWN || first > s->live_ms))
        p->watched_since_ms = s->live_ms;
}

static void read_lines(const struct findings_gather *g, struct gather_sink *s)
{
    struct findings_sink *p = &s->pub;
    const struct gather_lines_of *of = gather_lines_find(&g->lines, p->connect, p->connector);
    if (!of && !p->by_rest) /* its log may be known by another name than what else tells of it */
        of = gather_lines_called(&g->lines, p->connector);
    p->lines.n = 0;
    for (size_t i = 0; of && i < of->lines.n; i++)
        vec_push(&p->lines, of->lines.items[i]);
}

/* ---- tables ---- */

static void link_table(struct gather_sink *s, struct gather_table *t)
{
    struct findings_sink *p = &s->pub;
    for (size_t i = 0; i < p->tables.n; i++)
        if (p->tables.items[i] == &t->pub)
            return;
    vec_push(&p->tables, &t->pub);
    vec_push(&t->pub.sinks, p);
    p->by_table = p->by_table || !t->pub.blind;
}

/* catalog: by its name in rows of tables; NULL: that of its connector. Where that is none of ours, a name that there is once. */
static void add_table(const struct findings_gather *g, struct gather_sink *s, const char *catalog, const char *table)
{
    struct gather_table *first = gather_tables_find(&g->tables, table);
    catalog = catalog ? catalog : s->pub.row ? derive_cells_raw(s->pub.row, CONNECTORS_CATALOG) : NULL;
    for (struct gather_table *t = first; t; t = t->next)
        if (catalog && strcmp(t->catalog->raw, catalog) == 0) {
            link_table(s, t);
            return;
        }
    if (first && !first->next)
        link_table(s, first);
}

/* "db.a, db.b and 3 more"; what is no table is found nowhere. */
static void add_configured(const struct findings_gather *g, struct gather_sink *s)
{
    const char *names = s->pub.row ? derive_cells_raw(s->pub.row, CONNECTORS_TABLES) : NULL;
    while (names && *names) {
        size_t len = strcspn(names, ", ");
        char *name = mem_memdup(names, len);
        add_table(g, s, NULL, name);
        free(name);
        names += len;
        names += strspn(names, ", ");
    }
}

static void read_tables(const struct findings_gather *g, struct gather_sink *s)
{
    struct findings_sink *p = &s->pub;
    p->tables.n = 0;
    p->by_table = false;
    for (size_t i = 0; p->backlog && i < p->backlog->tables.n; i++) {
        const struct connect_backlog_of_table *t = &p->backlog->tables.items[i];
        add_table(g, s, t->catalog ? t->catalog->raw : NULL, t->table->raw);
    }
    for (size_t i = 0; i < p->ncycles && i < CYCLES_OF_TABLES; i++)
        for (size_t k = 0; k < p->cycles[i]->tables.n; k++)
            add_table(g, s, NULL, p->cycles[i]->tables.items[k].table->raw);
    add_configured(g, s);
}

/* ---- all ---- */

static struct gather_sink *sink_of(struct findings_gather *g, const struct derive_pipeline_place *place,
                                   const struct derive_sink *who)
{
    char *key = mem_printf("%s\n%s\n%s", place->name, who->group ? "group" : "connector",
                           who->group ? who->group->raw : who->connector->raw);
    struct gather_sink *s = map_get(&g->sinks, key, strlen(key));
    if (s) {
        free(key);
    } else {
        s = mem_new(struct gather_sink);
        s->key = key;
        map_put(&g->sinks, key, strlen(key), s);
    }
    return s;
}

static void read_sink(struct findings_gather *g, const struct derive_pipeline_place *place,
                      const struct derive_sink *who, const struct row *r, int64_t now_ms)
{
    struct gather_sink *s = sink_of(g, place, who);
    struct findings_sink *p = &s->pub;
    s->round = g->round;
    p->config = config;
    p->who = who;
    p->cluster = place->name;
    p->connector = who->connector->raw;
    p->group = who->group ? who->group->raw : NULL;
    read_row(g, s, r, now_ms);
    read_cycles(s, place);
    read_watch(g, s, place, now_ms);
    p->backlog = gather_backlog(place, p->group);
    read_tasks(g, s, now_ms);
    gather_groups_read(g, s, now_ms);
    gather_rates_read(g, s);
    read_lines(g, s);
    read_tables(g, s);
    vec_push(&g->list, p);
}

/* One of which nobody tells has gone; what it left in its control topic is no sink. Beside a pipeline it is what it is. One that was
 * known by its log before its group was is none any more once it has no cycles. */
static bool counts(const struct derive_pipeline_place *place, const struct derive_sink *who, const struct row *r)
{
    const struct connect_cycle *any;
    if (!who->group && !derive_commits_cycles(place->commits, who, &any, 1))
        return false;
    return r || (!place->pipeline && (who->group || who->connector->len));
}

void gather_sinks_read(struct findings_gather *g, int64_t now_ms)
{
    struct derive_pipeline_place place;
    g->list.n = 0;
    g->round++;
    for (size_t p = 0; gather_place_at(g, p, &place); p++) {
        const struct derive_sinks *sinks = derive_commits_sinks(place.commits);
        for (size_t i = 0; i < derive_sinks_count(sinks); i++) {
            const struct derive_sink *who = derive_sinks_at(sinks, i);
            const struct row *r = row_of(g, &place, who);
            if (counts(&place, who, r))
                read_sink(g, &place, who, r, now_ms);
        }
    }
    const void *key;
    size_t len;
    void *value;
    for (size_t at = 0; map_next(&g->sinks, &at, &key, &len, &value);) {
        struct gather_sink *s = value;
        if (s->round == g->round)
            continue;
        map_del(&g->sinks, key, len);
        free_sink(s);
    }
}
