/* A thousand Iceberg tables looked at every ten seconds: what a round costs when nothing has changed, and when some
 * tables were committed to, on a warehouse of directories, an SQLite catalog and a REST catalog; and how long the
 * loop is held up by a table of 10 MB. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "iceberg/source.h"
#include "tests/bench/metadata_text.h"
#include "tests/unit/iceberg/catalog.h"

#include <event2/event.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    TABLES = 1000,
    SNAPSHOTS = 100,   /* of each */
    COMMITS = 50,      /* tables that are committed to between two rounds */
    ROUNDS = 10,       /* that are measured */
    INTERVAL_S = 10,   /* between two, in earnest */
    LARGE = 10000,     /* snapshots of the large one */
    LIMIT_PERCENT = 5, /* of a core */
    STALL_US = 20000,  /* of the loop's own time in one turn */
};

struct bench {
    char *dir;
    struct event_base *base;
    struct store *store;
    struct scheduler *scheduler;
    struct source *src;
    struct iceberg_source *source;
    int64_t longest_us; /* turn of the loop, by its own time */
};

static int64_t cpu_us(clockid_t of)
{
    struct timespec t;
    clock_gettime(of, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void write_file(const char *path, const struct str *text)
{
    FILE *f = path_make_directories(path, NULL) ? NULL : fopen(path, "wb");
    if (!f || fwrite(text->s, 1, text->len, f) != text->len || fclose(f)) {
        fprintf(stderr, "%s cannot be written\n", path);
        exit(1);
    }
}

/* Version v of table t. */
static void write_table(const struct bench *b, int t, int v, int snapshots)
{
    struct str text = {0};
    char *path = mem_printf("%s/wh/db%d/t%d/metadata/v%d.metadata.json", b->dir, t % 20, t, v);
    char *hint = mem_printf("%s/wh/db%d/t%d/metadata/version-hint.text", b->dir, t % 20, t);
    metadata_text(&text, t, snapshots);
    write_file(path, &text);
    str_clear(&text);
    str_printf(&text, "%d", v);
    write_file(hint, &text);
    str_done(&text);
    free(path);
    free(hint);
}

static void begin(struct bench *b, enum iceberg_source_type type, const char *uri)
{
    const struct iceberg_source_settings settings = {
        .name = "bench", .type = type, .uri = uri, .interval_ms = 3600000, .deadline_ms = 600000};
    struct source_settings timing = iceberg_source_settings(&settings);
    struct error err = {0};
    b->base = event_base_new();
    b->store = store_new(&clock_system);
    b->scheduler = scheduler_new(b->base, b->store);
    if (iceberg_source_new(b->base, b->store, &settings, &b->source, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    b->src = scheduler_add(b->scheduler, iceberg_source_name(b->source), NULL, &iceberg_source_ops, b->source, &timing);
}

static void end(struct bench *b)
{
    scheduler_free(b->scheduler);
    store_free(b->store);
    event_base_free(b->base);
}

static int64_t rounds(const struct bench *b)
{
    struct value v = row_get(table_first(store_find(b->store, "sources")), SOURCES_ROUNDS);
    return v.quality == QUALITY_UNKNOWN ? 0 : v.i;
}

/* One round; its cost in time of the processor, of all threads. */
static int64_t run_round(struct bench *b)
{
    int64_t before = rounds(b), start = cpu_us(CLOCK_PROCESS_CPUTIME_ID);
    scheduler_refresh(b->scheduler, NULL);
    while (rounds(b) == before) {
        int64_t turn = cpu_us(CLOCK_THREAD_CPUTIME_ID);
        event_base_loop(b->base, EVLOOP_ONCE);
        turn = cpu_us(CLOCK_THREAD_CPUTIME_ID) - turn;
        b->longest_us = turn > b->longest_us ? turn : b->longest_us;
    }
    return cpu_us(CLOCK_PROCESS_CPUTIME_ID) - start;
}

static const char *state(const struct bench *b)
{
    return row_text(table_first(store_find(b->store, "sources")), "state");
}

/* Prints what it costs; false where it is too much. */
static bool tell(const struct bench *b, const char *what, int64_t first, int64_t quiet, int64_t busy)
{
    double percent = 100.0 * (double)busy / ROUNDS / (INTERVAL_S * 1e6);
    printf(
        "%s, %d tables of %d snapshots: first picture %.0f ms; a round in which nothing changed %.1f ms (%.2f %% of a "
        "core every %d s), with %d commits %.0f ms (%.2f %%); longest turn of the loop %.1f ms; state %s\n",
        what, TABLES, SNAPSHOTS, (double)first / 1e3, (double)quiet / ROUNDS / 1e3,
        100.0 * (double)quiet / ROUNDS / (INTERVAL_S * 1e6), INTERVAL_S, COMMITS, (double)busy / ROUNDS / 1e3, percent,
        (double)b->longest_us / 1e3, state(b));
    return percent < LIMIT_PERCENT && strcmp(state(b), "ok") == 0;
}

static bool bench_warehouse(struct bench *b)
{
    char *wh = mem_printf("%s/wh", b->dir);
    int64_t quiet = 0, busy = 0;
    for (int t = 0; t < TABLES; t++)
        write_table(b, t, 1, SNAPSHOTS);
    begin(b, ICEBERG_SOURCE_HADOOP, wh);
    int64_t first = run_round(b);
    b->longest_us = 0;
    for (int i = 0; i < ROUNDS; i++)
        quiet += run_round(b);
    for (int i = 0; i < ROUNDS; i++) {
        for (int t = 0; t < COMMITS; t++)
            write_table(b, (i * COMMITS + t) % TABLES, 2, SNAPSHOTS + 1);
        busy += run_round(b);
    }
    bool good =
        tell(b, "warehouse", first, quiet, busy) && table_nrows(store_find(b->store, "iceberg_tables")) == TABLES;
    end(b);
    free(wh);
    return good;
}

static void run_sql(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL)) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

static void point(const struct bench *b, sqlite3 *db, int t, int v)
{
    char *sql = mem_printf("INSERT OR REPLACE INTO iceberg_tables VALUES('c','db','t%d','%s/wh/db%d/t%d/metadata/"
                           "v%d.metadata.json',NULL,'TABLE')",
                           t, b->dir, t % 20, t, v);
    run_sql(db, sql);
    free(sql);
}

/* On the files of the warehouse. */
static bool bench_sql(struct bench *b)
{
    char *path = mem_printf("%s/cat.db", b->dir);
    int64_t quiet = 0, busy = 0;
    sqlite3 *db = NULL;
    sqlite3_open(path, &db);
    run_sql(db, "PRAGMA journal_mode=WAL; CREATE TABLE iceberg_tables(catalog_name, table_namespace, table_name,"
                " metadata_location, previous_metadata_location, iceberg_type,"
                " PRIMARY KEY(catalog_name, table_namespace, table_name)); BEGIN");
    for (int t = 0; t < TABLES; t++)
        point(b, db, t, 1);
    run_sql(db, "COMMIT");
    begin(b, ICEBERG_SOURCE_SQL, path);
    int64_t first = run_round(b);
    b->longest_us = 0;
    for (int i = 0; i < ROUNDS; i++)
        quiet += run_round(b);
    for (int i = 0; i < ROUNDS; i++) {
        for (int t = 0; t < COMMITS; t++)
            point(b, db, t, i % 2 ? 1 : 2);
        busy += run_round(b);
    }
    sqlite3_close(db);
    bool good =
        tell(b, "SQLite catalog", first, quiet, busy) && table_nrows(store_find(b->store, "iceberg_tables")) == TABLES;
    end(b);
    free(path);
    return good;
}

/* A REST catalog that knows ETags; what is counted is the loop's thread, for the server has one of its own. */
static bool bench_rest(struct bench *b)
{
    struct catalog_table *tables = mem_calloc(TABLES + 1, sizeof *tables);
    struct str text = {0};
    int64_t quiet = 0, start;
    metadata_text(&text, 0, 1);
    for (int t = 0; t < TABLES; t++) {
        char *namespace = mem_printf("db%d", t % 20), *name = mem_printf("t%d", t);
        tables[t] = (struct catalog_table){namespace, name, NULL, text.s};
    }
    const struct catalog_settings settings = {.tables = tables, .etags = true};
    struct catalog *c = catalog_start(&settings);
    char *uri = catalog_url(c, "");
    begin(b, ICEBERG_SOURCE_REST, uri);
    run_round(b);
    b->longest_us = 0;
    start = cpu_us(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < ROUNDS; i++)
        run_round(b);
    quiet = cpu_us(CLOCK_THREAD_CPUTIME_ID) - start;
    double percent = 100.0 * (double)quiet / ROUNDS / (INTERVAL_S * 1e6);
    printf(
        "REST catalog, %d tables: a round in which nothing changed %.0f ms of the loop (%.2f %% of a core every %d s), "
        "longest turn %.1f ms; state %s\n",
        TABLES, (double)quiet / ROUNDS / 1e3, percent, INTERVAL_S, (double)b->longest_us / 1e3, state(b));
    bool good = percent < LIMIT_PERCENT && strcmp(state(b), "ok") == 0 &&
                table_nrows(store_find(b->store, "iceberg_tables")) == TABLES;
    end(b);
    catalog_stop(c);
    for (int t = 0; t < TABLES; t++) {
        free((void *)(uintptr_t)tables[t].namespace);
        free((void *)(uintptr_t)tables[t].name);
    }
    free(tables);
    free(uri);
    str_done(&text);
    return good;
}

/* One table of 10 MB: read beside the loop. */
static bool bench_large(struct bench *b)
{
    char *path = mem_printf("%s/large", b->dir), *file = mem_printf("%s/metadata/v1.metadata.json", path);
    struct str text = {0};
    metadata_text(&text, 0, LARGE);
    write_file(file, &text);
    begin(b, ICEBERG_SOURCE_TABLE, path);
    b->longest_us = 0;
    int64_t start = clock_mono_us(&clock_system);
    run_round(b);
    int64_t took = clock_mono_us(&clock_system) - start;
    size_t rows = table_nrows(store_find(b->store, "snapshots"));
    printf("table of %.1f MB, %d snapshots: %.0f ms until its %zu rows were written; longest turn of the loop %.1f ms "
           "(limit %d)\n",
           (double)text.len / 1e6, LARGE, (double)took / 1e3, rows, (double)b->longest_us / 1e3, STALL_US / 1000);
    bool good = rows == 1000 && b->longest_us < STALL_US && strcmp(state(b), "ok") == 0;
    end(b);
    str_done(&text);
    free(path);
    free(file);
    return good;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

int main(void)
{
    const char *tmp = getenv("TMPDIR");
    struct bench b = {.dir = mem_printf("%s/bench-iceberg-XXXXXX", tmp ? tmp : "/tmp")};
    if (!mkdtemp(b.dir))
        return 1;
    bool good = bench_warehouse(&b);
    good = bench_sql(&b) && good;
    good = bench_rest(&b) && good;
    good = bench_large(&b) && good;
    nftw(b.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(b.dir);
    return good ? 0 : 1;
}
