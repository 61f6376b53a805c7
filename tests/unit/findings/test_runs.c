/* Recorded runs of the sink, played to the rules second by second: what is said, when, and when it ends. */
#include "tests/unit/findings/sink_facts.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "tests/unit/connect/runs.h"

#define UNKNOWN CONNECT_EVENT_UNKNOWN
#define GROUP   "connect-orders-sink"

struct play {
    struct sink_facts f;
    struct run run;
    struct connect_cycles *cycles;
    size_t record, line; /* the next of each */
    int64_t now_ms, end_ms;
    bool with_log;
    const struct connect_cycle *list[FINDINGS_CYCLES];
    struct {
        char id[8];
        int64_t first_ms, last_ms;
        enum findings_severity worst;
        char *text; /* the last */
    } said[16];
    size_t nsaid;
};

static int64_t read_line(const struct play *p, size_t i)
{
    struct connect_line line;
    struct error err;
    if (connect_line_read(p->run.lines.items[i].text, p->run.lines.items[i].len, 0, &line, &err))
        return UNKNOWN;
    return line.time_ms;
}

static void take_line(struct play *p, size_t i)
{
    struct connect_line line;
    struct error err;
    if (connect_line_read(p->run.lines.items[i].text, p->run.lines.items[i].len, 0, &line, &err))
        return;
    run_line(&p->run, p->cycles, i);
    if (line.kind != CONNECT_LINE_OTHER)
        sink_facts_line(&p->f, connect_line_kind_name(line.kind), line.task, line.time_ms, "as it stands in the log");
}

static void open_play(struct play *p, const char *name, bool with_log, int64_t interval_ms, int64_t timeout_ms,
                      int64_t flush_ms)
{
    *p = (struct play){.with_log = with_log, .cycles = connect_cycles_new()};
    sink_facts_open(&p->f);
    run_open(&p->run, name);
    p->now_ms = p->run.topic.records[0].time_ms - 1000;
    p->end_ms = p->run.topic.records[p->run.topic.n - 1].time_ms;
    p->f.sink.cycles = p->list;
    p->f.sink.ncycles = 0;
    p->f.sink.backlog = NULL;
    p->f.sink.by_log = with_log;
    p->f.sink.by_table = false;
    p->f.sink.interval_ms = interval_ms;
    p->f.sink.timeout_ms = timeout_ms;
    p->f.sink.flush_ms = flush_ms;
    p->f.sink.running_since_ms = p->f.sink.watched_since_ms = p->now_ms;
    p->f.sink.control.partitions.n = 0;
    connect_cycles_settings(p->cycles, &(struct connect_cycles_settings){.group = GROUP,
                                                                         .connector = "orders-sink",
                                                                         .interval_ms = interval_ms,
                                                                         .timeout_ms = timeout_ms,
                                                                         .partitions = 2});
}

static void done_play(struct play *p)
{
    for (size_t i = 0; i < p->nsaid; i++)
        free(p->said[i].text);
    run_done(&p->run);
    connect_cycles_free(p->cycles);
    sink_facts_done(&p->f);
}

static void add_cycle(void *arg, const struct connect_cycle *cycle)
{
    struct play *p = arg;
    if (cycle->started_ms != UNKNOWN && p->f.sink.ncycles < FINDINGS_CYCLES)
        p->list[p->f.sink.ncycles++] = cycle;
}

static int newest_first(const void *a, const void *b)
{
    const struct connect_cycle *left = *(const struct connect_cycle *const *)a;
    const struct connect_cycle *right = *(const struct connect_cycle *const *)b;
    return (left->started_ms < right->started_ms) - (left->started_ms > right->started_ms);
}

static void note(struct play *p, const struct findings_look_said *said)
{
    size_t i = 0;
    while (i < p->nsaid && strcmp(p->said[i].id, said->rule->page.id) != 0)
        i++;
    assert_true(i < sizeof p->said / sizeof *p->said);
    if (i == p->nsaid) {
        snprintf(p->said[i].id, sizeof p->said[i].id, "%s", said->rule->page.id);
        p->said[i].first_ms = p->now_ms;
        p->said[i].worst = said->severity;
        p->nsaid++;
    }
    free(p->said[i].text);
    p->said[i].text = mem_strdup(said->text);
    p->said[i].last_ms = p->now_ms;
    p->said[i].worst = said->severity > p->said[i].worst ? said->severity : p->said[i].worst;
}

static void look(struct play *p)
{
    p->f.sink.ncycles = 0;
    connect_cycles_changed(p->cycles, 0, add_cycle, p);
    if (p->f.sink.ncycles)
        qsort(p->list, p->f.sink.ncycles, sizeof *p->list, newest_first);
    const struct findings_sink *sinks[] = {&p->f.sink};
    const struct findings_world world = {.store = p->f.store, .sinks = sinks, .nsinks = 1};
    struct findings_look all;
    findings_look_init(&all, p->now_ms);
    findings_look_all(&all, findings_families, &world);
    for (size_t i = 0; i < all.said.n; i++)
        note(p, &all.said.items[i]);
    findings_look_done(&all);
}

/* Up to a time; the recording's own clock goes on by half seconds. */
static void play_to(struct play *p, int64_t until_ms)
{
    for (; p->now_ms <= until_ms; p->now_ms += 500) {
        bool read = false;
        for (; p->record < p->run.topic.n && p->run.topic.records[p->record].time_ms <= p->now_ms;
             p->record++, read = true)
            run_record(&p->run, p->cycles, p->record);
        if (read)
            connect_cycles_end(p->cycles, "control-iceberg", 0, p->run.topic.records[p->record - 1].offset + 1);
        for (; p->with_log && p->line < p->run.lines.n && read_line(p, p->line) <= p->now_ms; p->line++)
            take_line(p, p->line);
        connect_cycles_time(p->cycles, p->now_ms);
        look(p);
    }
}

/* What was said of a finding; fails the test if nothing was. */
static size_t said(const struct play *p, const char *id)
{
    for (size_t i = 0; i < p->nsaid; i++)
        if (strcmp(p->said[i].id, id) == 0)
            return i;
    for (size_t i = 0; i < p->nsaid; i++)
        print_error("%s at %lld to %lld (%d): %s\n", p->said[i].id, (long long)p->said[i].first_ms,
                    (long long)p->said[i].last_ms, (int)p->said[i].worst, p->said[i].text);
    fail_msg("%s of %s is not said", id, p->run.name);
    return 0;
}

static void only(const struct play *p, const char *ids)
{
    for (size_t i = 0; i < p->nsaid; i++)
        if (!strstr(ids, p->said[i].id))
            fail_msg("%s of %s, %lld s after its first record: %s", p->said[i].id, p->run.name,
                     (long long)(p->said[i].first_ms - p->run.topic.records[0].time_ms) / 1000, p->said[i].text);
}

static void a_healthy_run(void **state)
{
    struct play p;
    (void)state;
    for (int log = 0; log < 2; log++) {
        open_play(&p, "healthy-1.9.2", log, 10000, 8000, log ? 500 : UNKNOWN);
        play_to(&p, p.end_ms + 5000);
        only(&p, "");
        done_play(&p);
    }
}

/* From some seconds after the catalog is locked until it is free: said within two cycles of 10 s, and over with the next. */
static void a_run_whose_commits_fail(void **state)
{
    enum { TWO_CYCLES_MS = 25000, ONE_CYCLE_MS = 15000 };
    const int64_t locked_ms = 1795241626469, free_ms = 1795241700752;
    struct play p;
    (void)state;
    for (int log = 0; log < 2; log++) {
        open_play(&p, "failing-1.11.0", log, 10000, 8000, 500);
        p.f.sink.version = "1.11.0";
        play_to(&p, free_ms);
        only(&p, "IT-C01 IT-C13");
        size_t i = said(&p, "IT-C01"), k = said(&p, "IT-C13");
        assert_in_range(p.said[i].first_ms, locked_ms, locked_ms + TWO_CYCLES_MS);
        assert_int_equal(p.said[i].worst, FINDINGS_CRITICAL);
        assert_int_equal(p.said[k].worst, FINDINGS_WARNING);
        assert_string_equal(p.said[k].text, log ? "orders-sink: the last 7 commits failed: SQLiteException: "
                                                  "[SQLITE_BUSY] The database file is locked (database is locked)"
                                                : "orders-sink: the last 7 commits failed");
        assert_non_null(strstr(p.said[i].text, "tasks RUNNING: the last "));
        play_to(&p, p.end_ms + 2000);
        only(&p, "IT-C01 IT-C13");
        assert_in_range(p.said[i].last_ms, free_ms, free_ms + ONE_CYCLE_MS);
        assert_in_range(p.said[k].last_ms, free_ms, free_ms + ONE_CYCLE_MS);
        done_play(&p);
    }
}

static void a_run_with_two_coordinators(void **state)
{
    struct play p;
    (void)state;
    for (int log = 0; log < 2; log++) {
        open_play(&p, "zombie-1.10.1", log, 10000, 8000, 500);
        play_to(&p, p.end_ms + 2000);
        only(&p, "IT-C01 IT-C11 IT-C13");
        size_t i = said(&p, "IT-C01"), k = said(&p, "IT-C11"), m = said(&p, "IT-C13");
        assert_int_equal(p.said[i].worst, FINDINGS_CRITICAL);
        assert_string_equal(p.said[i].text,
                            "orders-sink: at least 40 rows not queryable for 1 m, lag is 12, tasks RUNNING: "
                            "2 coordinators at once, and nothing is committed");
        assert_string_equal(p.said[k].text,
                            "orders-sink: 2 coordinators begin commit cycles by turns (9 and 8 of the last "
                            "17), and nothing is committed");
        assert_int_equal(p.said[m].worst, FINDINGS_INFO);
        assert_int_equal(p.said[k].last_ms, p.said[i].last_ms);
        assert_true(p.said[k].last_ms > p.end_ms); /* to the end */
        done_play(&p);
    }
}

static void a_run_with_an_idle_partition(void **state)
{
    const int64_t one_task_ms = 1795240087404;
    struct play p;
    (void)state;
    for (int log = 0; log < 2; log++) {
        open_play(&p, "idle-1.9.2", log, 45000, 20000, log ? 60000 : UNKNOWN);
        p.f.sink.backlog = &p.f.backlog;
        p.f.backlog.tables.n = 0;
        p.f.backlog.partitions.items[1].committed = UNKNOWN; /* nothing is committed of it, and there are records */
        play_to(&p, one_task_ms);
        only(&p, log ? "IT-C04 IT-C05 IT-C25" : "IT-C04 IT-C05");
        size_t i = said(&p, "IT-C04");
        assert_int_equal(p.said[said(&p, "IT-C05")].worst, FINDINGS_INFO); /* the first that it missed */
        assert_int_equal(p.said[i].worst, FINDINGS_WARNING);
        assert_non_null(strstr(p.said[i].text,
                               "task orders-sink-1 on kc-2:8083 did not answer the last 4 cycles for orders-1 in "
                               "time; when it did, it took 1 m 13 s: idle, it wakes every 1 m"));
        assert_int_equal(strstr(p.said[i].text, "unless set otherwise") != NULL, !log);
        p.f.who.assigned.items[1].task = 0;
        p.f.sink.tasks.n = 1;
        p.f.sink.data.rebalanced_ms = one_task_ms + 600;
        int64_t last_ms = p.said[i].last_ms;
        play_to(&p, p.end_ms + 2000);
        assert_int_equal(p.said[i].last_ms, last_ms); /* one task heals it, and valid-through stays away */
        only(&p, log ? "IT-C04 IT-C05 IT-C20 IT-C22 IT-C25" : "IT-C04 IT-C05 IT-C20 IT-C22");
        assert_int_equal(p.said[said(&p, "IT-C20")].worst, FINDINGS_INFO);
        assert_true(p.said[said(&p, "IT-C20")].last_ms < p.said[said(&p, "IT-C22")].first_ms);
        done_play(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_healthy_run),
        cmocka_unit_test(a_run_whose_commits_fail),
        cmocka_unit_test(a_run_with_two_coordinators),
        cmocka_unit_test(a_run_with_an_idle_partition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
