/* Facts of the backlog made by hand. */
#include "tests/unit/connect/backlog_made.h"

#include "tests/unit/unit.h"

#include "base/mem.h"

struct connect_backlog *made;
static int paths, commits;

int made_begin(void **state)
{
    (void)state;
    made = connect_backlog_new();
    return 0;
}

int made_end(void **state)
{
    (void)state;
    connect_backlog_free(made);
    made = NULL;
    return 0;
}

static struct connect_event_text text(const char *s)
{
    return (struct connect_event_text){s, strlen(s)};
}

static void give(struct made_at at, struct connect_event *e)
{
    e->time_ms = T0 + at.ms;
    e->group = text("connect-sink");
    snprintf(e->commit_id, sizeof e->commit_id, "%08d-0000-0000-0000-000000000000", commits);
    connect_backlog_record(made, &(struct connect_cycles_record){"control", at.partition, at.offset, T0 + at.ms, at.key,
                                                                 strlen(at.key), e});
}

void made_wrote(struct made_at at, const char *table, const char *uuid, const char *path, int64_t rows)
{
    char own[32];
    snprintf(own, sizeof own, "file-%d", paths++);
    const struct connect_event_file file = {.path = text(path ? path : own), .rows = rows, .bytes = 10 * rows};
    struct connect_event e = {
        .type = CONNECT_EVENT_DATA_WRITTEN, .table = text(table), .files = &file, .nfiles = 1, .snapshot_id = NO};
    if (uuid)
        snprintf(e.table_uuid, sizeof e.table_uuid, "%s", uuid);
    give(at, &e);
}

void made_answered(struct made_at at, int first, int n, const int64_t *offsets)
{
    struct connect_event_assignment *list = mem_calloc((size_t)n, sizeof *list);
    for (int i = 0; i < n; i++)
        list[i] = (struct connect_event_assignment){text("orders"), first + i, offsets[i],
                                                    offsets[i] == NO ? NO : T0 + offsets[i]};
    struct connect_event e = {
        .type = CONNECT_EVENT_DATA_COMPLETE, .assignments = list, .nassignments = (size_t)n, .snapshot_id = NO};
    give(at, &e);
    commits++;
    free(list);
}

void made_answer(struct made_at at, int partition, int64_t offset)
{
    made_answered(at, partition, 1, &offset);
}

void made_table(const struct made_table *t)
{
    struct connect_backlog_snapshot snapshots[16] = {{0}};
    struct connect_cycles_offset offsets[16];
    struct connect_backlog_key keys[16];
    for (size_t i = 0; i < t->n; i++) {
        const struct made_snapshot *from = &t->snapshots[i];
        offsets[i] = (struct connect_cycles_offset){0, from->floor};
        keys[i] = (struct connect_backlog_key){"control.connect-sink", &offsets[i], 1};
        snapshots[i] = (struct connect_backlog_snapshot){.id = from->id,
                                                         .made_ms = T0 + from->ms,
                                                         .appends = true,
                                                         .added_files = from->files,
                                                         .added_rows = from->rows,
                                                         .added_bytes = from->rows == NO ? NO : 10 * from->rows,
                                                         .keys = &keys[i],
                                                         .nkeys = from->floor != NO};
    }
    connect_backlog_table(made, &(struct connect_backlog_table){.catalog = "lake",
                                                                .table = t->table,
                                                                .uuid = t->uuid,
                                                                .missing = t->missing,
                                                                .whole = !t->expired,
                                                                .snapshots = snapshots,
                                                                .n = t->n,
                                                                .began_ms = T0 + t->ms});
}

void made_control(int64_t start, int64_t end, int64_t ms)
{
    connect_backlog_control(made, "control", 0, start, end, T0 + ms);
}

void made_commit(int64_t offset, int64_t ms)
{
    connect_backlog_coordinator(made, "connect-sink", "control", 0, offset, T0 + ms);
}

void made_source(int partition, int64_t committed, int64_t end, int64_t ms)
{
    connect_backlog_source(made, "connect-sink", "orders", partition, committed, 0, end, T0 + ms);
}

void made_tables(bool routed, size_t n, const char *const *tables)
{
    connect_backlog_tables(made, "connect-sink", "lake", tables, n, routed);
}

const struct connect_backlog_group *made_group(void)
{
    const struct connect_backlog_group *g = connect_backlog_find(made, "connect-sink");
    assert_non_null(g);
    return g;
}

const struct connect_backlog_of_table *made_of(const char *table)
{
    const struct connect_backlog_group *g = made_group();
    for (size_t i = 0; i < g->tables.n; i++)
        if (strcmp(g->tables.items[i].table->raw, table) == 0)
            return &g->tables.items[i];
    fail_msg("no table %s", table);
    return NULL;
}

static const struct connect_backlog_partition *partition_of(int partition)
{
    const struct connect_backlog_group *g = made_group();
    for (size_t i = 0; i < g->partitions.n; i++)
        if (g->partitions.items[i].partition == partition)
            return &g->partitions.items[i];
    fail_msg("no partition %d", partition);
    return NULL;
}

const struct connect_backlog_covered *made_covered(int partition, const char *table)
{
    const struct connect_backlog_group *g = made_group();
    const struct connect_backlog_partition *p = partition_of(partition);
    for (size_t i = 0; i < p->tables.n; i++)
        if (strcmp(g->tables.items[p->tables.items[i].table].table->raw, table) == 0)
            return &p->tables.items[i];
    fail_msg("no table %s", table);
    return NULL;
}

void made_check_lag(int partition, enum quality quality, int64_t lag)
{
    const struct connect_backlog_partition *p = partition_of(partition);
    if (p->lag_quality != quality || p->lag != lag)
        fail_msg("%d: lag %s %lld, not %s %lld", partition, quality_name(p->lag_quality), (long long)p->lag,
                 quality_name(quality), (long long)lag);
}

void made_check_rows(const char *table, int64_t pending, int64_t lost, int64_t dead)
{
    const struct connect_backlog_of_table *t = made_of(table);
    const int64_t rows[] = {pending, lost, dead};
    for (int i = 0; i < CONNECT_BACKLOG_STATES; i++)
        if (t->sums[i].rows != rows[i])
            fail_msg("%lld rows are %s, not %lld", (long long)t->sums[i].rows,
                     connect_backlog_state_name((enum connect_backlog_state)i), (long long)rows[i]);
}
