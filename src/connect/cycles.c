/* Commit cycles: where they are kept, how long, and how readers learn what changed; see cycles.h. */
#include "connect/cycles_internal.h"

#include <stdlib.h>
#include <string.h>

static const char *const outcomes[CONNECT_OUTCOMES] = {
    [CONNECT_OUTCOME_RUNNING] = "running",       [CONNECT_OUTCOME_FULL] = "full",
    [CONNECT_OUTCOME_PARTIAL] = "partial",       [CONNECT_OUTCOME_EMPTY] = "empty",
    [CONNECT_OUTCOME_DROPPED] = "dropped",       [CONNECT_OUTCOME_FAILED] = "failed",
    [CONNECT_OUTCOME_SUPERSEDED] = "superseded", [CONNECT_OUTCOME_COMMITTED] = "committed (announcement lost)",
    [CONNECT_OUTCOME_UNKNOWN] = "end unknown",
};

const char *connect_outcome_name(enum connect_outcome o)
{
    return outcomes[o];
}

void connect_cycles_lane_init(struct cycles_lane *lane)
{
    TAILQ_INIT(&lane->list);
    TAILQ_INIT(&lane->open);
}

struct connect_cycles *connect_cycles_new(void)
{
    struct connect_cycles *c = mem_new(struct connect_cycles);
    c->names = names_new();
    c->nobody = name_intern(c->names, "", 0);
    c->now_ms = CONNECT_EVENT_UNKNOWN;
    TAILQ_INIT(&c->all);
    TAILQ_INIT(&c->changed);
    return c;
}

static void done_evidence(struct connect_cycle_internal *e)
{
    for (size_t i = 0; i < e->pub.answers.n; i++) {
        name_unref(e->pub.answers.items[i].topic);
        name_unref(e->pub.answers.items[i].sender);
    }
    for (size_t i = 0; i < e->tables.n; i++) {
        name_unref(e->tables.items[i].table);
        name_unref(e->tables.items[i].catalog);
    }
    for (size_t i = 0; i < e->written.n; i++)
        name_unref(e->written.items[i].sender);
    name_unref(e->pub.connector);
    name_unref(e->pub.group);
    name_unref(e->pub.sender);
    name_unref(e->pub.coordinator);
    name_unref(e->task);
    name_unref(e->made_by);
    vec_done(&e->pub.answers);
    vec_done(&e->pub.tables);
    vec_done(&e->tables);
    vec_done(&e->written);
    vec_done(&e->done);
    vec_done(&e->floor);
    free(e->log.error);
}

static void leave_lane(struct connect_cycle_internal *e)
{
    if (!e->lane)
        return;
    TAILQ_REMOVE(&e->lane->list, e, in_lane);
    e->lane->n--;
    if (e->open)
        TAILQ_REMOVE(&e->lane->open, e, in_open);
    e->lane->waiting -= e->waiting;
    e->open = e->waiting = false;
    e->lane = NULL;
}

static void drop(struct connect_cycles *c, struct connect_cycle_internal *e)
{
    leave_lane(e);
    TAILQ_REMOVE(&c->all, e, in_all);
    TAILQ_REMOVE(&c->changed, e, in_changed);
    map_del(&c->cycles, e->pub.commit_id, strlen(e->pub.commit_id));
    c->weight -= e->weight;
    done_evidence(e);
    free(e);
}

static void forget(struct connect_cycles *c, struct connect_cycle_internal *e)
{
    struct cycles_gone gone;
    memcpy(gone.id, e->pub.commit_id, sizeof gone.id);
    vec_push(&c->gone, gone);
    drop(c, e);
}

static void free_group(struct cycles_group *g)
{
    for (size_t i = 0; i < g->chains.n; i++) {
        name_unref(g->chains.items[i].key);
        name_unref(g->chains.items[i].coordinator);
    }
    vec_done(&g->chains);
    map_done(&g->answered);
    void *value;
    const void *key;
    for (size_t at = 0; map_next(&g->taken, &at, &key, NULL, &value);) {
        struct name *table;
        memcpy(&table, key, sizeof table);
        name_unref(table);
        free(value);
    }
    map_done(&g->taken);
    name_unref(g->topic);
    name_unref(g->id);
    free(g);
}

static void free_values(struct map *m)
{
    void *value;
    for (size_t at = 0; map_next(m, &at, NULL, NULL, &value);)
        free(value);
    map_done(m);
}

static void free_end(const struct cycles_end_key *key, int64_t *end)
{
    struct cycles_end_key copy;
    memcpy(&copy, key, sizeof copy);
    name_unref(copy.topic);
    free(end);
}

void connect_cycles_free(struct connect_cycles *c)
{
    if (!c)
        return;
    for (struct connect_cycle_internal *e; (e = TAILQ_FIRST(&c->all));)
        drop(c, e);
    void *value;
    for (size_t at = 0; map_next(&c->groups, &at, NULL, NULL, &value);)
        free_group(value);
    for (size_t at = 0; map_next(&c->connectors, &at, NULL, NULL, &value);) {
        struct cycles_connector *connector = value;
        name_unref(connector->name);
        name_unref(connector->group);
        free(connector);
    }
    for (size_t at = 0; map_next(&c->settings, &at, NULL, NULL, &value);) {
        struct cycles_setting *setting = value;
        name_unref(setting->group);
        name_unref(setting->connector);
        free(setting);
    }
    map_done(&c->groups);
    map_done(&c->connectors);
    map_done(&c->settings);
    map_done(&c->by_connector);
    free_values(&c->contexts);
    free_values(&c->flushes);
    const void *key;
    for (size_t at = 0; map_next(&c->ends, &at, &key, NULL, &value);)
        free_end(key, value);
    map_done(&c->ends);
    map_done(&c->cycles);
    vec_done(&c->gone);
    name_unref(c->nobody);
    names_free(c->names);
    free(c);
}

struct connect_cycle_internal *connect_cycles_peek(const struct connect_cycles *c, const char *id)
{
    return map_get(&c->cycles, id, strlen(id));
}

static void init_topic(struct cycles_from_topic *t)
{
    struct cycles_place nowhere = {-1, CONNECT_EVENT_UNKNOWN, CONNECT_EVENT_UNKNOWN};
    t->start = t->point = t->next = nowhere;
    t->start_ms = t->point_ms = t->valid_through_ms = t->gap_ms = CONNECT_EVENT_UNKNOWN;
}

static void init_log(struct cycles_from_log *l)
{
    l->task = l->start_ms = l->end_ms = l->failed_ms = l->valid_through_ms = CONNECT_EVENT_UNKNOWN;
    l->received = l->expected = l->interval_ms = l->timeout_ms = CONNECT_EVENT_UNKNOWN;
}

struct connect_cycle_internal *connect_cycles_get(struct connect_cycles *c, const char *id)
{
    struct connect_cycle_internal *e = connect_cycles_peek(c, id);
    if (e)
        return e;
    e = mem_new(struct connect_cycle_internal);
    snprintf(e->pub.commit_id, sizeof e->pub.commit_id, "%s", id);
    e->pub.internal = e;
    e->pub.connector = name_ref(c->nobody);
    e->assigned = e->set_interval_ms = e->set_timeout_ms = CONNECT_EVENT_UNKNOWN;
    init_topic(&e->topic);
    init_log(&e->log);
    map_put(&c->cycles, e->pub.commit_id, strlen(e->pub.commit_id), e);
    TAILQ_INSERT_TAIL(&c->all, e, in_all);
    TAILQ_INSERT_TAIL(&c->changed, e, in_changed);
    return e;
}

void connect_cycles_put(struct connect_cycles *c, struct connect_cycle_internal *e, struct cycles_lane *lane)
{
    if (e->lane == lane)
        return;
    leave_lane(e);
    e->lane = lane;
    TAILQ_INSERT_TAIL(&lane->list, e, in_lane);
    lane->n++;
    struct connect_cycle_internal *oldest = TAILQ_FIRST(&lane->list);
    if (lane->n > CONNECT_CYCLES_KEPT && oldest != e)
        forget(c, oldest);
}

/* After its public part was derived: where it is listed, and what it weighs. */
static void list(struct connect_cycles *c, struct connect_cycle_internal *e)
{
    bool open = e->lane && (e->pub.outcome == CONNECT_OUTCOME_RUNNING || e->pub.outcome == CONNECT_OUTCOME_UNKNOWN);
    if (open != e->open) {
        if (open)
            TAILQ_INSERT_TAIL(&e->lane->open, e, in_open);
        else
            TAILQ_REMOVE(&e->lane->open, e, in_open);
        e->open = open;
    }
    bool waiting = false;
    for (size_t i = 0; e->lane && i < e->pub.tables.n && !waiting; i++)
        waiting = e->pub.tables.items[i].state == CONNECT_TABLE_WAITING;
    if (e->lane)
        e->lane->waiting += (size_t)waiting - (size_t)e->waiting;
    e->waiting = waiting;
    size_t weight = 1 + e->pub.answers.n + e->tables.n + e->done.n + e->written.n;
    c->weight += weight - e->weight;
    e->weight = weight;
}

static void changed(struct connect_cycles *c, struct connect_cycle_internal *e)
{
    e->pub.seq = ++c->seq;
    TAILQ_REMOVE(&c->changed, e, in_changed);
    TAILQ_INSERT_TAIL(&c->changed, e, in_changed);
}

void connect_cycles_trim(struct connect_cycles *c)
{
    while (c->weight > CONNECT_CYCLES_WEIGHT)
        forget(c, TAILQ_FIRST(&c->all));
}

static void again(struct connect_cycles *c, struct connect_cycle_internal *e)
{
    if (!connect_cycles_derive(c, e))
        return;
    list(c, e);
    changed(c, e);
}

void connect_cycles_again_all(struct connect_cycles *c, struct cycles_lane *lane)
{
    struct connect_cycle_internal *e;
    TAILQ_FOREACH(e, &lane->list, in_lane)
    again(c, e);
}

/* Its evidence may name the coordinator of others, too. */
static void name_coordinator(struct connect_cycles *c, const struct connect_cycle_internal *e)
{
    struct cycles_chain *chain = connect_cycles_chain(e);
    struct name *name = chain ? connect_cycles_coordinator(c, e) : NULL;
    if (!name || chain->coordinator == name) {
        name_unref(name);
        return;
    }
    name_unref(chain->coordinator);
    chain->coordinator = name;
    connect_cycles_again_all(c, &e->group->lane);
}

void connect_cycles_touch(struct connect_cycles *c, struct connect_cycle_internal *e)
{
    connect_cycles_derive(c, e);
    list(c, e);
    changed(c, e);
    name_coordinator(c, e);
}

void connect_cycles_again_open(struct connect_cycles *c, struct cycles_lane *lane)
{
    for (struct connect_cycle_internal *e = TAILQ_FIRST(&lane->open), *next; e; e = next) {
        next = TAILQ_NEXT(e, in_open);
        again(c, e);
    }
}

int connect_cycles_order(const struct name *a, const struct name *b)
{
    int order = memcmp(a->raw, b->raw, a->len < b->len ? a->len : b->len);
    return order ? order : (a->len > b->len) - (a->len < b->len);
}

struct cycles_table *connect_cycles_table(struct connect_cycles *c, struct connect_cycle_internal *e, const char *table,
                                          size_t len)
{
    struct name *name = name_intern(c->names, table, len);
    size_t low = 0, high = e->tables.n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = connect_cycles_order(e->tables.items[mid].table, name);
        if (order == 0) {
            name_unref(name);
            return &e->tables.items[mid];
        }
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (e->tables.n >= CONNECT_CYCLES_TABLES) {
        name_unref(name);
        c->ignored++;
        return NULL;
    }
    vec_reserve(&e->tables, 1);
    memmove(&e->tables.items[low + 1], &e->tables.items[low], (e->tables.n - low) * sizeof *e->tables.items);
    e->tables.n++;
    int64_t no = CONNECT_EVENT_UNKNOWN;
    e->tables.items[low] = (struct cycles_table){.table = name,
                                                 .written_ms = no,
                                                 .event_snapshot = no,
                                                 .event_ms = no,
                                                 .event_valid = no,
                                                 .line_snapshot = no,
                                                 .line_ms = no,
                                                 .line_valid = no,
                                                 .made_snapshot = no,
                                                 .made_ms = no,
                                                 .made_valid = no};
    return &e->tables.items[low];
}

struct cycles_connector *connect_cycles_connector(struct connect_cycles *c, const char *name, size_t len)
{
    struct cycles_connector *connector = map_get(&c->connectors, name, len);
    if (connector || c->connectors.n >= CONNECT_CYCLES_GROUPS)
        return connector;
    connector = mem_new(struct cycles_connector);
    connector->name = name_intern(c->names, name, len);
    connector->started_ms = connector->interval_ms = connector->timeout_ms = CONNECT_EVENT_UNKNOWN;
    connector->flush_ms = CONNECT_EVENT_UNKNOWN;
    connect_cycles_lane_init(&connector->lane);
    map_put(&c->connectors, name, len, connector);
    return connector;
}

const struct cycles_setting *connect_cycles_setting(const struct connect_cycles *c,
                                                    const struct connect_cycle_internal *e)
{
    const struct name *group = e->group ? e->group->id : e->connector ? e->connector->group : NULL;
    if (group)
        return map_get(&c->settings, group->raw, group->len);
    return e->connector ? map_get(&c->by_connector, e->connector->name->raw, e->connector->name->len) : NULL;
}

static bool same(const struct cycles_setting *s, const struct connect_cycles_settings *with)
{
    bool connector =
        s->connector ? with->connector && strcmp(s->connector->raw, with->connector) == 0 : !with->connector;
    return connector && s->interval_ms == with->interval_ms && s->timeout_ms == with->timeout_ms &&
           s->partitions == with->partitions;
}

void connect_cycles_settings(struct connect_cycles *c, const struct connect_cycles_settings *s)
{
    struct cycles_setting *setting = map_get(&c->settings, s->group, strlen(s->group));
    if (setting && same(setting, s))
        return;
    if (!setting) {
        if (c->settings.n >= CONNECT_CYCLES_GROUPS) {
            c->ignored++;
            return;
        }
        setting = mem_new(struct cycles_setting);
        setting->group = name_intern(c->names, s->group, strlen(s->group));
        map_put(&c->settings, s->group, strlen(s->group), setting);
    }
    if (setting->connector && map_get(&c->by_connector, setting->connector->raw, setting->connector->len) == setting)
        map_del(&c->by_connector, setting->connector->raw, setting->connector->len);
    name_unref(setting->connector);
    setting->connector = s->connector ? name_intern(c->names, s->connector, strlen(s->connector)) : NULL;
    if (setting->connector)
        map_put(&c->by_connector, setting->connector->raw, setting->connector->len, setting);
    setting->interval_ms = s->interval_ms;
    setting->timeout_ms = s->timeout_ms;
    setting->partitions = s->partitions;
    void *value;
    for (size_t at = 0; map_next(&c->groups, &at, NULL, NULL, &value);)
        if (((struct cycles_group *)value)->id == setting->group)
            connect_cycles_again_all(c, &((struct cycles_group *)value)->lane);
    for (size_t at = 0; map_next(&c->connectors, &at, NULL, NULL, &value);) {
        struct cycles_connector *connector = value;
        if (connector->group == setting->group || (setting->connector && connector->name == setting->connector))
            connect_cycles_again_all(c, &connector->lane);
    }
}

void connect_cycles_time(struct connect_cycles *c, int64_t now_ms)
{
    c->now_ms = now_ms;
    void *value;
    for (size_t at = 0; map_next(&c->groups, &at, NULL, NULL, &value);)
        connect_cycles_again_open(c, &((struct cycles_group *)value)->lane);
    for (size_t at = 0; map_next(&c->connectors, &at, NULL, NULL, &value);)
        connect_cycles_again_open(c, &((struct cycles_connector *)value)->lane);
}

/* ---- what is known ---- */

uint64_t connect_cycles_seq(const struct connect_cycles *c)
{
    return c->seq;
}

uint64_t connect_cycles_ignored(const struct connect_cycles *c)
{
    return c->ignored;
}

void connect_cycles_changed(struct connect_cycles *c, uint64_t seq,
                            void (*fn)(void *arg, const struct connect_cycle *cycle), void *arg)
{
    struct connect_cycle_internal *e = TAILQ_LAST(&c->changed, cycles_list);
    for (struct connect_cycle_internal *before; e && (before = TAILQ_PREV(e, cycles_list, in_changed)); e = before)
        if (before->pub.seq <= seq)
            break;
    if (e && e->pub.seq <= seq)
        return;
    for (; e; e = TAILQ_NEXT(e, in_changed))
        fn(arg, &e->pub);
}

const struct connect_cycle *connect_cycles_find(const struct connect_cycles *c, const char *commit_id)
{
    const struct connect_cycle_internal *e = connect_cycles_peek(c, commit_id);
    return e ? &e->pub : NULL;
}

void connect_cycles_forgotten(struct connect_cycles *c, void (*fn)(void *arg, const char *commit_id), void *arg)
{
    for (size_t i = 0; i < c->gone.n; i++)
        if (!connect_cycles_peek(c, c->gone.items[i].id))
            fn(arg, c->gone.items[i].id);
    c->gone.n = 0;
}
