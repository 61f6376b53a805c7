/* Encodes the records of coordinators and keeps them until somebody fetches them. */
#include "demo/log.h"
#include "base/clock.h"
#include "base/mem.h"
#include "demo/wire.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT = 20000 }; /* records of a partition; older ones are deleted */

struct entry {
    char *key, *value;
    size_t key_len, value_len;
};

struct part {
    VEC(struct entry) entries;
    int64_t first; /* offset of the first entry */
};

struct demo_log {
    struct demo_world *world;
    struct part *parts;
    int nparts;
    int64_t now_ms;
};

static const char topic_name[] = "__consumer_offsets";

static void make_record(void *arg, const struct demo_topic *t, int32_t partition, int64_t offset, struct str *key,
                        struct str *value)
{
    (void)t;
    const struct demo_log *l = arg;
    const struct part *p = &l->parts[partition];
    if (offset < p->first || offset - p->first >= (int64_t)p->entries.n)
        return;
    const struct entry *e = &p->entries.items[offset - p->first];
    str_bytes(key, e->key, e->key_len);
    str_bytes(value, e->value, e->value_len);
}

static int partition_of(const struct demo_log *l, const char *group)
{
    uint32_t hash = 0;
    for (const unsigned char *at = (const unsigned char *)group; *at; at++)
        hash = 31 * hash + *at;
    int32_t h = (int32_t)hash;
    return h == INT32_MIN ? 0 : (h < 0 ? -h : h) % l->nparts;
}

/* Deletes the older half of a partition that has become long. */
static void cut(struct part *p, struct demo_partition *at)
{
    if (p->entries.n < KEPT)
        return;
    size_t gone = p->entries.n / 2;
    for (size_t i = 0; i < gone; i++) {
        free(p->entries.items[i].key);
        free(p->entries.items[i].value);
    }
    memmove(p->entries.items, p->entries.items + gone, (p->entries.n - gone) * sizeof *p->entries.items);
    p->entries.n -= gone;
    p->first += (int64_t)gone;
    at->start = p->first;
}

/* Takes key and value; value empty: a tombstone. */
static void append(struct demo_log *l, const char *group, struct str *key, struct str *value)
{
    int i = partition_of(l, group);
    struct part *p = &l->parts[i];
    struct demo_partition *at = demo_world_partition(l->world, topic_name, i);
    struct entry e = {.key_len = key->len, .value_len = value->len};
    e.key = str_take(key);
    e.value = str_take(value);
    vec_push(&p->entries, e);
    demo_partition_append(at, l->now_ms ? l->now_ms : clock_wall_ms(&clock_system), p->first + (int64_t)p->entries.n);
    cut(p, at);
}

static void commit_key(struct str *out, const char *group, const char *topic, int32_t partition)
{
    struct demo_wire_writer w = {.out = out};
    demo_wire_i16(&w, 1);
    demo_wire_string(&w, group);
    demo_wire_string(&w, topic);
    demo_wire_i32(&w, partition);
}

static void group_key(struct str *out, const struct demo_group *g)
{
    struct demo_wire_writer w = {.out = out};
    demo_wire_i16(&w, g->kip848 ? 3 : 2);
    demo_wire_string(&w, g->name);
}

void demo_log_commit(struct demo_log *l, const struct demo_group *g, const char *topic, const struct demo_commit *c)
{
    if (!l)
        return;
    struct str key = {0}, value = {0};
    struct demo_wire_writer w = {.out = &value};
    commit_key(&key, g->name, topic, c->partition);
    if (c->offset >= 0) {
        demo_wire_i16(&w, 3);
        demo_wire_i64(&w, c->offset);
        demo_wire_i32(&w, c->leader_epoch);
        demo_wire_string(&w, c->metadata ? c->metadata : "");
        demo_wire_i64(&w, l->now_ms ? l->now_ms : clock_wall_ms(&clock_system));
    }
    append(l, g->name, &key, &value);
}

static void put_member(struct demo_wire_writer *w, const struct demo_member *m)
{
    struct str assigned = {0};
    struct demo_wire_writer a = {.out = &assigned};
    demo_wire_i16(&a, 0);
    demo_wire_array(&a, (int32_t)m->assigned.n);
    for (size_t i = 0; i < m->assigned.n; i++) {
        demo_wire_string(&a, m->assigned.items[i].topic);
        demo_wire_array(&a, (int32_t)m->assigned.items[i].partitions.n);
        for (size_t k = 0; k < m->assigned.items[i].partitions.n; k++)
            demo_wire_i32(&a, m->assigned.items[i].partitions.items[k]);
    }
    demo_wire_bytes(&a, NULL, 0);
    demo_wire_string(w, m->id);
    demo_wire_string(w, m->instance_id);
    demo_wire_string(w, m->client_id);
    demo_wire_string(w, m->host);
    demo_wire_i32(w, 300000); /* rebalance and session timeouts */
    demo_wire_i32(w, 45000);
    demo_wire_bytes(w, "", 0);
    demo_wire_bytes(w, m->raw_assignment.bytes ? m->raw_assignment.bytes : str_text(&assigned),
                    m->raw_assignment.bytes ? m->raw_assignment.len : assigned.len);
    str_done(&assigned);
}

void demo_log_group(struct demo_log *l, struct demo_group *g)
{
    bool stable = strcmp(g->state, "Stable") == 0;
    if (!l || (!g->kip848 && !stable && strcmp(g->state, "Empty") != 0))
        return;
    struct str key = {0}, value = {0};
    struct demo_wire_writer w = {.out = &value};
    group_key(&key, g);
    g->generation++;
    if (g->kip848) {
        w.flexible = true;
        demo_wire_i16(&w, 0);
        demo_wire_i32(&w, g->generation);
        demo_wire_tags(&w);
    } else {
        demo_wire_i16(&w, 3);
        demo_wire_string(&w, g->protocol_type);
        demo_wire_i32(&w, g->generation);
        demo_wire_string(&w, stable ? g->assignor : NULL);
        demo_wire_string(&w, stable && g->members.n ? g->members.items[0].id : NULL);
        demo_wire_i64(&w, l->now_ms ? l->now_ms : clock_wall_ms(&clock_system));
        demo_wire_array(&w, (int32_t)g->members.n);
        for (size_t i = 0; i < g->members.n; i++)
            put_member(&w, &g->members.items[i]);
    }
    append(l, g->name, &key, &value);
}

void demo_log_group_gone(struct demo_log *l, const struct demo_group *g)
{
    if (!l)
        return;
    struct str key = {0}, none = {0};
    for (size_t i = 0; i < g->offsets.n; i++)
        for (size_t k = 0; k < g->offsets.items[i].commits.n; k++) {
            if (g->offsets.items[i].commits.items[k].offset < 0)
                continue;
            commit_key(&key, g->name, g->offsets.items[i].topic, g->offsets.items[i].commits.items[k].partition);
            append(l, g->name, &key, &none);
        }
    group_key(&key, g);
    append(l, g->name, &key, &none);
}

void demo_log_begin(struct demo_world *w, int partitions, int replication)
{
    struct demo_log *l = mem_new(struct demo_log);
    struct demo_topic *t = demo_world_topic_add(w, topic_name, partitions, replication);
    demo_log_free(w->log);
    *l = (struct demo_log){.world = w, .nparts = partitions};
    l->parts = mem_calloc((size_t)partitions, sizeof *l->parts);
    t->internal = true;
    t->record = (struct demo_record){.make = make_record, .arg = l};
    w->log = l;
    for (int i = 0; i < partitions; i++)
        demo_partition_append(&t->partitions.items[i], clock_wall_ms(&clock_system), 0);
    for (size_t i = 0; i < w->groups.n; i++)
        w->groups.items[i]->log = l;
}

void demo_log_free(struct demo_log *l)
{
    if (!l)
        return;
    for (int i = 0; i < l->nparts; i++) {
        for (size_t k = 0; k < l->parts[i].entries.n; k++) {
            free(l->parts[i].entries.items[k].key);
            free(l->parts[i].entries.items[k].value);
        }
        vec_done(&l->parts[i].entries);
    }
    free(l->parts);
    free(l);
}

void demo_log_set_time(struct demo_log *l, int64_t wall_ms)
{
    if (l)
        l->now_ms = wall_ms;
}
