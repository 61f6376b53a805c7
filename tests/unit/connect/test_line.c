/* Log lines: the sentences of every version, layouts, settings, traces, real runs, bytes that are no log. */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "connect/line.h"
#include "connect/line_words.h"
#include "tests/unit/connect/log.h"

#define ID "9b8603cd-cd7f-44ed-92da-7b3b7fd46002"
#define X  CONNECT_EVENT_UNKNOWN

static struct error err;

static bool is(struct connect_event_text have, const char *want)
{
    if (!want)
        return !have.s;
    return have.s && have.len == strlen(want) && memcmp(have.s, want, have.len) == 0;
}

#define assert_text(have, want)                                                                                        \
    do {                                                                                                               \
        if (!is(have, want))                                                                                           \
            fail_msg("%s is \"%.*s\", not \"%s\"", #have, (int)(have).len, (have).s ? (have).s : "", want);            \
    } while (0)

static int64_t at(const char *iso)
{
    int64_t ms = 0;
    assert_int_equal(clock_parse_iso(iso, &ms), 0);
    return ms;
}

static struct connect_line must_read(const char *entry)
{
    struct connect_line line;
    if (connect_line_read(entry, strlen(entry), 0, &line, &err))
        fail_msg("%s: %s", entry, err.text);
    return line;
}

/* A sentence in the layout that Connect comes with. */
static struct connect_line sentence(char **entry, const char *context, const char *text)
{
    *entry = mem_printf("[2026-11-21 05:44:36,933] INFO %s%s (org.apache.iceberg.connect.channel.Coordinator:105)\n",
                        context, text);
    return must_read(*entry);
}

/* What the sink prints, version by version. */
static const struct said {
    const char *text;
    enum connect_line_kind kind;
    const char *commit_id;
    const char *connector; /* told by the words alone */
    int64_t task, received, expected, tables, snapshot_id;
    const char *table, *valid_through;
} said[] = {
    /* 1.6 to 1.10 */
    {"Task elected leader, starting commit coordinator", CONNECT_LINE_LEADER, "", NULL, X, X, X, X, X, NULL, NULL},
    {"Committer received leader partition. Starting Coordinator.", CONNECT_LINE_COORDINATOR, "", NULL, X, X, X, X, X,
     NULL, NULL},
    {"Committer lost leader partition. Stopping Coordinator.", CONNECT_LINE_LOST_LEADER, "", NULL, X, X, X, X, X, NULL,
     NULL},
    {"Committer orders-sink-1 lost leader partition. Stopping Coordinator.", CONNECT_LINE_LOST_LEADER, "",
     "orders-sink", 1, X, X, X, X, NULL, NULL},
    {"Starting commit worker", CONNECT_LINE_WORKER, "", NULL, X, X, X, X, X, NULL, NULL},
    {"Stopping worker orders-sink-1.", CONNECT_LINE_OTHER, "", "orders-sink", 1, X, X, X, X, NULL, NULL},
    {"Seeking to last committed offsets for worker orders-sink-1.", CONNECT_LINE_OTHER, "", "orders-sink", 1, X, X, X,
     X, NULL, NULL},
    {"Unexpected close() call without resource initialization", CONNECT_LINE_OTHER, "", NULL, X, X, X, X, X, NULL,
     NULL},
    {"Commit " ID " initiated", CONNECT_LINE_INITIATED, ID, NULL, X, X, X, X, X, NULL, NULL},
    {"Nothing to commit to table db.orders, skipping", CONNECT_LINE_NOTHING, "", NULL, X, X, X, X, X, "db.orders",
     NULL},
    {"Commit complete to table db.orders, snapshot 816101170123713125, commit ID " ID
     ", valid-through 2026-11-21T05:43:53.244Z",
     CONNECT_LINE_TABLE, ID, NULL, X, X, X, X, INT64_C(816101170123713125), "db.orders", "2026-11-21T05:43:53.244Z"},
    {"Commit complete to table a.b.c, snapshot 1, commit ID " ID ", valid-through null", CONNECT_LINE_TABLE, ID, NULL,
     X, X, X, X, 1, "a.b.c", NULL},
    {"Commit " ID " complete, committed to 12 table(s), valid-through 2026-11-21T05:43Z", CONNECT_LINE_COMPLETE, ID,
     NULL, X, X, X, 12, X, NULL, "2026-11-21T05:43:00Z"},
    {"Commit " ID " complete, committed to 0 table(s), valid-through null", CONNECT_LINE_COMPLETE, ID, NULL, X, X, X, 0,
     X, NULL, NULL},
    {"Commit failed, will try again next cycle", CONNECT_LINE_FAILED, "", NULL, X, X, X, X, X, NULL, NULL},
    {"Table not found, skipping commit: db.orders", CONNECT_LINE_NO_TABLE, "", NULL, X, X, X, X, X, "db.orders", NULL},
    {"Commit " ID " ready, received responses for all 2 partitions", CONNECT_LINE_READY, ID, NULL, X, 2, X, X, X, NULL,
     NULL},
    {"Commit " ID " not ready, received responses for 1 of 2 partitions, waiting for more", CONNECT_LINE_NOT_READY, ID,
     NULL, X, 1, 2, X, X, NULL, NULL},
    {"Commit timeout reached. Commit ID: " ID, CONNECT_LINE_TIMEOUT, ID, NULL, X, X, X, X, X, NULL, NULL},
    {"Received commit response when no commit in progress, this can happen during recovery. Commit ID: " ID,
     CONNECT_LINE_UNEXPECTED, ID, NULL, X, X, X, X, X, NULL, NULL},
    {"Received commit ready when no commit in progress, this can happen during recovery. Commit ID: " ID,
     CONNECT_LINE_UNEXPECTED, ID, NULL, X, X, X, X, X, NULL, NULL},
    {"Sending event of type: START_COMMIT", CONNECT_LINE_OTHER, "", NULL, X, X, X, X, X, NULL, NULL},
    {"Handled event of type: DATA_COMPLETE", CONNECT_LINE_OTHER, "", NULL, X, X, X, X, X, NULL, NULL},
    {"Channel stopping", CONNECT_LINE_OTHER, "", NULL, X, X, X, X, X, NULL, NULL},
    {"Error aborting producer transaction", CONNECT_LINE_OTHER, "", NULL, X, X, X, X, X, NULL, NULL},
    {"Coordinator error during start, exiting thread", CONNECT_LINE_COORDINATOR_ERROR, "", NULL, X, X, X, X, X, NULL,
     NULL},
    {"Coordinator error during process, exiting thread", CONNECT_LINE_COORDINATOR_ERROR, "", NULL, X, X, X, X, X, NULL,
     NULL},
    {"Coordinator error during stop, ignoring", CONNECT_LINE_OTHER, "", NULL, X, X, X, X, X, NULL, NULL},
    {"Rebalance may have occurred, partition orders-0 lost before seeking", CONNECT_LINE_OTHER, "", NULL, X, X, X, X, X,
     NULL, NULL},

    /* 1.11 */
    {"Task orders-sink-0 elected leader, starting commit coordinator", CONNECT_LINE_LEADER, "", "orders-sink", 0, X, X,
     X, X, NULL, NULL},
    {"Committer orders-sink-0 received leader partition. Starting Coordinator.", CONNECT_LINE_COORDINATOR, "",
     "orders-sink", 0, X, X, X, X, NULL, NULL},
    {"Committer orders-sink-0 contains the first partition orders-0, this task is the leader", CONNECT_LINE_OTHER, "",
     "orders-sink", 0, X, X, X, X, NULL, NULL},
    {"Committer orders-sink-0 found no partitions assigned across all members, cannot determine leader",
     CONNECT_LINE_OTHER, "", "orders-sink", 0, X, X, X, X, NULL, NULL},
    {"Committer orders-sink-0 lost leader partition. Stopping coordinator.", CONNECT_LINE_LOST_LEADER, "",
     "orders-sink", 0, X, X, X, X, NULL, NULL},
    {"Committer orders-sink-0 stopped. Closing coordinator.", CONNECT_LINE_LOST_LEADER, "", "orders-sink", 0, X, X, X,
     X, NULL, NULL},
    {"Starting commit worker orders-sink-12", CONNECT_LINE_WORKER, "", "orders-sink", 12, X, X, X, X, NULL, NULL},
    {"Close unexpectedly called on committer orders-sink-0 without partition assignment", CONNECT_LINE_OTHER, "",
     "orders-sink", 0, X, X, X, X, NULL, NULL},
    {"Coordinator orders-sink-0 initiated commit " ID, CONNECT_LINE_INITIATED, ID, "orders-sink", 0, X, X, X, X, NULL,
     NULL},
    {"Coordinator orders-sink-0 found nothing to commit to table db.orders, skipping", CONNECT_LINE_NOTHING, "",
     "orders-sink", 0, X, X, X, X, "db.orders", NULL},
    {"Coordinator orders-sink-0 completed commit to table db.orders, snapshot 561866786600615268, commit ID " ID
     ", valid-through 2026-11-21T06:13:36.172Z",
     CONNECT_LINE_TABLE, ID, "orders-sink", 0, X, X, X, INT64_C(561866786600615268), "db.orders",
     "2026-11-21T06:13:36.172Z"},
    {"Coordinator orders-sink-0 completed commit " ID ", committed to 1 table(s), valid-through null",
     CONNECT_LINE_COMPLETE, ID, "orders-sink", 0, X, X, 1, X, NULL, NULL},
    {"Coordinator orders-sink-0 failed to commit for commit " ID ", will try again next cycle", CONNECT_LINE_FAILED, ID,
     "orders-sink", 0, X, X, X, X, NULL, NULL},
    {"Skipping commits to table db.orders due to target table mismatch.  Expected: 1 Received: 2",
     CONNECT_LINE_OTHER_TABLE, "", NULL, X, X, X, X, X, "db.orders", NULL},

    /* later */
    {"Partial commit " ID " failed for task orders-sink-0, will retry", CONNECT_LINE_FAILED, ID, "orders-sink", 0, X, X,
     X, X, NULL, NULL},
    {"Commit " ID " failed for task orders-sink-0 (1 consecutive failures, will retry)", CONNECT_LINE_FAILED, ID,
     "orders-sink", 0, X, X, X, X, NULL, NULL},
    {"Commit " ID " failed for task orders-sink-0 (2 consecutive failures, terminating)", CONNECT_LINE_FAILED, ID,
     "orders-sink", 0, X, X, X, X, NULL, NULL},

    /* Tabular */
    {"Commit " ID " complete, committed to 1 table(s), vtts 2026-11-21T05:43:53.244Z", CONNECT_LINE_COMPLETE, ID, NULL,
     X, X, X, 1, X, NULL, "2026-11-21T05:43:53.244Z"},
    {"Commit " ID " complete, committed to 1 table(s), vtts 1795239833244", CONNECT_LINE_COMPLETE, ID, NULL, X, X, X, 1,
     X, NULL, "2026-11-21T05:43:53.244Z"},
    {"Commit complete to table db.orders, snapshot 7, commit ID " ID ", vtts null", CONNECT_LINE_TABLE, ID, NULL, X, X,
     X, X, 7, "db.orders", NULL},
    {"Commit timeout reached", CONNECT_LINE_TIMEOUT, "", NULL, X, X, X, X, X, NULL, NULL},
    {"Commit timeout reached. Now: 1795239833244, start: 1795239803244, timeout: 30000", CONNECT_LINE_TIMEOUT, "", NULL,
     X, X, X, X, X, NULL, NULL},
    {"Received commit response when no commit in progress, this can happen during recovery", CONNECT_LINE_UNEXPECTED,
     "", NULL, X, X, X, X, X, NULL, NULL},
    {"Received commit ready when no commit in progress, this can happen during recovery", CONNECT_LINE_UNEXPECTED, "",
     NULL, X, X, X, X, X, NULL, NULL},
    {"Received commit response with commit-id=" ID " when no commit in progress, this can happen during recovery",
     CONNECT_LINE_UNEXPECTED, ID, NULL, X, X, X, X, X, NULL, NULL},
    {"Received commit ready for commit-id=" ID " when no commit in progress, this can happen during recovery",
     CONNECT_LINE_UNEXPECTED, ID, NULL, X, X, X, X, X, NULL, NULL},
    {"Received data written with commit-id=" ID " when no commit in progress, this can happen during recovery",
     CONNECT_LINE_UNEXPECTED, ID, NULL, X, X, X, X, X, NULL, NULL},
    {"Received data complete for commit-id=" ID " when no commit in progress, this can happen during recovery",
     CONNECT_LINE_UNEXPECTED, ID, NULL, X, X, X, X, X, NULL, NULL},
    {"Started new commit with commit-id=" ID, CONNECT_LINE_INITIATED, ID, NULL, X, X, X, X, X, NULL, NULL},
    {"Sent workers commit trigger with commit-id=" ID, CONNECT_LINE_OTHER, ID, NULL, X, X, X, X, X, NULL, NULL},
    {"Processing commit after responses for " ID ", isPartialCommit true", CONNECT_LINE_OTHER, ID, NULL, X, X, X, X, X,
     NULL, NULL},

    /* Connect's own */
    {"WorkerSinkTask{id=orders-sink-3} Task threw an uncaught and unrecoverable exception. Task is being killed and "
     "will not recover until manually restarted. Error: Coordinator unexpectedly terminated",
     CONNECT_LINE_TASK_FAILED, "", "orders-sink", 3, X, X, X, X, NULL, NULL},
    {"WorkerSinkTask{id=orders-sink-3} Task is being killed and will not recover until manually restarted",
     CONNECT_LINE_TASK_FAILED, "", "orders-sink", 3, X, X, X, X, NULL, NULL},
    {"[Consumer clientId=be6787a8-12fa-44b3-aca8-72f1559be334, groupId=cg-control-77c3c3a2-49e3-4512-86af-a10e58d36b33] "
     "JoinGroup failed: The coordinator is not aware of this member. Need to re-join the group.",
     CONNECT_LINE_JOIN_FAILED, "", NULL, X, X, X, X, X, NULL, NULL},

    /* nearly */
    {"Commit " ID " initiated by hand", CONNECT_LINE_OTHER, "", NULL, X, X, X, X, X, NULL, NULL},
    {"Commit 9b8603cd-cd7f-44ed-92da initiated", CONNECT_LINE_OTHER, "", NULL, X, X, X, X, X, NULL, NULL},
    {"Commit " ID " ready, received responses for all many partitions", CONNECT_LINE_OTHER, "", NULL, X, X, X, X, X,
     NULL, NULL},
    {"Commit " ID " ready, received responses for all 9223372036854775808 partitions", CONNECT_LINE_OTHER, "", NULL, X,
     X, X, X, X, NULL, NULL},
    {"Commit", CONNECT_LINE_OTHER, "", NULL, X, X, X, X, X, NULL, NULL},
};

static void test_sentences(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        const struct said *s = &said[i];
        char *entry;
        struct connect_line line = sentence(&entry, "", s->text);
        if (line.kind != s->kind)
            fail_msg("%s: %s", s->text, connect_line_kind_name(line.kind));
        assert_text(line.text, s->text);
        assert_string_equal(line.commit_id, s->commit_id);
        assert_text(line.connector, s->connector);
        assert_int_equal(line.task, s->task);
        assert_int_equal(line.received, s->received);
        assert_int_equal(line.expected, s->expected);
        assert_int_equal(line.tables, s->tables);
        assert_int_equal(line.snapshot_id, s->snapshot_id);
        assert_text(line.table, s->table);
        assert_int_equal(line.valid_through_ms, s->valid_through ? at(s->valid_through) : X);
        assert_text(line.level, "INFO");
        assert_text(line.logger, "org.apache.iceberg.connect.channel.Coordinator");
        assert_int_equal(line.time_ms, at("2026-11-21T05:44:36.933Z"));
        free(entry);
    }
}

/* Each sentence of the table is among those above. */
static void test_all_sentences(void **state)
{
    (void)state;
    enum connect_line_kind kind;
    const char *words;
    bool seen[100] = {0};
    size_t n = 0;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        for (n = 0; (words = connect_line_words_at(n, &kind)); n++) {
            struct str glob = {0};
            for (const char *p = words; *p; p++)
                if (strncmp(p, "{}", 2) == 0) {
                    str_char(&glob, '*');
                    p++;
                } else {
                    if (*p == '[')
                        str_char(&glob, '\\');
                    str_char(&glob, *p);
                }
            seen[n] |= text_glob(str_text(&glob), said[i].text) && kind == said[i].kind;
            str_done(&glob);
        }
    assert_true(n > 40 && n < 100);
    for (size_t i = 0; i < n; i++)
        if (!seen[i])
            fail_msg("not tested: %s", connect_line_words_at(i, &kind));
}

/* The context tells more than the words; loggers of others say nothing of the sink. */
static void test_context(void **state)
{
    (void)state;
    char *entry;
    struct connect_line line = sentence(&entry, "[my-sink-2|task-17] ", "Coordinator other-3 initiated commit " ID);
    assert_text(line.connector, "my-sink-2");
    assert_int_equal(line.task, 17);
    assert_int_equal(line.kind, CONNECT_LINE_INITIATED);
    free(entry);
    line = sentence(&entry, "[orders-sink|task-0|offsets] ", "Commit " ID " initiated");
    assert_text(line.connector, "orders-sink");
    assert_int_equal(line.task, 0);
    assert_text(line.text, "Commit " ID " initiated");
    free(entry);
    line = sentence(&entry, "[orders-sink|worker] ", "Starting commit worker");
    assert_text(line.connector, "orders-sink");
    assert_int_equal(line.task, X);
    assert_int_equal(line.kind, CONNECT_LINE_WORKER);
    free(entry);
    line = sentence(&entry, "[orders|sink] ", "Starting commit worker"); /* no context, and not taken for one */
    assert_text(line.connector, NULL);
    assert_text(line.text, "[orders|sink] Starting commit worker");
    free(entry);
    line = must_read("[2026-11-21 05:44:36,933] INFO Commit " ID " initiated (org.example.Other:1)");
    assert_int_equal(line.kind, CONNECT_LINE_OTHER);
    assert_string_equal(line.commit_id, "");
    line = must_read("[2026-11-21 05:44:36,933] INFO Commit " ID " initiated (io.tabular.iceberg.connect.Coordinator)");
    assert_int_equal(line.kind, CONNECT_LINE_INITIATED);
    line = must_read("[2026-11-21 05:44:36,933] ERROR [s|task-1] WorkerSinkTask{id=s-1} Task is being killed and will "
                     "not recover until manually restarted (org.apache.kafka.connect.runtime.WorkerTask:234)");
    assert_int_equal(line.kind, CONNECT_LINE_TASK_FAILED);
}

/* One sentence, as it stands in layouts; its time is 05:44:36.933 of that day in UTC, but where another is named. */
static const struct layout {
    const char *line;
    const char *time, *connector, *logger;
} layouts[] = {
#define SAID "Commit " ID " initiated"
#define FULL "org.apache.iceberg.connect.channel.Coordinator"
#define TIME "2026-11-21T05:44:36.933Z"
    {"[2026-11-21 05:44:36,933] INFO [orders-sink|task-0] " SAID " (" FULL ":105)", TIME, "orders-sink", FULL},
    {"[2026-11-21 05:44:36,933] INFO [orders-sink|task-0] " SAID " (" FULL ":105)\r", TIME, "orders-sink", FULL},
    {"[2026-11-21 05:44:36,933] INFO " SAID, TIME, NULL, NULL},
    {"2026-11-21 05:44:36,933 INFO [orders-sink|task-0] " SAID " (" FULL ") [iceberg-coord]", TIME, "orders-sink",
     FULL},
    {"2026-11-21 05:44:36,933 INFO " SAID " (" FULL ") [task-thread-orders-sink-0]", TIME, "orders-sink", FULL},
    {"2026-11-21 05:44:36.933  INFO  [orders-sink|task-0] " SAID, TIME, "orders-sink", NULL},
    {"2026-11-21 05:44:36,933 INFO  Coordinator:105 - " SAID, TIME, NULL, "Coordinator"},
    {"2026-11-21 05:44:36.933 [task-thread-orders-sink-0] INFO  o.a.i.c.channel.Coordinator - " SAID, TIME,
     "orders-sink", "o.a.i.c.channel.Coordinator"},
    {"2026-11-21 05:44:36.933 [pool 3 thread 1] INFO  o.a.i.c.channel.Coordinator - " SAID, TIME, NULL,
     "o.a.i.c.channel.Coordinator"},
    {"2026-11-21 05:44:36.933 INFO [iceberg-coord] " FULL " - " SAID, TIME, NULL, FULL},
    {"2026-11-21 05:44:36.933 INFO [iceberg-coord] " SAID, TIME, NULL, NULL},
    {"2026-11-21 05:44:36.933 INFO " FULL " : " SAID, TIME, NULL, FULL},
    {"INFO [2026-11-21 05:44:36,933] [orders-sink|task-0] " SAID " (" FULL ")", TIME, "orders-sink", FULL},
    {"INFO  2026-11-21T05:44:36.933Z [orders-sink|task-0] " SAID, TIME, "orders-sink", NULL},
    {"[INFO] 2026-11-21 05:44:36,933 [orders-sink|task-0] " SAID, TIME, "orders-sink", NULL},
    {"[2026-11-21 05:44:36,933] [INFO ] [orders-sink|task-0] " SAID, TIME, "orders-sink", NULL},
    {"2026-11-21T05:44:36.933Z INFO [orders-sink|task-0] " SAID, TIME, "orders-sink", NULL},
    {"2026-11-21T07:44:36.933+02:00 INFO [orders-sink|task-0] " SAID, TIME, "orders-sink", NULL},
    {"2026-11-21T00:14:36,933-0530 INFO [orders-sink|task-0] " SAID, TIME, "orders-sink", NULL},
    {"[2026-11-21 06:44:36,933 +0100] INFO [orders-sink|task-0] " SAID, TIME, "orders-sink", NULL},
    {"[2026-11-21 05:44:36,933 UTC] INFO [orders-sink|task-0] " SAID, TIME, "orders-sink", NULL},
    {"2026-11-21T05:44:36.933123456Z INFO " SAID, TIME, NULL, NULL},
    {"2026/11/21 05:44:36 INFO " SAID, "2026-11-21T05:44:36Z", NULL, NULL},
    {"1795239876933 INFO [orders-sink|task-0] " SAID, TIME, "orders-sink", NULL},
    {"[2026-11-21 05:44:36,933] \033[32mINFO\033[m [orders-sink|task-0] " SAID, TIME, "orders-sink", NULL},
    /* and carried */
    {"Nov 21 06:44:37 worker-1 connect[12]: [2026-11-21 05:44:36,933] INFO [orders-sink|task-0] " SAID, TIME,
     "orders-sink", NULL},
    {"Nov  1 06:44:37 worker-1 connect-distributed: [2026-11-21 05:44:36,933] INFO " SAID, TIME, NULL, NULL},
    {"2026-11-21T05:44:37+0000 worker-1 connect[12]: [2026-11-21 05:44:36,933] INFO " SAID, TIME, NULL, NULL},
    {"2026-11-21T05:44:37.000000001Z stdout F [2026-11-21 05:44:36,933] INFO [orders-sink|task-0] " SAID, TIME,
     "orders-sink", NULL},
    {"2026-11-21T05:44:36.933000001Z stderr F INFO [orders-sink|task-0] " SAID, TIME, "orders-sink", NULL},
    {"2026-11-21T05:44:37.000000001Z [2026-11-21 05:44:36,933] INFO " SAID, TIME, NULL, NULL},
    {"2026-11-21T05:44:37.000000001Z 2026-11-21 05:44:36,933 INFO " SAID, TIME, NULL, NULL},
    {"[pod/connect-0/connect] [2026-11-21 05:44:36,933] INFO [orders-sink|task-0] " SAID, TIME, "orders-sink", NULL},
    {"[pod/connect-0/connect] 2026-11-21T05:44:37.000000001Z [2026-11-21 05:44:36,933] INFO " SAID, TIME, NULL, NULL},
    {"connect-1  | [2026-11-21 05:44:36,933] INFO [orders-sink|task-0] " SAID, TIME, "orders-sink", NULL},
};

static void test_layouts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        const struct layout *l = &layouts[i];
        if (!connect_line_begins(l->line, strlen(l->line)))
            fail_msg("no beginning: %s", l->line);
        struct connect_line line = must_read(l->line);
        if (line.kind != CONNECT_LINE_INITIATED || line.time_ms != at(l->time) || !is(line.connector, l->connector) ||
            !is(line.logger, l->logger) || !is(line.level, "INFO"))
            fail_msg("%s: %s, %lld, \"%.*s\", \"%.*s\", \"%.*s\", %.*s", l->line, connect_line_kind_name(line.kind),
                     (long long)line.time_ms, (int)line.connector.len, line.connector.s ? line.connector.s : "",
                     (int)line.logger.len, line.logger.s ? line.logger.s : "", (int)line.text.len, line.text.s,
                     (int)line.level.len, line.level.s ? line.level.s : "");
    }
}

static void test_zone(void **state)
{
    (void)state;
    struct connect_line line;
    const char *local = "[2026-11-21 05:44:36,933] INFO a", *named = "2026-11-21T05:44:36.933Z INFO a";
    assert_int_equal(connect_line_read(local, strlen(local), 3600, &line, &err), 0);
    assert_int_equal(line.time_ms, at("2026-11-21T04:44:36.933Z"));
    assert_int_equal(connect_line_read(named, strlen(named), 3600, &line, &err), 0);
    assert_int_equal(line.time_ms, at("2026-11-21T05:44:36.933Z"));
}

/* Lines of traces, settings and other programs belong to what is before them. */
static void test_no_beginnings(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "\tat org.apache.iceberg.Tasks.run(Tasks.java:1)",
        "Caused by: java.lang.IllegalStateException: Cannot get a client from a closed pool",
        "org.apache.iceberg.jdbc.UncheckedSQLException: Unknown failure",
        "\ticeberg.control.commit.interval-ms = 10000",
        " (org.apache.iceberg.connect.IcebergSinkConfig:371)",
        "\t... 7 more",
        "2026-11-21 is a day",
        "2026-11-21 05:44:36 said someone",
        "INFO said someone",
        "[orders-sink|task-0] without a time",
        "[2026-13-21 05:44:36,933] INFO of no month",
        "[2026-11-21 25:44:36,933] INFO of no hour",
        "[2026-11-21 05:44:36,933",
        "1795239876933",
        "17952398769331 INFO too long",
        "INFORMATION 2026-11-21 05:44:36,933",
        "{",
        "{}",
        "Nov 21 06:44:37 worker-1 connect[12]: \tat org.apache.iceberg.Tasks.run(Tasks.java:1)",
        "2026-11-21T05:44:37.000000001Z stdout F \tat org.apache.iceberg.Tasks.run(Tasks.java:1)",
        "2026-11-21T05:44:37.000000001Z \tat org.apache.iceberg.Tasks.run(Tasks.java:1)",
        "{\"log\":\"\\tat org.apache.iceberg.Tasks.run(Tasks.java:1)\\n\",\"stream\":\"stdout\"}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct connect_line line;
        if (connect_line_begins(lines[i], strlen(lines[i])))
            fail_msg("a beginning: %s", lines[i]);
        assert_int_equal(connect_line_read(lines[i], strlen(lines[i]), 0, &line, &err), ERR_INVALID);
    }
    const char *carried = "2026-11-21T05:44:37.000000001Z stdout F \tat a";
    assert_int_equal(connect_line_prefix(carried, strlen(carried)), strlen(carried) - 5);
    carried = "2026-11-21T05:44:37.000000001Z \tat a";
    assert_int_equal(connect_line_prefix(carried, strlen(carried)), strlen(carried) - 5);
    carried = "connect-1  | \tat a";
    assert_int_equal(connect_line_prefix(carried, strlen(carried)), strlen(carried) - 5);
    assert_int_equal(connect_line_prefix("\tat a", 5), 0);
}

static void test_traces(void **state)
{
    (void)state;
    struct connect_line line =
        must_read("[2026-11-21 05:44:36,933] WARN [orders-sink|task-0] Commit failed, will try again next cycle (org."
                  "apache.iceberg.connect.channel.Coordinator:154)\n"
                  "org.apache.iceberg.jdbc.UncheckedSQLException: Unknown failure\n"
                  "\tat org.apache.iceberg.jdbc.JdbcTableOperations.doCommit(JdbcTableOperations.java:139)\n"
                  "\tSuppressed: java.lang.Exception: beside\n"
                  "\tCaused by: of a suppressed one\n"
                  "Caused by: java.sql.SQLException: first\r\n"
                  "\tat a.b(C.java:1)\n"
                  "Caused by: org.sqlite.SQLiteException: [SQLITE_BUSY] locked\n"
                  "\t... 12 more\n");
    assert_int_equal(line.kind, CONNECT_LINE_FAILED);
    assert_text(line.level, "WARN");
    assert_text(line.cause, "org.sqlite.SQLiteException: [SQLITE_BUSY] locked");
    assert_memory_equal(line.trace.s, "org.apache.iceberg.jdbc.", 24);
    line = must_read("[2026-11-21 05:44:36,933] ERROR broken (a.B:1)\njava.lang.Exception: alone\n\tat c\n");
    assert_text(line.cause, "java.lang.Exception: alone");
    line = must_read("[2026-11-21 05:44:36,933] ERROR broken (a.B:1)\n");
    assert_text(line.cause, NULL);
    assert_text(line.trace, "");
}

static void test_settings(void **state)
{
    (void)state;
    struct connect_line line =
        must_read("[2026-11-21 06:13:14,094] INFO [orders-sink|task-0] IcebergSinkConfig values: \n"
                  "\ticeberg.catalog = iceberg\n"
                  "\ticeberg.connect.group-id = null\n"
                  "\ticeberg.control.commit.interval-ms = 10000\n"
                  "\ticeberg.control.commit.timeout-ms = 8000\n"
                  "\ticeberg.control.topic = control-iceberg\n"
                  "\ticeberg.tables = [db.orders]\n"
                  " (org.apache.iceberg.connect.IcebergSinkConfig:371)\n");
    assert_int_equal(line.kind, CONNECT_LINE_CONFIG);
    assert_int_equal(line.interval_ms, 10000);
    assert_int_equal(line.timeout_ms, 8000);
    assert_text(line.control_topic, "control-iceberg");
    assert_text(line.group, "");
    assert_text(line.connector, "orders-sink");
    assert_text(line.logger, "org.apache.iceberg.connect.IcebergSinkConfig");
    assert_text(line.cause, NULL);
    line = must_read("[2026-11-21 06:13:14,094] INFO IcebergSinkConfig values:\n\ticeberg.connect.group-id = mine\n"
                     "\ticeberg.control.commit.interval-ms = soon\n");
    assert_text(line.group, "mine");
    assert_int_equal(line.interval_ms, X);
    assert_text(line.control_topic, NULL);
    line = must_read("[2026-11-21 06:13:14,094] INFO DistributedConfig values: \n\tgroup.id = kc\n"
                     "\toffset.flush.interval.ms = 60000\n\toffset.flush.timeout.ms = 5000\n"
                     " (org.apache.kafka.connect.runtime.distributed.DistributedConfig:371)\n");
    assert_int_equal(line.kind, CONNECT_LINE_FLUSH);
    assert_int_equal(line.number, 60000);
    line = must_read("2026-11-21 06:13:14,094 INFO [a|task-3] IcebergSinkConfig values: \n"
                     "\ticeberg.control.commit.timeout-ms = 8000\n"
                     " (org.apache.iceberg.connect.IcebergSinkConfig) [task-thread-a-3]");
    assert_text(line.logger, "org.apache.iceberg.connect.IcebergSinkConfig");
    assert_int_equal(line.timeout_ms, 8000);
    assert_text(line.trace, "\ticeberg.control.commit.timeout-ms = 8000");
    line = must_read(
        "2026-11-21 06:13:14.094 [main] INFO  o.a.i.c.IcebergSinkConfig - [a|task-3] IcebergSinkConfig values: \n"
        "\ticeberg.control.commit.timeout-ms = 8000\n");
    assert_int_equal(line.kind, CONNECT_LINE_CONFIG);
    assert_text(line.connector, "a");
    assert_int_equal(line.task, 3);
    line = must_read("[2026-11-21 06:13:14,094] INFO ConsumerConfig values: \n\tgroup.id = kc\n");
    assert_int_equal(line.kind, CONNECT_LINE_OTHER);
}

static struct connect_line must_read_held(const char *entry, struct str *held)
{
    struct connect_line line;
    if (!connect_line_begins(entry, strlen(entry)) ||
        connect_line_read_held(entry, strlen(entry), 0, held, &line, &err))
        fail_msg("%s: %s", entry, err.text);
    return line;
}

static void test_json(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "{\"@timestamp\":\"2026-11-21T05:44:36.933Z\",\"@version\":\"1\",\"message\":\"" SAID
        "\",\"logger_name\":\"" FULL
        "\",\"thread_name\":\"iceberg-coord\",\"level\":\"INFO\",\"connector.context\":\"[orders-sink|task-0] \"}",
        "{\"timestamp\":1795239876933,\"level\":\"INFO\",\"logger\":\"" FULL "\",\"message\":\"" SAID
        "\",\"mdc\":{\"connector.context\":\"[orders-sink|task-0] \"}}",
        "{\"@timestamp\":\"2026-11-21T06:44:36.933+01:00\",\"level\":\"INFO\",\"logger_name\":\"" FULL
        "\",\"message\":\"" SAID "\",\"mdc.connector.context\":\"[orders-sink|task-0]\"}",
        "{\"instant\":{\"epochSecond\":1795239876,\"nanoOfSecond\":933000000},\"thread\":\"task-thread-orders-sink-0\","
        "\"level\":\"INFO\",\"loggerName\":\"" FULL "\",\"message\":\"" SAID "\"}",
        "{\"@timestamp\":\"2026-11-21T05:44:36.933Z\",\"log\":{\"level\":\"INFO\",\"logger\":\"" FULL
        "\"},\"message\":\"" SAID "\",\"process\":{\"thread\":{\"name\":\"task-thread-orders-sink-0\"}}}",
        "{\"@timestamp\":\"2026-11-21T05:44:36.933Z\",\"log.level\":\"INFO\",\"log.logger\":\"" FULL
        "\",\"message\":\"" SAID "\",\"labels\":{\"connector.context\":\"[orders-sink|task-0] \"}}",
        "{\"log\":\"[2026-11-21 05:44:36,933] INFO [orders-sink|task-0] " SAID " (" FULL
        ":105)\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-21T05:44:37Z\"}",
        "{\"log\":\"{\\\"@timestamp\\\":\\\"2026-11-21T05:44:36.933Z\\\",\\\"level\\\":\\\"INFO\\\",\\\"logger\\\":"
        "\\\"" FULL "\\\",\\\"message\\\":\\\"" SAID
        "\\\",\\\"thread\\\":\\\"task-thread-orders-sink-0\\\"}\\n\",\"stream\":\"stdout\"}",
        "2026-11-21T05:44:37.1Z stdout F "
        "{\"@timestamp\":\"2026-11-21T05:44:36.933Z\",\"level\":\"INFO\",\"logger\":\"" FULL "\",\"message\":\"" SAID
        "\",\"thread\":\"task-thread-orders-sink-0\"}",
        "[2026-11-21 05:44:36,933] INFO [orders-sink|task-0] " SAID " (" FULL ":105)",
    };
    struct str held = {0};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct connect_line line = must_read_held(lines[i], &held);
        if (line.kind != CONNECT_LINE_INITIATED)
            fail_msg("%s", lines[i]);
        assert_int_equal(line.time_ms, at(TIME));
        assert_text(line.level, "INFO");
        assert_text(line.connector, "orders-sink");
        assert_int_equal(line.task, 0);
        assert_text(line.logger, FULL);
        assert_text(line.text, SAID);
        assert_string_equal(line.commit_id, ID);
    }
    str_done(&held);
}

static void test_json_traces(void **state)
{
    (void)state;
    struct str held = {0};
    struct connect_line line =
        must_read_held("{\"@timestamp\":\"2026-11-21T05:44:36.933Z\",\"level\":\"WARN\",\"message\":\"Commit failed, "
                       "will try again next "
                       "cycle\",\"stack_trace\":\"a.B: \\u00fcber\\n\\tat c\\nCaused by: d.E: f\\n\\t... 3 more\\n\"}",
                       &held);
    assert_int_equal(line.kind, CONNECT_LINE_FAILED);
    assert_text(line.cause, "d.E: f");
    assert_memory_equal(line.trace.s, "a.B: \303\274ber\n", 11);
    line = must_read_held("{\"timeMillis\":1795239876933,\"level\":\"ERROR\",\"message\":\"x\",\"thrown\":{\"message\":"
                          "\"broken\",\"extendedStackTrace\":\"a.B: c\\n\\tat d\"}}",
                          &held);
    assert_text(line.cause, "a.B: c");
    line = must_read_held(
        "{\"log\":\"[2026-11-21 05:44:36,933] WARN x (a.B)\\n\"}\n{\"log\":\"c.D: e\\n\"}\n{\"log\":\"\\t"
        "at f\\n\"}\n{\"log\":\"Caused by: g\\n\"}\n",
        &held);
    assert_text(line.text, "x");
    assert_text(line.trace, "c.D: e\n\tat f\nCaused by: g");
    assert_text(line.cause, "g");
    line = must_read_held(
        "{\"time\":\"2026-11-21T05:44:36.933Z\",\"level\":\"INFO\",\"message\":\"IcebergSinkConfig values: "
        "\\n\\ticeberg.control.commit.timeout-ms = 8000\\n\"}",
        &held);
    assert_int_equal(line.kind, CONNECT_LINE_CONFIG);
    assert_int_equal(line.timeout_ms, 8000);
    static const char *const bad[] = {"{\"message\":\"x\"}", "{\"level\":\"INFO\",\"message\":3}",
                                      "{\"level\":", "{\"log\":3}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(connect_line_read_held(bad[i], strlen(bad[i]), 0, &held, &line, &err), ERR_INVALID);
    str_done(&held);
}

/* ---- real runs ---- */

struct counts {
    size_t entries, kinds[CONNECT_LINE_KINDS], warnings, no_context;
    int64_t last_ms;
    struct connect_line config;
};

static void count(void *arg, const char *entry, size_t len)
{
    struct counts *c = arg;
    struct connect_line line;
    assert_int_equal(connect_line_read(entry, len, 0, &line, &err), 0);
    c->entries++;
    c->kinds[line.kind]++;
    c->warnings += is(line.level, "WARN") || is(line.level, "ERROR");
    c->no_context +=
        line.kind != CONNECT_LINE_OTHER && line.kind != CONNECT_LINE_FLUSH && !is(line.connector, "orders-sink");
    assert_true(line.time_ms > at("2026-11-21T05:00:00Z") && line.time_ms < at("2026-11-21T07:00:00Z"));
    if (line.kind == CONNECT_LINE_FAILED)
        assert_true(line.cause.len > 0);
    if (line.kind == CONNECT_LINE_CONFIG) {
        assert_text(line.control_topic, "control-iceberg");
        assert_true(line.interval_ms == 10000 || line.interval_ms == 45000);
    }
}

/* As counted by grep. */
static void test_runs(void **state)
{
    (void)state;
    static const struct {
        const char *run;
        size_t entries;
        size_t kinds[CONNECT_LINE_KINDS];
    } runs[] = {
        {"healthy-1.9.2",
         697,
         {[CONNECT_LINE_LEADER] = 1,
          [CONNECT_LINE_COORDINATOR] = 1,
          [CONNECT_LINE_WORKER] = 2,
          [CONNECT_LINE_INITIATED] = 8,
          [CONNECT_LINE_NOT_READY] = 8,
          [CONNECT_LINE_READY] = 8,
          [CONNECT_LINE_TABLE] = 7,
          [CONNECT_LINE_COMPLETE] = 8,
          [CONNECT_LINE_FLUSH] = 1,
          [CONNECT_LINE_CONFIG] = 2}},
        {"idle-1.9.2",
         910,
         {[CONNECT_LINE_LEADER] = 2,
          [CONNECT_LINE_COORDINATOR] = 2,
          [CONNECT_LINE_LOST_LEADER] = 1,
          [CONNECT_LINE_WORKER] = 3,
          [CONNECT_LINE_INITIATED] = 6,
          [CONNECT_LINE_NOT_READY] = 4,
          [CONNECT_LINE_READY] = 2,
          [CONNECT_LINE_TIMEOUT] = 4,
          [CONNECT_LINE_TABLE] = 6,
          [CONNECT_LINE_COMPLETE] = 6,
          [CONNECT_LINE_UNEXPECTED] = 3,
          [CONNECT_LINE_FLUSH] = 1,
          [CONNECT_LINE_CONFIG] = 3}},
        {"failing-1.11.0",
         900,
         {[CONNECT_LINE_LEADER] = 1,
          [CONNECT_LINE_COORDINATOR] = 1,
          [CONNECT_LINE_WORKER] = 2,
          [CONNECT_LINE_INITIATED] = 15,
          [CONNECT_LINE_NOT_READY] = 15,
          [CONNECT_LINE_READY] = 15,
          [CONNECT_LINE_TABLE] = 6,
          [CONNECT_LINE_COMPLETE] = 7,
          [CONNECT_LINE_FAILED] = 8,
          [CONNECT_LINE_FLUSH] = 1,
          [CONNECT_LINE_CONFIG] = 2}},
        {"zombie-1.10.1",
         1317,
         {[CONNECT_LINE_LEADER] = 2,
          [CONNECT_LINE_COORDINATOR] = 2,
          [CONNECT_LINE_WORKER] = 4,
          [CONNECT_LINE_INITIATED] = 18,
          [CONNECT_LINE_NOT_READY] = 9,
          [CONNECT_LINE_READY] = 9,
          [CONNECT_LINE_TIMEOUT] = 8,
          [CONNECT_LINE_COMPLETE] = 8,
          [CONNECT_LINE_FAILED] = 9,
          [CONNECT_LINE_UNEXPECTED] = 18,
          [CONNECT_LINE_FLUSH] = 1,
          [CONNECT_LINE_CONFIG] = 8,
          [CONNECT_LINE_TASK_FAILED] = 3}},
    };
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct counts c = {0};
        struct str log = log_load(runs[i].run);
        log_each(&log, count, &c);
        assert_int_equal(c.entries, runs[i].entries);
        assert_int_equal(c.no_context, 0);
        for (int k = CONNECT_LINE_OTHER + 1; k < CONNECT_LINE_KINDS; k++)
            if (c.kinds[k] != runs[i].kinds[k])
                fail_msg("%s: %zu %s, not %zu", runs[i].run, c.kinds[k], connect_line_kind_name(k), runs[i].kinds[k]);
        str_done(&log);
    }
}

/* Every prefix and every single wrong byte of each layout: read without harm, and texts stay within. */
static void test_wrong_bytes(void **state)
{
    (void)state;
    struct str held = {0};
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        const size_t len = strlen(layouts[i].line);
        for (size_t cut = 0; cut <= len; cut++) {
            char *bytes = mem_alloc(cut + 1); /* its end is the buffer's, so that a sanitizer sees what goes beyond */
            memcpy(bytes, layouts[i].line, cut);
            char *exact = mem_alloc(cut ? cut : 1);
            memcpy(exact, bytes, cut);
            struct connect_line line;
            connect_line_begins(exact, cut);
            if (connect_line_read_held(exact, cut, 0, &held, &line, &err) == 0)
                assert_true(line.text.s >= exact && line.text.s + line.text.len <= exact + cut);
            for (int b = 0; b < 2 && cut; b++) {
                exact[cut - 1] = b ? '\xff' : '\0';
                connect_line_begins(exact, cut);
                connect_line_read_held(exact, cut, 0, &held, &line, &err);
            }
            free(exact);
            free(bytes);
        }
    }
    str_done(&held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentences),   cmocka_unit_test(test_all_sentences), cmocka_unit_test(test_context),
        cmocka_unit_test(test_layouts),     cmocka_unit_test(test_zone),          cmocka_unit_test(test_no_beginnings),
        cmocka_unit_test(test_traces),      cmocka_unit_test(test_settings),      cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_traces), cmocka_unit_test(test_runs),          cmocka_unit_test(test_wrong_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
