/* Who belongs to an Iceberg sink; see sinks.h. */
#include "derive/sinks.h"

#include "base/str.h"
#include "connect/tables.h"
#include "derive/cells.h"
#include "kafka/tables.h"

#include <stdlib.h>
#include <string.h>

static const char client_prefix[] = "connector-consumer-", data_prefix[] = "connect-", old_prefix[] = "cg-control-";

struct derive_sinks {
    struct store *store;
    struct name *cluster;
    VEC(struct derive_sink *) all;
    struct map by_group, by_connector; /* the latter: those without a group */
    struct map by_members;             /* by the pointer of members_of */
    struct map members;                /* by row id: struct derive_sink * of each member */
    uint64_t members_seq, tasks_seq, connectors_seq;
    bool fresh; /* a sink is new: its members have not been looked for */
};

struct derive_sinks *derive_sinks_new(struct store *store, const char *cluster)
{
    struct derive_sinks *s = mem_new(struct derive_sinks);
    s->store = store;
    s->cluster = name_intern(store_names(store), cluster, strlen(cluster));
    return s;
}

static void done_partitions(struct derive_partition *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        name_unref(items[i].topic);
        name_unref(items[i].host);
    }
}

static void free_member(struct derive_member *m)
{
    done_partitions(m->partitions.items, m->partitions.n);
    vec_done(&m->partitions);
    name_unref(m->client);
    name_unref(m->host);
    name_unref(m->assignment);
    free(m);
}

static void free_sink(struct derive_sink *sink)
{
    for (size_t i = 0; i < sink->members.n; i++)
        free_member(sink->members.items[i]);
    vec_done(&sink->members);
    done_partitions(sink->assigned.items, sink->assigned.n);
    vec_done(&sink->assigned);
    map_done(&sink->senders);
    name_unref(sink->group);
    name_unref(sink->members_of);
    name_unref(sink->connector);
    name_unref(sink->connect);
    free(sink);
}

void derive_sinks_free(struct derive_sinks *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->all.n; i++)
        free_sink(s->all.items[i]);
    vec_done(&s->all);
    map_done(&s->by_group);
    map_done(&s->by_connector);
    map_done(&s->by_members);
    map_done(&s->members);
    name_unref(s->cluster);
    free(s);
}

/* The older sink names another group in its events than the one of its tasks. */
static struct name *members_of(struct derive_sinks *s, const struct name *group)
{
    size_t old = sizeof old_prefix - 1;
    struct str text = {0};
    if (group->len > old && memcmp(group->raw, old_prefix, old) == 0) {
        str_add(&text, data_prefix);
        str_bytes(&text, group->raw + old, group->len - old);
    } else {
        str_bytes(&text, group->raw, group->len);
    }
    struct name *name = name_intern(store_names(s->store), str_text(&text), text.len);
    str_done(&text);
    return name;
}

struct derive_sink *derive_sinks_get(struct derive_sinks *s, const char *group, size_t len, const char *connector)
{
    struct map *by = len ? &s->by_group : &s->by_connector;
    const char *key = len ? group : connector;
    size_t key_len = len ? len : strlen(connector);
    struct derive_sink *sink = map_get(by, key, key_len);
    if (sink || s->all.n >= DERIVE_SINKS)
        return sink;
    sink = mem_new(struct derive_sink);
    sink->connector = name_intern(store_names(s->store), connector, strlen(connector));
    sink->interval_ms = sink->timeout_ms = sink->partitions = INT64_MIN;
    sink->changed = true;
    if (len) {
        sink->group = name_intern(store_names(s->store), group, len);
        sink->members_of = members_of(s, sink->group);
        map_put(&s->by_members, &sink->members_of, sizeof sink->members_of, sink);
    }
    map_put(by, key, key_len, sink);
    vec_push(&s->all, sink);
    s->fresh = true;
    return sink;
}

size_t derive_sinks_count(const struct derive_sinks *s)
{
    return s->all.n;
}

struct derive_sink *derive_sinks_at(const struct derive_sinks *s, size_t i)
{
    return s->all.items[i];
}

/* By topic's bytes, then partition. */
static int order(const void *a, const void *b)
{
    const struct derive_partition *left = a, *right = b;
    int topic = left->topic == right->topic ? 0 : strcmp(left->topic->raw, right->topic->raw);
    return topic ? topic : (left->partition > right->partition) - (left->partition < right->partition);
}

/* ---- members ---- */

/* "connector-consumer-NAME-TASK": the task, or -1. */
static int64_t task_of(const struct name *client)
{
    size_t prefix = sizeof client_prefix - 1;
    if (!client || client->len <= prefix || memcmp(client->raw, client_prefix, prefix) != 0)
        return -1;
    const char *dash = strrchr(client->raw, '-');
    if (!dash || !dash[1] || strspn(dash + 1, "0123456789") != strlen(dash + 1) || strlen(dash + 1) > 9)
        return -1;
    return strtol(dash + 1, NULL, 10);
}

/* "topic(0,1,2), topic2(0)", maybe cut: all that is whole. */
static void parse_assignment(struct derive_sinks *s, struct derive_member *m)
{
    const char *at = m->assignment ? m->assignment->raw : "";
    while (*at) {
        const char *open = strchr(at, '(');
        if (!open)
            break;
        struct name *topic = name_intern(store_names(s->store), at, (size_t)(open - at));
        const char *digits = open + 1;
        char *end = NULL;
        while (m->partitions.n < DERIVE_SINKS_PARTITIONS) {
            long partition = strtol(digits, &end, 10);
            if (end == digits || (*end != ',' && *end != ')'))
                break;
            vec_push(&m->partitions, (struct derive_partition){name_ref(topic), (int32_t)partition, m->task,
                                                               m->host ? name_ref(m->host) : NULL});
            digits = end + 1;
            if (*end == ')')
                break;
        }
        name_unref(topic);
        if (!end || *end != ')')
            break;
        at = end + 1;
        at += strspn(at, ", ");
    }
    if (m->partitions.n)
        qsort(m->partitions.items, m->partitions.n, sizeof *m->partitions.items, order);
}

/* Whose address it is, without the slash that a broker puts before it. */
static struct name *host_of(struct derive_sinks *s, const struct row *r)
{
    struct name *host = derive_cells_text(r, MEMBERS_HOST);
    size_t slash = host && host->raw[0] == '/';
    return host ? name_intern(store_names(s->store), host->raw + slash, host->len - slash) : NULL;
}

static void drop_member(struct derive_sinks *s, struct derive_sink *sink, uint64_t row)
{
    for (size_t i = 0; i < sink->members.n; i++) {
        if (sink->members.items[i]->row != row)
            continue;
        free_member(sink->members.items[i]);
        sink->members.items[i] = sink->members.items[--sink->members.n];
        break;
    }
    map_del(&s->members, &row, sizeof row);
    sink->changed = true;
}

static void read_member(struct derive_sinks *s, const struct row *r)
{
    struct name *group = derive_cells_text(r, MEMBERS_GROUP);
    struct derive_sink *sink =
        derive_cells_text(r, MEMBERS_CLUSTER) == s->cluster ? map_get(&s->by_members, &group, sizeof group) : NULL;
    if (!sink)
        return;
    uint64_t id = row_id(r);
    bool settled = row_get(r, MEMBERS_PARTITIONS).quality == QUALITY_EXACT;
    for (size_t i = 0; i < sink->members.n; i++) {
        struct derive_member *m = sink->members.items[i];
        if (m->row != id || m->assignment != derive_cells_text(r, MEMBERS_ASSIGNMENT) ||
            m->client != derive_cells_text(r, MEMBERS_CLIENT))
            continue;
        sink->changed |= m->settled != settled;
        m->settled = settled;
        return;
    }
    drop_member(s, sink, id);
    struct derive_member *m = mem_new(struct derive_member);
    *m = (struct derive_member){
        .row = id, .host = host_of(s, r), .count = derive_cells_number(r, MEMBERS_PARTITIONS), .settled = settled};
    m->client = derive_cells_text(r, MEMBERS_CLIENT) ? name_ref(derive_cells_text(r, MEMBERS_CLIENT)) : NULL;
    m->assignment =
        derive_cells_text(r, MEMBERS_ASSIGNMENT) ? name_ref(derive_cells_text(r, MEMBERS_ASSIGNMENT)) : NULL;
    m->task = task_of(m->client);
    parse_assignment(s, m);
    vec_push(&sink->members, m);
    map_put(&s->members, &id, sizeof id, sink);
}

/* What is assigned to all members together. In a rebalance, what was: who is still there keeps his last assignment until it
 * ends, and what those had who have left is nobody's. */
static void sum_up(struct derive_sink *sink)
{
    int64_t count = 0;
    bool settled = true;
    for (size_t i = 0; i < sink->members.n; i++) {
        count += sink->members.items[i]->count > 0 ? sink->members.items[i]->count : 0;
        settled &= sink->members.items[i]->settled;
    }
    if (count == 0 || (!settled && sink->assigned.n))
        return;
    sink->partitions = count;
    done_partitions(sink->assigned.items, sink->assigned.n);
    sink->assigned.n = 0;
    for (size_t i = 0; i < sink->members.n; i++)
        for (size_t k = 0; k < sink->members.items[i]->partitions.n; k++) {
            const struct derive_partition *p = &sink->members.items[i]->partitions.items[k];
            vec_push(&sink->assigned, (struct derive_partition){name_ref(p->topic), p->partition, p->task,
                                                                p->host ? name_ref(p->host) : NULL});
        }
    if (sink->assigned.n)
        qsort(sink->assigned.items, sink->assigned.n, sizeof *sink->assigned.items, order);
}

static void drop_members(struct derive_sinks *s)
{
    for (size_t i = 0; i < s->all.n; i++)
        while (s->all.items[i]->members.n)
            drop_member(s, s->all.items[i], s->all.items[i]->members.items[0]->row);
}

static void read_members(struct derive_sinks *s)
{
    const struct table *t = store_find(s->store, kafka_table_members.name);
    if (!t || (!s->fresh && table_seq(t) == s->members_seq))
        return;
    const struct table_removal *removed;
    size_t n;
    if (!table_removed_after(t, s->members_seq, &removed, &n)) {
        drop_members(s);
        s->fresh = true;
        n = 0;
    }
    for (size_t i = 0; i < n; i++) {
        struct derive_sink *sink = map_get(&s->members, &removed[i].id, sizeof removed[i].id);
        if (sink)
            drop_member(s, sink, removed[i].id);
    }
    const struct row *r = s->fresh ? table_first(t) : table_changed_after(t, s->members_seq);
    for (; r; r = row_next(r))
        read_member(s, r);
    s->members_seq = table_seq(t);
    s->fresh = false;
    for (size_t i = 0; i < s->all.n; i++)
        if (s->all.items[i]->changed)
            sum_up(s->all.items[i]);
}

/* ---- connectors and tasks ---- */

/* Of a row of connectors: of which sink of this cluster it tells; made where it is an Iceberg sink's. A Connect cluster of
 * which no Kafka cluster is known stands for one by its own name. */
static struct derive_sink *sink_of(struct derive_sinks *s, const struct row *r)
{
    const struct name *cluster = derive_cells_text(r, CONNECTORS_CLUSTER),
                      *group = derive_cells_text(r, CONNECTORS_GROUP_ID);
    const struct name *connector = derive_cells_text(r, CONNECTORS_CONNECTOR);
    if (cluster && cluster != s->cluster)
        return NULL;
    bool ours = cluster || derive_cells_text(r, CONNECTORS_CONNECT) == s->cluster;
    if (!group)
        return map_get(&s->by_connector, connector->raw, connector->len);
    struct value iceberg = row_get(r, CONNECTORS_ICEBERG);
    if (ours && iceberg.quality != QUALITY_UNKNOWN && iceberg.i)
        return derive_sinks_get(s, group->raw, group->len, connector->raw);
    return map_get(&s->by_group, group->raw, group->len);
}

/* Two connectors may share a group: it is called after the one whose name is first, in whatever order their rows change. */
static bool comes_first(const struct row *a, const struct row *b)
{
    int order =
        strcmp(derive_cells_text(a, CONNECTORS_CONNECTOR)->raw, derive_cells_text(b, CONNECTORS_CONNECTOR)->raw);
    if (order)
        return order < 0;
    return strcmp(derive_cells_text(a, CONNECTORS_CONNECT)->raw, derive_cells_text(b, CONNECTORS_CONNECT)->raw) < 0;
}

static void take_connector(struct derive_sink *sink, const struct row *r)
{
    bool differs = name_replace(&sink->connect, derive_cells_text(r, CONNECTORS_CONNECT));
    differs = name_replace(&sink->connector, derive_cells_text(r, CONNECTORS_CONNECTOR)) || differs;
    int64_t interval = derive_cells_number(r, CONNECTORS_COMMIT_INTERVAL_MS),
            timeout = derive_cells_number(r, CONNECTORS_COMMIT_TIMEOUT_MS);
    differs = differs || interval != sink->interval_ms || timeout != sink->timeout_ms;
    sink->interval_ms = interval;
    sink->timeout_ms = timeout;
    sink->changed = sink->changed || differs;
}

static void read_connectors(struct derive_sinks *s, uint16_t owner)
{
    const struct table *t = store_find(s->store, connect_table_connectors.name);
    if (!t || table_seq(t) == s->connectors_seq)
        return;
    s->connectors_seq = table_seq(t);
    struct map rows = {0}; /* by sink */
    for (struct row *r = table_first(t); r; r = row_next(r)) {
        bool ours = row_owner(r) == owner && !derive_cells_text(r, CONNECTORS_STATE); /* else Connect tells of it too */
        struct derive_sink *sink = ours ? NULL : sink_of(s, r);
        const struct row *other = sink ? map_get(&rows, &sink, sizeof sink) : NULL;
        if (sink && (!other || comes_first(r, other)))
            map_put(&rows, &sink, sizeof sink, r);
    }
    for (size_t i = 0; i < s->all.n; i++) {
        struct derive_sink *sink = s->all.items[i];
        const struct row *r = map_get(&rows, &sink, sizeof sink);
        if (r)
            take_connector(sink, r);
        else if (sink->connect)
            sink->changed = name_replace(&sink->connect, NULL) || sink->changed;
    }
    map_done(&rows);
}

static void read_tasks(struct derive_sinks *s)
{
    const struct table *t = store_find(s->store, connect_table_tasks.name);
    if (!t || table_seq(t) == s->tasks_seq)
        return;
    s->tasks_seq = table_seq(t);
    for (size_t i = 0; i < s->all.n; i++)
        s->all.items[i]->changed = s->all.items[i]->changed || s->all.items[i]->connect;
}

bool derive_sinks_read(struct derive_sinks *s, uint16_t owner)
{
    read_connectors(s, owner);
    read_tasks(s);
    read_members(s);
    for (size_t i = 0; i < s->all.n; i++)
        if (s->all.items[i]->changed)
            return true;
    return false;
}

/* ---- questions ---- */

const struct derive_partition *derive_sinks_assigned(const struct derive_sink *sink, const char *topic,
                                                     int32_t partition)
{
    size_t low = 0, high = sink->assigned.n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        const struct derive_partition *p = &sink->assigned.items[mid];
        int order = strcmp(p->topic->raw, topic);
        order = order ? order : (p->partition > partition) - (p->partition < partition);
        if (order == 0)
            return p;
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

struct name *derive_sinks_worker(const struct derive_sinks *s, const struct derive_sink *sink, int64_t task)
{
    const struct table *t = store_find(s->store, connect_table_tasks.name);
    if (task < 0)
        return NULL;
    if (t && sink->connect) {
        const struct value key[] = {{.s = sink->connect, .quality = QUALITY_EXACT},
                                    {.s = sink->connector, .quality = QUALITY_EXACT},
                                    value_int(task)};
        const struct row *r = table_find(t, key);
        if (r && derive_cells_text(r, TASKS_WORKER))
            return derive_cells_text(r, TASKS_WORKER);
    }
    for (size_t i = 0; i < sink->members.n; i++)
        if (sink->members.items[i]->task == task)
            return sink->members.items[i]->host;
    return NULL;
}

/* All that is known of what it holds is among them, and they are as many. */
static bool holds(const struct derive_member *m, const struct derive_partition *partitions, size_t n)
{
    if (m->task < 0 || m->count != (int64_t)n || m->partitions.n == 0)
        return false;
    for (size_t i = 0, at = 0; i < m->partitions.n; i++, at++) {
        while (at < n && order(&partitions[at], &m->partitions.items[i]) < 0)
            at++;
        if (at == n || order(&partitions[at], &m->partitions.items[i]) != 0)
            return false;
    }
    return true;
}

void derive_sinks_answered(struct derive_sink *sink, const struct name *sender,
                           const struct derive_partition *partitions, size_t n)
{
    if (sink->senders.n >= DERIVE_SINKS_SENDERS || map_get(&sink->senders, sender->raw, sender->len))
        return;
    for (size_t i = 0; i < sink->members.n; i++)
        if (holds(sink->members.items[i], partitions, n)) {
            map_put(&sink->senders, sender->raw, sender->len, (void *)(uintptr_t)(sink->members.items[i]->task + 1));
            return;
        }
}

int64_t derive_sinks_sender(const struct derive_sink *sink, const struct name *sender)
{
    const void *task = sender ? map_get(&sink->senders, sender->raw, sender->len) : NULL;
    return (int64_t)(uintptr_t)task - 1;
}
