/* Commit cycles as control events tell of them. */
#include "connect/cycles_internal.h"

#include <string.h>

static struct cycles_group *group_of(struct connect_cycles *c, const struct connect_cycles_record *r)
{
    struct name *at[2] = {name_intern(c->names, r->topic, strlen(r->topic)),
                          name_intern(c->names, r->event->group.s ? r->event->group.s : "", r->event->group.len)};
    struct cycles_group *g = map_get(&c->groups, at, sizeof at);
    if (g || c->groups.n >= CONNECT_CYCLES_GROUPS) {
        name_unref(at[0]);
        name_unref(at[1]);
        return g;
    }
    g = mem_new(struct cycles_group);
    g->topic = at[0];
    g->id = at[1];
    connect_cycles_lane_init(&g->lane);
    map_put(&c->groups, at, sizeof at, g);
    return g;
}

static struct cycles_place place(const struct connect_cycles_record *r)
{
    return (struct cycles_place){r->partition, r->offset, r->time_ms};
}

/* The chain of a record key; the one whose last cycle is oldest gives way to a new one. key's reference is not taken. */
static struct cycles_chain *chain_of(struct cycles_group *g, struct name *key)
{
    struct cycles_chain *oldest = NULL;
    for (size_t i = 0; i < g->chains.n; i++) {
        struct cycles_chain *chain = &g->chains.items[i];
        if (chain->key == key)
            return chain;
        if (!oldest || chain->last.time_ms < oldest->last.time_ms)
            oldest = chain;
    }
    if (g->chains.n < CYCLES_CHAINS) {
        vec_push(&g->chains, (struct cycles_chain){0});
        oldest = &g->chains.items[g->chains.n - 1];
    } else {
        name_unref(oldest->key);
        name_unref(oldest->coordinator);
    }
    *oldest = (struct cycles_chain){.key = name_ref(key)};
    return oldest;
}

static void start(struct connect_cycles *c, struct connect_cycle_internal *e, const struct connect_cycles_record *r,
                  struct name *key)
{
    if (e->topic.started)
        return;
    e->topic.started = true;
    e->topic.start = place(r);
    e->topic.start_ms = r->event->time_ms;
    e->pub.sender = name_ref(key);
    struct cycles_chain *chain = chain_of(e->group, key);
    struct connect_cycle_internal *last = chain->last_id[0] ? connect_cycles_peek(c, chain->last_id) : NULL;
    if (chain->last_id[0])
        e->topic.gap_ms = connect_cycles_between(chain->last_ms, r->event->time_ms);
    memcpy(chain->last_id, e->pub.commit_id, sizeof chain->last_id);
    chain->last = place(r);
    chain->last_ms = r->event->time_ms;
    if (last && last->group == e->group) {
        last->topic.followed = true;
        last->topic.next = place(r);
        connect_cycles_touch(c, last);
    }
    connect_cycles_again_open(c, &e->group->lane);
}

static struct cycles_written *written_of(struct connect_cycles *c, struct connect_cycle_internal *e, struct name *key)
{
    for (size_t i = 0; i < e->written.n; i++)
        if (e->written.items[i].sender == key)
            return &e->written.items[i];
    if (e->written.n >= CONNECT_CYCLES_DONE) {
        c->ignored++;
        return NULL;
    }
    vec_push(&e->written, (struct cycles_written){.sender = name_ref(key), .partition = -1, .offset = -1});
    return &e->written.items[e->written.n - 1];
}

static struct cycles_table *table_of(struct connect_cycles *c, struct connect_cycle_internal *e,
                                     const struct connect_event *event)
{
    struct cycles_table *t = connect_cycles_table(c, e, event->table.s ? event->table.s : "", event->table.len);
    if (!t)
        return NULL;
    if (!t->catalog && event->catalog.s)
        t->catalog = name_intern(c->names, event->catalog.s, event->catalog.len);
    if (!t->uuid[0])
        memcpy(t->uuid, event->table_uuid, sizeof t->uuid);
    return t;
}

/* What a remote says may be any number. */
static void add(int64_t *sum, int64_t more)
{
    if (more > 0 && __builtin_add_overflow(*sum, more, sum))
        *sum = INT64_MAX;
}

static void add_file(struct cycles_sums *sums, const struct connect_event_file *file)
{
    add(file->deletes ? &sums->deletes : &sums->files, 1);
    add(&sums->rows, file->deletes ? 0 : file->rows);
    add(&sums->bytes, file->deletes ? 0 : file->bytes);
}

static void wrote(struct connect_cycles *c, struct connect_cycle_internal *e, const struct connect_cycles_record *r,
                  struct name *key)
{
    struct cycles_written *w = written_of(c, e, key);
    if (!w || (w->partition == r->partition && r->offset <= w->offset))
        return;
    w->partition = r->partition;
    w->offset = r->offset;
    struct cycles_table *t = table_of(c, e, r->event);
    if (t)
        t->written = true;
    if (t && (t->written_ms == CONNECT_EVENT_UNKNOWN || t->written_ms < r->time_ms))
        t->written_ms = r->time_ms;
    for (size_t i = 0; i < r->event->nfiles; i++) {
        add_file(&w->sums, &r->event->files[i]);
        if (t)
            add_file(&t->sums, &r->event->files[i]);
    }
}

/* A partition answered: it is one of those that the group has. */
static bool ever_answered(struct cycles_group *g, const struct connect_event *event)
{
    bool more = false;
    struct str key = {0};
    for (size_t i = 0; i < event->nassignments && g->answered.n < CONNECT_CYCLES_PARTITIONS; i++) {
        str_clear(&key);
        str_bytes(&key, event->assignments[i].topic.s, event->assignments[i].topic.len);
        str_bytes(&key, &event->assignments[i].partition, sizeof event->assignments[i].partition);
        if (map_get(&g->answered, key.s, key.len))
            continue;
        map_put(&g->answered, key.s, key.len, g);
        more = true;
    }
    str_done(&key);
    return more;
}

static void completed(struct connect_cycles *c, struct connect_cycle_internal *e, const struct connect_cycles_record *r,
                      struct name *key)
{
    for (size_t i = 0; i < e->done.n; i++)
        if (e->done.items[i].at.partition == r->partition && e->done.items[i].at.offset == r->offset)
            return;
    struct cycles_written *w = written_of(c, e, key);
    struct cycles_done done = {
        .at = place(r), .time_ms = r->event->time_ms, .assignments = (int64_t)r->event->nassignments};
    if (w) {
        done.sums = w->sums;
        w->sums = (struct cycles_sums){0};
    }
    if (!connect_cycles_answer(c, e, r, key, &done))
        c->ignored++;
    if (ever_answered(e->group, r->event))
        connect_cycles_again_all(c, &e->group->lane);
}

static void point(struct connect_cycle_internal *e, const struct connect_cycles_record *r)
{
    struct cycles_from_topic *t = &e->topic;
    if (t->pointed && t->point.partition == r->partition && t->point.offset <= r->offset)
        return;
    if (t->pointed && t->point.partition != r->partition)
        return;
    t->pointed = true;
    t->point = place(r);
    t->point_ms = r->event->time_ms;
}

/* A snapshot of a table took all that was announced for it: other cycles' files wait no longer. */
static void taken(struct connect_cycles *c, struct cycles_group *g, struct name *table, int64_t time_ms)
{
    int64_t *last = map_get(&g->taken, &table, sizeof table);
    if (!last && g->taken.n >= CONNECT_CYCLES_TABLES * 10)
        return;
    if (!last) {
        last = mem_new(int64_t);
        *last = time_ms;
        name_ref(table);
        map_put(&g->taken, &table, sizeof table, last);
    }
    *last = *last < time_ms ? time_ms : *last;
    if (g->lane.waiting)
        connect_cycles_again_all(c, &g->lane);
}

static void to_table(struct connect_cycles *c, struct connect_cycle_internal *e, const struct connect_cycles_record *r)
{
    point(e, r);
    struct cycles_table *t = table_of(c, e, r->event);
    if (!t)
        return;
    t->announced = true;
    t->event_snapshot = r->event->snapshot_id;
    t->event_ms = r->event->time_ms;
    t->event_valid = r->event->valid_through_ms;
    struct name *table = name_ref(t->table);
    taken(c, e->group, table, r->time_ms);
    name_unref(table);
}

void connect_cycles_record(struct connect_cycles *c, const struct connect_cycles_record *r)
{
    connect_cycles_trim(c);
    struct cycles_group *g = group_of(c, r);
    if (!g || !r->event->commit_id[0]) {
        c->ignored++;
        return;
    }
    struct connect_cycle_internal *e = connect_cycles_get(c, r->event->commit_id);
    if (e->group && e->group != g) { /* an id of another group: ids are drawn at random, so this is none of a sink's */
        c->ignored++;
        return;
    }
    e->group = g;
    e->topic.seen = true;
    connect_cycles_put(c, e, &g->lane);
    if (e->connector && !g->connector) {
        g->connector = e->connector;
        connect_cycles_again_all(c, &g->lane);
    }
    struct name *key = name_intern(c->names, r->key ? r->key : "", r->key_len);
    switch (r->event->type) {
    case CONNECT_EVENT_START_COMMIT:
        start(c, e, r, key);
        break;
    case CONNECT_EVENT_DATA_WRITTEN:
        wrote(c, e, r, key);
        break;
    case CONNECT_EVENT_DATA_COMPLETE:
        completed(c, e, r, key);
        break;
    case CONNECT_EVENT_COMMIT_TO_TABLE:
        to_table(c, e, r);
        break;
    case CONNECT_EVENT_COMMIT_COMPLETE:
        point(e, r);
        e->topic.completed = true;
        e->topic.valid_through_ms = r->event->valid_through_ms;
        break;
    case CONNECT_EVENT_TYPES:
        break;
    }
    name_unref(key);
    connect_cycles_touch(c, e);
}

void connect_cycles_end(struct connect_cycles *c, const char *topic, int32_t partition, int64_t offset)
{
    struct cycles_end_key key = {name_intern(c->names, topic, strlen(topic)), partition};
    int64_t *end = map_get(&c->ends, &key, sizeof key);
    if (end) {
        name_unref(key.topic);
    } else { /* the reference stays with the map */
        end = mem_new(int64_t);
        map_put(&c->ends, &key, sizeof key, end);
    }
    *end = offset;
}

int64_t connect_cycles_read_to(const struct connect_cycles *c, struct name *topic, int32_t partition)
{
    struct cycles_end_key key = {topic, partition};
    int64_t *end = map_get(&c->ends, &key, sizeof key);
    return end ? *end : 0;
}
