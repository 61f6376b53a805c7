/* The control topic of sinks: how long it keeps what, how it is divided, whether it is still the same. */
#include "tests/unit/findings/sink_facts.h"
#include "tests/unit/findings/table_facts.h"
#include "tests/unit/unit.h"

#define HOUR_MS INT64_C(3600000)
#define TOPIC   "topics: cluster = \"prod\" and topic = \"control-iceberg\""

static const struct findings_look_said *saw(struct sink_facts *f, const char *id)
{
    const struct findings_look_said *said = sink_facts_saw(f, id);
    table_facts_bound(&f->look);
    return said;
}

static void open_facts(struct sink_facts *f)
{
    sink_facts_open(f);
    f->sink.control.retention_bytes = -1;
}

static struct connect_backlog_files *files(struct sink_facts *f, int64_t rows, int64_t age_ms)
{
    struct connect_backlog_of_table *t = &f->backlog.tables.items[0];
    vec_push(&t->files, ((struct connect_backlog_files){.commit_id = "00000000-0000-4000-8000-000000000019",
                                                        .state = CONNECT_BACKLOG_PENDING,
                                                        .sums = {.files = 2, .rows = rows},
                                                        .announced_ms = SINK_FACTS_NOW - age_ms}));
    return &t->files.items[t->files.n - 1];
}

static void all_is_well(void **state)
{
    (void)state;
    struct sink_facts f;
    open_facts(&f);
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

/* ---- IT-K01 ---- */

static void retention_is_shorter_than_some_intervals(void **state)
{
    (void)state;
    struct sink_facts f;
    open_facts(&f);
    f.sink.control.retention_ms = 150000;
    sink_facts_expect(&f, "IT-K01", "control-iceberg keeps records for 2 m 30 s, less than 3 commit intervals of 1 m",
                      TOPIC);
    const struct findings_look_said *said = saw(&f, "IT-K01");
    assert_string_equal(said->subject, "topic control-iceberg");
    assert_int_equal(said->severity, FINDINGS_WARNING);
    f.sink.control.retention_ms = 180000;
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

static void files_outlast_their_announcement(void **state)
{
    (void)state;
    struct sink_facts f;
    open_facts(&f);
    f.sink.control.retention_ms = HOUR_MS;
    files(&f, 1200, 40 * 60000);
    files(&f, 40, 1000);
    sink_facts_expect(&f, "IT-K01",
                      "control-iceberg keeps records for 1 h, and 1.20 k rows in 2 files that it announces are in "
                      "no snapshot for over half of that",
                      "pending_files: cluster = \"prod\" and group_id = \"connect-orders-sink\" and table = "
                      "\"db.orders\" and commit_id = \"00000000-0000-4000-8000-000000000019\"");
    const struct findings_look_said *said = saw(&f, "IT-K01");
    assert_int_equal(said->severity, FINDINGS_WARNING);
    assert_int_equal(said->cost, 1200);
    assert_int_equal(said->since_ms, SINK_FACTS_NOW - 10 * 60000);
    assert_int_equal(said->evidence.items[0].time_ms, SINK_FACTS_NOW + 20 * 60000);
    f.backlog.tables.items[0].files.items[0].announced_ms = SINK_FACTS_NOW - 61 * 60000;
    assert_int_equal(saw(&f, "IT-K01")->severity, FINDINGS_CRITICAL);
    sink_facts_done(&f);
}

static void files_wait_for_their_cycle_only(void **state)
{
    (void)state;
    struct sink_facts f;
    open_facts(&f);
    f.sink.control.retention_ms = HOUR_MS;
    files(&f, 1200, 29 * 60000);
    files(&f, 1200, 50 * 60000)->state = CONNECT_BACKLOG_LOST;
    files(&f, 1200, 0)->announced_ms = CONNECT_EVENT_UNKNOWN;
    assert_null(saw(&f, "IT-K01"));
    f.sink.control.retention_ms = 200000; /* half of it is less than two intervals and the timeout */
    f.backlog.tables.items[0].files.items[0].announced_ms = SINK_FACTS_NOW - 130000;
    assert_null(saw(&f, "IT-K01"));
    f.sink.control.retention_ms = -1;
    f.sink.control.cleanup_policy = NULL;
    assert_null(saw(&f, "IT-K01"));
    sink_facts_done(&f);
}

static void what_cannot_be_read_stands(void **state)
{
    (void)state;
    struct sink_facts f;
    open_facts(&f);
    f.sink.control.retention_ms = f.sink.control.retention_bytes = f.sink.control.npartitions = CONNECT_EVENT_UNKNOWN;
    f.sink.control.cleanup_policy = NULL;
    f.sink.blind = true;
    f.backlog.tables.items[0].recreated = true;
    static const char *const ids[] = {"IT-K01", "IT-K02", "IT-K03", "IT-K04", "IT-K05"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        bool unsure = false;
        assert_null(saw(&f, ids[i]));
        for (size_t k = 0; k < f.look.unsure.n; k++)
            unsure |= strcmp(f.look.unsure.items[k].rule->page.id, ids[i]) == 0;
        assert_true(unsure);
    }
    sink_facts_done(&f);
}

/* ---- IT-K02, IT-K03, IT-K05 ---- */

static void the_topic_is_compacted(void **state)
{
    (void)state;
    struct sink_facts f;
    open_facts(&f);
    f.sink.control.cleanup_policy = "compact,delete";
    sink_facts_expect(&f, "IT-K02",
                      "control-iceberg, the control topic of orders-sink, is compacted: its cleanup.policy is "
                      "compact,delete",
                      TOPIC);
    f.sink.control.cleanup_policy = "delete";
    assert_null(saw(&f, "IT-K02"));
    sink_facts_done(&f);
}

static void the_topic_has_partitions(void **state)
{
    (void)state;
    struct sink_facts f;
    open_facts(&f);
    f.sink.control.npartitions = 3;
    f.sink.version = "1.9.2";
    sink_facts_expect(&f, "IT-K03", "control-iceberg, the control topic of orders-sink, has 3 partitions", TOPIC);
    static const struct {
        const char *version;
        enum findings_severity severity;
    } sinks[] = {{"1.9.2", FINDINGS_WARNING},   {"1.10.0", FINDINGS_WARNING}, {"1.10.1", FINDINGS_INFO},
                 {"1.11.0", FINDINGS_INFO},     {"2.0", FINDINGS_INFO},       {"1.5.2-kc-0.6.19", FINDINGS_WARNING},
                 {"unknown", FINDINGS_WARNING}, {NULL, FINDINGS_WARNING}};
    for (size_t i = 0; i < sizeof sinks / sizeof *sinks; i++) {
        f.sink.version = sinks[i].version;
        assert_int_equal(saw(&f, "IT-K03")->severity, sinks[i].severity);
    }
    assert_string_equal(saw(&f, "IT-K03")->missing, "the version of the sink");
    f.sink.control.npartitions = 1;
    assert_null(saw(&f, "IT-K03"));
    sink_facts_done(&f);
}

static void the_topic_grows_for_ever(void **state)
{
    (void)state;
    struct sink_facts f;
    open_facts(&f);
    f.sink.control.retention_ms = -1;
    sink_facts_expect(&f, "IT-K05", "control-iceberg, the control topic of orders-sink, keeps its records for ever",
                      TOPIC);
    assert_int_equal(saw(&f, "IT-K05")->severity, FINDINGS_INFO);
    f.sink.control.retention_bytes = 1 << 30;
    sink_facts_silent(&f, NULL);
    f.sink.control.retention_bytes = -1;
    f.sink.control.cleanup_policy = "compact";
    sink_facts_silent(&f, "IT-K02");
    sink_facts_done(&f);
}

/* A topic is told of once, however many sinks use it. */
static void sinks_share_a_topic(void **state)
{
    (void)state;
    struct sink_facts f;
    open_facts(&f);
    f.sink.control.retention_ms = -1;
    struct findings_sink others[5];
    const struct findings_sink *sinks[6] = {&f.sink};
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    for (size_t i = 0; i < 5; i++) {
        others[i] = f.sink;
        others[i].connector = names[i];
        sinks[i + 1] = &others[i];
    }
    others[4].cluster = "test";
    const struct findings_world world = {.store = f.store, .sinks = sinks, .nsinks = 6};
    const struct findings_rule rules[] = {*findings_catalogue_find("IT-K05"), {.page.id = NULL}};
    const struct findings_rule *const families[] = {rules, NULL};
    findings_look_all(&f.look, families, &world);
    assert_int_equal(f.look.said.n, 2);
    assert_string_equal(f.look.said.items[0].text,
                        "control-iceberg, the control topic of orders-sink, a, b and 2 more, keeps its records for "
                        "ever");
    assert_null(f.look.said.items[0].place.connector);
    assert_string_equal(f.look.said.items[1].cluster, "test");
    assert_string_equal(f.look.said.items[1].place.connector, "e");
    sink_facts_done(&f);
}

/* ---- IT-K04 ---- */

static void the_topic_was_made_again(void **state)
{
    (void)state;
    struct sink_facts f;
    open_facts(&f);
    assert_null(saw(&f, "IT-K04"));
    f.backlog.tables.items[0].recreated = true;
    f.backlog.tables.items[0].sums[CONNECT_BACKLOG_LOST].rows = 900;
    f.backlog.tables.items[0].sums[CONNECT_BACKLOG_PENDING].rows = 100;
    sink_facts_expect(&f, "IT-K04",
                      "snapshots of db.orders name offsets of control-iceberg that it does not have: the topic was "
                      "made again, and orders-sink skips files below them",
                      "snapshots: table = \"db.orders\" and control_offsets != unknown");
    const struct findings_look_said *said = saw(&f, "IT-K04");
    assert_string_equal(said->subject, "connector orders-sink");
    assert_int_equal(said->severity, FINDINGS_CRITICAL);
    assert_int_equal(said->cost, 1000);
    assert_non_null(said->cause);
    sink_facts_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_well),
        cmocka_unit_test(retention_is_shorter_than_some_intervals),
        cmocka_unit_test(files_outlast_their_announcement),
        cmocka_unit_test(files_wait_for_their_cycle_only),
        cmocka_unit_test(what_cannot_be_read_stands),
        cmocka_unit_test(the_topic_is_compacted),
        cmocka_unit_test(the_topic_has_partitions),
        cmocka_unit_test(the_topic_grows_for_ever),
        cmocka_unit_test(sinks_share_a_topic),
        cmocka_unit_test(the_topic_was_made_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
