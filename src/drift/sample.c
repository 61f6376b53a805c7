/* One walk over two samples in order of value: D, Wasserstein and energy distance. */
#include "drift/sample.h"

#include <math.h>
#include <stdbool.h>

/* Rows of the first i values. */
static double rows_upto(const struct drift_sample *s, size_t i)
{
    if (!s->upto)
        return (double)i;
    return i > 0 ? (double)s->upto[i - 1] : 0;
}

static double rows_of(const struct drift_sample *s)
{
    return rows_upto(s, s->n);
}

static double weight(const struct drift_sample *s, size_t i)
{
    return s->upto ? (double)(s->upto[i] - (i > 0 ? s->upto[i - 1] : 0)) : 1;
}

enum drift_state drift_sample_moments(const struct drift_sample *s, struct drift_sample_moments *out)
{
    double rows = rows_of(s), sum = 0, squares = 0, rest = 0;
    if (rows <= 0)
        return DRIFT_STATE_NO_REFERENCE;
    double part = 1 / rows; /* first, so that a sum of great values is not infinite */
    for (size_t i = 0; i < s->n; i++)
        sum += weight(s, i) * (s->values[i] * part);
    for (size_t i = 0; i < s->n; i++) {
        double over = s->values[i] - sum;
        squares += weight(s, i) * over * over;
        rest += weight(s, i) * over;
    }
    /* what the mean was off by in rounding, taken out */
    *out = (struct drift_sample_moments){rows, sum + rest / rows, sqrt(fmax(0, squares - rest * rest / rows) / rows)};
    return DRIFT_STATE_OK;
}

/* Where a walk is on one side. */
struct walk {
    const struct drift_sample *s;
    size_t at;
    double rows; /* of all */
};

static double next_value(const struct walk *w)
{
    return w->at < w->s->n ? w->s->values[w->at] : INFINITY;
}

/* Not fmin, which is a call: this is where the time goes. */
static double lesser(double a, double b)
{
    return a < b ? a : b;
}

/* Takes one row if it is not above a value. Said so that what cannot be compared is taken, too, and without a branch, which could
 * not be foretold. */
static void take(struct walk *w, double value)
{
    w->at += (size_t)(w->at < w->s->n) & (size_t) !(next_value(w) > value);
}

static double share(const struct walk *w)
{
    return rows_upto(w->s, w->at) / w->rows;
}

/* gap: F - G from one value up to the next, if there is one. */
static void add(struct drift_sample_distance *d, double gap, double from, double to)
{
    if (fabs(gap) > d->d) {
        d->d = fabs(gap);
        d->at = from;
    }
    if (gap == 0)
        return; /* and be the next value infinite */
    d->wasserstein += fabs(gap) * (to - from);
    d->energy += gap * gap * (to - from);
}

enum drift_state drift_sample_distance(const struct drift_sample *reference, const struct drift_sample *current,
                                       struct drift_sample_distance *out)
{
    struct walk a = {reference, 0, rows_of(reference)}, b = {current, 0, rows_of(current)};
    if (a.rows <= 0 || b.rows <= 0)
        return a.rows <= 0 ? DRIFT_STATE_NO_REFERENCE : DRIFT_STATE_NO_CURRENT;
    struct drift_sample_distance d = {.reference = a.rows, .current = b.rows, .at = NAN};
    double value = lesser(next_value(&a), next_value(&b));
    while (a.at < reference->n || b.at < current->n) {
        take(&a, value);
        take(&b, value);
        bool more = a.at < reference->n || b.at < current->n;
        double next = more ? lesser(next_value(&a), next_value(&b)) : value;
        if (next > value || !more) /* else there are more rows of this value */
            add(&d, share(&a) - share(&b), value, next);
        value = next;
    }
    struct drift_sample_moments m;
    drift_sample_moments(reference, &m);
    d.normed = d.wasserstein / fmax(m.deviation, DRIFT_SAMPLE_LEAST_DEVIATION);
    d.energy = sqrt(2 * d.energy);
    *out = d;
    return DRIFT_STATE_OK;
}
