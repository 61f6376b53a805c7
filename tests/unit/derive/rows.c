/* A store with the tables of all rooms, and rows of it by hand; see rows.h. */
#include "tests/unit/derive/rows.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "connect/tables.h"
#include "derive/tables.h"
#include "drift/tables.h"
#include "iceberg/tables.h"
#include "kafka/tables.h"
#include "prom/tables.h"
#include "source/source.h"

int64_t rows_ms;

static int64_t wall(void *arg)
{
    (void)arg;
    return rows_ms;
}

static int64_t mono(void *arg)
{
    (void)arg;
    return rows_ms * 1000;
}

static const struct clock test_clock = {wall, mono, NULL};

struct store *rows_store(void)
{
    static const struct table_def *const sources[] = {&source_table_sources, &source_table_events, NULL};
    const struct table_def *const *lists[] = {kafka_tables, connect_tables, iceberg_tables, derive_tables,
                                              prom_tables,  drift_tables,   sources};
    struct store *s = store_new(&test_clock);
    struct error err;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t k = 0; lists[i][k]; k++)
            assert_int_equal(store_add(s, lists[i][k], NULL, NULL, &err), 0);
    return s;
}

/* A cell's key or value from text, by the column's type. */
static struct value cell(struct store *s, const struct table *t, size_t column, const char *text)
{
    switch (table_column(t, column)->type) {
    case COLUMN_TEXT:
        return (struct value){.s = name_intern(store_names(s), text, strlen(text)), .quality = QUALITY_EXACT};
    case COLUMN_REAL:
        return value_real(strtod(text, NULL));
    case COLUMN_INT:
    case COLUMN_TIME:
    case COLUMN_BOOL:
        break;
    }
    return value_int(strtoll(text, NULL, 10));
}

struct name *rows_name(struct store *s, const char *text)
{
    struct name *n = name_intern(store_names(s), text, strlen(text));
    name_unref(n);
    return n;
}

struct row *rows_row(struct store *s, const char *table, const char *key, const char *owner)
{
    struct table *t = store_find(s, table);
    struct value values[8];
    char *copy = mem_strdup(key), *at = copy;
    for (size_t i = 0; i < table_nkeys(t); i++)
        values[i] = cell(s, t, i, strsep(&at, " "));
    struct row *r = owner ? table_upsert(t, values, store_owner(s, owner)) : table_find(t, values);
    for (size_t i = 0; i < table_nkeys(t); i++)
        if (table_column(t, i)->type == COLUMN_TEXT)
            name_unref(values[i].s);
    free(copy);
    return r;
}

void rows_set(struct store *s, const char *table, const char *key, const char *column, const char *text)
{
    struct table *t = store_find(s, table);
    struct row *r = rows_row(s, table, key, "test");
    int c = table_column_index(t, column);
    assert_true(c >= 0);
    struct value v = cell(s, t, (size_t)c, text);
    table_set(t, r, (size_t)c, v);
    if (table_column(t, (size_t)c)->type == COLUMN_TEXT)
        name_unref(v.s);
}

void rows_check(struct store *s, const char *table, const char *key, const char *column, const char *want)
{
    static const char *const signs[] = {
        [QUALITY_EXACT] = "", [QUALITY_GE] = ">=", [QUALITY_LE] = "<=", [QUALITY_EST] = "~", [QUALITY_STALE] = "?"};
    struct row *r = rows_row(s, table, key, NULL);
    char have[5000];
    if (!r)
        fail_msg("%s: no row %s", table, key);
    int c = table_column_index(store_find(s, table), column);
    assert_true(c >= 0);
    struct value v = row_get(r, (size_t)c);
    enum column_type type = table_column(store_find(s, table), (size_t)c)->type;
    if (v.quality == QUALITY_UNKNOWN)
        snprintf(have, sizeof have, "-");
    else if (type == COLUMN_TEXT)
        snprintf(have, sizeof have, "%s%s", signs[v.quality], v.s->raw);
    else if (type == COLUMN_REAL)
        snprintf(have, sizeof have, "%s%.1f", signs[v.quality], v.d);
    else
        snprintf(have, sizeof have, "%s%lld", signs[v.quality], (long long)v.i);
    if (strcmp(have, want) != 0)
        fail_msg("%s of %s: %s, not %s", column, key, have, want);
}
