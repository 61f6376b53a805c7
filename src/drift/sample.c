/* A walk over two samples in order of value: D and Wasserstein's distance. */
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

/* Rows below least and above greatest, and to *area their mean way to there. */
static double rows_beyond(const struct drift_sample *s, double least, double greatest, double *area)
{
    double all = rows_of(s), rows = 0;
    for (size_t i = 0; i < s->n && s->values[i] < least; i++) {
        rows += weight(s, i);
        *area += weight(s, i) / all * (least - s->values[i]);
    }
    for (size_t i = s->n; i > 0 && s->values[i - 1] > greatest; i--) {
        rows += weight(s, i - 1);
        *area += weight(s, i - 1) / all * (s->values[i - 1] - greatest);
    }
    return rows;
}

struct drift_sample_beyond drift_sample_beyond(const struct drift_sample *reference, const struct drift_sample *current,
                                               double share)
{
    struct drift_sample_beyond found = {0};
    size_t low = 0, high = reference->n;
    if (!reference->n || !current->n)
        return found;
    while (low + 1 < reference->n && rows_upto(reference, low + 1) < share * rows_of(reference))
        low++;
    while (high > low + 1 && rows_upto(reference, high - 1) > (1 - share) * rows_of(reference))
        high--;
    double least = reference->values[low], greatest = reference->values[high - 1];
    found.reference = rows_beyond(reference, least, greatest, &found.wasserstein);
    found.current = rows_beyond(current, least, greatest, &found.wasserstein);
    return found;
}

/* ---- distances ---- */

enum { BLOCK = 256 };

#define ALWAYS_INLINE __attribute__((always_inline)) static inline

/* A stretch of both sides in order of value. */
struct walk {
    size_t i, j, i_end, j_end; /* of the reference and of the current side: next, and behind the last */
    double last;               /* the value that was taken last; NaN: none was */
    double most, area;
};

/* What a row of each side weighs: the other's rows, so that equal shares are equal numbers, times a power of two, so that
 * they stay small. */
struct weights {
    double a, b;
};

/* The next values in order, and before each the gap between both sides, F - G. Values that both sides have are taken together. */
struct block {
    size_t n;
    double values[BLOCK], gaps[BLOCK];
};

static inline double upto(const struct drift_sample *s, size_t i, bool weighted)
{
    return (double)(int64_t)(weighted ? i ? s->upto[i - 1] : 0 : i);
}

/* How both sides' rows are told, known where this is compiled. */
struct form {
    bool a, b; /* weighted */
};

/* One more value. Without a branch on values, which could not be foretold; and said so that what cannot be compared is taken,
 * too. */
ALWAYS_INLINE void take_one(struct block *out, size_t n, size_t *i, size_t *j, const struct drift_sample *a,
                            const struct drift_sample *b, struct weights c, struct form f)
{
    const double x = a->values[*i], y = b->values[*j];
    out->gaps[n] = upto(a, *i, f.a) * c.a - upto(b, *j, f.b) * c.b;
    out->values[n] = x < y ? x : y;
    *i += !(x > y);
    *j += !(y > x);
}

/* While both stretches have some left on both sides. Two of them, since a step cannot begin before the one before has ended. */
ALWAYS_INLINE void take(struct block out[2], struct walk w[2], const struct drift_sample *a,
                        const struct drift_sample *b, struct weights c, struct form f)
{
    const size_t i_end = w[0].i_end, j_end = w[0].j_end, k_end = w[1].i_end, l_end = w[1].j_end;
    size_t i = w[0].i, j = w[0].j, k = w[1].i, l = w[1].j, n = 0;
    for (; n < BLOCK && (i < i_end) & (j < j_end) & (k < k_end) & (l < l_end); n++) {
        take_one(&out[0], n, &i, &j, a, b, c, f);
        take_one(&out[1], n, &k, &l, a, b, c, f);
    }
    size_t more = n;
    for (; more < BLOCK && (i < i_end) & (j < j_end); more++)
        take_one(&out[0], more, &i, &j, a, b, c, f);
    out[0].n = more;
    for (more = n; more < BLOCK && (k < k_end) & (l < l_end); more++)
        take_one(&out[1], more, &k, &l, a, b, c, f);
    out[1].n = more;
    w[0].i = i;
    w[0].j = j;
    w[1].i = k;
    w[1].j = l;
}

/* What is left of one side alone. */
static void take_rest(struct block *out, struct walk *w, const struct drift_sample *a, const struct drift_sample *b,
                      struct weights c)
{
    for (; out->n < BLOCK && (w->i < w->i_end || w->j < w->j_end); out->n++) {
        out->gaps[out->n] = rows_upto(a, w->i) * c.a - rows_upto(b, w->j) * c.b;
        out->values[out->n] = w->i < w->i_end ? a->values[w->i++] : b->values[w->j++];
    }
}

/* Where more rows of the last value come there is no way to the next one; and where both sides are level it counts for nothing,
 * be it infinite. */
static void add(struct walk *w, const struct block *b)
{
    double from = w->last, most = w->most, area = 0;
    for (size_t i = 0; i < b->n; i++) {
        const double to = b->values[i], gap = to > from ? fabs(b->gaps[i]) : 0, width = gap > 0 ? to - from : 0;
        most = gap > most ? gap : most;
        area += gap * width;
        from = to;
    }
    w->last = from;
    w->most = most;
    w->area += area;
}

static void walk(struct walk w[2], const struct drift_sample *a, const struct drift_sample *b, struct weights c)
{
    struct block block[2];
    do {
        if (a->upto && b->upto)
            take(block, w, a, b, c, (struct form){true, true});
        else if (a->upto)
            take(block, w, a, b, c, (struct form){true, false});
        else if (b->upto)
            take(block, w, a, b, c, (struct form){false, true});
        else
            take(block, w, a, b, c, (struct form){false, false});
        for (int k = 0; k < 2; k++) {
            take_rest(&block[k], &w[k], a, b, c);
            add(&w[k], &block[k]);
        }
    } while (block[0].n || block[1].n);
}

/* Values below x. */
static size_t below(const struct drift_sample *s, double x)
{
    size_t low = 0, high = s->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (s->values[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Cut in two where the greater one of both medians is. */
static void cut(struct walk w[2], const struct drift_sample *a, const struct drift_sample *b)
{
    const double x = a->values[a->n / 2], y = b->values[b->n / 2], middle = x > y ? x : y;
    const size_t i = below(a, middle), j = below(b, middle);
    w[0] = (struct walk){.i_end = i, .j_end = j, .last = NAN};
    w[1] = (struct walk){.i = i, .j = j, .i_end = a->n, .j_end = b->n, .last = NAN};
    if (i)
        w[1].last = a->values[i - 1];
    if (j && !(b->values[j - 1] <= w[1].last))
        w[1].last = b->values[j - 1];
}

enum drift_state drift_sample_distance(const struct drift_sample *reference, const struct drift_sample *current,
                                       struct drift_sample_distance *out)
{
    const double n = rows_of(reference), m = rows_of(current);
    if (n <= 0 || m <= 0)
        return n <= 0 ? DRIFT_STATE_NO_REFERENCE : DRIFT_STATE_NO_CURRENT;
    int power;
    const double whole = frexp(n * m, &power);
    struct walk w[2];
    cut(w, reference, current);
    walk(w, reference, current, (struct weights){ldexp(m, -power), ldexp(n, -power)});
    *out = (struct drift_sample_distance){n, m, (w[0].most > w[1].most ? w[0].most : w[1].most) / whole,
                                          (w[0].area + w[1].area) / whole};
    return DRIFT_STATE_OK;
}

double drift_sample_normed(const struct drift_sample *reference, double wasserstein)
{
    struct drift_sample_moments m;
    if (drift_sample_moments(reference, &m) != DRIFT_STATE_OK)
        return NAN;
    return wasserstein / fmax(m.deviation, DRIFT_SAMPLE_LEAST_DEVIATION);
}
