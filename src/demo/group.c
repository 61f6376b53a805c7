/* Groups: strings they own, members with what they are assigned, commits by topic and partition. */
#include "demo/group.h"
#include "base/mem.h"
#include "demo/log.h"

#include <stdlib.h>
#include <string.h>

struct demo_group *demo_group_new(const char *name, const char *protocol_type)
{
    struct demo_group *g = mem_new(struct demo_group);
    g->name = mem_strdup(name);
    g->state = mem_strdup("Empty");
    g->protocol_type = mem_strdup(protocol_type);
    g->assignor = mem_strdup("range");
    return g;
}

void demo_group_free(struct demo_group *g)
{
    if (!g)
        return;
    demo_group_members_clear(g);
    vec_done(&g->members);
    for (size_t i = 0; i < g->offsets.n; i++) {
        struct demo_offsets *o = &g->offsets.items[i];
        for (size_t k = 0; k < o->commits.n; k++)
            free(o->commits.items[k].metadata);
        vec_done(&o->commits);
        free(o->topic);
    }
    vec_done(&g->offsets);
    free(g->name);
    free(g->state);
    free(g->protocol_type);
    free(g->assignor);
    free(g);
}

void demo_group_set_state(struct demo_group *g, const char *state)
{
    bool same = strcmp(g->state, state) == 0;
    mem_replace(&g->state, state);
    if (!same)
        demo_log_group(g->log, g);
}

void demo_group_set_assignor(struct demo_group *g, const char *assignor)
{
    mem_replace(&g->assignor, assignor);
}

struct demo_member *demo_group_member_add(struct demo_group *g, const char *id, const char *client_id, const char *host)
{
    vec_push(&g->members,
             (struct demo_member){.id = mem_strdup(id), .client_id = mem_strdup(client_id), .host = mem_strdup(host)});
    return &g->members.items[g->members.n - 1];
}

void demo_group_members_clear(struct demo_group *g)
{
    for (size_t i = 0; i < g->members.n; i++) {
        struct demo_member *m = &g->members.items[i];
        demo_group_member_unassign_all(m);
        vec_done(&m->assigned);
        free(m->id);
        free(m->client_id);
        free(m->host);
        free(m->instance_id);
        free(m->raw_metadata.bytes);
        free(m->raw_assignment.bytes);
    }
    g->members.n = 0;
}

void demo_group_member_set_instance(struct demo_member *m, const char *instance_id)
{
    mem_replace(&m->instance_id, instance_id);
}

void demo_group_member_assign(struct demo_member *m, const char *topic, int32_t partition)
{
    struct demo_assignment *a = NULL;
    for (size_t i = 0; i < m->assigned.n && !a; i++)
        if (strcmp(m->assigned.items[i].topic, topic) == 0)
            a = &m->assigned.items[i];
    if (!a) {
        vec_push(&m->assigned, (struct demo_assignment){.topic = mem_strdup(topic)});
        a = &m->assigned.items[m->assigned.n - 1];
    }
    vec_push(&a->partitions, partition);
}

void demo_group_member_unassign_all(struct demo_member *m)
{
    for (size_t i = 0; i < m->assigned.n; i++) {
        free(m->assigned.items[i].topic);
        vec_done(&m->assigned.items[i].partitions);
    }
    m->assigned.n = 0;
}

static void set_raw(struct demo_raw *raw, const void *bytes, size_t len)
{
    free(raw->bytes);
    *raw = (struct demo_raw){.bytes = bytes ? mem_memdup(bytes, len) : NULL, .len = len};
}

void demo_group_member_set_raw(struct demo_member *m, const void *metadata, size_t metadata_len, const void *assignment,
                               size_t assignment_len)
{
    set_raw(&m->raw_metadata, metadata, metadata_len);
    set_raw(&m->raw_assignment, assignment, assignment_len);
}

void demo_group_assign_range(struct demo_group *g, const char *topic, int32_t partitions)
{
    int64_t n = (int64_t)g->members.n;
    for (int64_t i = 0; i < n; i++)
        for (int64_t p = i * partitions / n; p < (i + 1) * partitions / n; p++)
            demo_group_member_assign(&g->members.items[i], topic, (int32_t)p);
}

static struct demo_offsets *find_offsets(const struct demo_group *g, const char *topic)
{
    for (size_t i = 0; i < g->offsets.n; i++)
        if (strcmp(g->offsets.items[i].topic, topic) == 0)
            return &g->offsets.items[i];
    return NULL;
}

/* Where a partition's commit is, or would have to be put. */
static size_t commit_place(const struct demo_offsets *o, int32_t partition)
{
    size_t low = 0, high = o->commits.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (o->commits.items[middle].partition < partition)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct demo_offsets *o, size_t place, int32_t partition)
{
    return place < o->commits.n && o->commits.items[place].partition == partition;
}

void demo_group_commit(struct demo_group *g, const char *topic, int32_t partition, int64_t offset, int32_t leader_epoch,
                       const char *metadata)
{
    struct demo_offsets *o = find_offsets(g, topic);
    if (!o) {
        vec_push(&g->offsets, (struct demo_offsets){.topic = mem_strdup(topic)});
        o = &g->offsets.items[g->offsets.n - 1];
    }
    size_t place = commit_place(o, partition);
    if (!is_at(o, place, partition)) {
        vec_reserve(&o->commits, 1);
        memmove(o->commits.items + place + 1, o->commits.items + place,
                (o->commits.n - place) * sizeof *o->commits.items);
        o->commits.items[place] = (struct demo_commit){.partition = partition};
        o->commits.n++;
    }
    struct demo_commit *c = &o->commits.items[place];
    c->offset = offset;
    c->leader_epoch = leader_epoch;
    mem_replace(&c->metadata, metadata);
    demo_log_commit(g->log, g, topic, c);
}

struct demo_commit *demo_group_committed(const struct demo_group *g, const char *topic, int32_t partition)
{
    struct demo_offsets *o = find_offsets(g, topic);
    return o ? demo_group_committed_in(o, partition) : NULL;
}

struct demo_commit *demo_group_committed_in(const struct demo_offsets *o, int32_t partition)
{
    size_t place = commit_place(o, partition);
    return is_at(o, place, partition) ? &o->commits.items[place] : NULL;
}
