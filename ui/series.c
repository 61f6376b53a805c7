/* Rings of points by table, key and column, filled by history and by the store's changes. */
#include "ui/series.h"

#include "base/mem.h"
#include "base/vec.h"

#include <math.h>
#include <string.h>

enum { SERIES_MAX = 400, SERIES_POINTS = 4096, SERIES_STEP_MS = 5000, SERIES_COLUMN_MS = 4000, SERIES_KEYS = 8 };
/* Points in which history is asked for, and of what is seen meanwhile, over a whole span. */
enum { SERIES_STEPS = SERIES_SPAN_MS / SERIES_STEP_MS, SERIES_SEEN = 900 };

/* A value from its time until that of the next point; a gap: nothing known until then. */
struct point {
    int64_t time_ms;
    double value;
    bool gap;
};

struct series {
    struct str id; /* table, NUL, column, NUL, key bytes */
    char *table, *column;
    uint64_t row; /* row_id when last seen */
    struct series_set *set;
    bool asked;                        /* history was asked and has not answered */
    int64_t span_ms, from_ms, step_ms; /* what it was asked for last; 0: never */
    int64_t filled_ms;                 /* what the row said when it was asked: points of the past came */
    uint64_t used;                     /* when it was last asked for, by the set's count */
    VEC(struct point) points;
};

struct series_set {
    VEC(struct series *) all;
    uint64_t uses;
    int64_t wanted_ms; /* the span chosen; 0: none */
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

/* A cell as a number; false if it has none, or an old one. */
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

static int64_t wanted(const struct series_set *set)
{
    return set->wanted_ms ? set->wanted_ms : SERIES_SPAN_MS;
}

static void push(struct series *s, struct point point)
{
    size_t n = s->points.n;
    struct point *p = s->points.items;
    if (n >= SERIES_POINTS) {
        memmove(p, p + n / 2, (n - n / 2) * sizeof *p);
        s->points.n = n - n / 2;
    }
    vec_push(&s->points, point);
}

/* Of the three points before the end, all of one dot as the one to come is, the one that is neither least nor greatest of
 * the four; -1 if they are not, or there is a gap among them. */
static int dispensable(const struct series *s, struct point next)
{
    enum { KEPT = 3 };
    int64_t dot = wanted(s->set) / SERIES_SEEN;
    int least = KEPT, greatest = KEPT;
    if (s->points.n < KEPT)
        return -1;
    const struct point *p = s->points.items + s->points.n - KEPT;
    for (int i = 0; i < KEPT; i++) {
        if (p[i].gap || isnan(p[i].value) || p[i].time_ms / dot != next.time_ms / dot)
            return -1;
        if (p[i].value < (least < KEPT ? p[least].value : next.value))
            least = i;
        if (p[i].value > (greatest < KEPT ? p[greatest].value : next.value))
            greatest = i;
    }
    for (int i = KEPT - 1; i >= 0; i--) {
        if (i != least && i != greatest)
            return i;
    }
    return -1;
}

/* Adds a value at the end; of equal ones in a row only the first and the last are kept, and of several within a dot's time
 * the least, the greatest and the last. */
static void add_point(struct series *s, int64_t time_ms, double value)
{
    size_t n = s->points.n;
    struct point *p = s->points.items, next = {time_ms, value, false};
    if (n > 0 && time_ms <= p[n - 1].time_ms)
        return;
    if (n > 1 && !p[n - 1].gap && !p[n - 2].gap && p[n - 1].value == value && p[n - 2].value == value) {
        p[n - 1] = next;
        return;
    }
    int spare = dispensable(s, next);
    if (spare >= 0) {
        memmove(p + n - 3 + spare, p + n - 2 + spare, (size_t)(2 - spare) * sizeof *p);
        p[n - 1] = next;
        return;
    }
    push(s, next);
}

/* From here on nothing is known. */
static void add_gap(struct series *s, int64_t time_ms)
{
    size_t n = s->points.n;
    if (n == 0 || s->points.items[n - 1].gap)
        return;
    int64_t last = s->points.items[n - 1].time_ms;
    push(s, (struct point){time_ms > last ? time_ms : last + 1, NAN, true});
}

/* Every step in which history knows a value has a point: where one has none, there is a gap. */
static void add_history(struct series *s, const struct stream_point *points, size_t n, int64_t live_ms)
{
    int64_t step = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t at = (points[i].time_ms - s->from_ms) / s->step_ms;
        if (i > 0 && at > step + 1)
            add_gap(s, s->from_ms + (step + 1) * s->step_ms);
        add_point(s, points[i].time_ms, points[i].value);
        step = at;
    }
    if (n > 0 && (live_ms - s->from_ms) / s->step_ms > step + 1)
        add_gap(s, s->from_ms + (step + 1) * s->step_ms);
}

/* History's answer goes before what was observed since it was asked. */
static void answered(void *arg, const struct stream_point *points, size_t n, const struct error *err)
{
    struct series *s = arg;
    s->asked = false;
    if (err || n == 0)
        return;
    int64_t last = points[n - 1].time_ms, end = s->from_ms + s->span_ms;
    VEC(struct point) live = {s->points.items, s->points.n, s->points.room};
    memset(&s->points, 0, sizeof s->points);
    size_t first = 0;
    while (first < live.n && live.items[first].time_ms <= last)
        first++;
    add_history(s, points, n, first < live.n && live.items[first].time_ms < end ? live.items[first].time_ms : end);
    for (size_t i = first; i < live.n; i++) {
        if (live.items[i].gap)
            add_gap(s, live.items[i].time_ms);
        else
            add_point(s, live.items[i].time_ms, live.items[i].value);
    }
    vec_done(&live);
    if (s->set->came)
        s->set->came(s->set->arg);
}

static void unask(struct series *s, const struct context *ctx)
{
    if (s->asked && ctx->data.ops)
        ctx->data.ops->forget(ctx->data.self, s);
    s->asked = false;
}

/* Asks history for what the set wants, unless that was asked already. */
static void ask(struct series *s, const struct context *ctx, const struct table *t, const struct row *r)
{
    struct value key[SERIES_KEYS];
    size_t nkeys = table_nkeys(t);
    int64_t span = wanted(s->set);
    if (s->span_ms == span || !ctx->data.ops || ctx->detached || ctx->paused || nkeys > SERIES_KEYS)
        return;
    for (size_t i = 0; i < nkeys; i++)
        key[i] = row_get(r, i);
    unask(s, ctx);
    s->asked = true;
    s->span_ms = span;
    s->step_ms = span / SERIES_STEPS;
    s->from_ms = ctx->format.now_ms - span;
    const struct stream_history_query q = {
        .table = s->table,
        .key = key,
        .column = s->column,
        .from_ms = s->from_ms,
        .to_ms = ctx->format.now_ms,
        .step_ms = s->step_ms,
    };
    ctx->data.ops->history(ctx->data.self, &q, answered, s);
}

/* Has the source learned more of the past since history was asked? */
static void look_for_past(struct series *s, const struct row *r)
{
    struct value filled = row_cell(r, "filled");
    int64_t ms = filled.quality == QUALITY_UNKNOWN ? 0 : filled.i;
    if (ms != s->filled_ms)
        s->span_ms = 0;
    s->filled_ms = ms;
}

static void forget_oldest(struct series_set *set, const struct context *ctx)
{
    size_t oldest = 0;
    for (size_t i = 1; i < set->all.n; i++) {
        if (set->all.items[i]->used < set->all.items[oldest]->used)
            oldest = i;
    }
    struct series *s = set->all.items[oldest];
    unask(s, ctx);
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
    } else {
        str_done(&id);
    }
    look_for_past(s, r);
    ask(s, ctx, t, r);
    if (!ctx->paused) /* the numbers of a frozen store's rows are its own */
        s->row = row_id(r);
    s->used = ++set->uses;
    return s;
}

/* Does nobody vouch for the cell now? */
static bool stale(const struct context *ctx, const struct table *t, const struct row *r, const char *column)
{
    int at = table_column_index(t, column);
    uint16_t owner = at < 0 ? 0 : table_group_owner(t, table_group_of(t, (size_t)at));
    return context_stale(ctx, row_owner(r)) || (owner && context_stale(ctx, owner));
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
        if (r && !stale(ctx, t, r, s->column) && number(t, r, s->column, &value))
            add_point(s, ctx->format.now_ms, value);
        else
            add_gap(s, ctx->format.now_ms);
        if (!r) /* gone, or only not shown: history knows */
            s->span_ms = 0;
    }
}

void series_missed(struct series_set *set)
{
    for (size_t i = 0; i < set->all.n; i++)
        set->all.items[i]->span_ms = 0;
}

void series_forget(struct series_set *set, const struct context *ctx)
{
    for (size_t i = 0; i < set->all.n; i++)
        unask(set->all.items[i], ctx);
}

void series_clear(struct series_set *set)
{
    for (size_t i = 0; i < set->all.n; i++)
        series_free(set->all.items[i]);
    set->all.n = 0;
}

void series_set_span(struct series_set *s, int64_t span_ms)
{
    s->wanted_ms = span_ms;
}

struct scale_range series_sample(const struct series *s, int64_t from_ms, int64_t to_ms, double *values, double *least,
                                 int n)
{
    struct scale_range range = scale_range_none();
    double held = NAN;
    size_t at = 0;
    int64_t step = n > 0 && to_ms > from_ms ? (to_ms - from_ms) / n : 1;
    int64_t quantum = step > SERIES_STEP_MS ? step : SERIES_STEP_MS;
    int64_t end = to_ms - to_ms % quantum;
    for (int i = -1; i < n; i++) { /* the first round finds what held before */
        int64_t time = i == n - 1 ? to_ms : end - (n - 1 - i) * step;
        double greatest = NAN, smallest = NAN;
        for (; s && at < s->points.n && s->points.items[at].time_ms <= time; at++) {
            const struct point *p = &s->points.items[at];
            held = p->gap ? NAN : p->value;
            greatest = p->gap ? greatest : fmax(greatest, p->value);
            smallest = p->gap ? smallest : fmin(smallest, p->value);
            if (i >= 0)
                scale_range_add(&range, &held, 1);
        }
        if (i < 0)
            continue;
        values[i] = isnan(greatest) ? held : greatest;
        if (least)
            least[i] = isnan(smallest) ? held : smallest;
        scale_range_add(&range, &values[i], 1);
    }
    return range;
}

bool series_changed(const struct series *s, int64_t *ret)
{
    *ret = 0;
    size_t n = s ? s->points.n : 0;
    if (n == 0 || s->points.items[n - 1].gap)
        return false;
    const struct point *p = s->points.items;
    size_t first = n - 1;
    while (first > 0 && !p[first - 1].gap && p[first - 1].value == p[n - 1].value)
        first--;
    *ret = p[first].time_ms;
    return first > 0;
}

int64_t series_span(const struct series_set *set, int64_t now_ms, int columns)
{
    static const int minutes[] = {1, 2, 5, 10};
    enum { MINUTE_MS = 60 * 1000, STEPS = sizeof minutes / sizeof *minutes };
    if (set->wanted_ms)
        return set->wanted_ms;
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

void series_span_text(struct str *out, int64_t span_ms)
{
    enum { MINUTE = 60000, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
    if (span_ms >= 7LL * DAY)
        str_printf(out, "%d week%s", (int)(span_ms / (7LL * DAY)), span_ms >= 14LL * DAY ? "s" : "");
    else if (span_ms >= DAY)
        str_printf(out, "%d day%s", (int)(span_ms / DAY), span_ms >= 2 * DAY ? "s" : "");
    else if (span_ms >= HOUR)
        str_printf(out, "%d h", (int)(span_ms / HOUR));
    else
        str_printf(out, "%d min", (int)(span_ms / MINUTE));
}

bool series_waiting(const struct series_set *set)
{
    for (size_t i = 0; i < set->all.n; i++) {
        if (set->all.items[i]->asked)
            return true;
    }
    return false;
}
