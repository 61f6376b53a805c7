/* What filters and snapshots cost over many rows, as ratios within one run: to POSIX regexec, and to printing every cell. */
#include "kafka/tables.h"
#include "snapshot/snapshot.h"
#include "table/format.h"

#include <inttypes.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 10000, ROUNDS = 5 };

static int64_t now_us(void)
{
    return clock_mono_us(&clock_system);
}

static struct value text(struct names *pool, const char *s)
{
    return (struct value){.s = name_intern(pool, s, strlen(s)), .quality = QUALITY_EXACT};
}

/* Partitions of groups with every cell known, every seventh number a bound. */
static struct table *fill(struct store *s)
{
    struct table *t = NULL;
    if (store_add(s, &kafka_table_group_partitions, "bench", &t, NULL) < 0)
        abort();
    for (int64_t i = 0; i < ROWS; i++) {
        char group[64], topic[64];
        snprintf(group, sizeof group, "consumer-group-with-a-name-%" PRId64, i / 10);
        snprintf(topic, sizeof topic, "topic-%" PRId64, i % 3);
        struct names *pool = store_names(s);
        struct value key[] = {text(pool, "default"), text(pool, group), text(pool, topic), value_int(i % 10)};
        struct row *r = table_upsert(t, key, 1);
        for (size_t k = 0; k < 3; k++)
            name_unref(key[k].s);
        for (size_t c = table_nkeys(t); c < table_ncolumns(t); c++) {
            enum quality q = i % 7 ? QUALITY_EXACT : QUALITY_GE;
            if (table_column(t, c)->type == COLUMN_TEXT)
                table_set_text(t, r, c, "consumer-2/10.0.0.1");
            else if (table_column(t, c)->type == COLUMN_REAL)
                table_set_real(t, r, c, (double)i * 1.1, q);
            else
                table_set_int(t, r, c, 1700000000000 + i, q);
        }
    }
    store_commit(s);
    return t;
}

/* The best of some rounds, in microseconds. */
static int64_t best(int64_t (*round)(const struct table *t, const void *arg), const struct table *t, const void *arg)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t took = round(t, arg);
        if (took < least)
            least = took;
    }
    return least ? least : 1;
}

static int64_t print_cells(const struct table *t, const void *arg)
{
    (void)arg;
    struct str out = {0};
    int64_t start = now_us();
    for (const struct row *r = table_first(t); r; r = row_next(r)) {
        str_clear(&out);
        for (size_t c = 0; c < table_ncolumns(t); c++)
            format_raw(&out, table_column(t, c), row_get(r, c));
    }
    int64_t took = now_us() - start;
    str_done(&out);
    return took;
}

static int count_bytes(void *arg, const char *bytes, size_t len, struct error *err)
{
    (void)bytes;
    (void)err;
    *(size_t *)arg += len;
    return 0;
}

static int64_t write_format(const struct table *t, const void *arg)
{
    size_t bytes = 0;
    struct snapshot_table rows;
    struct snapshot_sink sink = {.write = count_bytes, .arg = &bytes};
    struct snapshot_options options = {.now_ms = 1700000000000, .exact = true};
    int64_t start = now_us();
    if (snapshot_select(t, &(struct snapshot_query){.sort = "lag desc, group"}, 0, &rows, NULL) < 0)
        abort();
    if (snapshot_write(arg, &options, &rows, 1, &sink, NULL) < 0 || bytes < ROWS * 100)
        abort();
    snapshot_table_done(&rows);
    return now_us() - start;
}

static int64_t filter_posix(const struct table *t, const void *arg)
{
    regex_t re;
    size_t n = 0;
    if (regcomp(&re, arg, REG_EXTENDED | REG_NOSUB) != 0)
        abort();
    int64_t start = now_us();
    for (const struct row *r = table_first(t); r; r = row_next(r))
        n += regexec(&re, row_get(r, 1).s->raw, 0, NULL, 0) == 0;
    int64_t took = now_us() - start;
    regfree(&re);
    return n == ROWS / 10 ? took : 0;
}

static int64_t filter_expr(const struct table *t, const void *arg)
{
    struct str source = {0};
    struct expr *e = NULL;
    size_t n = 0;
    str_printf(&source, "group ~ \"%s\"", (const char *)arg);
    if (expr_parse(str_text(&source), &e, NULL, NULL) < 0 || expr_bind(e, t, NULL, NULL) < 0)
        abort();
    int64_t start = now_us();
    for (const struct row *r = table_first(t); r; r = row_next(r))
        n += expr_matches(e, r, 0);
    int64_t took = now_us() - start;
    expr_free(e);
    str_done(&source);
    return n == ROWS / 10 ? took : INT64_MAX;
}

int main(void)
{
    static const char pattern[] = "^consumer.*-name-[0-9]*7$";
    struct store *s = store_new(&clock_system);
    const struct table *t = fill(s);
    int failed = 0;
    int64_t posix = best(filter_posix, t, pattern), own = best(filter_expr, t, pattern);
    printf("%d rows: filter %" PRId64 " us, %.1f times as fast as regexec (at least 2)\n", ROWS, own,
           (double)posix / (double)own);
    failed += posix < 2 * own;
    int64_t cells = best(print_cells, t, NULL);
    for (const struct snapshot_format *const *f = snapshot_formats; *f; f++) {
        int64_t took = best(write_format, t, *f);
        printf("%-12s %7" PRId64 " us, %.1f times printing the cells (at most 6)\n", (*f)->name, took,
               (double)took / (double)cells);
        failed += took > 6 * cells;
    }
    store_free(s);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
