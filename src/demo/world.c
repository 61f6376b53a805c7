/* The scripted cluster's contents: nodes, topics and groups by name. */
#include "demo/world.h"
#include "demo/log.h"

#include <stdlib.h>
#include <string.h>

struct demo_world *demo_world_new(int n, const char *cluster_id)
{
    static const char *const racks[] = {"rack-a", "rack-b", "rack-c"};
    struct demo_world *w = mem_new(struct demo_world);
    w->cluster_id = mem_strdup(cluster_id);
    w->controller = 1;
    for (int i = 0; i < n; i++)
        vec_push(&w->nodes, (struct demo_node){.id = i + 1, .rack = mem_strdup(racks[i % 3])});
    return w;
}

static void topic_free(struct demo_topic *t)
{
    for (size_t i = 0; i < t->partitions.n; i++)
        demo_partition_done(&t->partitions.items[i]);
    vec_done(&t->partitions);
    free(t->name);
    free(t);
}

void demo_world_free(struct demo_world *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->topics.n; i++)
        topic_free(w->topics.items[i]);
    vec_done(&w->topics);
    for (size_t i = 0; i < w->groups.n; i++)
        demo_group_free(w->groups.items[i]);
    vec_done(&w->groups);
    for (size_t i = 0; i < w->nodes.n; i++)
        free(w->nodes.items[i].rack);
    vec_done(&w->nodes);
    demo_log_free(w->log);
    map_done(&w->topic_by_name);
    map_done(&w->group_by_name);
    free(w->cluster_id);
    free(w);
}

struct demo_node *demo_world_node(const struct demo_world *w, int32_t id)
{
    return id >= 1 && (size_t)id <= w->nodes.n ? &w->nodes.items[id - 1] : NULL;
}

/* An empty partition; the one with index `turn` leads from the node whose turn it is. */
static struct demo_partition partition_new(const struct demo_world *w, int turn, int replication)
{
    struct demo_partition p = {0};
    int nodes = (int)w->nodes.n;
    int n = replication < nodes ? replication : nodes;
    n = n < DEMO_PARTITION_REPLICAS ? n : DEMO_PARTITION_REPLICAS;
    for (int i = 0; i < n; i++)
        p.replicas[i] = p.isr[i] = (turn + i) % nodes + 1;
    p.replica_n = p.isr_n = n;
    p.leader = turn % nodes + 1;
    return p;
}

struct demo_topic *demo_world_topic_add(struct demo_world *w, const char *name, int partitions, int replication)
{
    demo_world_topic_remove(w, name);
    struct demo_topic *t = mem_new(struct demo_topic);
    t->name = mem_strdup(name);
    t->config = (struct demo_config){.cleanup_policy = "delete", .retention_ms = 604800000, .retention_bytes = -1};
    int turn = (int)(map_hash(name, strlen(name)) % w->nodes.n);
    for (int i = 0; i < partitions; i++)
        vec_push(&t->partitions, partition_new(w, turn + i, replication));
    vec_push(&w->topics, t);
    map_put(&w->topic_by_name, name, strlen(name), t);
    return t;
}

void demo_world_topic_remove(struct demo_world *w, const char *name)
{
    struct demo_topic *t = map_del(&w->topic_by_name, name, strlen(name));
    if (!t)
        return;
    size_t kept = 0;
    for (size_t i = 0; i < w->topics.n; i++)
        if (w->topics.items[i] != t)
            w->topics.items[kept++] = w->topics.items[i];
    w->topics.n = kept;
    topic_free(t);
}

void demo_world_topic_recreate(struct demo_world *w, const char *name)
{
    const struct demo_topic *t = demo_world_topic(w, name);
    if (!t)
        return;
    int partitions = (int)t->partitions.n;
    int replication = partitions ? t->partitions.items[0].replica_n : 1;
    demo_world_topic_add(w, name, partitions, replication);
}

struct demo_topic *demo_world_topic_n(const struct demo_world *w, const char *name, size_t len)
{
    return map_get(&w->topic_by_name, name, len);
}

struct demo_topic *demo_world_topic(const struct demo_world *w, const char *name)
{
    return demo_world_topic_n(w, name, strlen(name));
}

struct demo_partition *demo_world_partition(const struct demo_world *w, const char *topic, int32_t partition)
{
    struct demo_topic *t = demo_world_topic(w, topic);
    if (!t || partition < 0 || (size_t)partition >= t->partitions.n)
        return NULL;
    return &t->partitions.items[partition];
}

void demo_world_set_offsets(struct demo_world *w, const char *topic, int32_t partition, int64_t start, int64_t end,
                            int64_t lso)
{
    struct demo_partition *p = demo_world_partition(w, topic, partition);
    if (!p)
        return;
    p->start = start;
    p->end = end;
    p->lso = lso;
}

void demo_world_append(struct demo_world *w, const char *topic, int32_t partition, int64_t time_ms, int64_t end)
{
    struct demo_partition *p = demo_world_partition(w, topic, partition);
    if (p)
        demo_partition_append(p, time_ms, end);
}

void demo_world_set_leader(struct demo_world *w, const char *topic, int32_t partition, int32_t leader)
{
    struct demo_partition *p = demo_world_partition(w, topic, partition);
    if (!p || p->leader == leader)
        return;
    p->leader = leader;
    if (leader >= 0)
        p->leader_epoch++;
}

void demo_world_set_in_sync(struct demo_world *w, const char *topic, int32_t partition, int32_t node, bool in_sync)
{
    struct demo_partition *p = demo_world_partition(w, topic, partition);
    if (!p)
        return;
    int kept = 0;
    for (int i = 0; i < p->isr_n; i++)
        if (p->isr[i] != node)
            p->isr[kept++] = p->isr[i];
    if (in_sync && kept < DEMO_PARTITION_REPLICAS)
        p->isr[kept++] = node;
    p->isr_n = kept;
}

int32_t demo_world_coordinator(const struct demo_world *w, const char *name, size_t len)
{
    const struct demo_group *g = demo_world_group_n(w, name, len);
    if (g)
        return g->coordinator;
    size_t up = 0;
    for (size_t i = 0; i < w->nodes.n; i++)
        up += !w->nodes.items[i].gone;
    size_t turn = up ? map_hash(name, len) % up : 0;
    for (size_t i = 0; up && i < w->nodes.n; i++)
        if (!w->nodes.items[i].gone && turn-- == 0)
            return w->nodes.items[i].id;
    return 0;
}

struct demo_group *demo_world_group_add(struct demo_world *w, const char *name, const char *protocol_type)
{
    demo_world_group_remove(w, name);
    struct demo_group *g = demo_group_new(name, protocol_type);
    g->coordinator = demo_world_coordinator(w, name, strlen(name));
    g->log = w->log;
    vec_push(&w->groups, g);
    map_put(&w->group_by_name, name, strlen(name), g);
    return g;
}

void demo_world_group_remove(struct demo_world *w, const char *name)
{
    struct demo_group *g = map_del(&w->group_by_name, name, strlen(name));
    if (!g)
        return;
    size_t kept = 0;
    for (size_t i = 0; i < w->groups.n; i++)
        if (w->groups.items[i] != g)
            w->groups.items[kept++] = w->groups.items[i];
    w->groups.n = kept;
    demo_log_group_gone(g->log, g);
    demo_group_free(g);
}

struct demo_group *demo_world_group_n(const struct demo_world *w, const char *name, size_t len)
{
    return map_get(&w->group_by_name, name, len);
}

struct demo_group *demo_world_group(const struct demo_world *w, const char *name)
{
    return demo_world_group_n(w, name, strlen(name));
}

double demo_world_value(int32_t partition, int64_t offset)
{
    int64_t place[] = {partition, offset};
    return (double)(map_hash(place, sizeof place) >> 11) * 0x1p-53;
}
