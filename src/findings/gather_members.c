/* Members of sinks' groups, and since when they are as they are. */
#include "findings/gather_internal.h"

#include "kafka/tables.h"

#include <stdlib.h>
#include <string.h>

static const char client_prefix[] = "connector-consumer-";

/* By whom they are found: as they lie in by_group, or in by_connector. */
struct finder {
    const struct name *cluster, *name;
};

static void free_member(struct gather_member *m)
{
    name_unref(m->cluster);
    name_unref(m->group);
    name_unref(m->client);
    name_unref(m->host);
    name_unref(m->connector);
    free(m);
}

static void clear(struct gather_members *m)
{
    void *value;
    for (size_t at = 0; map_next(&m->rows, &at, NULL, NULL, &value);)
        free_member(value);
    map_done(&m->rows);
    m->changed = true;
}

void gather_members_done(struct gather_members *m)
{
    clear(m);
    map_done(&m->wanted);
    for (size_t i = 0; i < m->held.n; i++)
        name_unref(m->held.items[i]);
    vec_done(&m->held);
    vec_done(&m->by_group);
    vec_done(&m->by_connector);
}

void gather_members_want(struct gather_members *m, struct name *cluster, struct name *group)
{
    const struct finder key = {cluster, group};
    if (map_get(&m->wanted, &key, sizeof key))
        return;
    map_put(&m->wanted, &key, sizeof key, m);
    vec_push(&m->held, name_ref(cluster));
    vec_push(&m->held, name_ref(group));
    m->anew = true;
}

/* "connector-consumer-NAME-TASK": NAME, with a reference; else NULL. */
static struct name *connector_of(const struct name *client)
{
    size_t prefix = sizeof client_prefix - 1;
    if (!client || client->len <= prefix || memcmp(client->raw, client_prefix, prefix) != 0)
        return NULL;
    const char *name = client->raw + prefix, *dash = strrchr(name, '-');
    return dash && dash > name ? name_intern(client->pool, name, (size_t)(dash - name)) : NULL;
}

static struct name *held(struct name *n)
{
    return n ? name_ref(n) : NULL;
}

static void read_member(struct gather_members *m, const struct row *r, int64_t now_ms)
{
    struct name *cluster = derive_cells_text(r, MEMBERS_CLUSTER), *group = derive_cells_text(r, MEMBERS_GROUP),
                *client = derive_cells_text(r, MEMBERS_CLIENT);
    uint64_t id = row_id(r);
    struct gather_member *member = map_get(&m->rows, &id, sizeof id);
    if (member && member->client != client) { /* it is told anew */
        map_del(&m->rows, &id, sizeof id);
        free_member(member);
        member = NULL;
        m->changed = true;
    }
    struct value partitions = row_get(r, MEMBERS_PARTITIONS);
    if (!member) {
        struct name *connector = connector_of(client);
        const struct finder key = {cluster, group};
        if (!connector && !map_get(&m->wanted, &key, sizeof key))
            return;
        member = mem_new(struct gather_member);
        *member = (struct gather_member){.row = id,
                                         .cluster = name_ref(cluster),
                                         .group = name_ref(group),
                                         .client = held(client),
                                         .host = held(derive_cells_text(r, MEMBERS_HOST)),
                                         .connector = connector,
                                         .partitions = CONNECT_EVENT_UNKNOWN,
                                         .since_ms = now_ms};
        map_put(&m->rows, &id, sizeof id, member);
        m->changed = true;
    }
    member->settled = partitions.quality == QUALITY_EXACT;
    if (!member->settled || member->partitions == partitions.i) /* in a rebalance it stays what it was */
        return;
    member->partitions = partitions.i;
    member->since_ms = now_ms;
}

static int order(const void *left_a, const void *left_b, const void *right_a, const void *right_b)
{
    uintptr_t a = (uintptr_t)left_a, b = (uintptr_t)right_a;
    if (a != b)
        return a < b ? -1 : 1;
    a = (uintptr_t)left_b;
    b = (uintptr_t)right_b;
    return (a > b) - (a < b);
}

static int by_row(const struct gather_member *a, const struct gather_member *b)
{
    return (a->row > b->row) - (a->row < b->row);
}

static int by_group(const void *va, const void *vb)
{
    const struct gather_member *a = *(struct gather_member *const *)va, *b = *(struct gather_member *const *)vb;
    int o = order(a->cluster, a->group, b->cluster, b->group);
    return o ? o : by_row(a, b);
}

static int by_connector(const void *va, const void *vb)
{
    const struct gather_member *a = *(struct gather_member *const *)va, *b = *(struct gather_member *const *)vb;
    int o = order(a->cluster, a->connector, b->cluster, b->connector);
    return o ? o : by_row(a, b);
}

static void sort(struct gather_members *m)
{
    void *value;
    m->by_group.n = m->by_connector.n = 0;
    for (size_t at = 0; map_next(&m->rows, &at, NULL, NULL, &value);) {
        vec_push(&m->by_group, value);
        if (((const struct gather_member *)value)->connector)
            vec_push(&m->by_connector, value);
    }
    if (m->by_group.n)
        qsort(m->by_group.items, m->by_group.n, sizeof *m->by_group.items, by_group);
    if (m->by_connector.n)
        qsort(m->by_connector.items, m->by_connector.n, sizeof *m->by_connector.items, by_connector);
    m->changed = false;
}

void gather_members_read(struct gather_members *m, const struct store *store, int64_t now_ms)
{
    const struct table *t = store_find(store, kafka_table_members.name);
    if (!t || (!m->anew && table_seq(t) == m->seq))
        return;
    const struct table_removal *removed;
    size_t n;
    if (!table_removed_after(t, m->seq, &removed, &n)) {
        clear(m);
        m->anew = true;
        n = 0;
    }
    for (size_t i = 0; i < n; i++) {
        struct gather_member *gone = map_del(&m->rows, &removed[i].id, sizeof removed[i].id);
        m->changed |= gone != NULL;
        if (gone)
            free_member(gone);
    }
    for (const struct row *r = m->anew ? table_first(t) : table_changed_after(t, m->seq); r; r = row_next(r))
        read_member(m, r, now_ms);
    m->seq = table_seq(t);
    m->anew = false;
    if (m->changed)
        sort(m);
}

/* ---- questions ---- */

typedef const struct name *(*name_of)(const struct gather_member *m);

static const struct name *group_of(const struct gather_member *m)
{
    return m->group;
}

static const struct name *called(const struct gather_member *m)
{
    return m->connector;
}

static struct gather_member *const *range(struct gather_member *const *items, size_t count, name_of of,
                                          const struct name *cluster, const struct name *name, size_t *n)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (order(items[mid]->cluster, of(items[mid]), cluster, name) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (*n = 0; low + *n < count && items[low + *n]->cluster == cluster && of(items[low + *n]) == name; ++*n)
        ;
    return items + low;
}

struct gather_member *const *gather_members_of(const struct gather_members *m, const struct name *cluster,
                                               const struct name *group, size_t *n)
{
    return range(m->by_group.items, m->by_group.n, group_of, cluster, group, n);
}

struct gather_member *const *gather_members_called(const struct gather_members *m, const struct name *cluster,
                                                   const struct name *connector, size_t *n)
{
    return range(m->by_connector.items, m->by_connector.n, called, cluster, connector, n);
}
