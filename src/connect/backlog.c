/* What of the source is queryable: where groups are kept, and how readers learn what changed; see backlog.h. */
#include "connect/backlog_internal.h"

#include <stdlib.h>
#include <string.h>

static const char *const states[CONNECT_BACKLOG_STATES] = {
    [CONNECT_BACKLOG_PENDING] = "pending", [CONNECT_BACKLOG_LOST] = "lost", [CONNECT_BACKLOG_DEAD] = "dead"};

const char *connect_backlog_state_name(enum connect_backlog_state s)
{
    return states[s];
}

int64_t connect_backlog_plus(int64_t a, int64_t b)
{
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

struct connect_backlog *connect_backlog_new(void)
{
    struct connect_backlog *b = mem_new(struct connect_backlog);
    b->names = names_new();
    return b;
}

/* ---- life ---- */

static void free_senders(struct connect_backlog_group_internal *g)
{
    void *value;
    for (size_t at = 0; map_next(&g->senders, &at, NULL, NULL, &value);) {
        struct backlog_sender *s = value;
        name_unref(s->key);
        free(s);
    }
    map_done(&g->senders);
}

static void free_lane(struct backlog_lane *lane)
{
    for (size_t i = 0; i < lane->answers.n; i++)
        free(lane->answers.items[i]);
    vec_done(&lane->answers);
    vec_done(&lane->commits);
    name_unref(lane->reader);
    free(lane);
}

static void free_group(struct connect_backlog_group_internal *g)
{
    free_senders(g);
    for (size_t i = 0; i < g->targets.n; i++)
        connect_backlog_target_free(g->targets.items[i]);
    for (size_t i = 0; i < g->sources.n; i++)
        connect_backlog_source_free(g->sources.items[i]);
    for (size_t i = 0; i < g->lanes.n; i++)
        free_lane(g->lanes.items[i]);
    vec_done(&g->targets);
    vec_done(&g->sorted);
    vec_done(&g->sources);
    vec_done(&g->lanes);
    vec_done(&g->pub.tables);
    vec_done(&g->pub.partitions);
    map_done(&g->by_table);
    map_done(&g->by_source);
    name_unref(g->pub.group);
    name_unref(g->pub.control_topic);
    name_unref(g->catalog);
    free(g);
}

static void free_sites(struct connect_backlog *b)
{
    void *value;
    for (size_t at = 0; map_next(&b->sites, &at, NULL, NULL, &value);) {
        struct backlog_site *site = value;
        for (size_t i = 0; i < site->tables.n; i++)
            connect_backlog_table_free(b, site->tables.items[i]);
        vec_done(&site->tables);
        vec_done(&site->targets);
        name_unref(site->name);
        free(site);
    }
    map_done(&b->sites);
}

void connect_backlog_free(struct connect_backlog *b)
{
    if (!b)
        return;
    void *value;
    for (size_t at = 0; map_next(&b->groups, &at, NULL, NULL, &value);)
        free_group(value);
    map_done(&b->groups);
    for (size_t at = 0; map_next(&b->places, &at, NULL, NULL, &value);) {
        struct backlog_place *place = value;
        name_unref(place->topic);
        vec_done(&place->lanes);
        free(place);
    }
    map_done(&b->places);
    free_sites(b);
    names_free(b->names);
    free(b);
}

/* ---- what there is ---- */

struct connect_backlog_group_internal *connect_backlog_group_get(struct connect_backlog *b, const char *group,
                                                                 size_t len)
{
    struct connect_backlog_group_internal *g = map_get(&b->groups, group, len);
    if (g || b->groups.n >= CONNECT_BACKLOG_GROUPS)
        return g;
    g = mem_new(struct connect_backlog_group_internal);
    g->backlog = b;
    g->pub.group = name_intern(b->names, group, len);
    g->pub.lag = BACKLOG_NONE;
    map_put(&b->groups, group, len, g);
    connect_backlog_dirty(g, true);
    return g;
}

struct backlog_place *connect_backlog_place_get(struct connect_backlog *b, const char *topic, int32_t partition)
{
    struct {
        struct name *topic;
        int64_t partition;
    } key = {name_intern(b->names, topic, strlen(topic)), partition};
    struct backlog_place *place = map_get(&b->places, &key, sizeof key);
    if (place || b->places.n >= CONNECT_BACKLOG_PARTITIONS) {
        name_unref(key.topic);
        return place;
    }
    place = mem_new(struct backlog_place);
    place->topic = key.topic;
    place->partition = partition;
    place->start = place->cut = place->end = place->read_ms = place->before_ms = place->last_ms = BACKLOG_NONE;
    map_put(&b->places, &key, sizeof key, place);
    return place;
}

struct backlog_lane *connect_backlog_lane_get(struct connect_backlog_group_internal *g, struct backlog_place *place)
{
    for (size_t i = 0; i < g->lanes.n; i++)
        if (g->lanes.items[i]->place == place)
            return g->lanes.items[i];
    if (g->lanes.n >= BACKLOG_LANES)
        return NULL;
    struct name *group = g->pub.group;
    char *reader = mem_alloc((size_t)place->topic->len + group->len + 2);
    memcpy(reader, place->topic->raw, place->topic->len);
    reader[place->topic->len] = '.';
    memcpy(reader + place->topic->len + 1, group->raw, (size_t)group->len + 1);
    struct backlog_lane *lane = mem_new(struct backlog_lane);
    lane->group = g;
    lane->place = place;
    lane->reader = name_intern(g->backlog->names, reader, (size_t)place->topic->len + group->len + 1);
    lane->index = g->lanes.n;
    free(reader);
    vec_push(&g->lanes, lane);
    vec_push(&place->lanes, lane);
    name_unref(g->pub.control_topic);
    g->pub.control_topic = name_ref(place->topic);
    connect_backlog_dirty(g, true);
    return lane;
}

struct backlog_site *connect_backlog_site_get(struct connect_backlog *b, const char *table, size_t len)
{
    struct backlog_site *site = map_get(&b->sites, table, len);
    if (site)
        return site;
    site = mem_new(struct backlog_site);
    site->name = name_intern(b->names, table, len);
    map_put(&b->sites, table, len, site);
    return site;
}

void connect_backlog_dirty(struct connect_backlog_group_internal *g, bool judge)
{
    if (!g->dirty)
        g->pub.seq = ++g->backlog->seq;
    g->dirty = true;
    g->judge |= judge;
}

/* ---- what is due ---- */

static void judge(struct connect_backlog_group_internal *g)
{
    bool again = false;
    for (size_t i = 0; i < g->targets.n; i++)
        again |= connect_backlog_floors(g->targets.items[i]);
    if (again)
        connect_backlog_reopen(g);
    for (size_t i = 0; i < g->targets.n; i++) {
        connect_backlog_judge(g->targets.items[i]);
        if (connect_backlog_account(g->targets.items[i]))
            connect_backlog_judge(g->targets.items[i]);
    }
}

static void work(struct connect_backlog_group_internal *g)
{
    if (!g->dirty)
        return;
    g->round = false;
    connect_backlog_forget_idle(g);
    if (g->judge)
        judge(g);
    connect_backlog_cover(g);
    connect_backlog_lags(g);
    connect_backlog_silence(g);
    connect_backlog_show(g);
    connect_backlog_let_go(g);
    g->dirty = g->judge = false;
}

uint64_t connect_backlog_seq(const struct connect_backlog *b)
{
    return b->seq;
}

void connect_backlog_changed(struct connect_backlog *b, uint64_t seq,
                             void (*fn)(void *arg, const struct connect_backlog_group *group), void *arg)
{
    void *value;
    for (size_t at = 0; map_next(&b->groups, &at, NULL, NULL, &value);) {
        struct connect_backlog_group_internal *g = value;
        work(g);
        if (g->pub.seq > seq)
            fn(arg, &g->pub);
    }
}

const struct connect_backlog_group *connect_backlog_find(struct connect_backlog *b, const char *group)
{
    struct connect_backlog_group_internal *g = map_get(&b->groups, group, strlen(group));
    if (g)
        work(g);
    return g ? &g->pub : NULL;
}
