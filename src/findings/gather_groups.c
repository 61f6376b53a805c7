/* A sink's consumer groups, their members, and its control topic. */
#include "findings/gather_internal.h"

#include "base/str.h"
#include "kafka/tables.h"

#include <math.h>
#include <string.h>

enum { PARTITIONS = 1000 /* of a control topic that are looked at */ };

#define UNKNOWN CONNECT_EVENT_UNKNOWN

void gather_groups_coordinator(const struct derive_sink *who, struct str *out)
{
    str_bytes(out, who->group->raw, who->group->len);
    str_add(out, "-coord");
}

/* ---- groups ---- */

static struct findings_member member_of(const struct findings_gather *g, const struct gather_member *m)
{
    const struct table *t = store_find(g->store, kafka_table_members.name);
    return (struct findings_member){.client = m->client ? m->client->raw : NULL,
                                    .host = m->host ? m->host->raw + (m->host->raw[0] == '/') : NULL,
                                    .partitions = m->partitions,
                                    .since_ms = m->since_ms,
                                    .row = table_by_id(t, m->row)};
}

static bool rebalances(const char *state)
{
    static const char *const states[] = {"PreparingRebalance", "CompletingRebalance", "Assigning", "Reconciling"};
    for (size_t i = 0; state && i < sizeof states / sizeof *states; i++)
        if (strcmp(state, states[i]) == 0)
            return true;
    return false;
}

/* When it was last seen to rebalance: by its state, or because others hold other partitions than before. */
static int64_t rebalanced(struct findings_gather *g, const struct findings_group *group,
                          struct gather_member *const *members, size_t n, int64_t now_ms)
{
    struct gather_note *note = gather_memory_note(&g->memory, GATHER_REBALANCED, row_id(group->row));
    uint64_t sum = n;
    for (size_t i = 0; i < n; i++) {
        const uint64_t one[] = {members[i]->row, (uint64_t)members[i]->partitions};
        sum = sum * 31 + map_hash(one, sizeof one);
    }
    bool now = rebalances(group->state) || (n && note->known && note->value != sum);
    if (!note->known)
        note->since_ms = UNKNOWN;
    if (now)
        note->since_ms = now_ms;
    if (n) { /* a group may be there before its members are */
        note->known = true;
        note->value = sum;
    }
    return note->since_ms;
}

static void read_group(struct findings_gather *g, struct findings_group *group, const struct name *cluster,
                       const struct name *name, int64_t now_ms)
{
    const char *const keys[] = {cluster->raw, name->raw};
    size_t n;
    group->row = gather_find(g, kafka_table_groups.name, keys, 2);
    group->state = group->row ? derive_cells_raw(group->row, GROUPS_STATE) : NULL;
    group->state_since_ms = group->row ? derive_cells_number(group->row, GROUPS_STATE_SINCE) : UNKNOWN;
    group->members.n = 0;
    struct gather_member *const *members = gather_members_of(&g->members, cluster, name, &n);
    for (size_t i = 0; i < n; i++)
        vec_push(&group->members, member_of(g, members[i]));
    group->rebalanced_ms = group->row ? rebalanced(g, group, members, n, now_ms) : UNKNOWN;
}

static void read_strays(const struct findings_gather *g, struct findings_sink *p, const struct name *cluster)
{
    size_t n;
    struct gather_member *const *members = gather_members_called(&g->members, cluster, p->who->connector, &n);
    p->strays.n = 0;
    for (size_t i = 0; i < n; i++)
        if (members[i]->group != p->who->members_of)
            vec_push(&p->strays, ((struct findings_stray){members[i]->group->raw, member_of(g, members[i])}));
}

/* ---- the control topic ---- */

static const struct row *find_partition(const struct table *t, struct name *const *names, size_t n, int64_t p)
{
    struct value key[4];
    for (size_t i = 0; i < n; i++)
        key[i] = (struct value){.s = names[i], .quality = QUALITY_EXACT};
    key[n] = value_int(p);
    return t ? table_find(t, key) : NULL;
}

static void read_committed(struct findings_gather *g, struct findings_control_partition *p, const struct row *r,
                           int64_t now_ms)
{
    p->committed = p->committed_max = p->went_back_ms = UNKNOWN;
    if (!r)
        return;
    p->committed = derive_cells_number(r, GROUP_PARTITIONS_COMMITTED);
    struct gather_note *note = gather_memory_note(&g->memory, GATHER_COMMITTED, row_id(r));
    if (!note->known)
        note->since_ms = note->max = UNKNOWN;
    note->known = true;
    if (p->committed != UNKNOWN && note->max != UNKNOWN && p->committed < (int64_t)note->value)
        note->since_ms = now_ms;
    if (p->committed != UNKNOWN) {
        note->value = (uint64_t)p->committed;
        note->max = p->committed > note->max ? p->committed : note->max;
    }
    p->committed_max = note->max;
    p->went_back_ms = note->since_ms;
}

/* A limit of a topic, which is a real number in its row, for it may be infinite: -1 then. */
static int64_t limit_of(const struct row *r, size_t column)
{
    struct value v = row_get(r, column);
    if (v.quality == QUALITY_UNKNOWN || isnan(v.d))
        return UNKNOWN;
    return v.d >= 0 && v.d < (double)INT64_MAX ? (int64_t)v.d : -1;
}

static void read_control(struct findings_gather *g, struct gather_sink *s, struct name *cluster, struct name *topic,
                         struct name *coordinator, int64_t now_ms)
{
    struct findings_control_topic *c = &s->pub.control;
    const char *const keys[] = {cluster->raw, topic->raw};
    struct name *const in_topic[] = {cluster, topic}, *const in_group[] = {cluster, coordinator, topic};
    const struct row *r = gather_find(g, kafka_table_topics.name, keys, 2);
    const struct table *partitions = store_find(g->store, kafka_table_partitions.name),
                       *commits = store_find(g->store, kafka_table_group_partitions.name);
    c->topic = s->pub.control_topic;
    c->npartitions = r ? derive_cells_number(r, TOPICS_PARTITIONS) : UNKNOWN;
    c->retention_ms = r ? limit_of(r, TOPICS_RETENTION_MS) : UNKNOWN;
    c->retention_bytes = r ? limit_of(r, TOPICS_RETENTION_BYTES) : UNKNOWN;
    c->cleanup_policy = r ? derive_cells_raw(r, TOPICS_CLEANUP_POLICY) : NULL;
    for (int64_t i = 0; i < c->npartitions && i < PARTITIONS; i++) {
        const struct row *at = find_partition(partitions, in_topic, 2, i);
        struct findings_control_partition p = {.partition = (int32_t)i,
                                               .start = at ? derive_cells_number(at, PARTITIONS_START) : UNKNOWN,
                                               .end = at ? derive_cells_number(at, PARTITIONS_END) : UNKNOWN};
        read_committed(g, &p, coordinator ? find_partition(commits, in_group, 3, i) : NULL, now_ms);
        vec_push(&c->partitions, p);
    }
}

static void clear(struct findings_sink *p)
{
    p->data.group = p->coordinator.group = p->data.state = p->coordinator.state = NULL;
    p->data.row = p->coordinator.row = NULL;
    p->data.members.n = p->coordinator.members.n = p->strays.n = p->control.partitions.n = 0;
    p->data.state_since_ms = p->data.rebalanced_ms = UNKNOWN;
    p->coordinator.state_since_ms = p->coordinator.rebalanced_ms = UNKNOWN;
    p->control.topic = p->control.cleanup_policy = NULL;
    p->control.npartitions = p->control.retention_ms = p->control.retention_bytes = UNKNOWN;
}

void gather_groups_read(struct findings_gather *g, struct gather_sink *s, int64_t now_ms)
{
    struct findings_sink *p = &s->pub;
    struct names *names = store_names(g->store);
    struct name *cluster = name_intern(names, p->cluster, strlen(p->cluster)), *coordinator = NULL, *topic = NULL;
    clear(p);
    if (p->who->group) {
        struct str group = {0};
        gather_groups_coordinator(p->who, &group);
        coordinator = name_intern(names, group.s, group.len);
        free(s->coordinator_group);
        s->coordinator_group = str_take(&group);
        p->data.group = p->who->members_of->raw;
        p->coordinator.group = s->coordinator_group;
        read_group(g, &p->data, cluster, p->who->members_of, now_ms);
        read_group(g, &p->coordinator, cluster, coordinator, now_ms);
        read_strays(g, p, cluster);
    }
    if (p->control_topic) {
        topic = name_intern(names, p->control_topic, strlen(p->control_topic));
        read_control(g, s, cluster, topic, coordinator, now_ms);
    }
    name_unref(topic);
    name_unref(coordinator);
    name_unref(cluster);
}
