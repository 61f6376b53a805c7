/* Evaluates declared rules over rows; compiles them once for each shape of the store. */
#include "ui/verdict.h"

#include "base/mem.h"
#include "base/vec.h"
#include "expr/expr.h"
#include "ui/template.h"
#include "ui/views.h"

#include <string.h>

enum { VERDICT_BAD = 5000 };

/* A rule that could be bound to its table; NULL where it could not. */
struct compiled {
    const struct verdict_rule *rule;
    struct expr *when;
    const struct table *table;
};

struct tally {
    const struct table *table;
    uint64_t seq;
    unsigned scope;
    int64_t time_ms, built_us, cost_us;
    size_t counts[SEVERITY_COUNT];
    VEC(uint64_t) bad;
    uint64_t worst; /* the id of the worst row, where any is not fine */
    enum severity severity;
    double lag;
};

struct verdicts {
    struct compiled *rules;
    size_t n;
    unsigned epoch; /* what they are bound to */
    uint64_t schema;
    VEC(struct tally) tallies;
};

struct verdicts *verdicts_new(const struct verdict_rule *rules, size_t n)
{
    struct verdicts *v = mem_new(struct verdicts);
    v->rules = mem_calloc(n ? n : 1, sizeof *v->rules);
    v->n = n;
    for (size_t i = 0; i < n; i++)
        v->rules[i].rule = &rules[i];
    return v;
}

static void unbind(struct verdicts *v)
{
    for (size_t i = 0; i < v->n; i++) {
        expr_free(v->rules[i].when);
        v->rules[i].when = NULL;
    }
    for (size_t i = 0; i < v->tallies.n; i++)
        vec_done(&v->tallies.items[i].bad);
    v->tallies.n = 0;
}

void verdicts_free(struct verdicts *v)
{
    if (!v)
        return;
    unbind(v);
    vec_done(&v->tallies);
    free(v->rules);
    free(v);
}

static void bind(struct verdicts *v, const struct context *ctx)
{
    const struct store *store = ctx->store;
    if (v->epoch == ctx->epoch && v->schema == store_schema_version(store))
        return;
    unbind(v);
    v->epoch = ctx->epoch;
    v->schema = store_schema_version(store);
    for (size_t i = 0; i < v->n; i++) {
        const struct table *t = store_find(store, v->rules[i].rule->table);
        struct expr *e = NULL;
        if (!t || expr_parse(v->rules[i].rule->when, &e, NULL, NULL) < 0)
            continue;
        if (expr_bind(e, t, NULL, NULL) < 0)
            expr_free(e);
        else
            v->rules[i].when = e, v->rules[i].table = t;
    }
}

enum severity verdicts_row(struct verdicts *v, const struct context *ctx, const struct table *t, const struct row *r,
                           struct str *say)
{
    bind(v, ctx);
    for (size_t i = 0; i < v->n; i++) {
        const struct compiled *c = &v->rules[i];
        if (!c->when || c->table != t || !expr_matches(c->when, r, ctx->format.now_ms))
            continue;
        if (say)
            template_say(say, c->rule->say, t, r, &ctx->format);
        return c->rule->severity;
    }
    return SEVERITY_FINE;
}

/* The table's tally, made if there is none yet. */
static struct tally *tally_of(struct verdicts *v, const struct table *t)
{
    for (size_t i = 0; i < v->tallies.n; i++) {
        if (v->tallies.items[i].table == t)
            return &v->tallies.items[i];
    }
    vec_push(&v->tallies, (struct tally){.table = t, .time_ms = INT64_MIN});
    return &v->tallies.items[v->tallies.n - 1];
}

/* How far behind a row is; below 0 where that is not known or means nothing. */
static double lag_of(const struct row *r, int column)
{
    struct value v = column >= 0 ? row_get(r, (size_t)column) : value_unknown();
    return v.quality == QUALITY_UNKNOWN ? -1 : (double)v.i;
}

static bool before(const struct table *t, const struct row *a, const struct row *b)
{
    for (size_t i = 0; i < table_nkeys(t); i++) {
        int order = value_compare(table_column(t, i)->type, row_get(a, i), row_get(b, i));
        if (order)
            return order < 0;
    }
    return false;
}

/* Keeps the worst of the rows that are not fine. */
static void compete(struct tally *y, const struct row *r, enum severity severity, double lag)
{
    if (severity < y->severity || (severity == y->severity && lag < y->lag))
        return;
    if (severity == y->severity && !(lag > y->lag) && y->worst && !before(y->table, r, table_by_id(y->table, y->worst)))
        return;
    y->worst = row_id(r);
    y->severity = severity;
    y->lag = lag;
}

static void count(struct verdicts *v, const struct context *ctx, struct tally *y)
{
    memset(y->counts, 0, sizeof y->counts);
    y->bad.n = 0;
    y->worst = 0;
    y->severity = SEVERITY_FINE;
    y->lag = -1;
    int lag = table_column_index(y->table, "lag");
    bool whole = lag >= 0 && table_column(y->table, (size_t)lag)->type == COLUMN_INT;
    for (const struct row *r = table_first(y->table); r; r = row_next(r)) {
        if (!context_in_scope(ctx, y->table, r))
            continue;
        enum severity s = verdicts_row(v, ctx, y->table, r, NULL);
        y->counts[s]++;
        if (s > SEVERITY_FINE)
            compete(y, r, s, lag_of(r, whole ? lag : -1));
        if (s > SEVERITY_FINE && y->bad.n < VERDICT_BAD)
            vec_push(&y->bad, row_id(r));
    }
}

static struct tally *up_to_date(struct verdicts *v, const struct context *ctx, const struct table *t)
{
    bind(v, ctx);
    struct tally *y = tally_of(v, t);
    int64_t now = ctx->format.now_ms;
    bool never = y->time_ms == INT64_MIN || y->scope != ctx->scope;
    bool changed = y->seq != table_seq(t) || now < y->time_ms || now >= y->time_ms + 1000;
    if (!never && !(changed && context_afford(ctx, y->built_us, y->cost_us)))
        return y;
    int64_t began = clock_mono_us(store_clock(ctx->store));
    y->seq = table_seq(t);
    y->scope = ctx->scope;
    y->time_ms = now;
    count(v, ctx, y);
    y->built_us = clock_mono_us(store_clock(ctx->store));
    y->cost_us = y->built_us - began;
    return y;
}

void verdicts_count(struct verdicts *v, const struct context *ctx, const struct table *t, size_t counts[SEVERITY_COUNT])
{
    memcpy(counts, up_to_date(v, ctx, t)->counts, SEVERITY_COUNT * sizeof *counts);
}

const uint64_t *verdicts_bad(struct verdicts *v, const struct context *ctx, const struct table *t, size_t *n)
{
    const struct tally *y = up_to_date(v, ctx, t);
    *n = y->bad.n;
    return y->bad.items;
}

const struct row *verdicts_worst(struct verdicts *v, const struct context *ctx, const struct table **t)
{
    const struct row *worst = NULL;
    enum severity severity = SEVERITY_FINE;
    double lag = -1;
    for (size_t i = 0; ctx->store && views_base(i); i++) {
        const struct table *mine = store_find(ctx->store, views_base(i)->table);
        bool told = strcmp(views_base(i)->table, "sources") == 0;
        const struct tally *y = mine && !told ? up_to_date(v, ctx, mine) : NULL;
        const struct row *r = y && y->severity > SEVERITY_FINE ? table_by_id(mine, y->worst) : NULL;
        if (!r || y->severity < severity || (y->severity == severity && y->lag <= lag && worst))
            continue;
        worst = r;
        severity = y->severity;
        lag = y->lag;
        *t = mine;
    }
    return worst;
}

enum role severity_role(enum severity s)
{
    return s == SEVERITY_WRONG ? ROLE_BAD : s == SEVERITY_WARNING ? ROLE_WARN : ROLE_DIM;
}

void severity_put(struct cells *c, int x, int y, enum severity s, bool stale)
{
    enum role role = stale ? ROLE_DIM : severity_role(s);
    if (s == SEVERITY_WRONG)
        cells_glyph(c, x, y, role, 0x2717, 'X');
    else if (s == SEVERITY_WARNING)
        cells_glyph(c, x, y, role, '!', '!');
    else
        cells_glyph(c, x, y, role, 0xb7, '.');
}
