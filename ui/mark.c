/* Keeps the numbers of rows by table and key. */
#include "ui/mark.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MARK_ROWS = 200000 }; /* more are not remembered: their change is unknown */

/* A row's cells then, by column; those that do not count are unknown. */
struct kept {
    size_t n;
    uint8_t *quality; /* behind bits */
    union {
        int64_t i;
        double d;
    } bits[];
};

struct mark {
    int64_t time_ms;
    struct map rows; /* by table's name, NUL and key */
};

static void row_key(const struct table *t, const struct row *r, struct str *out)
{
    str_bytes(out, table_name(t), strlen(table_name(t)) + 1);
    table_key_bytes(t, r, out);
}

bool mark_counts(const struct column *c)
{
    return (c->type == COLUMN_INT || c->type == COLUMN_REAL) && c->unit != UNIT_ID && !(c->flags & COLUMN_KEY);
}

static struct kept *keep(struct mark *m, const struct table *t, const struct row *r, const struct str *key)
{
    if (m->rows.n >= MARK_ROWS)
        return NULL;
    size_t n = table_ncolumns(t);
    struct kept *k = mem_calloc(1, sizeof *k + n * (sizeof k->bits[0] + 1));
    k->n = n;
    k->quality = (uint8_t *)(k->bits + n);
    for (size_t i = 0; i < n; i++) {
        if (!mark_counts(table_column(t, i)))
            continue;
        struct value v = row_get(r, i);
        k->quality[i] = (uint8_t)v.quality;
        if (table_column(t, i)->type == COLUMN_REAL)
            k->bits[i].d = v.d;
        else
            k->bits[i].i = v.i;
    }
    map_put(&m->rows, key->s, key->len, k);
    return k;
}

struct mark *mark_new(const struct store *s, int64_t now_ms)
{
    struct mark *m = mem_new(struct mark);
    m->time_ms = now_ms;
    struct str key = {0};
    for (size_t i = 0; i < store_count(s); i++) {
        const struct table *t = store_at(s, i);
        for (const struct row *r = table_first(t); r; r = row_next(r)) {
            str_clear(&key);
            row_key(t, r, &key);
            keep(m, t, r, &key);
        }
    }
    str_done(&key);
    return m;
}

void mark_free(struct mark *m)
{
    if (!m)
        return;
    size_t at = 0;
    void *kept;
    while (map_next(&m->rows, &at, NULL, NULL, &kept))
        free(kept);
    map_done(&m->rows);
    free(m);
}

int64_t mark_time_ms(const struct mark *m)
{
    return m->time_ms;
}

/* Good enough to subtract: a bound is not. */
static bool is_value(uint8_t quality)
{
    return quality == QUALITY_EXACT || quality == QUALITY_EST || quality == QUALITY_STALE;
}

struct value mark_change(struct mark *m, const struct table *t, const struct row *r, size_t column)
{
    struct str key = {0};
    row_key(t, r, &key);
    const struct kept *k = map_get(&m->rows, key.s, key.len);
    if (!k)
        k = keep(m, t, r, &key);
    str_done(&key);
    struct value now = row_get(r, column);
    if (!k || k->n != table_ncolumns(t) || !is_value(k->quality[column]) || !is_value((uint8_t)now.quality))
        return value_unknown();
    if (table_column(t, column)->type == COLUMN_REAL) {
        now.d = now.d - k->bits[column].d;
        if (!isfinite(now.d)) /* to or from "never" */
            return value_unknown();
    } else if (__builtin_sub_overflow(now.i, k->bits[column].i, &now.i))
        return value_unknown();
    if (now.quality == QUALITY_EXACT && k->quality[column] != QUALITY_EXACT)
        now.quality = QUALITY_EST;
    return now;
}
