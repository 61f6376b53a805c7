/* Each mark by its rule. */
#include "drift/score_marks.h"

#include "drift/chance.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_SHARE 0.01
#define LEAST_ZEROS 0.05
#define LEAST_TIMES 2

enum { LEAST_UNSEEN = 2, SURELY_UNSEEN = 5, LEAST_VANISHED = 10, LEAST_CLOSED = 5, TIMES_CLOSED = 10 };

/* Both sides as the rules look at them. */
struct pair {
    const struct drift_profile *r, *c;
    uint64_t n, m; /* values */
    double tail;
};

static unsigned bit(enum drift_mark mark, bool holds)
{
    return holds ? 1U << mark : 0;
}

static double share(uint64_t part, uint64_t rows)
{
    return rows ? (double)part / (double)rows : NAN;
}

static uint64_t nulls_of(const struct drift_profile *p)
{
    return p->missing + p->null;
}

static uint64_t not_finite(const struct drift_profile *p)
{
    return p->moments.nan + p->moments.pos_inf + p->moments.neg_inf;
}

static bool is_up(double from, double to, double least, double p, double tail)
{
    return to - from >= least && p <= tail;
}

/* By at least 0.01, or to twice or half; *p gets the chance. */
static bool has_changed(const struct pair *x, uint64_t a, uint64_t b, double *p)
{
    double from = share(a, x->r->rows), to = share(b, x->c->rows), less = fmin(from, to), more = fmax(from, to);
    *p = drift_chance_share(a, x->r->rows, b, x->c->rows);
    return *p <= x->tail && (more - less >= LEAST_SHARE || more >= LEAST_TIMES * less);
}

/* Of all rows, whatever they have. */
static unsigned of_rows(const struct pair *x, struct drift_score *s)
{
    const struct drift_profile *r = x->r, *c = x->c;
    uint64_t there_r = r->rows - nulls_of(r), there_c = c->rows - nulls_of(c);
    double ignored, type_p = drift_chance_share(r->conflicts, there_r, c->conflicts, there_c);
    s->nulls = share(nulls_of(c), c->rows);
    s->nulls_reference = share(nulls_of(r), r->rows);
    s->nan = share(not_finite(c), c->rows);
    s->conflicts = share(c->conflicts, there_c);
    if (!c->rows || !r->rows)
        return 0;
    bool nulls = has_changed(x, nulls_of(r), nulls_of(c), &s->nulls_p);
    bool nan = has_changed(x, not_finite(r), not_finite(c), &ignored);
    /* half a row more without a value: a reference that always has one has not said that there is no other way */
    double without = ((double)(r->rows - x->n) + 0.5) / ((double)r->rows + 1);
    bool empty = x->n && !x->m && pow(without, (double)c->rows) <= x->tail;
    return bit(DRIFT_MARK_NULLS, nulls || nan) | bit(DRIFT_MARK_EMPTY, empty) |
           bit(DRIFT_MARK_TYPE,
               is_up(there_r ? share(r->conflicts, there_r) : 0, s->conflicts, LEAST_SHARE, type_p, x->tail));
}

/* ---- numbers ---- */

static bool is_outside(const struct pair *x, const struct drift_histogram *r, const struct drift_histogram *c,
                       double now)
{
    uint64_t before = r->below + r->above, k = c->below + c->above;
    double p = drift_chance_outside(before, x->n, k, x->m);
    return is_up(share(before, x->n), now, LEAST_SHARE, p, x->tail);
}

/* The reference's rows of a value's bin. */
static double rows_of_value(const struct drift_histogram *h, double value)
{
    int at = h ? drift_edges_bin(h->edges, value) : -1;
    return at < 0 ? 0 : (double)h->counts[at];
}

static unsigned of_numbers(const struct pair *x, struct drift_score *s)
{
    const struct drift_moments *r = &x->r->moments, *c = &x->c->moments;
    const struct drift_histogram *counts = x->c->counts;
    unsigned marks = 0;
    s->zeros = share(c->zeros, x->m);
    s->zeros_reference = share(r->zeros, x->n);
    marks |= bit(DRIFT_MARK_ZEROS, is_up(s->zeros_reference, s->zeros, LEAST_ZEROS,
                                         drift_chance_share(r->zeros, x->n, c->zeros, x->m), x->tail));
    if (counts && x->r->counts) {
        s->outside = share(counts->below + counts->above, x->m);
        marks |= bit(DRIFT_MARK_RANGE, is_outside(x, x->r->counts, counts, s->outside));
    }
    bool constant = c->min >= c->max && !(r->min >= r->max); /* the reference's may be unknown */
    double same = (rows_of_value(x->r->counts, c->min) + 1) / ((double)x->n + 1);
    return marks | bit(DRIFT_MARK_CONSTANT, constant && pow(same, (double)x->m) <= x->tail);
}

/* ---- categories ---- */

/* True where the reference's categories are few and frequent: then another one is news, not a tail. */
static bool is_closed(const struct drift_frequent *r)
{
    struct drift_frequent_item *items;
    size_t n = drift_frequent_list(r, DRIFT_FREQUENT_POSSIBLE, r->error, &items);
    bool closed = r->error == 0 && n > 0 && items[n - 1].lower >= LEAST_CLOSED; /* the least frequent is the last */
    free(items);
    return closed;
}

/* What of a category with so many rows on both sides together (at most) adds to the chance that one of `rows` is on one side alone:
 * as a part of that one's, `part` of all rows being of that side. */
static double adds(const struct drift_frequent_item *i, uint64_t lower, uint64_t upper, uint64_t rows, double part)
{
    uint64_t least = i->lower + lower;
    return i->upper + upper < rows ? 0 : least > rows ? pow(part, (double)(least - rows)) : 1;
}

/* By how much the chance that one category's rows are all of one side becomes that of any of them: only those that have as many on
 * both sides count. */
static double times(const struct pair *x, uint64_t rows, double part)
{
    const struct drift_frequent *r = x->r->items, *c = x->c->items;
    double all = 0;
    if (r->error + c->error >= rows) /* those that the sketches have lost may have so many */
        all = drift_hll_estimate(x->r->distinct) + drift_hll_estimate(x->c->distinct);
    struct drift_frequent_item *items;
    size_t n = drift_frequent_list(r, DRIFT_FREQUENT_POSSIBLE, r->error, &items);
    for (size_t i = 0; i < n; i++)
        all += adds(&items[i], drift_frequent_lower(c, items[i].bytes, items[i].len),
                    drift_frequent_upper(c, items[i].bytes, items[i].len), rows, part);
    free(items);
    n = drift_frequent_list(c, DRIFT_FREQUENT_POSSIBLE, c->error, &items);
    for (size_t i = 0; i < n; i++)
        if (!drift_frequent_lower(r, items[i].bytes, items[i].len)) /* else it was among the others */
            all += adds(&items[i], 0, r->error, rows, part);
    free(items);
    return fmax(1, all);
}

/* Of all rows of both sides, the current ones. */
static double current_part(const struct pair *x)
{
    return (double)x->m / ((double)x->n + (double)x->m);
}

static bool is_news(const struct pair *x, bool closed, uint64_t now, double p)
{
    if (now < LEAST_UNSEEN)
        return false;
    if (closed)
        return now >= SURELY_UNSEEN || p <= TIMES_CLOSED * x->tail;
    return p <= x->tail && times(x, now, current_part(x)) * p <= x->tail;
}

static unsigned unseen(const struct pair *x, struct drift_score *s)
{
    const struct drift_frequent *r = x->r->items;
    struct drift_frequent_item *items;
    size_t n = drift_frequent_list(x->c->items, DRIFT_FREQUENT_POSSIBLE, x->c->items->error, &items);
    uint64_t rows = 0;
    bool marked = false, closed = is_closed(r);
    for (size_t i = 0; i < n; i++) {
        uint64_t now = items[i].lower, most = drift_frequent_upper(r, items[i].bytes, items[i].len);
        if (!now || drift_frequent_lower(r, items[i].bytes, items[i].len))
            continue;
        double p = most ? drift_chance_more(most, x->n, now, x->m) : drift_chance_all(now, x->n, x->m);
        bool sure = is_news(x, closed, now, p);
        if (most && !sure) /* the reference's sketch may have lost it */
            continue;
        s->unseen++;
        rows += now;
        marked = marked || sure;
    }
    s->unseen_share = share(rows, x->m);
    free(items);
    return bit(DRIFT_MARK_UNSEEN, marked);
}

static unsigned vanished(const struct pair *x, struct drift_score *s)
{
    struct drift_frequent_item *items;
    size_t n = drift_frequent_list(x->r->items, DRIFT_FREQUENT_SURE, x->r->items->error, &items);
    for (size_t i = 0; i < n; i++) {
        uint64_t before = items[i].lower;
        double expected = (double)before * (double)x->m / (double)x->n;
        if (expected < LEAST_VANISHED || drift_frequent_upper(x->c->items, items[i].bytes, items[i].len))
            continue;
        double p = drift_chance_all(before, x->m, x->n);
        s->vanished += p <= x->tail && times(x, before, 1 - current_part(x)) * p <= x->tail;
    }
    free(items);
    return bit(DRIFT_MARK_VANISHED, s->vanished > 0);
}

static unsigned of_categories(const struct pair *x, struct drift_score *s)
{
    const struct drift_frequent *c = x->c->items, *r = x->r->items;
    unsigned marks = unseen(x, s) | vanished(x, s);
    if (c->n != 1 || c->error || (r->n == 1 && !r->error))
        return marks;
    struct drift_frequent_item *only;
    size_t n = drift_frequent_list(c, DRIFT_FREQUENT_POSSIBLE, 0, &only);
    uint64_t before = n ? drift_frequent_upper(r, only[0].bytes, only[0].len) : 0;
    double same = fmin(1, ((double)before + 1) / ((double)x->n + 1));
    free(only);
    return marks | bit(DRIFT_MARK_CONSTANT, pow(same, (double)x->m) <= x->tail);
}

unsigned drift_score_marks(const struct drift_reference_feature *reference, const struct drift_profile *current,
                           const struct drift_score_settings *settings, struct drift_score *s)
{
    uint64_t least = settings->min_rows ? settings->min_rows : DRIFT_SCORE_ROWS;
    struct pair x = {.r = reference->profile, .c = current};
    x.tail = settings->false_alarms > 0 ? settings->false_alarms : DRIFT_SCORE_FALSE_ALARMS;
    x.n = drift_profile_values(x.r);
    x.m = drift_profile_values(x.c);
    unsigned marks = of_rows(&x, s);
    if (x.n == 0)
        return marks | bit(DRIFT_MARK_NO_REFERENCE, true);
    unsigned of_values = 0;
    if (x.m)
        of_values = current->type == DRIFT_TYPE_NUMBER ? of_numbers(&x, s) : of_categories(&x, s);
    bool low = x.n < least || x.m < least;
    return marks | (low ? bit(DRIFT_MARK_LOW_N, true) : of_values);
}
