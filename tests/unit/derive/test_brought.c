/* Which commits brought what changed: windows of offsets beside the answers of a sink's tasks. */
#include "tests/unit/unit.h"

#include "connect/event.h"
#include "derive/brought.h"
#include "derive/brought_cover.h"
#include "derive/columns.h"
#include "rows.h"

#define ID_A "aaaaaaaa-0000-4000-8000-000000000001"
#define ID_B "bbbbbbbb-0000-4000-8000-000000000002"
#define ID_C "cccccccc-0000-4000-8000-000000000003"

struct world {
    struct store *store;
    struct derive_brought *brought;
};

static void set(struct world *w, const char *table, const char *key, const char *cells)
{
    char copy[400], *at = copy;
    snprintf(copy, sizeof copy, "%s", cells);
    for (char *cell; (cell = strsep(&at, ";"));) {
        char *value = strchr(cell, '=');
        *value++ = '\0';
        rows_set(w->store, table, key, cell, value);
    }
}

/* A task's answer in a commit. */
static void answer(struct world *w, const char *id, const char *topic, int partition, int64_t offset)
{
    char key[100], cells[100];
    snprintf(key, sizeof key, "prod %s %s %d", id, topic, partition);
    snprintf(cells, sizeof cells, "connector=sink;started=%lld;offset=%lld", (long long)offset, (long long)offset);
    set(w, "commit_partitions", key, cells);
}

/* What became of a commit in a table. snapshot 0: none. */
static void table(struct world *w, const char *id, const char *name, const char *state, int64_t snapshot, int64_t ms)
{
    char key[100], cells[100];
    snprintf(key, sizeof key, "prod %s %s", id, name);
    snprintf(cells, sizeof cells, "state=%s", state);
    set(w, "commit_tables", key, cells);
    snprintf(cells, sizeof cells, "snapshot_id=%lld;committed=%lld", (long long)snapshot, (long long)ms);
    if (snapshot)
        set(w, "commit_tables", key, cells);
}

/* age drifts since a window of offsets 100 to 199 and 50 to 99 of two partitions. */
static void open_world(struct world *w)
{
    *w = (struct world){.store = rows_store()};
    derive_columns_add(w->store);
    w->brought = derive_brought_new(w->store);
    set(w, "datasets", "churn", "cluster=prod;topic=churn-events");
    set(w, "features", "churn age", "state=DRIFT;since=60000;first_offsets=0:100 1:50;next_offsets=0:200 1:100");
    set(w, "features", "churn plan", "state=OK;since=1000");
    store_commit(w->store);
}

static void close_world(struct world *w)
{
    derive_brought_free(w->brought);
    store_free(w->store);
}

static void expect(struct world *w, const char *text)
{
    store_commit(w->store);
    rows_check(w->store, "features", "churn age", "brought_by", text);
    rows_check(w->store, "datasets", "churn", "brought_by", text);
    rows_check(w->store, "features", "churn plan", "brought_by", "-");
}

static void the_first_snapshot_is_named(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    expect(&w, "-");
    answer(&w, ID_A, "churn-events", 0, 100); /* ends where the window begins */
    answer(&w, ID_A, "churn-events", 1, 40);
    table(&w, ID_A, "db.churn", "committed", 11, 1000);
    answer(&w, ID_A, "others", 0, 150);
    expect(&w, "not in the table yet");
    rows_check(w.store, "features", "churn age", "brought_commits", "0");
    rows_check(w.store, "features", "churn age", "brought_snapshot", "-");
    answer(&w, ID_B, "churn-events", 0, 150);
    answer(&w, ID_B, "churn-events", 1, 60);
    table(&w, ID_B, "db.churn", "announced", 0, 0);
    expect(&w, "not in the table yet");
    table(&w, ID_B, "db.churn", "committed", 12, 2000);
    expect(&w, "db.churn, snapshot 12; some not in the table yet");
    answer(&w, ID_C, "churn-events", 0, 500);
    answer(&w, ID_C, "churn-events", 1, 500);
    table(&w, ID_C, "db.churn", "committed", 13, 3000);
    expect(&w, "db.churn, snapshot 12, first of 2 commits");
    rows_check(w.store, "features", "churn age", "brought_at", "2000");
    rows_check(w.store, "features", "churn age", "brought_table", "db.churn");
    rows_check(w.store, "features", "churn age", "brought_commit", ID_B);
    rows_check(w.store, "datasets", "churn", "brought_snapshot", "12");
    rows_check(w.store, "datasets", "churn", "brought_commits", "2");
    uint64_t seq = store_seq(w.store);
    table(&w, ID_C, "db.churn", "waiting", 0, 0); /* it is settled */
    store_commit(w.store);
    assert_int_equal(store_seq(w.store), seq + 1);
    expect(&w, "db.churn, snapshot 12, first of 2 commits");
    set(&w, "features", "churn age", "state=OK;first_offsets=;next_offsets=");
    expect(&w, "-");
    close_world(&w);
}

static void what_is_not_known_is_said(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    answer(&w, ID_B, "churn-events", 0, 300); /* the first that is known: there may have been others */
    answer(&w, ID_B, "churn-events", 1, 300);
    table(&w, ID_B, "db.churn", "committed", 0, 0); /* with a later commit's snapshot */
    expect(&w, "db.churn, commit bbbbbbbb at the latest");
    rows_check(w.store, "features", "churn age", "brought_snapshot", "-");
    table(&w, ID_B, "db.all", "committed", 7, 5000);
    expect(&w, "db.all and 1 more, snapshot 7 at the latest");
    close_world(&w);

    open_world(&w);
    answer(&w, ID_A, "churn-events", 0, 20);
    answer(&w, ID_A, "churn-events", 1, 20);
    answer(&w, ID_B, "churn-events", 0, 200);
    answer(&w, ID_B, "churn-events", 1, 100);
    expect(&w, "not in the table yet"); /* of a commit without tables it is not known what becomes */
    set(&w, "commits", "prod " ID_B, "outcome=dropped");
    expect(&w, "-");
    set(&w, "queryable_partitions", "prod g churn-events 0 db.churn", "queryable_offset=200");
    set(&w, "queryable_partitions", "prod g churn-events 1 db.churn", "queryable_offset=99");
    expect(&w, "-");
    set(&w, "queryable_partitions", "prod g churn-events 1 db.churn", "queryable_offset=100");
    expect(&w, "in the table, by a commit not known any more");
    set(&w, "queryable_partitions", "prod g churn-events 1 db.slow", "queryable_offset=10");
    expect(&w, "-");
    close_world(&w);
}

static void a_source_that_fails_tells_nothing_new(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    rows_row(w.store, "commit_partitions", "prod " ID_A " churn-events 0", "control:prod");
    answer(&w, ID_A, "churn-events", 0, 50);
    expect(&w, "not in the table yet");
    set(&w, "sources", "control:prod", "state=failed");
    expect(&w, "?not in the table yet");
    set(&w, "sources", "control:prod", "state=ok");
    expect(&w, "not in the table yet");
    close_world(&w);
}

static void the_feature_that_changed_first_tells_of_the_dataset(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    set(&w, "features", "churn amount", "state=NULLS;since=30000;first_offsets=0:0;next_offsets=0:100");
    set(&w, "datasets", "other", "cluster=prod;topic=other-events");
    answer(&w, ID_A, "churn-events", 0, 100);
    answer(&w, ID_B, "churn-events", 0, 200);
    table(&w, ID_A, "db.churn", "committed", 11, 1000);
    table(&w, ID_B, "db.churn", "committed", 12, 2000);
    store_commit(w.store);
    rows_check(w.store, "features", "churn amount", "brought_by", "db.churn, snapshot 11 at the latest");
    rows_check(w.store, "datasets", "churn", "brought_by", "db.churn, snapshot 11 at the latest");
    rows_check(w.store, "datasets", "other", "brought_by", "-");
    close_world(&w);
}

static void offsets_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *first, *next;
        size_t n;
    } cases[] = {{"1:5 0:3", "0:4 1:9", 2},  {"0:3 1:5", "0:4", 1},
                 {"0:3", "0:3", 0},          {"", "", 0},
                 {NULL, "0:3", 0},           {"0:3 x", "0:9 1:2", 1},
                 {"0:", "0:9", 0},           {"-1:3", "-1:4", 0},
                 {"0:-3", "0:4", 0},         {"0:3,1:4", "0:9", 0},
                 {"0:3  1:4", "0:9 1:9", 2}, {"99999999999:1", "99999999999:2", 0}};
    struct derive_brought_ranges r = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        derive_brought_ranges_read(&r, cases[i].first, cases[i].next);
        if (r.list.n != cases[i].n)
            fail_msg("case %zu: %zu", i, r.list.n);
    }
    derive_brought_ranges_read(&r, cases[0].first, cases[0].next);
    assert_int_equal(r.list.items[0].partition, 0);
    assert_int_equal(r.list.items[0].next, 4);
    assert_int_equal(r.list.items[1].first, 5);
    vec_done(&r.list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_snapshot_is_named),
        cmocka_unit_test(what_is_not_known_is_said),
        cmocka_unit_test(a_source_that_fails_tells_nothing_new),
        cmocka_unit_test(the_feature_that_changed_first_tells_of_the_dataset),
        cmocka_unit_test(offsets_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
