/* Collects decoded records: a later one takes the place of an earlier one about the same thing. */
#include "kafka/push.h"
#include "base/str.h"
#include "kafka/offset_record.h"

#include <stdlib.h>
#include <string.h>

static struct kafka_push_group *group_of(struct kafka_push *p, const char *name)
{
    size_t len = strlen(name);
    struct kafka_push_group *g = map_get(&p->groups, name, len);
    if (g)
        return g;
    g = mem_new(struct kafka_push_group);
    g->name = mem_strdup(name);
    map_put(&p->groups, name, len, g);
    return g;
}

/* The place of a partition in the group's commits + 1; 0 for a new one, which is noted as the next. */
static size_t place_of(struct kafka_push_group *g, const char *topic, int32_t partition)
{
    struct str key = {0};
    str_bytes(&key, &partition, sizeof partition);
    str_add(&key, topic);
    size_t at = (size_t)(uintptr_t)map_get(&g->places, key.s, key.len);
    if (!at)
        map_put(&g->places, key.s, key.len, (void *)(uintptr_t)(g->commits.n + 1));
    str_done(&key);
    return at;
}

static struct kafka_push_commit *commit_of(struct kafka_push *p, struct kafka_push_group *g, const char *topic,
                                           int32_t partition)
{
    size_t at = place_of(g, topic, partition);
    if (!at) {
        vec_push(&g->commits, (struct kafka_push_commit){.topic = mem_strdup(topic), .partition = partition});
        at = g->commits.n;
        p->ncommits++;
    }
    return &g->commits.items[at - 1];
}

static void add_commit(struct kafka_push *p, const struct kafka_offset_record *r, int64_t record_ms, int64_t now_us)
{
    struct kafka_push_group *g = group_of(p, r->group);
    struct kafka_push_commit *c = commit_of(p, g, r->topic, r->partition);
    free(c->metadata);
    c->metadata = NULL;
    c->offset = c->leader_epoch = -1;
    c->commit_ms = record_ms;
    c->came_us = now_us;
    if (r->tombstone)
        return;
    g->gone = false; /* or it is there again */
    c->offset = r->commit.offset;
    c->leader_epoch = r->commit.leader_epoch;
    c->commit_ms = r->commit.commit_ms;
    c->metadata = r->commit.metadata && *r->commit.metadata ? mem_strdup(r->commit.metadata) : NULL;
}

static struct kafka_assigned *copy_assigned(struct kafka_arena *arena, const struct kafka_member *m)
{
    struct kafka_assigned *copy = kafka_arena_alloc(arena, m->nassigned, sizeof *copy);
    for (size_t i = 0; i < m->nassigned; i++) {
        const struct kafka_assigned *a = &m->assigned[i];
        copy[i] = (struct kafka_assigned){.topic = kafka_arena_text(arena, a->topic), .npartitions = a->npartitions};
        copy[i].partitions = kafka_arena_alloc(arena, a->npartitions, sizeof *copy[i].partitions);
        if (a->npartitions)
            memcpy(copy[i].partitions, a->partitions, a->npartitions * sizeof *a->partitions);
    }
    return copy;
}

static struct kafka_member *copy_members(struct kafka_arena *arena, const struct kafka_offset_record_group *c)
{
    struct kafka_member *copy = kafka_arena_alloc(arena, c->nmembers, sizeof *copy);
    for (size_t i = 0; i < c->nmembers; i++) {
        const struct kafka_member *m = &c->members[i];
        copy[i] = (struct kafka_member){.id = kafka_arena_text(arena, m->id),
                                        .client = kafka_arena_text(arena, m->client),
                                        .host = kafka_arena_text(arena, m->host),
                                        .instance = kafka_arena_text(arena, m->instance),
                                        .assigned = copy_assigned(arena, m),
                                        .nassigned = m->nassigned,
                                        .known = m->known};
    }
    return copy;
}

/* Coordinators write a classic group when it has become stable or empty. */
static void add_classic(struct kafka_push *p, const struct kafka_offset_record *r, int64_t now_us)
{
    struct kafka_push_group *g = group_of(p, r->group);
    const struct kafka_offset_record_group *c = &r->classic;
    kafka_arena_done(&g->arena);
    g->gone = r->tombstone;
    g->gone_us = now_us;
    g->described = !r->tombstone;
    if (r->tombstone)
        return;
    g->generation = c->generation;
    g->now = (struct kafka_group){
        .state = kafka_arena_text(&g->arena, c->nmembers ? "Stable" : "Empty"),
        .protocol_type = kafka_arena_text(&g->arena, c->protocol_type ? c->protocol_type : ""),
        .protocol = kafka_arena_text(&g->arena, c->nmembers && c->protocol ? c->protocol : ""),
        .coordinator = -1,
        .described = true,
        .members = copy_members(&g->arena, c),
        .nmembers = c->nmembers,
    };
}

/* Of groups of the newer protocol a record tells only a part: the coordinator is asked for the rest. */
static void add_consumer(struct kafka_push *p, const struct kafka_offset_record *r, int64_t now_us)
{
    struct kafka_push_group *g = group_of(p, r->group);
    g->look = true;
    if (r->kind == KAFKA_OFFSET_RECORD_EPOCH) {
        g->gone = r->tombstone;
        g->gone_us = now_us;
        g->described = false; /* it was a classic one until now */
    }
}

void kafka_push_add(struct kafka_push *p, const struct kafka_record *record, int64_t now_us,
                    struct kafka_push_counts *counts)
{
    struct kafka_arena arena = {0};
    struct kafka_offset_record r;
    counts->records++;
    if (kafka_offset_record_parse(record->key, record->key_len, record->value, record->value_len, &arena, &r)) {
        counts->malformed++;
        kafka_arena_done(&arena);
        return;
    }
    bool read = r.tombstone || r.value_known;
    if (!read || r.kind == KAFKA_OFFSET_RECORD_UNKNOWN || r.kind == KAFKA_OFFSET_RECORD_SHARE) {
        counts->unknown++;
    } else {
        p->first_us = p->first_us ? p->first_us : now_us;
        if (r.kind == KAFKA_OFFSET_RECORD_COMMIT)
            add_commit(p, &r, record->time_ms, now_us);
        else if (r.kind == KAFKA_OFFSET_RECORD_GROUP)
            add_classic(p, &r, now_us);
        else
            add_consumer(p, &r, now_us);
    }
    kafka_arena_done(&arena);
}

void kafka_push_group_free(struct kafka_push_group *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < g->commits.n; i++) {
        free(g->commits.items[i].topic);
        free(g->commits.items[i].metadata);
    }
    vec_done(&g->commits);
    map_done(&g->places);
    kafka_arena_done(&g->arena);
    free(g->name);
    free(g);
}

struct kafka_push_group *kafka_push_pull(struct kafka_push *p, const char *group)
{
    struct kafka_push_group *g = map_del(&p->groups, group, strlen(group));
    p->ncommits -= g ? g->commits.n : 0;
    return g;
}

/* What the later part does not tell is as the earlier one says, which is freed. */
static void complete(struct kafka_push_group *later, struct kafka_push_group *earlier)
{
    bool there = later->described;
    for (size_t i = 0; i < later->commits.n && !there; i++)
        there = later->commits.items[i].offset >= 0;
    for (size_t i = 0; i < earlier->commits.n; i++) {
        struct kafka_push_commit *c = &earlier->commits.items[i];
        if (place_of(later, c->topic, c->partition))
            continue;
        vec_push(&later->commits, *c);
        c->topic = c->metadata = NULL;
    }
    later->look |= earlier->look;
    if (!later->gone && !later->described) {
        struct kafka_arena arena = later->arena;
        later->gone = earlier->gone && !there;
        later->gone_us = earlier->gone_us;
        later->described = earlier->described;
        later->now = earlier->now;
        later->generation = earlier->generation;
        later->arena = earlier->arena;
        earlier->arena = arena;
    }
    kafka_push_group_free(earlier);
}

void kafka_push_put(struct kafka_push *p, struct kafka_push_group *g, bool later)
{
    struct kafka_push_group *other = kafka_push_pull(p, g->name), *last = later || !other ? g : other;
    if (other)
        complete(last, later ? other : g);
    map_put(&p->groups, last->name, strlen(last->name), last);
    p->ncommits += last->commits.n;
}

void kafka_push_done(struct kafka_push *p)
{
    size_t at = 0;
    void *value;
    while (map_next(&p->groups, &at, NULL, NULL, &value))
        kafka_push_group_free(value);
    map_done(&p->groups);
    *p = (struct kafka_push){0};
}
