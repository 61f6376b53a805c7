/* Rings of points by table, key and column, filled by history and by the store's changes. */
#include "ui/series.h"

#include "base/mem.h"
#include "base/vec.h"

#include <math.h>
#include <string.h>

enum { SERIES_MAX = 400, SERIES_POINTS = 4096, SERIES_STEP_MS = 5000, SERIES_COLUMN_MS = 4000, SERIES_KEYS = 8 };

struct series {
    struct str id; /* table, NUL, column, NUL, key bytes */
    char *table, *column;
    uint64_t row; /* row_id when last seen */
    struct series_set *set;
    bool asked;    /* history was asked and has not answered */
    uint64_t used; /* when it was last asked for, by the set's count */
    VEC(struct stream_point) points;
};

struct series_set {
    VEC(struct series *) all;
    uint64_t uses;
    void (*came)(void *arg);
    void *arg;
};

struct series_set *series_set_new(void (*came)(void *arg), void *arg)
{
    struct series_set *set = mem_new(struct series_set);
    set->came = came;
    set->arg = arg;
    return set;
}

static void series_free(struct series *s)
{
    str_done(&s->id);
    free(s->table);
    free(s->column);
    vec_done(&s->points);
    free(s);
}

void series_set_free(struct series_set *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->all.n; i++)
        series_free(s->all.items[i]);
    vec_done(&s->all);
    free(s);
}

/* A cell as a number; false if it has none. */
static bool number(const struct table *t, const struct row *r, const char *column, double *ret)
{
    int i = table_column_index(t, column);
    if (i < 0)
        return false;
    struct value v = row_get(r, (size_t)i);
    if (v.quality == QUALITY_UNKNOWN)
        return false;
    switch (table_column(t, (size_t)i)->type) {
    case COLUMN_INT:
        *ret = (double)v.i;
        return true;
    case COLUMN_REAL:
        *ret = v.d;
        return true;
    default:
        return false;
    }
}

/* Adds a point at the end; of equal ones in a row only the first and the last are kept. */
static void add_point(struct series *s, int64_t time_ms, double value)
{
    size_t n = s->points.n;
    struct stream_point *p = s->points.items;
    if (n > 0 && time_ms <= p[n - 1].time_ms)
        return;
    if (n > 1 && p[n - 1].value == value && p[n - 2].value == value) {
        p[n - 1].time_ms = time_ms;
        return;
    }
    if (n >= SERIES_POINTS) {
        memmove(p, p + n / 2, (n - n / 2) * sizeof *p);
        s->points.n = n - n / 2;
    }
    vec_push(&s->points, ((struct stream_point){time_ms, value}));
}

/* History's answer goes before what was observed since it was asked. */
static void answered(void *arg, const struct stream_point *points, size_t n, const struct error *err)
{
    struct series *s = arg;
    s->asked = false;
    if (err || n == 0)
        return;
    VEC(struct stream_point) live = {s->points.items, s->points.n, s->points.room};
    memset(&s->points, 0, sizeof s->points);
    for (size_t i = 0; i < n; i++)
        add_point(s, points[i].time_ms, points[i].value);
    for (size_t i = 0; i < live.n; i++)
        add_point(s, live.items[i].time_ms, live.items[i].value);
    vec_done(&live);
    if (s->set->came)
        s->set->came(s->set->arg);
}

static void ask(struct series *s, const struct context *ctx, const struct table *t, const struct row *r)
{
    struct value key[SERIES_KEYS];
    size_t nkeys = table_nkeys(t);
    if (!ctx->data.ops || ctx->detached || ctx->paused || nkeys > SERIES_KEYS)
        return;
    for (size_t i = 0; i < nkeys; i++)
        key[i] = row_get(r, i);
    s->asked = true;
    const struct stream_history_query q = {
        .table = s->table,
        .key = key,
        .column = s->column,
        .from_ms = ctx->format.now_ms - SERIES_SPAN_MS,
        .to_ms = ctx->format.now_ms,
        .step_ms = SERIES_STEP_MS,
    };
    ctx->data.ops->history(ctx->data.self, &q, answered, s);
}

static void forget_oldest(struct series_set *set, const struct context *ctx)
{
    size_t oldest = 0;
    for (size_t i = 1; i < set->all.n; i++) {
        if (set->all.items[i]->used < set->all.items[oldest]->used)
            oldest = i;
    }
    struct series *s = set->all.items[oldest];
    if (s->asked && ctx->data.ops)
        ctx->data.ops->forget(ctx->data.self, s);
    series_free(s);
    set->all.items[oldest] = set->all.items[--set->all.n];
}

const struct series *series_get(struct series_set *set, const struct context *ctx, const struct table *t,
                                const struct row *r, const char *column)
{
    int at = table_column_index(t, column);
    if (at < 0)
        return NULL;
    enum column_type type = table_column(t, (size_t)at)->type;
    if (type != COLUMN_INT && type != COLUMN_REAL)
        return NULL;
    struct str id = {0};
    str_bytes(&id, table_name(t), strlen(table_name(t)) + 1);
    str_bytes(&id, column, strlen(column) + 1);
    table_key_bytes(t, r, &id);
    struct series *s = NULL;
    for (size_t i = 0; i < set->all.n && !s; i++) {
        struct series *o = set->all.items[i];
        if (o->id.len == id.len && memcmp(o->id.s, id.s, id.len) == 0)
            s = o;
    }
    if (!s) {
        if (set->all.n >= SERIES_MAX)
            forget_oldest(set, ctx);
        s = mem_new(struct series);
        s->set = set;
        s->id = id;
        s->table = mem_strdup(table_name(t));
        s->column = mem_strdup(column);
        vec_push(&set->all, s);
        double value;
        if (number(t, r, column, &value))
            add_point(s, ctx->format.now_ms, value);
        ask(s, ctx, t, r);
    } else {
        str_done(&id);
    }
    if (!ctx->paused) /* the numbers of a frozen store's rows are its own */
        s->row = row_id(r);
    s->used = ++set->uses;
    return s;
}

void series_observe(struct series_set *set, const struct context *ctx)
{
    if (!ctx->store || ctx->detached)
        return;
    for (size_t i = 0; i < set->all.n; i++) {
        struct series *s = set->all.items[i];
        const struct table *t = store_find(ctx->store, s->table);
        const struct row *r = t ? table_by_id(t, s->row) : NULL;
        double value;
        if (r && number(t, r, s->column, &value))
            add_point(s, ctx->format.now_ms, value);
    }
}

void series_forget(struct series_set *set, const struct context *ctx)
{
    for (size_t i = 0; i < set->all.n; i++) {
        struct series *s = set->all.items[i];
        if (s->asked && ctx->data.ops)
            ctx->data.ops->forget(ctx->data.self, s);
        s->asked = false;
    }
}

void series_clear(struct series_set *set)
{
    for (size_t i = 0; i < set->all.n; i++)
        series_free(set->all.items[i]);
    set->all.n = 0;
}

double series_sample(const struct series *s, int64_t from_ms, int64_t to_ms, double *values, int n)
{
    double max = NAN, last = NAN;
    size_t at = 0;
    int64_t step = n > 0 && to_ms > from_ms ? (to_ms - from_ms) / n : 1;
    int64_t quantum = step > SERIES_STEP_MS ? step : SERIES_STEP_MS;
    int64_t end = to_ms - to_ms % quantum;
    for (int i = 0; i < n; i++) {
        int64_t time = i == n - 1 ? to_ms : end - (n - 1 - i) * step;
        while (s && at < s->points.n && s->points.items[at].time_ms <= time)
            last = s->points.items[at++].value;
        values[i] = last;
        if (isfinite(last) && !(last <= max))
            max = last;
    }
    return max;
}

int64_t series_span(const struct series_set *set, int64_t now_ms, int columns)
{
    static const int minutes[] = {1, 2, 5, 10};
    enum { MINUTE_MS = 60 * 1000, STEPS = sizeof minutes / sizeof *minutes };
    int64_t oldest = now_ms, span = (int64_t)columns * SERIES_COLUMN_MS;
    for (size_t i = 0; i < set->all.n; i++) {
        const struct series *s = set->all.items[i];
        if (s->points.n && s->points.items[0].time_ms < oldest)
            oldest = s->points.items[0].time_ms;
    }
    span = now_ms - oldest > span ? now_ms - oldest : span;
    for (int i = 0; i < STEPS; i++) {
        if (span <= (int64_t)minutes[i] * MINUTE_MS)
            return (int64_t)minutes[i] * MINUTE_MS;
    }
    return SERIES_SPAN_MS;
}
