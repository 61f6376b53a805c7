/* History on the loop with its thread: the row in `sources`, readers, ends of all kinds. */
#include "tests/unit/unit.h"

#include "base/str.h"
#include "base/vec.h"
#include "history/history.h"
#include "source/source.h"

#include <event2/event.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GROUP, LAG, RATE, STATE, NCOLUMNS };
enum { DEADLINE_MS = 20000 };

static const struct column columns[] = {
    [GROUP] = {.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
    [LAG] = {.name = "lag", .type = COLUMN_INT, .flags = COLUMN_HISTORY},
    [RATE] = {.name = "rate", .type = COLUMN_REAL, .flags = COLUMN_HISTORY},
    [STATE] = {.name = "state", .type = COLUMN_TEXT, .flags = COLUMN_HISTORY},
};
static const struct table_def def = {.name = "groups",
                                     .group = {.name = "own", .columns = columns, .ncolumns = NCOLUMNS}};

struct fixture {
    char dir[64], *path;
    atomic_llong ahead_ms; /* of the system's clock, so that time can be made to pass */
    struct clock clock;
    struct event_base *base;
    struct store *store;
    struct table *t, *sources;
    struct history *h;
    struct history_settings settings;
    /* what callbacks brought */
    int done, rows;
    struct error err;
    VEC(struct stream_point) points;
    struct str exact;
};

static int64_t wall(void *arg)
{
    return clock_wall_ms(&clock_system) + ((struct fixture *)arg)->ahead_ms;
}

static int64_t mono(void *arg)
{
    return clock_mono_us(&clock_system) + ((struct fixture *)arg)->ahead_ms * 1000;
}

static bool always(void *arg, const struct table *t, const struct row *r)
{
    (void)arg;
    (void)t;
    (void)r;
    return true;
}

static void begin(struct fixture *f)
{
    f->base = event_base_new();
    f->store = store_new(&f->clock);
    store_add(f->store, &def, NULL, &f->t, NULL);
    store_add(f->store, &source_table_sources, NULL, &f->sources, NULL);
    f->h = history_new(f->base, f->store, &f->settings, always, NULL);
}

static void end(struct fixture *f)
{
    history_free(f->h, DEADLINE_MS);
    store_free(f->store);
    event_base_free(f->base);
    f->h = NULL;
    f->store = NULL;
    f->base = NULL;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->dir, sizeof f->dir, "/tmp/icetop-history-XXXXXX");
    if (!mkdtemp(f->dir))
        return 1;
    f->path = mem_printf("%s/history.db", f->dir);
    f->clock = (struct clock){.wall_ms = wall, .mono_us = mono, .arg = f};
    f->settings.path = f->path;
    *state = f;
    return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    if (f->base)
        end(f);
    nftw(f->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    vec_done(&f->points);
    str_done(&f->exact);
    free(f->path);
    free(f);
    return 0;
}

static void nothing(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
}

/* Runs the loop until the condition holds; fails after the deadline. */
static void wait_until(struct fixture *f, bool (*holds)(struct fixture *f, const void *arg), const void *arg)
{
    struct event *wake = event_new(f->base, -1, EV_PERSIST, nothing, NULL);
    event_add(wake, &(struct timeval){.tv_usec = 5000});
    int64_t until = clock_mono_us(&clock_system) + DEADLINE_MS * INT64_C(1000);
    while (!holds(f, arg) && clock_mono_us(&clock_system) < until)
        event_base_loop(f->base, EVLOOP_ONCE);
    event_free(wake);
    if (!holds(f, arg))
        fail_msg("the deadline passed");
}

static struct value sources_cell(struct fixture *f, enum source_sources_column column)
{
    for (struct row *r = table_first(f->sources); r; r = row_next(r))
        if (strcmp(row_get(r, SOURCES_SOURCE).s->raw, "history") == 0)
            return row_get(r, column);
    return value_unknown();
}

static bool state_is(struct fixture *f, const void *arg)
{
    struct value v = sources_cell(f, SOURCES_STATE);
    return v.quality != QUALITY_UNKNOWN && strcmp(v.s->raw, arg) == 0;
}

static const char *trouble(struct fixture *f)
{
    struct value v = sources_cell(f, SOURCES_ERROR);
    return v.quality == QUALITY_UNKNOWN ? "" : v.s->raw;
}

static struct row *row(struct fixture *f, const char *group)
{
    struct name *n = name_intern(store_names(f->store), group, strlen(group));
    struct value key = {.s = n, .quality = QUALITY_EXACT};
    struct row *r = table_upsert(f->t, &key, 1);
    name_unref(n);
    return r;
}

static void set_lag(struct fixture *f, const char *group, int64_t lag)
{
    table_set_int(f->t, row(f, group), LAG, lag, QUALITY_EXACT);
    store_commit(f->store);
    f->ahead_ms += 10; /* so that no two have the same time */
}

static void take_points(void *arg, const struct stream_point *points, size_t n, const struct error *err)
{
    struct fixture *f = arg;
    f->done++;
    f->err = err ? *err : (struct error){0};
    f->points.n = 0;
    for (size_t i = 0; i < n; i++)
        vec_push(&f->points, points[i]);
}

static void take_exact(void *arg, const struct history_point *points, size_t n, const struct error *err)
{
    struct fixture *f = arg;
    f->done++;
    f->err = err ? *err : (struct error){0};
    str_clear(&f->exact);
    for (size_t i = 0; i < n; i++) {
        if (i)
            str_char(&f->exact, ' ');
        if (points[i].quality == QUALITY_UNKNOWN)
            str_char(&f->exact, '?');
        else if (points[i].text)
            str_bytes(&f->exact, points[i].text, points[i].text_len);
        else
            str_printf(&f->exact, "%lld", (long long)points[i].i);
    }
}

static void take_row(void *arg, const char *key, size_t key_len, const struct history_span *spans, size_t n)
{
    struct fixture *f = arg;
    assert_true(key_len > 4 && n > 0);
    assert_memory_equal(key + 4, "group-", 6);
    assert_int_equal(spans[n - 1].value, strtol(key + 10, NULL, 10));
    assert_true(spans[n - 1].until_ms >= spans[n - 1].time_ms);
    f->rows++;
}

static void take_end(void *arg, const struct error *err)
{
    struct fixture *f = arg;
    f->done++;
    f->err = err ? *err : (struct error){0};
}

static bool answered(struct fixture *f, const void *arg)
{
    return f->done >= *(const int *)arg;
}

static void wait_for_answer(struct fixture *f)
{
    wait_until(f, answered, &(int){1});
    assert_int_equal(f->done, 1);
    f->done = 0;
}

static void ask(struct fixture *f, const char *group, const char *column, int64_t from, int64_t to, int64_t step,
                bool exact)
{
    struct name *n = name_intern(store_names(f->store), group, strlen(group));
    struct value key = {.s = n, .quality = QUALITY_EXACT};
    if (exact)
        history_read_exact(f->h, f->t, &key, column, from, to, take_exact, f);
    else
        history_read(f->h, f->t, &key, column, from, to, step, take_points, f);
    name_unref(n);
    assert_int_equal(f->done, 0); /* never at once */
}

static void charts_are_full_at_once_after_a_restart(void **state)
{
    struct fixture *f = *state;
    begin(f);
    wait_until(f, state_is, "ok");
    int64_t from = wall(f);
    for (int i = 0; i < 100; i++)
        set_lag(f, "a", i);
    ask(f, "a", "lag", from, INT64_MAX, 0, false); /* not yet written */
    wait_for_answer(f);
    assert_int_equal(f->err.code, 0);
    assert_int_equal(f->points.n, 100);
    assert_int_equal(f->points.items[99].value, 99);
    end(f);

    f->ahead_ms += 3600000;
    begin(f);
    ask(f, "a", "lag", from, wall(f), 0, false); /* while it still opens */
    wait_for_answer(f);
    assert_int_equal(f->err.code, 0);
    assert_int_equal(f->points.n, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(f->points.items[i].value, i);
    /* Nobody looked since: every step after the end is a gap. */
    ask(f, "a", "lag", f->points.items[0].time_ms, wall(f), 60000, false);
    wait_for_answer(f);
    assert_in_range(f->points.n, 1, 2);
}

static void answers_fit_the_question(void **state)
{
    struct fixture *f = *state;
    begin(f);
    wait_until(f, state_is, "ok");
    set_lag(f, "a", (INT64_C(1) << 53) + 1);
    struct row *r = row(f, "a");
    table_set_text(f->t, r, STATE, "Stable");
    set_lag(f, "a", INT64_MIN);
    table_set_text(f->t, r, STATE, "Empty");
    table_set_unknown(f->t, r, LAG);
    store_commit(f->store);
    f->ahead_ms += 1000;
    table_remove(f->t, r);
    store_commit(f->store);
    ask(f, "a", "lag", 0, INT64_MAX, 0, true);
    wait_for_answer(f);
    assert_string_equal(str_text(&f->exact), "9007199254740993 -9223372036854775808 ?");
    ask(f, "a", "state", 0, INT64_MAX, 0, true);
    wait_for_answer(f);
    assert_string_equal(str_text(&f->exact), "Stable Empty ?");
    ask(f, "a", "state", 0, INT64_MAX, 0, false);
    wait_for_answer(f);
    assert_int_equal(f->err.code, ERR_INVALID);
    ask(f, "a", "nothing", 0, INT64_MAX, 0, false);
    wait_for_answer(f);
    assert_int_equal(f->err.code, ERR_NOT_FOUND);
    ask(f, "never seen", "lag", 0, INT64_MAX, 0, false);
    wait_for_answer(f);
    assert_int_equal(f->err.code, 0);
    assert_int_equal(f->points.n, 0);
    ask(f, "a", "lag", 0, INT64_MAX, 1, false);
    wait_for_answer(f);
    assert_int_equal(f->err.code, ERR_LIMIT);
}

static void all_rows_come_and_the_past_is_taken(void **state)
{
    struct fixture *f = *state;
    begin(f);
    const struct stream_point past[] = {{1000, 7}, {2000, NAN}, {3000, 8.6}};
    struct name *n = name_intern(store_names(f->store), "past", 4);
    struct value key = {.s = n, .quality = QUALITY_EXACT};
    struct error err = {0};
    assert_int_equal(history_backfill(f->h, f->t, &key, "lag", past, 3, &err), ERR_UNAVAILABLE);
    wait_until(f, state_is, "ok");
    char name[32];
    for (int i = 0; i < 1300; i++) {
        snprintf(name, sizeof name, "group-%d", i);
        table_set_int(f->t, row(f, name), LAG, i, QUALITY_EXACT);
    }
    store_commit(f->store);
    history_read_all(f->h, f->t, "lag", 0, INT64_MAX, take_row, take_end, f);
    wait_for_answer(f);
    assert_int_equal(f->err.code, 0);
    assert_int_equal(f->rows, 1300);

    assert_int_equal(history_backfill(f->h, f->t, &key, "lag", past, 3, &err), 0);
    assert_int_equal(history_backfill(f->h, f->t, &key, "state", past, 3, &err), ERR_NOT_FOUND);
    const struct stream_point backwards[] = {{2000, 1}, {1000, 2}};
    assert_int_equal(history_backfill(f->h, f->t, &key, "lag", backwards, 2, &err), ERR_INVALID);
    ask(f, "past", "lag", 0, 5000, 0, true);
    wait_for_answer(f);
    assert_string_equal(str_text(&f->exact), "7 ? 8 ?");
    name_unref(n);
}

/* The child of the next test: a writer that tells when it committed what. */
static void write_forever(struct fixture *f, int out)
{
    begin(f);
    wait_until(f, state_is, "ok");
    for (int64_t i = 1;; i++) {
        table_set_int(f->t, row(f, "a"), LAG, i, QUALITY_EXACT);
        store_commit(f->store);
        int64_t said[2] = {wall(f), i};
        if (write(out, said, sizeof said) != sizeof said)
            _exit(1);
        struct event *wake = event_new(f->base, -1, 0, nothing, NULL);
        event_add(wake, &(struct timeval){.tv_usec = 20000});
        event_base_loop(f->base, EVLOOP_ONCE);
        event_free(wake);
    }
}

static void kill_loses_two_seconds_at_most(void **state)
{
    struct fixture *f = *state;
    int pipes[2];
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(pipes[0]);
        write_forever(f, pipes[1]);
    }
    close(pipes[1]);
    int64_t said[2], first = 0;
    while (read(pipes[0], said, sizeof said) == sizeof said) {
        if (!first)
            first = said[0];
        if (said[0] - first > 4300) /* between two transactions */
            break;
    }
    kill(pid, SIGKILL);
    int64_t more[2];
    while (read(pipes[0], more, sizeof more) == sizeof more)
        memcpy(said, more, sizeof said);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    close(pipes[0]);
    begin(f); /* the dead one's lock is no hindrance */
    wait_until(f, state_is, "ok");
    assert_string_equal(trouble(f), "");
    ask(f, "a", "lag", first, INT64_MAX, 0, false);
    wait_for_answer(f);
    assert_int_equal(f->err.code, 0);
    assert_true(f->points.n > 0);
    struct stream_point last = f->points.items[f->points.n - 1];
    assert_true(last.value >= 1 && last.value <= (double)said[1]);
    if (said[0] - last.time_ms > 2000)
        fail_msg("%lld ms are lost", (long long)(said[0] - last.time_ms));
}

static void a_second_one_reads_and_says_so(void **state)
{
    struct fixture *f = *state, other = {.path = f->path, .settings = f->settings};
    begin(f);
    wait_until(f, state_is, "ok");
    set_lag(f, "a", 5);
    ask(f, "a", "lag", 0, INT64_MAX, 0, false);
    wait_for_answer(f);
    other.clock = (struct clock){.wall_ms = wall, .mono_us = mono, .arg = &other};
    begin(&other);
    wait_until(&other, state_is, "partial");
    assert_non_null(strstr(trouble(&other), "another icetop"));
    set_lag(&other, "b", 1);
    end(f); /* commits */
    ask(&other, "a", "lag", 0, INT64_MAX, 0, false);
    wait_for_answer(&other);
    assert_int_equal(other.points.n, 1);
    assert_int_equal(other.points.items[0].value, 5);
    /* When the first has gone, the second takes its place, with what it knows. */
    other.ahead_ms += 11000;
    wait_until(&other, state_is, "ok");
    ask(&other, "b", "lag", 0, INT64_MAX, 0, false);
    wait_for_answer(&other);
    assert_int_equal(other.points.n, 1);
    end(&other);
    vec_done(&other.points);
}

static void reading_only_touches_nothing(void **state)
{
    struct fixture *f = *state;
    f->settings.read_only = true;
    begin(f);
    wait_until(f, state_is, "failed"); /* there is none, and none is made */
    end(f);
    assert_int_not_equal(access(f->path, F_OK), 0);
    f->settings.read_only = false;
    begin(f);
    wait_until(f, state_is, "ok");
    set_lag(f, "a", 5);
    end(f);
    f->settings.read_only = true;
    begin(f);
    wait_until(f, state_is, "ok");
    set_lag(f, "a", 6);
    ask(f, "a", "lag", 0, INT64_MAX, 0, true);
    wait_for_answer(f);
    assert_string_equal(str_text(&f->exact), "5 ?"); /* it ended with its writer */
}

static void fill(struct fixture *f)
{
    char name[64];
    for (int i = 0; i < 30000; i++) {
        snprintf(name, sizeof name, "a-group-with-a-name-of-some-length-%d", i);
        table_set_int(f->t, row(f, name), LAG, i, QUALITY_EXACT);
    }
    store_commit(f->store);
}

static void a_full_disk_stops_only_history(void **state)
{
    struct fixture *f = *state;
    struct rlimit old;
    begin(f);
    wait_until(f, state_is, "ok");
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    const struct rlimit small = {.rlim_cur = 300000, .rlim_max = old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    fill(f);
    wait_until(f, state_is, "failed");
    setrlimit(RLIMIT_FSIZE, &old);
    assert_non_null(strstr(trouble(f), f->path));
    ask(f, "a", "lag", 0, INT64_MAX, 0, false);
    wait_for_answer(f);
    assert_int_equal(f->err.code, ERR_UNAVAILABLE);
    /* There is room again: it goes on, with every row as it is now. */
    set_lag(f, "a", 77);
    f->ahead_ms += 61000;
    wait_until(f, state_is, "ok");
    assert_string_equal(trouble(f), "");
    ask(f, "a", "lag", 0, INT64_MAX, 0, false);
    wait_for_answer(f);
    assert_int_equal(f->points.n, 1);
    assert_int_equal(f->points.items[0].value, 77);
    signal(SIGXFSZ, handler);
}

static void a_corrupt_file_is_replaced(void **state)
{
    struct fixture *f = *state;
    FILE *file = fopen(f->path, "w");
    assert_non_null(file);
    fputs("certainly no database at all", file);
    fclose(file);
    begin(f);
    wait_until(f, state_is, "partial");
    assert_non_null(strstr(trouble(f), ".corrupt-"));
    set_lag(f, "a", 3);
    ask(f, "a", "lag", 0, INT64_MAX, 0, false);
    wait_for_answer(f);
    assert_int_equal(f->points.n, 1);
}

static void damage_under_way_is_survived(void **state)
{
    struct fixture *f = *state;
    begin(f);
    wait_until(f, state_is, "ok");
    fill(f);
    end(f);
    /* The schema is whole, the tables are not. */
    struct stat st;
    assert_int_equal(stat(f->path, &st), 0);
    int fd = open(f->path, O_WRONLY);
    char page[4096];
    memset(page, 0xA5, sizeof page);
    for (off_t at = 3 * 4096; at < st.st_size; at += 4096)
        assert_int_equal(pwrite(fd, page, sizeof page, at), sizeof page);
    close(fd);
    begin(f);
    wait_until(f, state_is, "partial");
    assert_non_null(strstr(trouble(f), ".corrupt-"));
    set_lag(f, "a", 3);
    ask(f, "a", "lag", 0, INT64_MAX, 0, false);
    wait_for_answer(f);
    assert_int_equal(f->points.n, 1);
}

static void a_newer_file_is_refused(void **state)
{
    struct fixture *f = *state;
    sqlite3 *db;
    begin(f);
    wait_until(f, state_is, "ok");
    end(f);
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 7", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    begin(f);
    wait_until(f, state_is, "failed");
    assert_non_null(strstr(trouble(f), "newer"));
    set_lag(f, "a", 1); /* the rest goes on */
}

static void an_impossible_place_is_said(void **state)
{
    struct fixture *f = *state;
    f->settings.path = "/proc/icetop/history.db";
    begin(f);
    wait_until(f, state_is, "failed");
    assert_non_null(strstr(trouble(f), "/proc/icetop"));
}

static void open_questions_are_answered_at_the_end(void **state)
{
    struct fixture *f = *state;
    begin(f);
    ask(f, "a", "lag", 0, INT64_MAX, 0, false);
    ask(f, "a", "lag", 0, INT64_MAX, 0, true);
    history_read_all(f->h, f->t, "lag", 0, INT64_MAX, take_row, take_end, f);
    end(f);
    assert_int_equal(f->done, 3);
    f->done = 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(charts_are_full_at_once_after_a_restart),
        TEST(answers_fit_the_question),
        TEST(all_rows_come_and_the_past_is_taken),
        TEST(kill_loses_two_seconds_at_most),
        TEST(a_second_one_reads_and_says_so),
        TEST(reading_only_touches_nothing),
        TEST(a_full_disk_stops_only_history),
        TEST(a_corrupt_file_is_replaced),
        TEST(damage_under_way_is_survived),
        TEST(a_newer_file_is_refused),
        TEST(an_impossible_place_is_said),
        TEST(open_questions_are_answered_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
