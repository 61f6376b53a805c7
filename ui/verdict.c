/* Evaluates declared rules over rows; compiles them once for each shape of the store. */
#include "ui/verdict.h"

#include "base/mem.h"
#include "base/vec.h"
#include "expr/expr.h"
#include "ui/named.h"
#include "ui/problem.h"
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
    uint64_t seq, findings_seq;
    unsigned scope;
    int64_t time_ms, built_us, cost_us;
    size_t counts[SEVERITY_COUNT];
    VEC(uint64_t) bad;
    uint64_t worst; /* the id of the worst row, where any is not fine */
    enum severity severity;
    double weight;
};

struct verdicts {
    struct compiled *rules;
    size_t n;
    struct named *named;
    unsigned epoch; /* what they are bound to */
    uint64_t schema;
    VEC(struct tally) tallies;
};

struct verdicts *verdicts_new(const struct verdict_rule *rules, size_t n)
{
    struct verdicts *v = mem_new(struct verdicts);
    v->rules = mem_calloc(n ? n : 1, sizeof *v->rules);
    v->n = n;
    v->named = named_new();
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
    named_free(v->named);
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

/* The first rule that is true of a row; NULL: none is. */
static const struct compiled *first_rule(const struct verdicts *v, const struct context *ctx, const struct table *t,
                                         const struct row *r, bool problem)
{
    for (size_t i = 0; i < v->n; i++) {
        const struct compiled *c = &v->rules[i];
        if (c->when && c->table == t && !(problem && c->rule->lists) && expr_matches(c->when, r, ctx->format.now_ms))
            return c;
    }
    return NULL;
}

static enum severity judge(struct verdicts *v, const struct context *ctx, const struct table *t, const struct row *r,
                           bool problem, struct str *say)
{
    const struct compiled *c = first_rule(v, ctx, t, r, problem);
    if (c && say)
        template_say(say, c->rule->say, t, r, &ctx->format);
    return c ? c->rule->severity : SEVERITY_FINE;
}

static const struct table *findings_of(const struct context *ctx, const struct row *finding)
{
    return finding ? store_find(ctx->store, "findings") : NULL;
}

enum severity verdicts_row(struct verdicts *v, const struct context *ctx, const struct table *t, const struct row *r,
                           struct str *say)
{
    bind(v, ctx);
    enum severity own = judge(v, ctx, t, r, false, NULL);
    const struct row *finding = named_about(v->named, ctx, t, r);
    const struct table *findings = findings_of(ctx, finding);
    enum severity its = findings ? judge(v, ctx, findings, finding, false, NULL) : SEVERITY_FINE;
    if (its == SEVERITY_FINE || its < own)
        return judge(v, ctx, t, r, false, say);
    if (say)
        problem_say(ctx, findings, finding, say);
    return its;
}

enum severity verdicts_problem(struct verdicts *v, const struct context *ctx, const struct table *t,
                               const struct row *r, struct str *say)
{
    bind(v, ctx);
    enum severity own = judge(v, ctx, t, r, true, NULL);
    if (own == SEVERITY_FINE)
        return own;
    const struct row *finding = named_for(v->named, ctx, t, r);
    const struct table *findings = findings_of(ctx, finding);
    if (findings && judge(v, ctx, findings, finding, false, NULL) >= own)
        return SEVERITY_FINE;
    return say ? judge(v, ctx, t, r, true, say) : own;
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
static void compete(struct tally *y, const struct row *r, enum severity severity)
{
    double weight = problem_weight(y->table, r);
    if (severity < y->severity || (severity == y->severity && weight < y->weight))
        return;
    if (severity == y->severity && !(weight > y->weight) && y->worst &&
        !before(y->table, r, table_by_id(y->table, y->worst)))
        return;
    y->worst = row_id(r);
    y->severity = severity;
    y->weight = weight;
}

static void count(struct verdicts *v, const struct context *ctx, struct tally *y)
{
    memset(y->counts, 0, sizeof y->counts);
    y->bad.n = 0;
    y->worst = 0;
    y->severity = SEVERITY_FINE;
    y->weight = -1;
    for (const struct row *r = table_first(y->table); r; r = row_next(r)) {
        if (!context_in_scope(ctx, y->table, r))
            continue;
        enum severity s = verdicts_problem(v, ctx, y->table, r, NULL);
        y->counts[s]++;
        if (s > SEVERITY_FINE)
            compete(y, r, s);
        if (s > SEVERITY_FINE && y->bad.n < VERDICT_BAD)
            vec_push(&y->bad, row_id(r));
    }
}

static struct tally *up_to_date(struct verdicts *v, const struct context *ctx, const struct table *t)
{
    bind(v, ctx);
    struct tally *y = tally_of(v, t);
    const struct table *findings = store_find(ctx->store, "findings");
    uint64_t findings_seq = findings ? table_seq(findings) : 0;
    int64_t now = ctx->format.now_ms;
    bool never = y->time_ms == INT64_MIN || y->scope != ctx->scope;
    bool changed =
        y->seq != table_seq(t) || y->findings_seq != findings_seq || now < y->time_ms || now >= y->time_ms + 1000;
    if (!never && !(changed && context_afford(ctx, y->built_us, y->cost_us)))
        return y;
    int64_t began = clock_mono_us(store_clock(ctx->store));
    y->seq = table_seq(t);
    y->findings_seq = findings_seq;
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
    double weight = -1;
    for (size_t i = 0; ctx->store && views_base(i); i++) {
        const struct table *mine = store_find(ctx->store, views_base(i)->table);
        bool told = strcmp(views_base(i)->table, "sources") == 0;
        const struct tally *y = mine && !told ? up_to_date(v, ctx, mine) : NULL;
        const struct row *r = y && y->severity > SEVERITY_FINE ? table_by_id(mine, y->worst) : NULL;
        if (!r || y->severity < severity || (y->severity == severity && y->weight <= weight && worst))
            continue;
        worst = r;
        severity = y->severity;
        weight = y->weight;
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
