/* Which consumer groups belong to an Iceberg sink; see groups.h. */
#include "derive/groups.h"

#include "base/str.h"
#include "derive/columns.h"
#include "kafka/tables.h"

#include <string.h>

static const char coordinator_suffix[] = "-coord", control_prefix[] = "cg-control-";
enum { UUID = 36 };

static bool is_uuid(const char *s)
{
    for (int i = 0; i < UUID; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s[i] != '-' : !strchr("0123456789abcdef", s[i]) || !s[i])
            return false;
    }
    return true;
}

/* A group by which one task reads the control topic: its name does not tell whose. */
static bool is_control(const struct name *group)
{
    size_t prefix = sizeof control_prefix - 1;
    return group->len == prefix + UUID && memcmp(group->raw, control_prefix, prefix) == 0 &&
           is_uuid(group->raw + prefix);
}

struct answer {
    const char *role;
    struct name *connector;
    enum quality quality;
};

/* By names of groups: struct derive_sink *. */
struct by_name {
    struct map data, coordinators;
    struct derive_sink *only; /* the only one there is, or NULL */
};

static struct answer look_up(const struct by_name *by, const struct name *group)
{
    const struct derive_sink *sink = map_get(&by->data, group->raw, group->len);
    if (sink)
        return (struct answer){"data", sink->connector, QUALITY_EXACT};
    sink = map_get(&by->coordinators, group->raw, group->len);
    if (sink)
        return (struct answer){"coordinator", sink->connector, QUALITY_EXACT};
    if (!is_control(group))
        return (struct answer){0};
    return (struct answer){"control", by->only ? by->only->connector : NULL, QUALITY_EST};
}

static void build(struct by_name *by, const struct derive_sinks *sinks)
{
    struct str name = {0};
    size_t n = 0;
    for (size_t i = 0; i < derive_sinks_count(sinks); i++) {
        struct derive_sink *sink = derive_sinks_at(sinks, i);
        if (!sink->group)
            continue;
        map_put(&by->data, sink->members_of->raw, sink->members_of->len, sink);
        map_put(&by->data, sink->group->raw, sink->group->len, sink); /* the older sink commits to another */
        str_clear(&name);
        str_bytes(&name, sink->group->raw, sink->group->len);
        str_add(&name, coordinator_suffix);
        map_put(&by->coordinators, name.s, name.len, sink);
        by->only = n++ ? NULL : sink;
    }
    str_done(&name);
}

void derive_groups_write(struct derive_groups *g, struct store *store, const struct name *cluster,
                         const struct derive_sinks *sinks, bool changed)
{
    struct table *t = store_find(store, kafka_table_groups.name);
    size_t first = t ? derive_columns_first(t, "sink") : SIZE_MAX;
    bool all = changed || g->nsinks != derive_sinks_count(sinks);
    if (first == SIZE_MAX || (!all && table_seq(t) == g->seq))
        return;
    struct by_name by = {0};
    build(&by, sinks);
    uint64_t end = table_seq(t); /* rows that are written below move behind it */
    struct row *r = all ? table_first(t) : table_changed_after(t, g->seq);
    for (struct row *next; r && row_seq(r) <= end; r = next) {
        next = row_next(r);
        if ((!all && row_born(r) <= g->seq) || row_get(r, GROUPS_CLUSTER).s != cluster)
            continue;
        struct answer a = look_up(&by, row_get(r, GROUPS_GROUP).s);
        table_set_text(t, r, first + DERIVE_SINK_ROLE, a.role);
        table_set(t, r, first + DERIVE_SINK_CONNECTOR,
                  a.connector ? (struct value){.s = a.connector, .quality = a.quality} : value_unknown());
    }
    g->seq = table_seq(t);
    g->nsinks = derive_sinks_count(sinks);
    map_done(&by.data);
    map_done(&by.coordinators);
}
