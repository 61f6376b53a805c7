/* Recorded runs of sinks: what of them was queryable, against what pyiceberg counted in their tables. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "connect/backlog.h"
#include "iceberg/lineage.h"
#include "iceberg/summary.h"
#include "tests/unit/connect/runs.h"
#include "tests/unit/iceberg/captures.h"

#define NO CONNECT_EVENT_UNKNOWN

static const char group[] = "connect-orders-sink", control[] = "control-iceberg";

/* What Kafka said at the end of a run. */
struct moment {
    const char *run, *metadata; /* metadata: of db.orders, below the recorded warehouses */
    int64_t control_end;        /* when the topic was read */
    int64_t coordinator;        /* committed; or unknown */
    int64_t committed[2], ends[2];
    size_t first; /* its snapshots are read from the n-th newest on */
};

static const struct moment healthy = {
    "healthy-1.9.2", "healthy-1.9.2/wh/db/orders/metadata/v8.metadata.json", 92, 89, {1252, 1175}, {1252, 1175}, 0};
static const struct moment idle = {
    "idle-1.9.2", "idle-1.9.2/wh/db/orders/metadata/v7.metadata.json", 59, 54, {5881, 113}, {6243, 113}, 0};
static const struct moment zombie = {"zombie-1.10.1",
                                     "zombie-1.10.1/wh/db/orders/metadata/"
                                     "00000-a5feae71-c6c2-442d-bac8-016f9f572868.metadata.json",
                                     120,
                                     NO,
                                     {20, 20},
                                     {20, 20},
                                     0};
static const struct moment failing = {"failing-1.11.0",
                                      "failing-1.11.0/wh/db/orders/metadata/"
                                      "00006-9a2332ca-8ec4-48e8-8684-f33e3dd593ac.metadata.json",
                                      136,
                                      141,
                                      {2720, 2646},
                                      {2720, 2646},
                                      0};
/* While the catalog cannot be written to: groups were read after the topic, and run ahead of it. */
static const struct moment during = {"failing-1.11.0",
                                     "failing-1.11.0/during/wh/db/orders/metadata/"
                                     "00002-8c35536c-e39d-48ec-bbdb-22a8c62883f5.metadata.json",
                                     80,
                                     19,
                                     {1984, 1909},
                                     {1986, 1912},
                                     0};

/* ---- facts ---- */

static void give_topic(struct connect_backlog *b, const struct moment *m)
{
    struct run run;
    run_open(&run, m->run);
    for (size_t i = 0; i < run.topic.n && run.topic.records[i].offset < m->control_end; i++) {
        const struct topic_record *r = &run.topic.records[i];
        struct connect_event e;
        struct error err;
        if (connect_event_read(run.reader, r->value, r->value_len, &e, &err))
            fail_msg("%s", err.text);
        connect_backlog_record(b, &(struct connect_cycles_record){.topic = control,
                                                                  .partition = r->partition,
                                                                  .offset = r->offset,
                                                                  .time_ms = r->time_ms,
                                                                  .key = r->key,
                                                                  .key_len = r->key_len,
                                                                  .event = &e});
    }
    run_done(&run);
    connect_backlog_control(b, control, 0, 0, m->control_end, 2000);
}

static int64_t sum(const struct iceberg_summary *s, enum iceberg_summary_counter a, enum iceberg_summary_counter b)
{
    return s->counters[a] == ICEBERG_UNKNOWN ? NO : s->counters[a] + (s->counters[b] > 0 ? s->counters[b] : 0);
}

/* A snapshot of the table as the backlog wants it; key and offset belong to the caller. */
static struct connect_backlog_snapshot snapshot_of(const struct iceberg_snapshot *from, struct connect_backlog_key *key,
                                                   struct connect_cycles_offset *offset)
{
    struct iceberg_summary s;
    iceberg_summary_init(&s, &from->summary);
    const struct iceberg_summary_offsets *offsets = iceberg_summary_find(&s, control, group);
    assert_non_null(offsets);
    assert_int_equal(offsets->n, 1);
    *offset = (struct connect_cycles_offset){offsets->items[0].partition, offsets->items[0].offset};
    *key = (struct connect_backlog_key){offsets->reader, offset, 1};
    struct connect_backlog_snapshot ret = {
        .id = from->id,
        .made_ms = from->timestamp_ms,
        .appends = true,
        .added_files = sum(&s, ICEBERG_SUMMARY_ADDED_DATA_FILES, ICEBERG_SUMMARY_ADDED_DELETE_FILES),
        .added_rows = sum(&s, ICEBERG_SUMMARY_ADDED_RECORDS, ICEBERG_SUMMARY_ADDED_EQUALITY_DELETES),
        .added_bytes = s.counters[ICEBERG_SUMMARY_ADDED_BYTES],
        .keys = key,
        .nkeys = 1};
    assert_true(ret.added_files > 0 && ret.added_rows > 0 && ret.added_bytes > 0);
    iceberg_summary_done(&s);
    return ret;
}

static void give_table(struct connect_backlog *b, const struct moment *at, int64_t ms)
{
    struct iceberg_metadata *m = captures_metadata(at->metadata);
    struct iceberg_lineage l;
    struct connect_backlog_snapshot snapshots[32];
    struct connect_backlog_key keys[32];
    struct connect_cycles_offset offsets[32];
    iceberg_lineage_init(&l, m, m->current_snapshot_id);
    size_t n = l.n > at->first ? l.n - at->first : 0;
    assert_in_range(l.n, 0, 32);
    for (size_t i = 0; i < n; i++)
        snapshots[i] = snapshot_of(&m->snapshots[l.items[at->first + i]], &keys[i], &offsets[i]);
    connect_backlog_table(
        b, &(struct connect_backlog_table){.catalog = "lake",
                                           .table = "db.orders",
                                           .uuid = m->table_uuid,
                                           .whole = l.end == ICEBERG_LINEAGE_ROOT || l.end == ICEBERG_LINEAGE_NONE,
                                           .snapshots = snapshots,
                                           .n = n,
                                           .began_ms = ms});
    iceberg_lineage_done(&l);
    iceberg_metadata_free(m);
}

static void give_source(struct connect_backlog *b, const struct moment *m, int64_t ms)
{
    for (int32_t i = 0; i < 2; i++)
        connect_backlog_source(b, group, "orders", i, m->committed[i], 0, m->ends[i], ms);
}

/* All in the rule's order. */
static const struct connect_backlog_group *give(struct connect_backlog *b, const struct moment *m)
{
    static const char *const tables[] = {"db.orders"};
    connect_backlog_tables(b, group, "lake", tables, 1, false);
    if (m->coordinator != NO)
        connect_backlog_coordinator(b, group, control, 0, m->coordinator, 1000);
    give_topic(b, m);
    give_table(b, m, 3000);
    give_source(b, m, 4000);
    return connect_backlog_find(b, group);
}

static int64_t rows_of(const char *run)
{
    json_t *table = captures_expected(run);
    int64_t rows = json_integer_value(json_object_get(table, "rows"));
    json_decref(table);
    return rows;
}

static void check_sums(const struct connect_backlog_group *g, int64_t pending, int64_t lost, int64_t dead)
{
    assert_int_equal(g->tables.n, 1);
    assert_int_equal(g->tables.items[0].sums[CONNECT_BACKLOG_PENDING].rows, pending);
    assert_int_equal(g->tables.items[0].sums[CONNECT_BACKLOG_LOST].rows, lost);
    assert_int_equal(g->tables.items[0].sums[CONNECT_BACKLOG_DEAD].rows, dead);
    assert_int_equal(g->tables.items[0].odd.n, 0);
    assert_false(g->tables.items[0].recreated);
    assert_false(g->tables.items[0].replaced);
    assert_false(g->offsets_null);
    assert_int_equal(g->ignored_answers, 0);
}

static void check_lag(const struct connect_backlog_group *g, enum quality quality, int64_t lag)
{
    if (g->lag_quality != quality || g->lag != lag)
        fail_msg("lag %s %lld", quality_name(g->lag_quality), (long long)g->lag);
}

/* ---- runs ---- */

/* Each snapshot has what was announced for it; all is in the table. */
static void run_healthy(void **state)
{
    (void)state;
    struct connect_backlog *b = connect_backlog_new();
    const struct connect_backlog_group *g = give(b, &healthy);
    check_sums(g, 0, 0, 0);
    check_lag(g, QUALITY_EXACT, 0);
    assert_int_equal(g->partitions.n, 2);
    assert_int_equal(g->partitions.items[0].tables.items[0].covered + g->partitions.items[1].tables.items[0].covered,
                     rows_of("healthy-1.9.2"));
    connect_backlog_free(b);
}

/* At each of its snapshots: what is not in it is what its successors added. */
static void run_healthy_stepwise(void **state)
{
    (void)state;
    static const int64_t added[] = {0, 68, 392, 392, 398, 394, 412}; /* newest first, from pyiceberg.json */
    int64_t pending = 0;
    for (size_t i = 0; i < 7; i++) {
        struct connect_backlog *b = connect_backlog_new();
        struct moment m = healthy;
        m.first = i;
        m.coordinator = 0;
        pending += i == 0 ? 0 : added[i];
        const struct connect_backlog_group *g = give(b, &m);
        check_sums(g, pending, 0, 0);
        check_lag(g, QUALITY_EXACT, pending);
        connect_backlog_free(b);
    }
}

static void run_idle(void **state)
{
    (void)state;
    struct connect_backlog *b = connect_backlog_new();
    const struct connect_backlog_group *g = give(b, &idle);
    check_sums(g, 0, 0, 0);
    assert_int_equal(rows_of("idle-1.9.2"), 5881 + 113);
    check_lag(g, QUALITY_EXACT, 6243 + 113 - 5994);
    connect_backlog_free(b);
}

/* All tasks run and the consumer lag is 35; 746 rows are in the table. */
static void run_during(void **state)
{
    (void)state;
    struct connect_backlog *b = connect_backlog_new();
    const struct connect_backlog_group *g = give(b, &during);
    check_sums(g, 2756, 0, 0);
    assert_int_equal(rows_of("failing-1.11.0/during"), 746);
    check_lag(g, QUALITY_EXACT, 1986 + 1912 - 746);
    assert_true(g->tables.items[0].files.n > 5);
    /* then it is released, and one snapshot takes all that nine cycles announced */
    connect_backlog_coordinator(b, group, control, 0, failing.coordinator, 11000);
    give_topic(b, &failing);
    connect_backlog_control(b, control, 0, 0, failing.control_end, 12000);
    give_table(b, &failing, 13000);
    give_source(b, &failing, 14000);
    g = connect_backlog_find(b, group);
    check_sums(g, 0, 0, 0);
    check_lag(g, QUALITY_EXACT, 0);
    assert_int_equal(rows_of("failing-1.11.0"), 2720 + 2646);
    connect_backlog_free(b);
}

static void run_failing(void **state)
{
    (void)state;
    struct connect_backlog *b = connect_backlog_new();
    check_sums(give(b, &failing), 0, 0, 0);
    check_lag(connect_backlog_find(b, group), QUALITY_EXACT, 0);
    connect_backlog_free(b);
}

/* The topic of that moment, and the table of one that is to come: nothing is odd, for it is not read up to there; and the same
 * in the wrong order, where the end is older than the table: by the numbers alone less than is true. */
static void run_out_of_order(void **state)
{
    (void)state;
    struct connect_backlog *b = connect_backlog_new();
    check_lag(give(b, &during), QUALITY_EXACT, 3152);
    give_table(b, &failing, 5000);
    const struct connect_backlog_group *g = connect_backlog_find(b, group);
    assert_int_equal(g->tables.items[0].odd.n, 0);
    assert_int_equal(g->tables.items[0].sums[CONNECT_BACKLOG_PENDING].rows, 0);
    int64_t lie = 0;
    for (size_t i = 0; i < 2; i++)
        lie += g->partitions.items[i].end - g->partitions.items[i].tables.items[0].covered;
    assert_in_range(lie, 0, 400);
    check_lag(g, QUALITY_EXACT, 3152); /* stands */
    connect_backlog_free(b);
}

/* Nothing was ever committed: the earliest answer is pending, and what came before it is not known. */
static void run_zombie(void **state)
{
    (void)state;
    struct connect_backlog *b = connect_backlog_new();
    const struct connect_backlog_group *g = give(b, &zombie);
    check_sums(g, 40, 0, 0);
    check_lag(g, QUALITY_GE, 40);
    connect_backlog_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_healthy), cmocka_unit_test(run_healthy_stepwise), cmocka_unit_test(run_idle),
        cmocka_unit_test(run_during),  cmocka_unit_test(run_failing),          cmocka_unit_test(run_out_of_order),
        cmocka_unit_test(run_zombie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
