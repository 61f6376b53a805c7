/* Commit cycles from facts made by hand: what no recording has. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "connect/cycles.h"

#define NO CONNECT_EVENT_UNKNOWN
#define T0 1795000000000

static struct connect_cycles *c;

static int begin(void **state)
{
    (void)state;
    c = connect_cycles_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    connect_cycles_free(c);
    return 0;
}

static struct connect_event_text text(const char *s)
{
    return (struct connect_event_text){s, s ? strlen(s) : 0};
}

/* Commit 7 is 00000007-...; the event's clock is the record's. */
static const char *id(int n)
{
    static char ids[8][CONNECT_EVENT_ID];
    char *at = ids[n % 8];
    snprintf(at, CONNECT_EVENT_ID, "%08d-0000-0000-0000-000000000000", n);
    return at;
}

struct fact {
    int partition;
    int64_t offset, at_ms; /* since T0 */
    const char *key;
};

static void give(struct fact f, struct connect_event *e)
{
    e->time_ms = T0 + f.at_ms;
    if (!e->group.s)
        e->group = text("connect-sink");
    connect_cycles_record(
        c, &(struct connect_cycles_record){"control", f.partition, f.offset, T0 + f.at_ms, f.key, strlen(f.key), e});
}

static struct connect_event event(enum connect_event_type type, int commit)
{
    struct connect_event e = {.type = type, .snapshot_id = NO, .valid_through_ms = NO};
    memcpy(e.commit_id, id(commit), CONNECT_EVENT_ID);
    return e;
}

static void start(struct fact f, int commit)
{
    struct connect_event e = event(CONNECT_EVENT_START_COMMIT, commit);
    give(f, &e);
}

static void wrote(struct fact f, int commit, const char *table, int64_t rows)
{
    const struct connect_event_file file = {.path = text("f"), .rows = rows, .bytes = 10 * rows};
    struct connect_event e = event(CONNECT_EVENT_DATA_WRITTEN, commit);
    e.table = text(table);
    e.files = &file;
    e.nfiles = 1;
    give(f, &e);
}

/* Partitions from first on, n of them. */
static void answered(struct fact f, int commit, int first, int n)
{
    struct connect_event_assignment *list = mem_calloc((size_t)n, sizeof *list);
    struct connect_event e = event(CONNECT_EVENT_DATA_COMPLETE, commit);
    for (int i = 0; i < n; i++)
        list[i] = (struct connect_event_assignment){text("t"), first + i, 5, T0};
    e.assignments = list;
    e.nassignments = (size_t)n;
    give(f, &e);
    free(list);
}

static void to_table(struct fact f, int commit, const char *table)
{
    struct connect_event e = event(CONNECT_EVENT_COMMIT_TO_TABLE, commit);
    e.table = text(table);
    e.snapshot_id = 1000 + commit;
    give(f, &e);
}

static void complete(struct fact f, int commit, int64_t valid_ms)
{
    struct connect_event e = event(CONNECT_EVENT_COMMIT_COMPLETE, commit);
    e.valid_through_ms = valid_ms;
    give(f, &e);
}

static const struct connect_cycle *cycle(int commit)
{
    const struct connect_cycle *cycle = connect_cycles_find(c, id(commit));
    assert_non_null(cycle);
    return cycle;
}

static void check(int commit, const char *outcome)
{
    if (strcmp(connect_outcome_name(cycle(commit)->outcome), outcome) != 0)
        fail_msg("%d is %s, not %s: %s", commit, connect_outcome_name(cycle(commit)->outcome), outcome,
                 cycle(commit)->derived);
}

static void settings(int64_t timeout_ms, int64_t partitions)
{
    connect_cycles_settings(c,
                            &(struct connect_cycles_settings){"connect-sink", "sink", 10000, timeout_ms, partitions});
}

#define AT(offset, ms, key) ((struct fact){0, offset, ms, key})

/* ---- with a completion ---- */

/* Rows were announced and no table took them: it is missing, or another by the same name. */
static void dropped(void **state)
{
    (void)state;
    start(AT(0, 0, "a"), 1);
    wrote(AT(1, 100, "w"), 1, "db.t", 5);
    answered(AT(2, 101, "w"), 1, 0, 1);
    complete(AT(3, 200, "a"), 1, T0);
    check(1, "dropped");
    assert_int_equal(cycle(1)->tables.items[0].state, CONNECT_TABLE_WAITING);
    assert_int_equal(cycle(1)->bytes, 50);
}

/* An idle partition makes valid-through null; a catalog that takes longer than the timeout is no partial commit. */
static void slow_catalog(void **state)
{
    (void)state;
    settings(8000, 1);
    start(AT(0, 0, "a"), 1);
    wrote(AT(1, 100, "w"), 1, "db.t", 5);
    answered(AT(2, 101, "w"), 1, 0, 1);
    to_table(AT(3, 9000, "a"), 1, "db.t");
    complete(AT(4, 9100, "a"), 1, NO);
    check(1, "full");
    assert_int_equal(cycle(1)->ended_ms, T0 + 9000); /* its first announcement of a table */
}

/* Three partitions answer where the coordinator expects two: it does not wait for the third. */
static void more_than_expected(void **state)
{
    (void)state;
    settings(8000, 3);
    start(AT(0, 0, "a"), 1);
    answered(AT(1, 100, "w"), 1, 0, 1);
    answered(AT(2, 110, "v"), 1, 1, 1);
    complete(AT(3, 150, "a"), 1, NO);
    answered(AT(4, 160, "u"), 1, 2, 1);
    check(1, "empty");
    assert_int_equal(cycle(1)->received, 2);
    assert_true(cycle(1)->answers.items[2].late);
}

static void timeout_without_any_answer(void **state)
{
    (void)state;
    settings(8000, 2);
    start(AT(0, 0, "a"), 1);
    complete(AT(1, 8010, "a"), 1, NO);
    check(1, "partial");
    assert_int_equal(cycle(1)->received, 0);
    assert_int_equal(cycle(1)->expected, 2);
}

/* No timeout is known; the only answer comes a second before the end, and brings nothing. A second later is too late for a
 * cycle that all have answered only if one is missing. */
static void timeout_that_is_not_known(void **state)
{
    (void)state;
    settings(NO, 2);
    start(AT(0, 0, "a"), 1);
    answered(AT(1, 3800, "w"), 1, 0, 1);
    complete(AT(2, 4850, "a"), 1, NO);
    check(1, "partial");
    start(AT(3, 8000, "a"), 2);
    answered(AT(4, 8500, "w"), 2, 0, 2);
    complete(AT(5, 9550, "a"), 2, NO);
    check(2, "empty");
}

/* A partition that answers twice counts twice for the sink, and stands for one that has not. */
static void answers_twice(void **state)
{
    (void)state;
    settings(8000, 2);
    start(AT(0, 0, "a"), 1);
    answered(AT(1, 100, "w"), 1, 0, 1);
    answered(AT(2, 120, "v"), 1, 0, 1);
    complete(AT(3, 150, "a"), 1, T0);
    check(1, "empty");
    assert_int_equal(cycle(1)->received, 2);
    assert_int_equal(cycle(1)->answers.n, 1);
    assert_int_equal(cycle(1)->answers.items[0].answers, 2);
    assert_int_equal(cycle(1)->answers.items[0].time_ms, T0 + 100);
}

/* ---- without ---- */

static void failed_of_some_tables(void **state)
{
    (void)state;
    start(AT(0, 0, "a"), 1);
    wrote(AT(1, 100, "w"), 1, "db.t", 5);
    wrote(AT(2, 100, "w"), 1, "db.u", 7);
    answered(AT(3, 101, "w"), 1, 0, 1);
    to_table(AT(4, 200, "a"), 1, "db.t");
    check(1, "running");
    start(AT(5, 10000, "a"), 2);
    check(1, "failed");
    assert_non_null(strstr(cycle(1)->derived, "some tables"));
    assert_int_equal(cycle(1)->ntables, 1);
    assert_int_equal(cycle(1)->rows, 12);
    assert_int_equal(cycle(1)->tables.items[0].state, CONNECT_TABLE_COMMITTED);
    assert_int_equal(cycle(1)->tables.items[1].state, CONNECT_TABLE_WAITING);
    assert_int_equal(cycle(2)->interval_ms, 10000);
}

/* A handover: the next cycle is another coordinator's. */
static void superseded(void **state)
{
    (void)state;
    settings(8000, 1);
    start(AT(0, 0, "a"), 1);
    start(AT(1, 5000, "b"), 2);
    check(1, "running"); /* both may live */
    start(AT(2, 15000, "b"), 3);
    check(1, "superseded");
    check(2, "failed");
    check(3, "running");
    complete(AT(3, 15100, "b"), 3, T0);
    check(1, "superseded");
}

/* The coordinator that was thought to be gone goes on. */
static void superseded_and_back(void **state)
{
    (void)state;
    settings(8000, 1);
    start(AT(0, 0, "a"), 1);
    start(AT(1, 9000, "b"), 2);
    check(1, "superseded");
    start(AT(2, 10000, "a"), 3);
    check(1, "failed");
    check(2, "running");
}

/* With no timeout known, the time from one cycle to the next is long enough. */
static void superseded_by_interval(void **state)
{
    (void)state;
    start(AT(0, 0, "a"), 1);
    start(AT(1, 4000, "a"), 2);
    start(AT(2, 7000, "b"), 3);
    check(2, "running");
    start(AT(3, 11000, "b"), 4);
    check(2, "superseded");
}

static void no_end(void **state)
{
    (void)state;
    settings(8000, 1);
    start(AT(0, 0, "a"), 1);
    connect_cycles_time(c, T0 + 100000);
    check(1, "running"); /* its end may stand further on */
    connect_cycles_end(c, "control", 0, 1);
    connect_cycles_time(c, T0 + 17999);
    check(1, "running");
    uint64_t seq = connect_cycles_seq(c);
    connect_cycles_time(c, T0 + 18000);
    check(1, "end unknown");
    assert_true(connect_cycles_seq(c) > seq);
    seq = connect_cycles_seq(c);
    connect_cycles_time(c, T0 + 19000);
    assert_int_equal(connect_cycles_seq(c), seq);
    start(AT(1, 20000, "a"), 2);
    check(1, "failed");
}

static void beginning_was_not_read(void **state)
{
    (void)state;
    answered(AT(100, 0, "w"), 1, 0, 1);
    check(1, "end unknown");
    complete(AT(101, 10, "a"), 1, NO);
    check(1, "end unknown");
    answered(AT(102, 100, "w"), 2, 0, 1);
    complete(AT(103, 110, "a"), 2, T0);
    check(2, "empty");
    assert_int_equal(cycle(1)->started_ms, NO);
}

/* ---- places ---- */

/* What the coordinator had read is known of a snapshot: an answer that stands before the end, and that it had not read, is late. */
static void a_snapshot_tells_what_was_read(void **state)
{
    (void)state;
    const struct connect_cycles_offset floor = {0, 3};
    start(AT(0, 0, "a"), 1);
    wrote(AT(1, 100, "w"), 1, "db.t", 5);
    answered(AT(2, 101, "w"), 1, 0, 1);
    answered(AT(3, 102, "v"), 1, 1, 1);
    to_table(AT(4, 300, "a"), 1, "db.t");
    complete(AT(5, 310, "a"), 1, NO);
    assert_int_equal(cycle(1)->received, 2);
    connect_cycles_snapshot(c, &(struct connect_cycles_snapshot){.commit_id = id(1),
                                                                 .table = "db.t",
                                                                 .snapshot_id = 1001,
                                                                 .made_ms = T0 + 250,
                                                                 .valid_through_ms = NO,
                                                                 .task = "sink-0",
                                                                 .offsets = &floor,
                                                                 .noffsets = 1});
    assert_int_equal(cycle(1)->received, 1);
    assert_true(cycle(1)->answers.items[1].late);
    assert_string_equal(cycle(1)->coordinator->raw, "sink-0");
    assert_int_equal(cycle(1)->seen, CONNECT_SEEN_TOPIC | CONNECT_SEEN_TABLE);
    check(1, "full");
}

/* One record key is one coordinator: what is told of one of its cycles holds for all. */
static void a_coordinator_has_one_key(void **state)
{
    (void)state;
    start(AT(0, 0, "a"), 1);
    start(AT(1, 10000, "a"), 2);
    start(AT(2, 15000, "b"), 3);
    uint64_t seq = connect_cycles_seq(c);
    connect_cycles_snapshot(c, &(struct connect_cycles_snapshot){.commit_id = id(2),
                                                                 .table = "db.t",
                                                                 .snapshot_id = 1,
                                                                 .made_ms = T0,
                                                                 .valid_through_ms = NO,
                                                                 .task = "sink-1"});
    start(AT(3, 20000, "a"), 4);
    assert_string_equal(cycle(1)->coordinator->raw, "sink-1");
    assert_true(cycle(1)->seq > seq);
    assert_string_equal(cycle(4)->coordinator->raw, "sink-1");
    assert_null(cycle(3)->coordinator);
}

static void a_table_alone(void **state)
{
    (void)state;
    connect_cycles_snapshot(c, &(struct connect_cycles_snapshot){.commit_id = id(1),
                                                                 .group = "cg-control-old",
                                                                 .table = "db.t",
                                                                 .snapshot_id = 1001,
                                                                 .made_ms = T0,
                                                                 .valid_through_ms = T0 - 5});
    check(1, "committed (announcement lost)");
    assert_string_equal(cycle(1)->connector->raw, "old");
    assert_int_equal(cycle(1)->rows, NO);
    assert_int_equal(cycle(1)->received, NO);
    assert_int_equal(cycle(1)->valid_through_ms, T0 - 5);
    assert_int_equal(cycle(1)->tables.items[0].committed_ms, T0);
}

/* A control topic of several partitions: each sender keeps to one; between them only time tells. */
static void several_partitions(void **state)
{
    (void)state;
    answered((struct fact){1, 40, 100, "w"}, 1, 0, 1); /* this partition was read first */
    answered((struct fact){1, 41, 400, "v"}, 1, 1, 1);
    start((struct fact){0, 7, 0, "a"}, 1);
    complete((struct fact){0, 8, 200, "a"}, 1, NO);
    assert_int_equal(cycle(1)->received, 1);
    assert_false(cycle(1)->answers.items[0].late);
    assert_true(cycle(1)->answers.items[1].late);
    assert_int_equal(cycle(1)->latency_ms, 100);
}

/* A connection was lost, and records are read again. */
static void the_same_again(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        start(AT(0, 0, "a"), 1);
        wrote(AT(1, 100, "w"), 1, "db.t", 5);
        answered(AT(2, 101, "w"), 1, 0, 2);
        to_table(AT(3, 300, "a"), 1, "db.t");
        complete(AT(4, 310, "a"), 1, T0);
    }
    check(1, "full");
    assert_int_equal(cycle(1)->received, 2);
    assert_int_equal(cycle(1)->rows, 5);
    assert_int_equal(cycle(1)->files, 1);
    assert_int_equal(cycle(1)->ntables, 1);
    assert_int_equal(cycle(1)->answers.items[0].answers, 1);
}

static void two_groups_in_one_topic(void **state)
{
    (void)state;
    struct connect_event e = event(CONNECT_EVENT_START_COMMIT, 2);
    start(AT(0, 0, "a"), 1);
    e.group = text("my-group");
    give(AT(1, 20000, "b"), &e);
    start(AT(2, 30000, "a"), 3);
    check(1, "failed");
    check(2, "running");
    assert_string_equal(cycle(2)->connector->raw, "my-group");
    /* One group's id in the other's event is not believed. */
    e = event(CONNECT_EVENT_COMMIT_COMPLETE, 2);
    give(AT(3, 20100, "a"), &e);
    check(2, "running");
    assert_int_equal(connect_cycles_ignored(c), 1);
}

/* ---- lines ---- */

static struct connect_line line(enum connect_line_kind kind, int64_t at_ms)
{
    return (struct connect_line){.kind = kind,
                                 .time_ms = T0 + at_ms,
                                 .connector = text("sink"),
                                 .received = NO,
                                 .expected = NO,
                                 .tables = NO,
                                 .snapshot_id = NO,
                                 .valid_through_ms = NO,
                                 .number = NO};
}

static void say(enum connect_line_kind kind, int64_t at_ms, int commit)
{
    struct connect_line l = line(kind, at_ms);
    if (commit)
        memcpy(l.commit_id, id(commit), CONNECT_EVENT_ID);
    if (kind == CONNECT_LINE_NOT_READY) {
        l.received = 1;
        l.expected = 3;
    }
    l.text = text("Commit failed, will try again next cycle");
    l.cause = text(kind == CONNECT_LINE_FAILED ? "java.lang.IllegalStateException: closed" : NULL);
    connect_cycles_line(c, "a.log", &l);
}

/* The older sink names no id where it says that time is up, or that a commit failed. */
static void lines_without_ids(void **state)
{
    (void)state;
    say(CONNECT_LINE_NOT_READY, 0, 1);
    say(CONNECT_LINE_TIMEOUT, 30000, 0);
    say(CONNECT_LINE_FAILED, 30100, 0);
    check(1, "failed");
    assert_string_equal(cycle(1)->error, "java.lang.IllegalStateException: closed");
    assert_int_equal(cycle(1)->received, 1);
    assert_int_equal(cycle(1)->expected, 3);
    say(CONNECT_LINE_FAILED, 30200, 0); /* of nothing */
    say(CONNECT_LINE_NOT_READY, 60000, 2);
    say(CONNECT_LINE_TIMEOUT, 90000, 0);
    say(CONNECT_LINE_COMPLETE, 90100, 2);
    check(2, "partial");
    say(CONNECT_LINE_READY, 120000, 3);
    say(CONNECT_LINE_NO_TABLE, 120010, 0);
    say(CONNECT_LINE_COMPLETE, 120100, 3);
    check(3, "dropped");
    say(CONNECT_LINE_READY, 150000, 4);
    say(CONNECT_LINE_COORDINATOR_ERROR, 150100, 0);
    check(4, "failed");
}

/* What all of a full cycle were, its own line says, not who has partitions today; where that line is missing, nothing does. */
static void how_many_all_were(void **state)
{
    (void)state;
    connect_cycles_settings(
        c,
        &(struct connect_cycles_settings){
            .group = "connect-sink", .connector = "sink", .interval_ms = 60000, .timeout_ms = 30000, .partitions = 6});
    struct connect_line ready = line(CONNECT_LINE_READY, 100), table = line(CONNECT_LINE_TABLE, 200);
    memcpy(ready.commit_id, id(1), CONNECT_EVENT_ID);
    ready.received = 2;
    table.table = text("db.t");
    say(CONNECT_LINE_INITIATED, 0, 1);
    connect_cycles_line(c, "a.log", &ready);
    memcpy(table.commit_id, id(1), CONNECT_EVENT_ID);
    connect_cycles_line(c, "a.log", &table);
    say(CONNECT_LINE_COMPLETE, 300, 1);
    check(1, "full");
    assert_int_equal(cycle(1)->received, 2);
    assert_int_equal(cycle(1)->expected, 2);
    say(CONNECT_LINE_INITIATED, 60000, 2);
    memcpy(table.commit_id, id(2), CONNECT_EVENT_ID);
    connect_cycles_line(c, "a.log", &table);
    say(CONNECT_LINE_COMPLETE, 60300, 2);
    check(2, "full");
    assert_int_equal(cycle(2)->received, NO);
}

static void log_of_a_handover(void **state)
{
    (void)state;
    struct connect_line l = line(CONNECT_LINE_INITIATED, 40000);
    say(CONNECT_LINE_INITIATED, 0, 1);
    check(1, "running");
    memcpy(l.commit_id, id(2), CONNECT_EVENT_ID);
    l.task = 1;
    connect_cycles_line(c, "b.log", &l); /* on another worker */
    check(1, "superseded");
    check(2, "running");
    assert_string_equal(cycle(2)->coordinator->raw, "sink-1");
    assert_string_equal(cycle(1)->coordinator->raw, "sink-0");
}

/* The sink's settings hold for the cycles that begin after them. */
static void configured_by_log(void **state)
{
    (void)state;
    struct connect_line l = line(CONNECT_LINE_CONFIG, 0);
    l.interval_ms = 45000;
    l.timeout_ms = 20000;
    connect_cycles_line(c, "a.log", &l);
    say(CONNECT_LINE_INITIATED, 10, 1);
    l.timeout_ms = 60000;
    connect_cycles_line(c, "a.log", &l);
    say(CONNECT_LINE_INITIATED, 45000, 2);
    assert_int_equal(cycle(1)->timeout_ms, 20000);
    assert_int_equal(cycle(2)->timeout_ms, 60000);
    assert_string_equal(cycle(2)->group->raw, "connect-sink");
    start(AT(0, 0, "a"), 3);
    assert_int_equal(cycle(3)->timeout_ms, NO); /* nothing says yet that it is the same connector */
    start(AT(1, 45000, "a"), 2);
    assert_int_equal(cycle(3)->timeout_ms, 60000);
    assert_int_equal(cycle(2)->seen, CONNECT_SEEN_TOPIC | CONNECT_SEEN_LOG);
}

/* A log says at once what the topic shows with the next cycle only. */
static void a_log_knows_of_a_failure_first(void **state)
{
    (void)state;
    start(AT(0, 0, "a"), 1);
    answered(AT(1, 100, "w"), 1, 0, 1);
    say(CONNECT_LINE_INITIATED, 10, 1);
    say(CONNECT_LINE_READY, 110, 1);
    check(1, "running");
    say(CONNECT_LINE_FAILED, 500, 0);
    check(1, "failed");
    assert_int_equal(cycle(1)->ended_ms, T0 + 500);
}

/* ---- anything ---- */

static void count(void *arg, const char *commit_id)
{
    (void)commit_id;
    (*(int *)arg)++;
}

static const struct connect_cycle *seen_cycle;

static void look(void *arg, const struct connect_cycle *cycle)
{
    (void)arg;
    seen_cycle = cycle;
    assert_non_null(cycle->connector);
    assert_in_range(cycle->outcome, 0, CONNECT_OUTCOMES - 1);
    assert_true(cycle->derived[0]);
    for (size_t i = 1; i < cycle->answers.n; i++)
        assert_true(strcmp(cycle->answers.items[i - 1].topic->raw, cycle->answers.items[i].topic->raw) < 0 ||
                    cycle->answers.items[i - 1].partition < cycle->answers.items[i].partition);
}

static void any_event(unsigned *seed, int commit)
{
    static const char *const groups[] = {"connect-a", "connect-b", "", "c"}, *const keys[] = {"k", "l", "m", ""};
    struct connect_event_assignment list[4];
    struct connect_event_file files[2] = {{text("f"), false, INT64_MAX, -5}, {text("g"), true, 3, INT64_MAX}};
    struct connect_event e = event((enum connect_event_type)(rand_r(seed) % CONNECT_EVENT_TYPES), commit);
    for (int i = 0; i < 4; i++)
        list[i] = (struct connect_event_assignment){text(rand_r(seed) % 2 ? "t" : NULL), rand_r(seed) % 9 - 2, NO, NO};
    e.group = text(groups[rand_r(seed) % 4]);
    e.table = text(rand_r(seed) % 3 ? "db.t" : "u");
    e.catalog = text(rand_r(seed) % 2 ? "iceberg" : NULL);
    e.assignments = list;
    e.nassignments = (size_t)(rand_r(seed) % 5);
    e.files = files;
    e.nfiles = (size_t)(rand_r(seed) % 3);
    e.valid_through_ms = rand_r(seed) % 2 ? NO : INT64_MAX;
    give((struct fact){rand_r(seed) % 3, rand_r(seed) % 100000, rand_r(seed) % 100000, keys[rand_r(seed) % 4]}, &e);
}

static void any_line(unsigned *seed, int commit)
{
    static const char *const connectors[] = {"a", "b", "", "c"};
    struct connect_line l = line((enum connect_line_kind)(rand_r(seed) % CONNECT_LINE_KINDS), rand_r(seed) % 100000);
    l.connector = text(connectors[rand_r(seed) % 4]);
    l.task = rand_r(seed) % 3 - 1;
    l.received = rand_r(seed) % 2 ? NO : rand_r(seed) % 5;
    l.expected = rand_r(seed) % 2 ? NO : rand_r(seed) % 5;
    l.table = text(rand_r(seed) % 2 ? "db.t" : NULL);
    l.interval_ms = rand_r(seed) % 2 ? NO : INT64_MAX;
    l.timeout_ms = rand_r(seed) % 2 ? NO : INT64_MAX;
    if (rand_r(seed) % 3)
        memcpy(l.commit_id, id(commit), CONNECT_EVENT_ID);
    connect_cycles_line(c, rand_r(seed) % 2 ? "a.log" : "b.log", &l);
}

static void any_other(unsigned *seed, int commit)
{
    const struct connect_cycles_offset floor[] = {{0, rand_r(seed) % 100000}, {1, rand_r(seed) % 100000}};
    const struct connect_cycles_snapshot snapshot = {.commit_id = id(commit),
                                                     .group = rand_r(seed) % 2 ? "connect-a" : NULL,
                                                     .table = "db.t",
                                                     .snapshot_id = rand_r(seed),
                                                     .made_ms = rand_r(seed),
                                                     .valid_through_ms = NO,
                                                     .task = rand_r(seed) % 2 ? "a-0" : NULL,
                                                     .offsets = floor,
                                                     .noffsets = (size_t)(rand_r(seed) % 3)};
    const struct connect_cycles_settings settings = {
        rand_r(seed) % 2 ? "connect-a" : "c", rand_r(seed) % 2 ? "a" : NULL, rand_r(seed) % 2 ? NO : INT64_MAX,
        rand_r(seed) % 2 ? NO : INT64_MAX, rand_r(seed) % 2 ? NO : rand_r(seed) % 9};
    switch (rand_r(seed) % 50) {
    case 0:
        connect_cycles_time(c, T0 + rand_r(seed) % 1000000);
        break;
    case 1:
        connect_cycles_settings(c, &settings);
        break;
    case 2:
        connect_cycles_end(c, "control", rand_r(seed) % 3, rand_r(seed) % 100000);
        break;
    default:
        connect_cycles_snapshot(c, &snapshot);
    }
}

/* Senseless facts: ids come back after they were forgotten, places go backwards, numbers are as large as can be. */
static void anything(void **state)
{
    (void)state;
    unsigned seed = 42;
    uint64_t seq = 0;
    int gone = 0;
    for (int i = 0; i < 20000; i++) {
        int commit = rand_r(&seed) % 4 ? i + rand_r(&seed) % 8 : rand_r(&seed) % 20000;
        if (i % 3 == 0)
            any_line(&seed, commit);
        else if (i % 7 == 0)
            any_other(&seed, commit);
        else
            any_event(&seed, commit);
        if (i % 500)
            continue;
        connect_cycles_forgotten(c, count, &gone);
        connect_cycles_changed(c, seq, look, NULL);
        seq = connect_cycles_seq(c);
    }
    assert_non_null(seen_cycle);
    assert_true(gone > 0);
}

/* ---- limits ---- */

static void the_oldest_go(void **state)
{
    (void)state;
    int gone = 0;
    for (int i = 0; i < CONNECT_CYCLES_KEPT + 10; i++)
        start(AT(i, i * 1000, "a"), i);
    assert_null(connect_cycles_find(c, id(9)));
    assert_non_null(connect_cycles_find(c, id(10)));
    connect_cycles_forgotten(c, count, &gone);
    assert_int_equal(gone, 10);
    connect_cycles_forgotten(c, count, &gone);
    assert_int_equal(gone, 10);
    check(CONNECT_CYCLES_KEPT, "failed");
}

/* Many partitions in many cycles: all together weigh no more than there is room for. */
static void heavy_cycles(void **state)
{
    (void)state;
    enum { CYCLES = 100, PARTITIONS = CONNECT_CYCLES_PARTITIONS };
    int gone = 0;
    for (int i = 0; i < CYCLES; i++) {
        start(AT(i * 3, i * 10000, "a"), i);
        answered(AT(i * 3 + 1, i * 10000 + 100, "w"), i, 0, PARTITIONS);
        complete(AT(i * 3 + 2, i * 10000 + 200, "a"), i, T0);
    }
    connect_cycles_forgotten(c, count, &gone);
    assert_in_range(gone, CYCLES - CONNECT_CYCLES_WEIGHT / PARTITIONS - 1,
                    CYCLES - CONNECT_CYCLES_WEIGHT / PARTITIONS + 2);
    check(CYCLES - 1, "empty");
    answered(AT(1000, 2000000, "w"), CYCLES, 0, PARTITIONS + 5);
    assert_int_equal(cycle(CYCLES)->answers.n, PARTITIONS);
    assert_int_equal(connect_cycles_ignored(c), 1);
}

static void many_groups(void **state)
{
    (void)state;
    char group[32];
    for (int i = 0; i < CONNECT_CYCLES_GROUPS + 3; i++) {
        struct connect_event e = event(CONNECT_EVENT_START_COMMIT, i);
        snprintf(group, sizeof group, "connect-%d", i);
        e.group = text(group);
        give(AT(i, i, "a"), &e);
    }
    assert_int_equal(connect_cycles_ignored(c), 3);
    assert_null(connect_cycles_find(c, id(CONNECT_CYCLES_GROUPS)));
}

static void collect(void *arg, const struct connect_cycle *cycle)
{
    char *at = arg;
    snprintf(at + strlen(at), 100, "%.8s ", cycle->commit_id);
}

static void changes_since(void **state)
{
    (void)state;
    char ids[400] = "";
    connect_cycles_changed(c, 0, collect, ids);
    assert_string_equal(ids, "");
    start(AT(0, 0, "a"), 1);
    start(AT(1, 10, "b"), 2);
    uint64_t seq = connect_cycles_seq(c);
    connect_cycles_changed(c, seq, collect, ids);
    assert_string_equal(ids, "");
    answered(AT(2, 20, "w"), 1, 0, 1);
    ids[0] = '\0';
    connect_cycles_changed(c, seq, collect, ids);
    assert_non_null(strstr(ids, "00000001 "));
    ids[0] = '\0';
    connect_cycles_changed(c, 0, collect, ids);
    assert_int_equal(strlen(ids), 18);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(dropped),
        TEST(slow_catalog),
        TEST(more_than_expected),
        TEST(timeout_without_any_answer),
        TEST(timeout_that_is_not_known),
        TEST(answers_twice),
        TEST(failed_of_some_tables),
        TEST(superseded),
        TEST(superseded_and_back),
        TEST(superseded_by_interval),
        TEST(no_end),
        TEST(beginning_was_not_read),
        TEST(a_snapshot_tells_what_was_read),
        TEST(a_coordinator_has_one_key),
        TEST(a_table_alone),
        TEST(several_partitions),
        TEST(the_same_again),
        TEST(two_groups_in_one_topic),
        TEST(lines_without_ids),
        TEST(how_many_all_were),
        TEST(log_of_a_handover),
        TEST(configured_by_log),
        TEST(a_log_knows_of_a_failure_first),
        TEST(anything),
        TEST(the_oldest_go),
        TEST(heavy_cycles),
        TEST(many_groups),
        TEST(changes_since),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
