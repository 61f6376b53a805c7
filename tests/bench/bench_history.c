/* How many samples a second history takes, how small they lie on the disk, and how quickly a series is
 * read back. Prints one line for each number. */
#include "base/vec.h"
#include "history/archive.h"
#include "history/collect.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS = 2000, MINUTES = 360 };
enum { GROUP, PARTITION, COMMITTED, END, LAG, RATE_IN, RATE_OUT, STATE, NCOLUMNS };

static const struct column columns[] = {
    [GROUP] = {.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
    [PARTITION] = {.name = "partition", .type = COLUMN_INT, .flags = COLUMN_KEY},
    [COMMITTED] = {.name = "committed", .type = COLUMN_INT, .flags = COLUMN_HISTORY},
    [END] = {.name = "end", .type = COLUMN_INT, .flags = COLUMN_HISTORY},
    [LAG] = {.name = "lag", .type = COLUMN_INT, .flags = COLUMN_HISTORY},
    [RATE_IN] = {.name = "rate_in", .type = COLUMN_REAL, .flags = COLUMN_HISTORY},
    [RATE_OUT] = {.name = "rate_out", .type = COLUMN_REAL, .flags = COLUMN_HISTORY},
    [STATE] = {.name = "state", .type = COLUMN_TEXT, .flags = COLUMN_HISTORY},
};
static const struct table_def def = {.name = "group_partitions",
                                     .group = {.name = "own", .columns = columns, .ncolumns = NCOLUMNS}};

static int64_t now = 1700000000000;

static int64_t fake_wall(void *arg)
{
    (void)arg;
    return now;
}

static int64_t fake_mono(void *arg)
{
    (void)arg;
    return now * 1000;
}

static uint64_t draw(void)
{
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 33;
}

/* One minute later: every partition has moved on, with rates that have all their digits. */
static void step(struct table *t)
{
    static int64_t ends[ROWS], commits[ROWS];
    char group[32];
    struct store *s = table_store(t);
    now += 60000 + (int64_t)(draw() % 20);
    for (int64_t i = 0; i < ROWS; i++) {
        int64_t in = (int64_t)(draw() % 5000), old = commits[i];
        snprintf(group, sizeof group, "payments-%d", (int)i / 10);
        struct name *n = name_intern(store_names(s), group, strlen(group));
        struct value key[] = {{.s = n, .quality = QUALITY_EXACT}, value_int(i % 10)};
        struct row *r = table_upsert(t, key, 1);
        name_unref(n);
        ends[i] += in;
        commits[i] = ends[i] - (int64_t)(draw() % 300);
        table_set(t, r, END, value_int(ends[i]));
        table_set(t, r, COMMITTED, value_int(commits[i]));
        table_set(t, r, LAG, value_int(ends[i] - commits[i]));
        table_set(t, r, RATE_IN, value_real((double)in / 60.01));
        table_set(t, r, RATE_OUT, value_real((double)(commits[i] - old) / 60.01));
        table_set_text(t, r, STATE, draw() % 100 ? "Stable" : "PreparingRebalance");
    }
}

static double seconds(int64_t us)
{
    return (double)us / 1e6;
}

static int64_t clock_us(void)
{
    return clock_mono_us(&clock_system);
}

/* Takes the store's changes to the disk; returns whether it worked. */
static bool take(struct history_archive *a, struct history_collect *c, int64_t *loop_us, int64_t *disk_us)
{
    struct error err = {0};
    size_t len;
    bool more = true;
    int64_t begin = clock_us();
    history_collect_changes(c);
    char *batch = history_collect_take(c, &len);
    int64_t packed = clock_us();
    int rc = history_archive_apply(a, batch, len, 1, &err);
    while (!rc && more)
        rc = history_archive_commit(a, now, &more, &err);
    *loop_us += packed - begin;
    *disk_us += clock_us() - packed;
    free(batch);
    if (rc)
        fprintf(stderr, "%s\n", err.text);
    return !rc;
}

static void measure_reading(struct history_archive *a, const struct table *t)
{
    enum { TIMES = 200 };
    struct history_points points = {0};
    int64_t begin = clock_us();
    size_t n = 0;
    const struct row *r = table_first(t);
    for (int i = 0; i < TIMES; i++, r = row_next(r)) {
        struct history_series s = {0};
        struct str key = {0};
        table_key_bytes(t, r, &key);
        history_archive_read(a, "group_partitions", key.s, key.len, "lag", COLUMN_INT, now - INT64_C(60000) * MINUTES,
                             now, &s, NULL);
        n += s.samples.n;
        points.n = 0;
        history_series_points(&s, now - INT64_C(60000) * MINUTES, now, 240000, &points, NULL);
        history_series_done(&s);
        str_done(&key);
    }
    double took = seconds(clock_us() - begin);
    printf("read one series of %zu samples: %.2f ms\n", n / TIMES, took * 1000 / TIMES);
    vec_done(&points);
}

int main(void)
{
    char dir[] = "/tmp/icetop-bench-XXXXXX", path[64], note[512];
    struct error err = {0};
    if (!mkdtemp(dir))
        return 1;
    snprintf(path, sizeof path, "%s/history.db", dir);
    const struct clock clock = {.wall_ms = fake_wall, .mono_us = fake_mono};
    struct store *store = store_new(&clock);
    struct table *t;
    if (store_add(store, &def, NULL, &t, NULL))
        return 1;
    const struct history_archive_settings settings = {
        .path = path, .max_bytes = INT64_C(4) << 30, .fold_ms = 15 * 60000, .fold_bytes = 32 << 20};
    struct history_archive *a = history_archive_new(&settings);
    struct history_collect *c = history_collect_new(store, 1000, NULL, NULL);
    bool good = history_archive_open(a, now, 1, note, &err) == 0;
    int64_t loop_us = 0, disk_us = 0, worst_us = 0;
    for (int i = 0; i < MINUTES && good; i++) {
        step(t);
        int64_t before = loop_us;
        good = take(a, c, &loop_us, &disk_us);
        if (i && loop_us - before > worst_us)
            worst_us = loop_us - before;
    }
    now += 16 * 60000;
    good = good && take(a, c, &loop_us, &disk_us); /* folds the rest */
    if (good)
        measure_reading(a, t);
    history_archive_free(a);
    struct stat st;
    good = good && stat(path, &st) == 0;
    double samples = (double)MINUTES * ROWS * 5; /* and some texts */
    if (good) {
        printf("samples: %.0f\n", samples);
        printf("written: %.0f samples/s, folded into chunks\n", samples / seconds(disk_us));
        printf("on the loop: %.0f samples/s, %.2f ms for %d rows at worst\n", samples / seconds(loop_us),
               (double)worst_us / 1000, ROWS);
        double week = (double)st.st_size / samples * 5 * 100000 * 60 * 24 * 7;
        printf(
            "a week of 100,000 rows that all change every minute: %.1f GB; within 4 GB: %.1f days of it, or a week of "
            "%.0f such rows\n",
            week / 1e9, 4e9 / week * 7, 4e9 / week * 100000);
        printf("on disk: %.2f bytes a sample (two of five are reals)\n", (double)st.st_size / samples);
    } else {
        fprintf(stderr, "%s\n", err.text);
    }
    static const char *const files[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", path, files[i]);
        unlink(name);
    }
    rmdir(dir);
    history_collect_free(c);
    store_free(store);
    return good ? 0 : 1;
}
