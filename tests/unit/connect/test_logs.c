/* The source of logs: rows, lines handed on, what is said of what cannot be read, and caps. */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "connect/log_rows.h"
#include "connect/logs.h"
#include "connect/tables.h"
#include "tests/unit/connect/log.h"

#include <event2/event.h>
#include <fcntl.h>
#include <unistd.h>

struct fixture {
    char dir[64];
    struct event_base *base;
    struct store *store;
    struct scheduler *scheduler;
    size_t kinds[CONNECT_LINE_KINDS];
    size_t turns;
};

static void on_line(void *arg, const char *origin, const struct connect_line *line)
{
    struct fixture *f = arg;
    assert_non_null(strstr(origin, f->dir));
    f->kinds[line->kind]++;
}

static void on_turn(void *arg)
{
    struct fixture *f = arg;
    f->turns++;
}

static int set_up(void **state)
{
    struct fixture *f = mem_new(struct fixture);
    snprintf(f->dir, sizeof f->dir, "/tmp/test_logs.XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->base = event_base_new();
    f->store = store_new(&clock_system);
    f->scheduler = scheduler_new(f->base, f->store);
    *state = f;
    return 0;
}

static char *path_of(const struct fixture *f, const char *name)
{
    return mem_printf("%s/%s", f->dir, name);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    scheduler_free(f->scheduler);
    store_free(f->store);
    event_base_free(f->base);
    for (int i = 0; i < 2; i++) {
        char *path = path_of(f, i ? "b.log" : "a.log");
        unlink(path);
        free(path);
    }
    rmdir(f->dir);
    free(f);
    return 0;
}

static void append(const struct fixture *f, const char *name, const char *bytes, size_t len)
{
    char *path = path_of(f, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), len);
    close(fd);
    free(path);
}

static void start(struct fixture *f)
{
    static const struct connect_logs_ops ops = {.line = on_line, .turn = on_turn};
    char *a = path_of(f, "a.log"), *b = path_of(f, "b.log");
    const char *const paths[] = {a, b, NULL};
    struct connect_logs *l = connect_logs_new(
        f->base, f->store, &(struct connect_logs_settings){.name = "prod", .paths = paths, .utc_offset_s = 3600}, &ops,
        f);
    assert_string_equal(connect_logs_name(l), "log:prod");
    struct source_settings settings = connect_logs_source_settings();
    scheduler_add(f->scheduler, connect_logs_name(l), NULL, &connect_logs_source, l, &settings);
    free(a);
    free(b);
}

/* The source's row; NULL if there is none. */
static const struct row *source_row(const struct fixture *f)
{
    return table_first(store_find(f->store, "sources"));
}

static void until(struct fixture *f, bool (*is_true)(const struct fixture *f))
{
    for (int64_t end = clock_mono_us(&clock_system) + 30 * INT64_C(1000000); !is_true(f);) {
        assert_true(clock_mono_us(&clock_system) < end);
        const struct timeval tick = {.tv_usec = 10000};
        event_base_loopexit(f->base, &tick);
        event_base_dispatch(f->base);
    }
}

static bool is_partial(const struct fixture *f)
{
    return source_row(f) && strcmp(row_text(source_row(f), "state"), "partial") == 0;
}

static bool is_ok(const struct fixture *f)
{
    return source_row(f) && strcmp(row_text(source_row(f), "state"), "ok") == 0;
}

static bool is_failed(const struct fixture *f)
{
    return source_row(f) && strcmp(row_text(source_row(f), "state"), "failed") == 0;
}

static size_t count_events(const struct fixture *f, const char *text)
{
    size_t n = 0;
    for (const struct row *r = table_first(store_find(f->store, "events")); r; r = row_next(r))
        n += strstr(row_text(r, "text"), text) != NULL;
    return n;
}

/* The row of a kind, the n-th. */
static const struct row *row_of(const struct fixture *f, const char *kind, size_t n)
{
    for (const struct row *r = table_first(store_find(f->store, "log_events")); r; r = row_next(r))
        if (strcmp(row_text(r, "kind"), kind) == 0 && !n--)
            return r;
    fail_msg("no row of %s", kind);
    return NULL;
}

/* A real run; a second file is missing, then comes. */
static void test_run(void **state)
{
    struct fixture *f = *state;
    struct str log = log_load("failing-1.11.0");
    append(f, "a.log", log.s, log.len);
    str_done(&log);
    start(f);
    until(f, is_partial);
    assert_int_equal(f->kinds[CONNECT_LINE_INITIATED], 15);
    assert_int_equal(f->kinds[CONNECT_LINE_FAILED], 8);
    assert_int_equal(f->kinds[CONNECT_LINE_CONFIG], 2);
    assert_int_equal(f->kinds[CONNECT_LINE_OTHER], 0);
    assert_true(f->turns > 0);
    assert_non_null(strstr(row_text(source_row(f), "error"), "b.log: No such file"));
    assert_string_equal(row_text(source_row(f), "note"), "1 file");
    assert_string_equal(row_text(source_row(f), "kind"), "log");
    assert_int_equal(count_events(f, "b.log: No such file"), 1);

    const struct row *r = row_of(f, "failed", 0);
    assert_string_equal(row_text(r, "connect"), "prod");
    assert_string_equal(row_text(r, "connector"), "orders-sink");
    assert_string_equal(row_text(r, "level"), "WARN");
    assert_string_equal(row_text(r, "commit_id"), "4a213442-3bd8-4c6d-a2b7-788dc370bf47");
    assert_int_equal(row_cell(r, "line").i, 2951);
    int64_t ms;
    assert_int_equal(clock_parse_iso("2026-11-21T06:13:49.550+01:00", &ms), 0);
    assert_int_equal(row_cell(r, "time").i, ms);
    assert_non_null(strstr(row_text(r, "cause"), "SQLITE_BUSY"));
    assert_non_null(strstr(row_text(r, "trace"), "UncheckedSQLException"));
    assert_non_null(strstr(row_text(r, "origin"), "a.log"));
    assert_string_equal(row_text(row_of(f, "config", 0), "trace"), "");
    assert_string_equal(row_text(row_of(f, "config", 0), "text"),
                        "IcebergSinkConfig values: iceberg.control.commit.interval-ms = 10000 "
                        "iceberg.control.commit.timeout-ms = 8000 iceberg.control.topic = control-iceberg");
    assert_string_equal(row_text(row_of(f, "flush", 0), "text"),
                        "DistributedConfig values: offset.flush.interval.ms = 500");
    assert_string_equal(row_text(row_of(f, "other", 0), "level"), "WARN");

    append(f, "b.log", "[2026-11-21 07:00:00,000] INFO Starting commit worker\n",
           strlen("[2026-11-21 07:00:00,000] INFO Starting commit worker\n"));
    until(f, is_ok);
    for (int64_t end = clock_mono_us(&clock_system) + 30 * INT64_C(1000000); f->kinds[CONNECT_LINE_WORKER] < 3;) {
        assert_true(clock_mono_us(&clock_system) < end);
        const struct timeval tick = {.tv_usec = 10000};
        event_base_loopexit(f->base, &tick);
        event_base_dispatch(f->base);
    }
    assert_string_equal(row_text(source_row(f), "note"), "2 files");
}

static void test_nothing(void **state)
{
    struct fixture *f = *state;
    start(f);
    until(f, is_failed);
    assert_non_null(strstr(row_text(source_row(f), "error"), "and 1 more like it"));
}

/* Only the newest are kept; secrets are not. */
static void test_rows(void **state)
{
    struct fixture *f = *state;
    struct connect_log_rows *rows = connect_log_rows_new(f->store, "prod", store_owner(f->store, "log:prod"));
    const char *entry =
        "[2026-11-21 05:44:36,933] ERROR [s|task-1] cannot reach https://me:hunter2@example.org/ (a.B)\n"
        "a.B: password=hunter2\n";
    struct connect_line line;
    assert_int_equal(connect_line_read(entry, strlen(entry), 0, &line, NULL), 0);
    assert_true(connect_log_rows_wanted(&line));
    for (int i = 1; i <= CONNECT_LOG_ROWS_KEPT + 10; i++)
        connect_log_rows_add(rows, &line, "a.log", i);
    store_commit(f->store);
    const struct table *t = store_find(f->store, "log_events");
    assert_int_equal(table_nrows(t), CONNECT_LOG_ROWS_KEPT);
    assert_int_equal(connect_log_rows_count(rows), CONNECT_LOG_ROWS_KEPT);
    int64_t low = INT64_MAX;
    for (const struct row *r = table_first(t); r; r = row_next(r)) {
        low = row_cell(r, "line").i < low ? row_cell(r, "line").i : low;
        assert_null(strstr(row_text(r, "text"), "hunter2"));
        assert_null(strstr(row_text(r, "cause"), "hunter2"));
        assert_null(strstr(row_text(r, "trace"), "hunter2"));
    }
    assert_int_equal(low, 11);
    connect_log_rows_free(rows);
}

static void test_wanted(void **state)
{
    (void)state;
    static const struct {
        const char *entry;
        bool wanted;
    } lines[] = {
        {"[2026-11-21 05:44:36,933] INFO Starting commit worker (org.apache.iceberg.connect.channel.CommitterImpl:1)",
         true},
        {"[2026-11-21 05:44:36,933] INFO [s|task-0] Sending event of type: START_COMMIT (org.apache.iceberg.x)", false},
        {"[2026-11-21 05:44:36,933] WARN [s|task-0] x "
         "(org.apache.kafka.clients.consumer.internals.ConsumerCoordinator)",
         true},
        {"[2026-11-21 05:44:36,933] WARN x (org.apache.kafka.clients.consumer.internals.ConsumerCoordinator)", false},
        {"[2026-11-21 05:44:36,933] ERROR x (org.apache.kafka.connect.runtime.Worker)", true},
        {"[2026-11-21 05:44:36,933] WARN x (org.apache.iceberg.util.Tasks:459)", true},
        {"[2026-11-21 05:44:36,933] ERROR x", true},
        {"[2026-11-21 05:44:36,933] INFO x", false},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct connect_line line;
        assert_int_equal(connect_line_read(lines[i].entry, strlen(lines[i].entry), 0, &line, NULL), 0);
        if (connect_log_rows_wanted(&line) != lines[i].wanted)
            fail_msg("%s", lines[i].entry);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rows, set_up, tear_down),
        cmocka_unit_test(test_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
