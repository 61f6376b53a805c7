/* How large a week of history is: the Kafka tables' own columns, a part of a large cluster, every number moving every
 * minute, a simulated week in seconds, with the same part of the file's usual cap. Fails if the week does not fit.
 *
 * Usage: bench-week [GROUPS [DAYS]]. */
#include "base/vec.h"
#include "history/archive.h"
#include "history/collect.h"
#include "kafka/tables.h"

#include <inttypes.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PARTITIONS = 10, MEMBERS = 2, WHOLE_GROUPS = 10000, MINUTE_MS = 60000, DAY_MINUTES = 1440, KEYS_MAX = 8 };
enum { TEXT_CHANGES = 1000 }; /* of so many minutes one, for each text */

#define WHOLE_BYTES INT64_C(4000000000)
#define BEGIN_MS    INT64_C(1700000000000)

static int64_t now = BEGIN_MS;

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

static double share(void)
{
    return (double)draw() / (double)(UINT64_C(1) << 31);
}

/* Between 0.2 and 1.8: busy by day, quiet at night, and never twice the same. */
static double busy(void)
{
    double day = (double)((now - BEGIN_MS) / MINUTE_MS % DAY_MINUTES) / DAY_MINUTES;
    return (1 + 0.6 * sin(day * 2 * acos(-1))) * (0.9 + 0.2 * share());
}

/* ---- rows ---- */

static void fill_text(struct table *t, struct row *r, size_t i, bool is_new)
{
    static const char *const texts[] = {"Stable", "PreparingRebalance", "behind by 1,000 messages", ""};
    if (is_new || draw() % TEXT_CHANGES == 0)
        table_set_text(t, r, i, texts[draw() % 4]);
}

static void fill_number(struct table *t, struct row *r, size_t i, const struct column *c, bool is_new)
{
    struct value old = row_get(r, i);
    switch (c->unit) {
    case UNIT_OFFSET: /* logs lose their old end every five minutes, and grow all the time */
        if (is_new || strcmp(c->name, "start") != 0 || now / MINUTE_MS % 5 == 0)
            table_set(t, r, i, value_int((is_new ? (int64_t)draw() : old.i) + (int64_t)(3000 * busy())));
        break;
    case UNIT_PER_SECOND:
        table_set(t, r, i, value_real(50 * busy()));
        break;
    case UNIT_SECONDS:
        table_set(t, r, i, value_real(5 * busy() + (draw() % 500 ? 0 : 300 * share())));
        break;
    case UNIT_MESSAGES: /* nothing is lost, nor open for long */
        if (strcmp(c->name, "lost") == 0 || strcmp(c->name, "open_messages") == 0)
            table_set(t, r, i, value_int(0));
        else
            table_set(t, r, i, value_int((int64_t)(300 * busy() + (draw() % 500 ? 0 : 50000 * share()))));
        break;
    case UNIT_NONE:
        if (c->type == COLUMN_REAL)
            table_set(t, r, i, value_real(busy()));
        else if (c->type == COLUMN_TIME)
            table_set(t, r, i, value_int(now - (int64_t)(draw() % 5000)));
        else if (is_new)
            table_set(t, r, i, value_int(0));
        break;
    default:
        if (is_new || draw() % TEXT_CHANGES == 0)
            table_set(t, r, i, value_int((int64_t)(draw() % 10)));
    }
}

/* Since when something is so changes as seldom as that. */
static bool is_since(const struct column *c)
{
    return strstr(c->name, "since") != NULL;
}

static void fill_row(struct table *t, const char *group, const char *other, int number)
{
    struct value key[KEYS_MAX];
    struct name *names[KEYS_MAX] = {0};
    for (size_t i = 0; i < table_nkeys(t); i++) {
        const struct column *c = table_column(t, i);
        const char *text = strcmp(c->name, "cluster") == 0                                      ? "default"
                           : strcmp(c->name, "topic") == 0 || strcmp(c->name, "member_id") == 0 ? other
                                                                                                : group;
        if (c->type == COLUMN_TEXT)
            names[i] = name_intern(store_names(table_store(t)), text, strlen(text));
        key[i] = names[i] ? (struct value){.s = names[i], .quality = QUALITY_EXACT} : value_int(number);
    }
    bool is_new = !table_find(t, key);
    struct row *r = table_upsert(t, key, 1);
    for (size_t i = table_nkeys(t); i < table_ncolumns(t); i++) {
        const struct column *c = table_column(t, i);
        if (!(c->flags & COLUMN_HISTORY) || (is_since(c) && !is_new))
            continue;
        if (c->type == COLUMN_TEXT)
            fill_text(t, r, i, is_new);
        else
            fill_number(t, r, i, c, is_new);
    }
    for (size_t i = 0; i < KEYS_MAX; i++)
        name_unref(names[i]);
}

struct tables {
    struct table *topics, *partitions, *groups, *members, *group_partitions, *group_topics;
};

static void minute(const struct tables *t, int groups)
{
    char group[32], topic[32], member[64];
    for (int g = 0; g < groups; g++) {
        snprintf(group, sizeof group, "payments-%d", g);
        snprintf(topic, sizeof topic, "orders-%d", g);
        fill_row(t->topics, group, topic, 0);
        fill_row(t->groups, group, topic, 0);
        fill_row(t->group_topics, group, topic, 0);
        for (int i = 0; i < MEMBERS; i++) {
            snprintf(member, sizeof member, "consumer-%d-%d-6a6e5f0c-6ed5-4f0e-9f43", g, i);
            fill_row(t->members, group, member, 0);
        }
        for (int p = 0; p < PARTITIONS; p++) {
            fill_row(t->partitions, group, topic, p);
            fill_row(t->group_partitions, group, topic, p);
        }
    }
    store_commit(table_store(t->groups));
}

/* ---- measuring ---- */

struct measured {
    int64_t loop_us, disk_us, worst_us; /* worst: of one transaction */
};

static int64_t clock_us(void)
{
    return clock_mono_us(&clock_system);
}

/* A turn of the loop, with as many transactions as the writer has something to do for. */
static int take(struct history_archive *a, struct history_collect *c, struct measured *m, struct error *err)
{
    size_t len;
    bool more = true;
    int64_t begin = clock_us();
    history_collect_changes(c);
    history_collect_due(c, false);
    char *batch = history_collect_take(c, &len);
    int64_t packed = clock_us();
    int rc = history_archive_apply(a, batch, len, 1, err);
    while (!rc && more) {
        int64_t before = clock_us();
        rc = history_archive_commit(a, now, &more, err);
        int64_t took = clock_us() - before;
        m->worst_us = took > m->worst_us ? took : m->worst_us;
    }
    m->loop_us += packed - begin;
    m->disk_us += clock_us() - packed;
    free(batch);
    return rc;
}

static int64_t file_bytes(const char *path)
{
    struct stat st;
    return stat(path, &st) ? -1 : (int64_t)st.st_size;
}

static void print_steps(const char *path)
{
    sqlite3 *db;
    sqlite3_stmt *s = NULL;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db,
                           "SELECT resolution_ms, count(*), sum(n), sum(length(data)), min(first_ms), max(last_ms) FROM"
                           " chunk GROUP BY resolution_ms ORDER BY resolution_ms",
                           -1, &s, NULL) == SQLITE_OK)
        while (sqlite3_step(s) == SQLITE_ROW) {
            int64_t step = sqlite3_column_int64(s, 0), n = sqlite3_column_int64(s, 2),
                    bytes = sqlite3_column_int64(s, 3);
            printf(
                "  %7" PRId64 " s: %8" PRId64 " samples in %7" PRId64 " chunks, %5.2f MB, %.2f bytes a sample, %5.1f to"
                " %5.1f hours old\n",
                step / 1000, n, (int64_t)sqlite3_column_int64(s, 1), (double)bytes / 1e6, (double)bytes / (double)n,
                (double)(now - sqlite3_column_int64(s, 5)) / 3.6e6, (double)(now - sqlite3_column_int64(s, 4)) / 3.6e6);
        }
    sqlite3_finalize(s);
    sqlite3_close(db);
}

/* How many of a column's series are read back from its beginning on; *points of one of them. */
static size_t reaching_back(struct history_archive *a, const char *table, const char *column, enum column_type type,
                            size_t *points)
{
    struct history_walk w = {.table = table, .column = column, .type = type, .from_ms = BEGIN_MS, .to_ms = now};
    size_t n = 0;
    bool end = false;
    while (!end && history_archive_read_next(a, &w, &end, NULL) == 0)
        for (size_t i = 0; i < w.rows.n; i++) {
            const struct history_samples *s = &w.rows.items[i].series.samples;
            n += s->n && s->items[0].time_ms <= BEGIN_MS + 4 * INT64_C(3600000);
            *points = s->n;
        }
    history_walk_clear(&w);
    return n;
}

static bool report(struct history_archive *a, const char *path, int groups, int days, const struct measured *m)
{
    double part = (double)WHOLE_GROUPS / groups, whole = (double)file_bytes(path) * part;
    size_t points = 0, rows = (size_t)groups * PARTITIONS;
    size_t ends = reaching_back(a, "partitions", "end", COLUMN_INT, &points);
    size_t lags = reaching_back(a, "group_partitions", "lag", COLUMN_INT, &points);
    double seconds = days * 86400.0;
    printf("on the loop: %.1f s a day for %d groups; writing: %.1f s a day, %.0f%% of a core; the longest transaction "
           "took "
           "%.0f ms\n",
           (double)m->loop_us / 1e6 * part / days, WHOLE_GROUPS, (double)m->disk_us / 1e6 * part / days,
           (double)m->disk_us / 1e4 * part / seconds, (double)m->worst_us / 1000);
    printf("of %zu partitions, %zu ends and %zu lags reach back to the beginning, with %zu samples each\n", rows, ends,
           lags, points);
    printf("%d days of %d groups x %d partitions: %.2f GB, %.2f of 4 GB\n", days, WHOLE_GROUPS, PARTITIONS, whole / 1e9,
           whole / (double)WHOLE_BYTES);
    return ends == rows && lags == rows && whole <= (double)WHOLE_BYTES;
}

static struct table *add(struct store *s, const struct table_def *def)
{
    struct table *t = NULL;
    if (store_add(s, def, NULL, &t, NULL))
        abort();
    return t;
}

static bool run(const char *path, struct store *store, int groups, int days)
{
    struct error err = {0};
    char note[512];
    const struct tables t = {add(store, &kafka_table_topics),           add(store, &kafka_table_partitions),
                             add(store, &kafka_table_groups),           add(store, &kafka_table_members),
                             add(store, &kafka_table_group_partitions), add(store, &kafka_table_group_topics)};
    const struct history_archive_settings settings = {
        .path = path,
        .max_bytes = WHOLE_BYTES / WHOLE_GROUPS * groups,
        .fold_ms = INT64_C(15) * MINUTE_MS,
        .fold_bytes = (INT64_C(32) << 20) * groups / WHOLE_GROUPS,
        .thin = {{INT64_C(120) * MINUTE_MS, INT64_C(5) * MINUTE_MS},
                 {INT64_C(360) * MINUTE_MS, INT64_C(30) * MINUTE_MS},
                 {INT64_C(1) * DAY_MINUTES * MINUTE_MS, INT64_C(120) * MINUTE_MS}},
        .nthin = 3,
        .thin_percent = 60,
    };
    struct history_archive *a = history_archive_new(&settings);
    struct history_collect *c = history_collect_new(store, MINUTE_MS, NULL, NULL);
    struct measured m = {0};
    int rc = history_archive_open(a, now, 1, note, &err);
    for (int day = 0; day < days && !rc; day++) {
        for (int i = 0; i < DAY_MINUTES && !rc; i++, now += MINUTE_MS) {
            minute(&t, groups);
            rc = take(a, c, &m, &err);
        }
        printf("after day %d: %.2f MB of %.2f MB\n", day + 1, (double)file_bytes(path) / 1e6,
               (double)settings.max_bytes / 1e6);
        print_steps(path);
    }
    bool good = !rc && report(a, path, groups, days, &m);
    if (rc)
        fprintf(stderr, "%s\n", err.text);
    history_archive_free(a);
    history_collect_free(c);
    return good;
}

int main(int argc, char **argv)
{
    static const char *const files[] = {"", "-wal", "-shm", ".lock"};
    char dir[] = "/tmp/icetop-bench-XXXXXX", path[64];
    long groups = argc > 1 ? strtol(argv[1], NULL, 10) : 20, days = argc > 2 ? strtol(argv[2], NULL, 10) : 7;
    if (groups < 1 || groups > WHOLE_GROUPS || days < 1 || days > 30 || !mkdtemp(dir))
        return 1;
    snprintf(path, sizeof path, "%s/history.db", dir);
    const struct clock clock = {.wall_ms = fake_wall, .mono_us = fake_mono};
    struct store *store = store_new(&clock);
    bool good = run(path, store, (int)groups, (int)days);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", path, files[i]);
        unlink(name);
    }
    rmdir(dir);
    store_free(store);
    return good ? 0 : 1;
}
