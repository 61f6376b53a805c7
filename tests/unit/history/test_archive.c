/* The database without threads: what goes in is found again, and the file keeps to its limits. */
#include "tests/unit/unit.h"

#include "base/vec.h"
#include "history/archive.h"
#include "history/collect.h"
#include "history/schema.h"

#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GROUP, LAG, RATE, STATE, UP, OTHER, NCOLUMNS };

static const struct column columns[] = {
    [GROUP] = {.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
    [LAG] = {.name = "lag", .type = COLUMN_INT, .flags = COLUMN_HISTORY},
    [RATE] = {.name = "rate", .type = COLUMN_REAL, .flags = COLUMN_HISTORY},
    [STATE] = {.name = "state", .type = COLUMN_TEXT, .flags = COLUMN_HISTORY},
    [UP] = {.name = "up", .type = COLUMN_BOOL, .flags = COLUMN_HISTORY},
    [OTHER] = {.name = "other", .type = COLUMN_INT},
};
static const struct table_def def = {.name = "groups",
                                     .group = {.name = "own", .columns = columns, .ncolumns = NCOLUMNS}};

enum { START = 1000000000 }; /* the fake clock's first millisecond */

struct fixture {
    char dir[64], *path;
    int64_t now; /* both clocks, in ms */
    struct clock clock;
    struct store *store;
    struct table *t;
    struct history_collect *collect;
    struct history_archive_settings settings;
    struct history_archive *archive;
    bool watched;
    char note[512];
};

static int64_t fake_wall(void *arg)
{
    return ((struct fixture *)arg)->now;
}

static int64_t fake_mono(void *arg)
{
    return ((struct fixture *)arg)->now * 1000;
}

static bool is_watched(void *arg, const struct table *t, const struct row *r)
{
    (void)t;
    (void)r;
    return ((struct fixture *)arg)->watched;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->dir, sizeof f->dir, "/tmp/icetop-archive-XXXXXX");
    if (!mkdtemp(f->dir))
        return 1;
    f->path = mem_printf("%s/a/b/history.db", f->dir);
    f->now = START;
    f->clock = (struct clock){.wall_ms = fake_wall, .mono_us = fake_mono, .arg = f};
    f->store = store_new(&f->clock);
    store_add(f->store, &def, NULL, &f->t, NULL);
    f->collect = history_collect_new(f->store, 60000, is_watched, f);
    f->settings = (struct history_archive_settings){
        .path = f->path, .max_bytes = INT64_C(1) << 30, .fold_ms = 60000, .fold_bytes = 1 << 20};
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
    history_archive_free(f->archive);
    f->archive = history_archive_new(&f->settings);
    if (history_archive_open(f->archive, f->now, 1, f->note, &err))
        fail_msg("%s", err.text);
    history_collect_reset(f->collect);
}

/* A turn of the loop: what changed, what is due, and a transaction. */
static int turn(struct fixture *f, struct error *err)
{
    store_commit(f->store);
    history_collect_changes(f->collect);
    history_collect_due(f->collect, false);
    size_t len;
    char *batch = history_collect_take(f->collect, &len);
    bool more = false;
    int rc = history_archive_apply(f->archive, batch, len, 1, err);
    if (!rc)
        rc = history_archive_commit(f->archive, f->now, &more, err);
    free(batch);
    return rc;
}

static void write_all(struct fixture *f)
{
    struct error err = {0};
    if (turn(f, &err))
        fail_msg("%s", err.text);
}

static struct row *row(struct fixture *f, const char *group)
{
    struct name *n = name_intern(store_names(f->store), group, strlen(group));
    struct value key = {.s = n, .quality = QUALITY_EXACT};
    struct row *r = table_upsert(f->t, &key, 1);
    name_unref(n);
    return r;
}

static struct history_series read_series(struct fixture *f, const char *group, int column, int64_t from, int64_t to)
{
    struct history_series s = {0};
    struct error err = {0};
    struct str key = {0};
    struct name *n = name_intern(store_names(f->store), group, strlen(group));
    struct value v = {.s = n, .quality = QUALITY_EXACT};
    assert_true(table_key_encode(f->t, &v, &key));
    if (history_archive_read(f->archive, "groups", key.s, key.len, columns[column].name, columns[column].type, from, to,
                             &s, &err))
        fail_msg("%s", err.text);
    name_unref(n);
    str_done(&key);
    return s;
}

/* The series as "time=value" with times counted from START, "?" for unknown, "!" before fresh ones.
 */
static const char *show(struct fixture *f, const char *group, int column)
{
    static char text[4000];
    struct str out = {0};
    struct history_series s = read_series(f, group, column, START, INT64_MAX);
    for (size_t i = 0; i < s.samples.n; i++) {
        const struct history_sample *p = &s.samples.items[i];
        str_printf(&out, "%s%s%lld=", i ? " " : "", p->fresh ? "!" : "", (long long)(p->time_ms - START));
        if (p->quality == QUALITY_UNKNOWN)
            str_add(&out, "?");
        else if (columns[column].type == COLUMN_TEXT)
            assert_int_equal(history_archive_text(f->archive, p->i, &out, NULL), 0);
        else if (p->real)
            str_printf(&out, "%g", p->d);
        else
            str_printf(&out, "%lld", (long long)p->i);
        str_add(&out, p->quality > QUALITY_EXACT ? quality_name((enum quality)p->quality) : "");
    }
    snprintf(text, sizeof text, "%s", str_text(&out));
    str_done(&out);
    history_series_done(&s);
    return text;
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

static void run_sql(struct fixture *f, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void values_come_back_exactly(void **state)
{
    struct fixture *f = *state;
    f->watched = true;
    open_archive(f);
    struct row *r = row(f, "a\xFF\x1b");
    table_set_int(f->t, r, LAG, INT64_MAX, QUALITY_EXACT);
    table_set_real(f->t, r, RATE, NAN, QUALITY_EXACT);
    table_set_bytes(f->t, r, STATE, "x\0\xFFy", 4);
    write_all(f);
    f->now += 1000;
    table_set_int(f->t, r, LAG, INT64_MIN, QUALITY_GE);
    table_set_real(f->t, r, RATE, INFINITY, QUALITY_EXACT);
    write_all(f);
    f->now += 1000;
    table_set_unknown(f->t, r, LAG);
    table_set_real(f->t, r, RATE, -INFINITY, QUALITY_EST);
    table_set_unknown(f->t, r, STATE);
    write_all(f);
    f->now += 1000;
    table_set_int(f->t, r, LAG, (INT64_C(1) << 53) + 1, QUALITY_EXACT);
    write_all(f);
    for (int round = 0; round < 2; round++) { /* from the journal, then from chunks */
        assert_string_equal(show(f, "a\xFF\x1b", LAG), "!0=9223372036854775807 1000=-9223372036854775808ge 2000=? "
                                                       "3000=9007199254740993");
        assert_string_equal(show(f, "a\xFF\x1b", RATE), "!0=nan 1000=inf 2000=-infest");
        struct history_series s = read_series(f, "a\xFF\x1b", STATE, START, INT64_MAX);
        struct str text = {0};
        assert_int_equal(s.samples.n, 2);
        assert_int_equal(history_archive_text(f->archive, s.samples.items[0].i, &text, NULL), 0);
        assert_int_equal(text.len, 4);
        assert_memory_equal(text.s, "x\0\xFFy", 4);
        str_done(&text);
        history_series_done(&s);
        f->now += 70000;
        write_all(f); /* the fold is due */
        assert_int_equal(count(f, "SELECT count(*) FROM journal"), 0);
        assert_int_equal(count(f, "SELECT count(*) FROM chunk"), 3);
        f->now -= 70000;
    }
}

static void unwatched_numbers_come_once_a_minute(void **state)
{
    struct fixture *f = *state;
    open_archive(f);
    struct row *r = row(f, "a");
    for (int i = 0; i < 130; i++) {
        table_set_int(f->t, r, LAG, i, QUALITY_EXACT);
        if (i == 10 || i == 12)
            table_set_text(f->t, r, STATE, i == 10 ? "rebalancing" : "stable");
        write_all(f);
        f->now += 1000;
    }
    struct history_series s = read_series(f, "a", LAG, START, INT64_MAX);
    assert_in_range(s.samples.n, 3, 4);
    for (size_t i = 1; i < s.samples.n; i++)
        assert_true(s.samples.items[i].time_ms - s.samples.items[i - 1].time_ms >= 59000);
    history_series_done(&s);
    assert_string_equal(show(f, "a", STATE), "!10000=rebalancing 12000=stable");
    /* The last value is kept when its time has come, though nothing changes any more. */
    for (int i = 0; i < 70; i++, f->now += 1000)
        write_all(f);
    s = read_series(f, "a", LAG, f->now, f->now);
    assert_int_equal(s.samples.n, 1);
    assert_int_equal(s.samples.items[0].i, 129);
    history_series_done(&s);
    /* Who looks at it gets every change. */
    f->watched = true;
    int64_t from = f->now;
    for (int i = 0; i < 20; i++, f->now += 1000) {
        table_set_int(f->t, r, LAG, 1000 + i, QUALITY_EXACT);
        write_all(f);
    }
    s = read_series(f, "a", LAG, from, INT64_MAX);
    assert_int_equal(s.samples.n, 20);
    history_series_done(&s);
}

static void rows_live_and_die(void **state)
{
    struct fixture *f = *state;
    f->watched = true;
    open_archive(f);
    for (int life = 0; life < 2; life++) {
        struct row *r = row(f, "a");
        table_set_int(f->t, r, LAG, 5, QUALITY_EXACT);
        table_set_text(f->t, r, STATE, "Stable");
        write_all(f);
        f->now += 10000;
        table_remove(f->t, r);
        write_all(f);
        f->now += 90000;
        write_all(f);
    }
    assert_int_equal(count(f, "SELECT count(*) FROM journal"), 0);
    assert_int_equal(count(f, "SELECT count(*) FROM item"), 1);
    /* The same value after a death is a sample of its own. */
    assert_string_equal(show(f, "a", LAG), "!0=5 !100000=5");
    assert_string_equal(show(f, "a", STATE), "!0=Stable !100000=Stable");
    struct history_series s = read_series(f, "a", LAG, START, INT64_MAX);
    assert_int_equal(s.lives.n, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(s.lives.items[i].born_ms, START + 100000 * (int64_t)i);
        assert_int_equal(s.lives.items[i].died_ms, START + 100000 * (int64_t)i + 10000);
        assert_int_equal(history_series_holds_until(&s, i), s.lives.items[i].died_ms);
    }
    history_series_done(&s);
    /* A row that comes and goes within one change set leaves nothing. */
    table_remove(f->t, row(f, "b"));
    write_all(f);
    assert_int_equal(count(f, "SELECT count(*) FROM item"), 1);
}

static void a_crash_ends_what_was_seen(void **state)
{
    struct fixture *f = *state;
    f->watched = true;
    open_archive(f);
    table_set_int(f->t, row(f, "a"), LAG, 5, QUALITY_EXACT);
    write_all(f);
    f->now += 15000;
    write_all(f);                      /* still seen */
    history_archive_close(f->archive); /* nobody says goodbye to the rows */
    f->now += 100000;
    open_archive(f);
    write_all(f);
    struct history_series s = read_series(f, "a", LAG, START, INT64_MAX);
    assert_int_equal(s.samples.n, 2);
    assert_int_equal(history_series_holds_until(&s, 0), START + 15000);
    assert_int_equal(s.samples.items[1].time_ms, START + 115000);
    assert_true(s.samples.items[1].fresh);
    history_series_done(&s);
}

static void only_changes_are_stored(void **state)
{
    struct fixture *f = *state;
    f->watched = true;
    open_archive(f);
    struct row *r = row(f, "a");
    for (int i = 0; i < 1000; i++) {
        table_set_int(f->t, r, LAG, i / 100, QUALITY_EXACT);
        table_set_int(f->t, r, RATE, 0, QUALITY_UNKNOWN);
        table_set_int(f->t, r, OTHER, i, QUALITY_EXACT);
        write_all(f);
        f->now += 1000;
    }
    f->now += 70000;
    write_all(f);
    assert_int_equal(count(f, "SELECT count(*) FROM chunk"), 1);
    assert_int_equal(count(f, "SELECT n FROM chunk"), 10);
    assert_int_equal(count(f, "SELECT until_ms IS NULL FROM chunk"), 1);
}

static void long_series_are_cut_into_chunks(void **state)
{
    struct fixture *f = *state;
    f->watched = true;
    open_archive(f);
    struct row *r = row(f, "a");
    for (int i = 0; i < 2000; i++) {
        table_set_int(f->t, r, LAG, i * 7, QUALITY_EXACT);
        table_set_text(f->t, r, STATE, i % 2 ? "odd" : "even");
        write_all(f);
        f->now += 1000;
    }
    assert_in_range(count(f, "SELECT count(*) FROM chunk"), 14, 18);
    assert_int_equal(count(f, "SELECT count(*) FROM chunk WHERE until_ms IS NULL"), 2);
    assert_int_equal(count(f, "SELECT max(n) FROM chunk"), HISTORY_CHUNK_SAMPLES);
    struct history_series s = read_series(f, "a", LAG, START, INT64_MAX);
    assert_int_equal(s.samples.n, 2000);
    for (int i = 0; i < 2000; i++)
        assert_int_equal(s.samples.items[i].i, i * 7);
    history_series_done(&s);
    s = read_series(f, "a", LAG, START + 500500, START + 502500);
    assert_int_equal(s.samples.n, 3); /* what was in force, and two */
    assert_int_equal(s.samples.items[0].i, 500 * 7);
    history_series_done(&s);
    /* Two texts, however many samples name them. */
    assert_int_equal(count(f, "SELECT count(*) FROM text"), 2);
    f->now += 70000;
    write_all(f);
    assert_int_equal(count(f, "SELECT sum(refs) FROM text"), 2000);
}

static void backfill(struct fixture *f, const char *group, const int64_t (*points)[2], size_t n)
{
    struct history_samples samples = {0};
    struct str chunk = {0}, key = {0};
    struct name *name = name_intern(store_names(f->store), group, strlen(group));
    struct value v = {.s = name, .quality = QUALITY_EXACT};
    table_key_encode(f->t, &v, &key);
    for (size_t i = 0; i < n; i++)
        vec_push(&samples,
                 (struct history_sample){.time_ms = START + points[i][0], .i = points[i][1], .quality = QUALITY_EXACT});
    history_chunk_encode(&chunk, samples.items, n, false, 0);
    assert_int_equal(history_collect_past(f->collect, f->t, key.s, key.len, "lag", chunk.s, chunk.len), 0);
    assert_int_equal(history_collect_past(f->collect, f->t, key.s, key.len, "other", chunk.s, chunk.len),
                     ERR_NOT_FOUND);
    name_unref(name);
    vec_done(&samples);
    str_done(&chunk);
    str_done(&key);
}

static void the_past_is_merged(void **state)
{
    struct fixture *f = *state;
    f->watched = true;
    open_archive(f);
    struct row *r = row(f, "a");
    for (int i = 0; i < 600; i++) {
        table_set_int(f->t, r, LAG, 10000 + i, QUALITY_EXACT);
        write_all(f);
        f->now += 1000;
    }
    f->now += 70000;
    write_all(f);
    const int64_t late[][2] = {{500, 1}, {1500, 2}, {2000, 3}, {300500, 4}, {599500, 5}};
    backfill(f, "a", late, 5);
    for (int round = 0; round < 2; round++) { /* from the journal, then from chunks */
        write_all(f);
        struct history_series s = read_series(f, "a", LAG, START, INT64_MAX);
        assert_int_equal(s.samples.n, 604);
        for (size_t i = 1; i < s.samples.n; i++)
            assert_true(s.samples.items[i].time_ms > s.samples.items[i - 1].time_ms);
        assert_int_equal(s.samples.items[1].i, 1);
        assert_int_equal(s.samples.items[3].i, 2);
        assert_int_equal(s.samples.items[4].i, 3); /* in the place of what was there */
        assert_int_equal(s.samples.items[603].i, 5);
        assert_int_equal(s.samples.items[602].i, 10599);
        history_series_done(&s);
        f->now += 70000;
        write_all(f);
    }
    assert_int_equal(count(f, "SELECT count(*) FROM chunk WHERE until_ms IS NULL"), 1);
    assert_int_equal(count(f, "SELECT count(*) FROM (SELECT until_ms, lead(first_ms) OVER"
                              " (ORDER BY first_ms) AS next FROM chunk) WHERE until_ms IS NOT next"),
                     0);
    /* A row that was never here lived while it was sampled. */
    const int64_t other[][2] = {{-5000, 1}, {-4000, 2}};
    backfill(f, "never", other, 2);
    write_all(f);
    struct history_series s = read_series(f, "never", LAG, START - 10000, INT64_MAX);
    assert_int_equal(s.samples.n, 2);
    assert_int_equal(s.lives.n, 1);
    assert_int_equal(history_series_holds_until(&s, 1), START - 3999);
    history_series_done(&s);
}

static void old_things_go_with_age(void **state)
{
    struct fixture *f = *state;
    f->watched = true;
    f->settings.max_age_ms = 1000000;
    open_archive(f);
    char name[32];
    struct row *constant = row(f, "constant");
    table_set_int(f->t, constant, LAG, 42, QUALITY_EXACT);
    struct row *busy = row(f, "busy");
    for (int i = 0; i < 5000; i++) { /* rows with a text of their own come and go */
        snprintf(name, sizeof name, "short-lived-%d", i);
        struct row *r = row(f, name);
        table_set_text(f->t, r, STATE, name);
        table_set_int(f->t, busy, LAG, i, QUALITY_EXACT);
        write_all(f);
        table_remove(f->t, r);
        f->now += 1000;
    }
    assert_in_range(count(f, "SELECT count(*) FROM item"), 1000, 1030);
    assert_in_range(count(f, "SELECT count(*) FROM text"), 1000, 1100);
    assert_in_range(count(f, "SELECT max(n) FROM (SELECT count(*) AS n FROM chunk GROUP BY series)"), 4, 6);
    assert_string_equal(show(f, "constant", LAG), "!0=42"); /* old, and in force */
    assert_int_equal(count(f, "SELECT count(*) FROM text WHERE refs < 0"), 0);
    assert_int_equal(count(f, "SELECT count(*) FROM chunk WHERE series / 1024 NOT IN"
                              " (SELECT id FROM item)"),
                     0);
}

static void the_file_keeps_to_its_size(void **state)
{
    struct fixture *f = *state;
    f->watched = true;
    f->settings.max_bytes = 1 << 20;
    f->settings.fold_bytes = 1 << 15;
    open_archive(f);
    char name[32];
    uint64_t random = 1;
    for (int i = 0; i < 4000; i++) {
        for (int k = 0; k < 20; k++) {
            snprintf(name, sizeof name, "group-%d", k);
            random = random * 6364136223846793005u + 1442695040888963407u;
            table_set_int(f->t, row(f, name), LAG, (int64_t)(random >> 16), QUALITY_EXACT);
        }
        write_all(f);
        f->now += 1000;
    }
    struct stat st;
    assert_int_equal(stat(f->path, &st), 0);
    assert_in_range(st.st_size, 1 << 18, 1 << 20);
    struct history_series s = read_series(f, "group-3", LAG, START, INT64_MAX);
    assert_true(s.samples.n > 1000 && s.samples.n < 4000);
    assert_int_equal(s.samples.items[s.samples.n - 1].time_ms, f->now - 1000);
    history_series_done(&s);
}

static void a_cap_too_small_is_an_error(void **state)
{
    struct fixture *f = *state;
    struct error err = {0};
    char name[32];
    f->settings.max_bytes = 200 * 1024;
    open_archive(f);
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof name, "group-%d", i);
        table_set_int(f->t, row(f, name), LAG, i, QUALITY_EXACT);
    }
    assert_int_equal(turn(f, &err), ERR_LIMIT);
    assert_non_null(strstr(err.text, f->path));
    assert_non_null(strstr(err.text, "full"));
}

static void private_file_and_directory(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    mode_t old = umask(0);
    open_archive(f);
    write_all(f);
    umask(old);
    static const char *const files[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < 4; i++) {
        char *name = mem_printf("%s%s", f->path, files[i]);
        assert_int_equal(stat(name, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        free(name);
    }
    char *dir = mem_printf("%s/a/b", f->dir);
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    free(dir);
    assert_int_equal(count(f, "PRAGMA user_version"), HISTORY_SCHEMA_VERSION);
    assert_int_equal(count(f, "PRAGMA application_id"), HISTORY_SCHEMA_APPLICATION);
}

static void corrupt_files_are_set_aside(void **state)
{
    struct fixture *f = *state;
    open_archive(f);
    table_set_int(f->t, row(f, "a"), LAG, 1, QUALITY_EXACT);
    write_all(f);
    history_archive_close(f->archive);
    int fd = open(f->path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "this is no database", 19, 0), 19);
    close(fd);
    open_archive(f);
    assert_non_null(strstr(f->note, ".corrupt-"));
    write_all(f);
    assert_string_equal(show(f, "a", LAG), "!0=1"); /* begun anew */
    char *aside = mem_printf("%s.corrupt-19700112T134640Z", f->path);
    assert_int_equal(access(aside, F_OK), 0);
    free(aside);
}

static void damage_within_is_found_when_met(void **state)
{
    struct fixture *f = *state;
    struct error err = {0};
    f->watched = true;
    open_archive(f);
    struct row *r = row(f, "a");
    table_set_int(f->t, r, LAG, 1, QUALITY_EXACT);
    write_all(f);
    f->now += 70000;
    write_all(f);
    run_sql(f, "UPDATE chunk SET data = x'0102'");
    table_set_int(f->t, r, LAG, 2, QUALITY_EXACT);
    assert_int_equal(turn(f, &err), 0);
    f->now += 70000;
    assert_int_equal(turn(f, &err), ERR_INVALID);
    history_archive_condemn(f->archive);
    assert_int_equal(history_archive_open(f->archive, f->now, 1, f->note, &err), 0);
    assert_non_null(strstr(f->note, ".corrupt-"));
}

static void strangers_and_newer_ones_are_left_alone(void **state)
{
    struct fixture *f = *state;
    struct error err = {0};
    open_archive(f);
    history_archive_close(f->archive);
    run_sql(f, "PRAGMA user_version = 99");
    assert_int_equal(history_archive_open(f->archive, f->now, 1, f->note, &err), ERR_LIMIT);
    assert_non_null(strstr(err.text, "newer"));
    assert_int_equal(count(f, "PRAGMA user_version"), 99);
    run_sql(f, "PRAGMA user_version = 3; PRAGMA application_id = 77");
    assert_int_equal(history_archive_open(f->archive, f->now, 1, f->note, &err), ERR_NOT_FOUND);
    assert_int_equal(count(f, "PRAGMA application_id"), 77);
    assert_int_equal(history_archive_state(f->archive), HISTORY_ARCHIVE_CLOSED);
}

static void the_second_only_reads(void **state)
{
    struct fixture *f = *state;
    struct error err = {0};
    f->watched = true;
    open_archive(f);
    table_set_int(f->t, row(f, "a"), LAG, 1, QUALITY_EXACT);
    write_all(f);
    struct history_archive *first = f->archive;
    f->archive = history_archive_new(&f->settings);
    assert_int_equal(history_archive_open(f->archive, f->now, 1, f->note, &err), 0);
    assert_int_equal(history_archive_state(f->archive), HISTORY_ARCHIVE_READING);
    char process[40];
    snprintf(process, sizeof process, "process %ld", (long)getpid());
    assert_non_null(strstr(f->note, process));
    assert_string_equal(show(f, "a", LAG), "!0=1");
    struct history_series s = read_series(f, "a", LAG, START, INT64_MAX);
    assert_int_equal(history_series_holds_until(&s, 0), INT64_MAX); /* its writer is at work */
    history_series_done(&s);
    int64_t runs = count(f, "SELECT count(*) FROM run");
    table_set_int(f->t, row(f, "b"), LAG, 1, QUALITY_EXACT);
    write_all(f); /* into nothing */
    assert_string_equal(show(f, "b", LAG), "");
    assert_int_equal(count(f, "SELECT count(*) FROM run"), runs);
    /* The first one's lock goes with it. */
    history_archive_free(first);
    assert_int_equal(history_archive_open(f->archive, f->now, 1, f->note, &err), 0);
    assert_int_equal(history_archive_state(f->archive), HISTORY_ARCHIVE_WRITING);
    assert_string_equal(f->note, "");
}

static void no_write_ahead_log_over_a_network(void **state)
{
    struct fixture *f = *state;
    struct error err = {0};
    f->watched = true;
    f->settings.network = "nfs";
    open_archive(f);
    assert_non_null(strstr(f->note, "network file system (nfs)"));
    table_set_int(f->t, row(f, "a"), LAG, 1, QUALITY_EXACT);
    write_all(f);
    char *log = mem_printf("%s-wal", f->path);
    assert_int_not_equal(access(log, F_OK), 0);
    free(log);
    /* Another one reads between the transactions of the first. */
    struct history_archive *first = f->archive;
    f->archive = history_archive_new(&f->settings);
    assert_int_equal(history_archive_open(f->archive, f->now, 1, f->note, &err), 0);
    assert_string_equal(show(f, "a", LAG), "!0=1");
    struct history_archive *second = f->archive;
    f->archive = first;
    f->now += 1000;
    table_set_int(f->t, row(f, "a"), LAG, 2, QUALITY_EXACT);
    write_all(f);
    f->archive = second;
    assert_string_equal(show(f, "a", LAG), "!0=1 1000=2");
    history_archive_free(first);
}

static void all_rows_are_walked(void **state)
{
    struct fixture *f = *state;
    char name[32];
    f->watched = true;
    open_archive(f);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1200; i++) {
            snprintf(name, sizeof name, "group-%d", i);
            table_set_int(f->t, row(f, name), LAG, i * 10 + round, QUALITY_EXACT);
        }
        write_all(f);
        f->now += 61000; /* some folded, some not */
    }
    struct history_walk w = {
        .table = "groups", .column = "lag", .type = COLUMN_INT, .from_ms = START, .to_ms = INT64_MAX};
    size_t rows = 0;
    for (bool end = false; !end;) {
        assert_int_equal(history_archive_read_next(f->archive, &w, &end, NULL), 0);
        for (size_t i = 0; i < w.rows.n; i++, rows++) {
            const struct history_samples *s = &w.rows.items[i].series.samples;
            assert_int_equal(s->n, 3);
            assert_int_equal(s->items[2].i % 10, 2);
            snprintf(name, sizeof name, "group-%d", (int)s->items[0].i / 10);
            assert_int_equal(w.rows.items[i].key.len, 4 + strlen(name));
            assert_memory_equal(w.rows.items[i].key.s + 4, name, strlen(name));
        }
    }
    assert_int_equal(rows, 1200);
    history_walk_clear(&w);
}

static void columns_come_and_go(void **state)
{
    struct fixture *f = *state;
    static const struct column late[] = {{.name = "first", .type = COLUMN_INT, .flags = COLUMN_HISTORY},
                                         {.name = "second", .type = COLUMN_INT, .flags = COLUMN_HISTORY}};
    static const struct column_group one = {.name = "one", .columns = late, .ncolumns = 1};
    static const struct column_group two = {.name = "two", .columns = late + 1, .ncolumns = 1};
    f->watched = true;
    open_archive(f);
    struct row *r = row(f, "a");
    table_add_group(f->t, &one, NULL, NULL);
    table_add_group(f->t, &two, NULL, NULL);
    table_set_int(f->t, r, LAG, 1, QUALITY_EXACT);
    table_set_int(f->t, r, NCOLUMNS, 11, QUALITY_EXACT);
    table_set_int(f->t, r, NCOLUMNS + 1, 22, QUALITY_EXACT);
    write_all(f);
    f->now += 1000;
    table_drop_group(f->t, "one");
    table_set_unknown(f->t, r, NCOLUMNS); /* now "second" */
    write_all(f);
    struct str key = {0};
    struct history_series s = {0};
    table_key_bytes(f->t, r, &key);
    assert_int_equal(
        history_archive_read(f->archive, "groups", key.s, key.len, "second", COLUMN_INT, START, INT64_MAX, &s, NULL),
        0);
    assert_int_equal(s.samples.n, 2);
    assert_int_equal(s.samples.items[0].i, 22);
    assert_int_equal(s.samples.items[1].quality, QUALITY_UNKNOWN);
    history_series_done(&s);
    str_done(&key);
    /* The table itself goes and comes: its rows have died and are born again. */
    store_drop(f->store, f->t);
    write_all(f);
    f->now += 1000;
    store_add(f->store, &def, NULL, &f->t, NULL);
    table_set_int(f->t, row(f, "a"), LAG, 1, QUALITY_EXACT);
    write_all(f);
    assert_string_equal(show(f, "a", LAG), "!0=1 !2000=1");
    assert_int_equal(count(f, "SELECT count(*) FROM life WHERE died_ms IS NULL"), 1);
    assert_int_equal(count(f, "SELECT count(*) FROM life"), 2);
}

static void keys_are_those_of_the_table(void **state)
{
    struct fixture *f = *state;
    static const struct column kinds[] = {{.name = "a", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
                                          {.name = "b", .type = COLUMN_INT, .flags = COLUMN_KEY},
                                          {.name = "c", .type = COLUMN_REAL, .flags = COLUMN_KEY},
                                          {.name = "d", .type = COLUMN_BOOL, .flags = COLUMN_KEY}};
    static const struct table_def many = {.name = "many", .group = {.name = "own", .columns = kinds, .ncolumns = 4}};
    struct table *t;
    struct str one = {0}, other = {0};
    assert_int_equal(store_add(f->store, &many, NULL, &t, NULL), 0);
    struct name *n = name_intern(store_names(f->store), "x\0y", 3);
    struct value key[] = {{.s = n, .quality = QUALITY_EXACT}, value_int(-7), value_real(0.5), value_int(1)};
    table_key_bytes(t, table_upsert(t, key, 1), &one);
    assert_true(table_key_encode(t, key, &other));
    assert_int_equal(one.len, other.len);
    assert_memory_equal(one.s, other.s, one.len);
    key[2] = value_unknown();
    assert_false(table_key_encode(t, key, &other));
    name_unref(n);
    str_done(&one);
    str_done(&other);
}

static void a_full_batch_waits(void **state)
{
    struct fixture *f = *state;
    static char text[4000];
    char name[32];
    memset(text, 'x', sizeof text - 1);
    open_archive(f);
    for (int i = 0; i < 6000; i++) { /* 24 MB of texts */
        snprintf(name, sizeof name, "group-%d", i);
        snprintf(text, 10, "%09d", i);
        text[9] = 'x';
        table_set_text(f->t, row(f, name), STATE, text);
    }
    history_collect_changes(f->collect);
    size_t pending = history_collect_pending(f->collect);
    assert_in_range(pending, 4 << 20, 5 << 20);
    history_collect_changes(f->collect);
    assert_int_equal(history_collect_pending(f->collect), pending);
    for (int i = 0; i < 6; i++) {
        write_all(f);
        f->now += 1000;
    }
    assert_int_equal(count(f, "SELECT count(*) FROM life"), 6000);
    assert_int_equal(count(f, "SELECT count(*) FROM text"), 6000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values_come_back_exactly),
        TEST(unwatched_numbers_come_once_a_minute),
        TEST(rows_live_and_die),
        TEST(a_crash_ends_what_was_seen),
        TEST(only_changes_are_stored),
        TEST(long_series_are_cut_into_chunks),
        TEST(the_past_is_merged),
        TEST(old_things_go_with_age),
        TEST(the_file_keeps_to_its_size),
        TEST(a_cap_too_small_is_an_error),
        TEST(private_file_and_directory),
        TEST(corrupt_files_are_set_aside),
        TEST(damage_within_is_found_when_met),
        TEST(strangers_and_newer_ones_are_left_alone),
        TEST(the_second_only_reads),
        TEST(no_write_ahead_log_over_a_network),
        TEST(all_rows_are_walked),
        TEST(columns_come_and_go),
        TEST(keys_are_those_of_the_table),
        TEST(a_full_batch_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
