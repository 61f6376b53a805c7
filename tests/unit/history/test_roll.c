/* Old samples are thinned when space gets short: the file keeps to its size and still reaches back, what is read over the
 * joints of resolutions is right, and a collector that is killed loses and doubles nothing. */
#include "tests/unit/unit.h"

#include "base/vec.h"
#include "history/archive.h"
#include "history/collect.h"

#include <ftw.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GROUP, LAG, END, STATE, NCOLUMNS };

static const struct column columns[] = {
    [GROUP] = {.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
    [LAG] = {.name = "lag", .type = COLUMN_INT, .unit = UNIT_MESSAGES, .flags = COLUMN_HISTORY},
    [END] = {.name = "end", .type = COLUMN_INT, .unit = UNIT_OFFSET, .flags = COLUMN_HISTORY},
    [STATE] = {.name = "state", .type = COLUMN_TEXT, .flags = COLUMN_HISTORY},
};
static const struct table_def def = {.name = "groups",
                                     .group = {.name = "own", .columns = columns, .ncolumns = NCOLUMNS}};

enum { ROWS = 12, TURNS = 3600, TURN_MS = 10000, MINUTE = 60000, FINE = 5 * MINUTE, COARSE = 20 * MINUTE };
enum { CAP = 512 * 1024, STATE_TURNS = 400 };

#define BEGIN_MS INT64_C(1200000000)

/* What happens: the same each time it is asked for. */
static uint64_t noise(int row, int turn)
{
    uint64_t x = (uint64_t)row * 1000003 + (uint64_t)turn;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static int64_t lag_at(int row, int turn)
{
    int64_t peak = noise(row, turn) % 500 == 0 ? 100000 + turn : 0;
    return 1000 + (int64_t)(noise(row, turn) >> 8) % 1000 + peak;
}

static int64_t end_at(int row, int turn)
{
    return (int64_t)turn * 500 + (int64_t)(noise(row, turn) >> 8) % 400;
}

struct fixture {
    char dir[64], *path;
    int64_t now;
    int turn; /* what happened before has been written */
    struct clock clock;
    struct store *store;
    struct table *t;
    struct history_collect *collect;
    struct history_archive_settings settings;
    struct history_archive *archive;
};

static int64_t fake_wall(void *arg)
{
    return ((struct fixture *)arg)->now;
}

static int64_t fake_mono(void *arg)
{
    return ((struct fixture *)arg)->now * 1000;
}

static bool always(void *arg, const struct table *t, const struct row *r)
{
    (void)arg;
    (void)t;
    (void)r;
    return true;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->dir, sizeof f->dir, "/tmp/icetop-roll-XXXXXX");
    if (!mkdtemp(f->dir))
        return 1;
    f->path = mem_printf("%s/history.db", f->dir);
    f->now = BEGIN_MS;
    f->clock = (struct clock){.wall_ms = fake_wall, .mono_us = fake_mono, .arg = f};
    f->store = store_new(&f->clock);
    store_add(f->store, &def, NULL, &f->t, NULL);
    f->collect = history_collect_new(f->store, 60000, always, f);
    f->settings = (struct history_archive_settings){.path = f->path,
                                                    .max_bytes = CAP,
                                                    .fold_ms = 3 * MINUTE,
                                                    .fold_bytes = 1 << 14,
                                                    .thin = {{20 * MINUTE, FINE}, {60 * MINUTE, COARSE}},
                                                    .nthin = 2,
                                                    .thin_percent = 20};
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
    history_archive_free(f->archive);
    history_collect_free(f->collect);
    store_free(f->store);
    nftw(f->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(f->path);
    free(f);
    return 0;
}

static void open_archive(struct fixture *f)
{
    struct error err = {0};
    char note[512];
    history_archive_free(f->archive);
    f->archive = history_archive_new(&f->settings);
    if (history_archive_open(f->archive, f->now, 1, note, &err))
        fail_msg("%s", err.text);
    history_collect_reset(f->collect);
}

static struct row *row(struct fixture *f, int number)
{
    char name[32];
    snprintf(name, sizeof name, "group-%d", number);
    struct name *n = name_intern(store_names(f->store), name, strlen(name));
    struct value key = {.s = n, .quality = QUALITY_EXACT};
    struct row *r = table_upsert(f->t, &key, 1);
    name_unref(n);
    return r;
}

/* One turn's values, and everything that the writer finds to do. */
static int take_turn(struct fixture *f, struct error *err)
{
    size_t len;
    bool more = true;
    char text[32];
    snprintf(text, sizeof text, "state %d", f->turn / STATE_TURNS);
    for (int i = 0; i < ROWS; i++) {
        struct row *r = row(f, i);
        table_set_int(f->t, r, LAG, lag_at(i, f->turn), QUALITY_EXACT);
        table_set_int(f->t, r, END, end_at(i, f->turn), QUALITY_EXACT);
        table_set_text(f->t, r, STATE, text);
    }
    store_commit(f->store);
    history_collect_changes(f->collect);
    char *batch = history_collect_take(f->collect, &len);
    int rc = history_archive_apply(f->archive, batch, len, 1, err);
    while (!rc && more)
        rc = history_archive_commit(f->archive, f->now, &more, err);
    free(batch);
    f->turn++;
    f->now += TURN_MS;
    return rc;
}

static void take_turns(struct fixture *f, int turns)
{
    struct error err = {0};
    while (f->turn < turns)
        if (take_turn(f, &err))
            fail_msg("turn %d: %s", f->turn, err.text);
}

static struct history_series read_series(struct fixture *f, int number, int column)
{
    struct history_series s = {0};
    struct error err = {0};
    struct str key = {0};
    table_key_bytes(f->t, row(f, number), &key);
    if (history_archive_read(f->archive, "groups", key.s, key.len, columns[column].name, columns[column].type, BEGIN_MS,
                             INT64_MAX, &s, &err))
        fail_msg("%s", err.text);
    str_done(&key);
    for (size_t i = 1; i < s.samples.n; i++)
        assert_true(s.samples.items[i].time_ms > s.samples.items[i - 1].time_ms);
    return s;
}

static int64_t count(struct fixture *f, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return n;
}

/* Positions: each sample is what was there at its time, and none is further from the next than its step allows. */
static void check_ends(struct fixture *f, int number)
{
    struct history_series s = read_series(f, number, END);
    for (size_t i = 0; i < s.samples.n; i++) {
        const struct history_sample *p = &s.samples.items[i];
        int turn = (int)((p->time_ms - BEGIN_MS) / TURN_MS);
        assert_int_equal(p->time_ms, BEGIN_MS + (int64_t)turn * TURN_MS);
        assert_int_equal(p->i, end_at(number, turn));
        if (i)
            assert_in_range(p->time_ms - s.samples.items[i - 1].time_ms, 1, 2 * COARSE);
    }
    history_series_done(&s);
}

/* Amounts: in each coarse step [from, to) the least and the greatest are those that were. */
static void check_lags(struct fixture *f, int number, int64_t from, int64_t to)
{
    struct history_series s = read_series(f, number, LAG);
    size_t k = 0;
    for (int64_t step = (from + COARSE - 1) / COARSE * COARSE; step + COARSE <= to; step += COARSE) {
        int64_t least = INT64_MAX, greatest = 0, low = INT64_MAX, high = 0;
        for (int64_t t = step; t < step + COARSE; t += TURN_MS) {
            int64_t lag = lag_at(number, (int)((t - BEGIN_MS) / TURN_MS));
            least = lag < least ? lag : least;
            greatest = lag > greatest ? lag : greatest;
        }
        while (k < s.samples.n && s.samples.items[k].time_ms < step)
            k++;
        for (size_t i = k; i < s.samples.n && s.samples.items[i].time_ms < step + COARSE; i++) {
            low = s.samples.items[i].i < low ? s.samples.items[i].i : low;
            high = s.samples.items[i].i > high ? s.samples.items[i].i : high;
        }
        /* What went on from the step before is no sample of its own. */
        int64_t held = k ? s.samples.items[k - 1].i : -1;
        assert_true(low == least || held == least);
        assert_true(high == greatest || held == greatest);
        assert_true(low >= least && high <= greatest);
    }
    history_series_done(&s);
}

/* Texts: every change, at its time. */
static void check_states(struct fixture *f, int number)
{
    struct history_series s = read_series(f, number, STATE);
    char text[32];
    assert_int_equal(s.samples.n, (f->turn + STATE_TURNS - 1) / STATE_TURNS);
    for (size_t i = 0; i < s.samples.n; i++) {
        struct str got = {0};
        snprintf(text, sizeof text, "state %d", (int)i);
        assert_int_equal(s.samples.items[i].time_ms, BEGIN_MS + (int64_t)i * STATE_TURNS * TURN_MS);
        assert_int_equal(s.samples.items[i].resolution_ms, 0);
        assert_int_equal(history_archive_text(f->archive, s.samples.items[i].i, &got, NULL), 0);
        assert_string_equal(str_text(&got), text);
        str_done(&got);
    }
    history_series_done(&s);
}

/* Chunks follow one another without a gap or an overlap, and name the texts that they hold. */
static void check_chunks(struct fixture *f)
{
    assert_int_equal(count(f, "SELECT count(*) FROM (SELECT until_ms, lead(first_ms) OVER (PARTITION BY series"
                              " ORDER BY first_ms) AS next FROM chunk) WHERE until_ms IS NOT next"),
                     0);
    assert_int_equal(count(f, "SELECT count(*) FROM chunk WHERE last_ms < first_ms OR last_ms >= until_ms"), 0);
    assert_int_equal(count(f, "SELECT sum(refs) FROM text"), count(f, "SELECT sum(n) FROM chunk WHERE series % 1024 ="
                                                                      " (SELECT slot FROM col WHERE name = 'state')"));
}

static void old_samples_are_thinned(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    open_archive(f);
    take_turns(f, TURNS);
    assert_int_equal(stat(f->path, &st), 0);
    assert_true(st.st_size <= CAP);
    check_chunks(f);
    for (int i = 0; i < ROWS; i++) {
        struct history_series s = read_series(f, i, LAG);
        const struct history_samples *p = &s.samples;
        assert_int_equal(p->items[0].time_ms, BEGIN_MS);
        assert_int_equal(p->items[p->n - 1].resolution_ms, 0);
        assert_true(p->n < TURNS / 3);
        size_t fine = 0, coarse = 0;
        for (size_t k = 0; k < p->n; k++) {
            fine += p->items[k].resolution_ms == FINE;
            coarse += p->items[k].resolution_ms == COARSE;
            assert_true(!k || p->items[k].resolution_ms <= p->items[k - 1].resolution_ms); /* ever finer */
        }
        assert_true(fine > 0 && coarse > 0);
        history_series_done(&s);
        check_lags(f, i, BEGIN_MS + COARSE, f->now - COARSE);
        check_ends(f, i);
        check_states(f, i);
    }
    /* Spans say how finely they are known. */
    struct history_series s = read_series(f, 0, LAG);
    struct history_spans spans = {0};
    history_series_spans(&s, BEGIN_MS, f->now, &spans);
    assert_int_equal(spans.items[0].resolution_ms, COARSE);
    assert_int_equal(spans.items[spans.n - 1].resolution_ms, 0);
    vec_done(&spans);
    history_series_done(&s);
}

/* The same without steps: the oldest has gone. */
static void without_steps_the_oldest_goes(void **state)
{
    struct fixture *f = *state;
    f->settings.nthin = 0;
    open_archive(f);
    take_turns(f, TURNS);
    struct history_series s = read_series(f, 0, LAG);
    assert_true(s.samples.items[0].time_ms > BEGIN_MS + 60 * MINUTE);
    assert_int_equal(s.samples.items[0].resolution_ms, 0);
    history_series_done(&s);
}

static void where_there_is_room_nothing_is_thinned(void **state)
{
    struct fixture *f = *state;
    f->settings.max_bytes = 64 << 20;
    open_archive(f);
    take_turns(f, TURNS);
    assert_int_equal(count(f, "SELECT count(*) FROM chunk WHERE resolution_ms <> 0"), 0);
    struct history_series s = read_series(f, 0, LAG);
    size_t changes = 1;
    for (int i = 1; i < TURNS; i++)
        changes += lag_at(0, i) != lag_at(0, i - 1);
    assert_int_equal(s.samples.n, changes);
    history_series_done(&s);
}

/* A collector in a process of its own, that tells each turn it has finished until it is killed. */
static void write_until_killed(struct fixture *f, int fd)
{
    struct error err = {0};
    char note[512];
    f->archive = history_archive_new(&f->settings);
    int rc = history_archive_open(f->archive, f->now, 1, note, &err);
    while (rc == 0 && (rc = take_turn(f, &err)) == 0 && write(fd, ".", 1) == 1)
        ;
    dprintf(STDERR_FILENO, "the collector ended by itself: %s\n", rc ? err.text : "nobody listens");
    _exit(1);
}

static void a_killed_collector_loses_nothing(void **state)
{
    enum { KILLS = 4, KILL_TURNS = 500 };
    struct fixture *f = *state;
    for (int kill_at = 0; kill_at < KILLS; kill_at++) {
        int fds[2], status;
        char byte;
        assert_int_equal(pipe(fds), 0);
        history_archive_free(f->archive);
        f->archive = NULL;
        history_collect_reset(f->collect);
        pid_t child = fork();
        if (child == 0)
            write_until_killed(f, fds[1]);
        close(fds[1]);
        for (int i = 0; i < KILL_TURNS + kill_at * 7; i++, f->turn++, f->now += TURN_MS)
            assert_int_equal(read(fds[0], &byte, 1), 1);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        while (read(fds[0], &byte, 1) == 1) { /* what it did before it was killed */
            f->turn++;
            f->now += TURN_MS;
        }
        close(fds[0]);
        open_archive(f);
        check_chunks(f);
        for (int i = 0; i < ROWS; i++) {
            /* It may have written a turn that it did not tell of. */
            check_lags(f, i, BEGIN_MS + COARSE, f->now - COARSE);
            check_ends(f, i);
        }
    }
    assert_true(count(f, "SELECT count(*) FROM chunk WHERE resolution_ms > 0") > 0);
}

/* A run that ended before it could say so wrote a turn that the next one writes again, at the same time. */
static void a_moment_that_comes_twice_counts_once(void **state)
{
    struct fixture *f = *state;
    history_archive_free(f->archive);
    f->archive = NULL;
    for (int again = 0; again < 3; again++) {
        int status;
        history_collect_reset(f->collect);
        pid_t child = fork();
        if (child == 0) {
            open_archive(f);
            take_turns(f, 20);
            _exit(0); /* nothing is folded, as after a crash */
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        f->turn += 19;
        f->now += 19 * TURN_MS;
    }
    history_collect_reset(f->collect);
    open_archive(f);
    take_turns(f, TURNS / 4);
    check_chunks(f);
    for (int i = 0; i < ROWS; i++)
        check_lags(f, i, BEGIN_MS + COARSE, f->now - COARSE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(old_samples_are_thinned),
        TEST(without_steps_the_oldest_goes),
        TEST(where_there_is_room_nothing_is_thinned),
        TEST(a_killed_collector_loses_nothing),
        TEST(a_moment_that_comes_twice_counts_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
