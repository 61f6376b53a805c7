/* PSI, Kullback-Leibler, Jensen-Shannon, Hellinger, total variation and L-infinity of counts. */
#include "drift/distance.h"

#include <math.h>

#define EVIDENTLY_EMPTY 0.0001
#define EVIDENTLY_LEAST 1e-6 /* of the least share */
#define CLIP_LEAST      0.01

enum drift_state drift_distance_total(const struct drift_distance_sides *s, struct drift_distance_total *out)
{
    struct drift_distance_total t = {0};
    for (size_t i = 0; i < s->n; i++) {
        t.reference += (double)s->reference[i];
        t.current += (double)s->current[i];
        t.bins += s->reference[i] > 0 || s->current[i] > 0;
    }
    if (t.reference <= 0 || t.current <= 0)
        return t.reference <= 0 ? DRIFT_STATE_NO_REFERENCE : DRIFT_STATE_NO_CURRENT;
    *out = t;
    return DRIFT_STATE_OK;
}

static bool is_there(const struct drift_distance_sides *s, size_t i)
{
    return s->reference[i] > 0 || s->current[i] > 0;
}

/* How the counts of one side become shares: (c + add) / total, empty ones `empty`, none below `least`. */
struct shares {
    double total, add, empty, least;
};

static struct shares find_shares(const uint64_t *counts, size_t n, double total, size_t bins,
                                 enum drift_distance_empty rule)
{
    struct shares r = {.total = total};
    if (rule == DRIFT_DISTANCE_LAPLACE_HALF || rule == DRIFT_DISTANCE_LAPLACE)
        r.add = rule == DRIFT_DISTANCE_LAPLACE ? 1 : 0.5;
    r.total += r.add * (double)bins;
    r.empty = r.add / r.total;
    if (rule == DRIFT_DISTANCE_CLIP)
        r.empty = r.least = CLIP_LEAST;
    if (rule == DRIFT_DISTANCE_EVIDENTLY) {
        double least = 1;
        for (size_t i = 0; i < n; i++)
            if (counts[i] > 0)
                least = fmin(least, (double)counts[i] / total);
        r.empty = least <= EVIDENTLY_EMPTY ? least * EVIDENTLY_LEAST : EVIDENTLY_EMPTY;
    }
    return r;
}

static double share(const struct shares *r, uint64_t count)
{
    return count == 0 ? r->empty : fmax(r->least, ((double)count + r->add) / r->total);
}

/* Shares of both sides under a rule for empty bins. */
struct pair {
    const struct drift_distance_sides *s;
    struct shares reference, current;
    bool skip;
};

static enum drift_state find_pair(const struct drift_distance_sides *s, enum drift_distance_empty rule,
                                  struct pair *pair)
{
    struct drift_distance_total t;
    enum drift_state state = drift_distance_total(s, &t);
    if (state != DRIFT_STATE_OK)
        return state;
    pair->s = s;
    pair->skip = rule == DRIFT_DISTANCE_SKIP;
    pair->reference = find_shares(s->reference, s->n, t.reference, t.bins, rule);
    pair->current = find_shares(s->current, s->n, t.current, t.bins, rule);
    return DRIFT_STATE_OK;
}

/* False: the bin counts for nothing. */
static bool pair_at(const struct pair *pair, size_t i, double *p, double *q)
{
    uint64_t reference = pair->s->reference[i], current = pair->s->current[i];
    if (pair->skip ? reference == 0 || current == 0 : reference == 0 && current == 0)
        return false;
    *p = share(&pair->reference, reference);
    *q = share(&pair->current, current);
    return true;
}

enum drift_state drift_distance_psi(const struct drift_distance_sides *s, enum drift_distance_empty rule, double *terms,
                                    double *psi)
{
    struct pair pair;
    enum drift_state state = find_pair(s, rule, &pair);
    if (state != DRIFT_STATE_OK)
        return state;
    double sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        double p, q, term = pair_at(&pair, i, &p, &q) && p != q ? (p - q) * log(p / q) : 0;
        if (terms)
            terms[i] = term;
        sum += term;
    }
    *psi = sum;
    return DRIFT_STATE_OK;
}

enum drift_state drift_distance_kl(const struct drift_distance_sides *s, enum drift_distance_empty rule, bool scaled,
                                   double *kl)
{
    struct pair pair;
    enum drift_state state = find_pair(s, rule, &pair);
    if (state != DRIFT_STATE_OK)
        return state;
    double of_p = 0, of_q = 0, sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        double p, q;
        if (!pair_at(&pair, i, &p, &q))
            continue;
        of_p += p;
        of_q += q;
        sum += p > 0 ? p * log(p / q) : 0;
    }
    /* with p / P and q / Q for p and q the sum is this: */
    *kl = scaled && of_p > 0 ? sum / of_p - log(of_p / of_q) : sum;
    return DRIFT_STATE_OK;
}

/* p ln(p / m) + q ln(q / m) - both about p - m = -(q - m), so that nothing is lost where p and q are close. */
static double js_term(double p, double q)
{
    double m = (p + q) / 2, d = (p - q) / 2, x = d / m;
    if (p <= 0 || q <= 0)
        return (p + q) * M_LN2;
    return m * ((1 + x) * log1p(x) + (1 - x) * log1p(-x));
}

enum drift_state drift_distance_js_divergence(const struct drift_distance_sides *s, enum drift_distance_base base,
                                              double *divergence)
{
    struct drift_distance_total t;
    enum drift_state state = drift_distance_total(s, &t);
    if (state != DRIFT_STATE_OK)
        return state;
    double sum = 0;
    for (size_t i = 0; i < s->n; i++)
        if (is_there(s, i))
            sum += js_term((double)s->reference[i] / t.reference, (double)s->current[i] / t.current);
    sum = fmax(0, sum / 2);
    *divergence = base == DRIFT_DISTANCE_TWO ? sum / M_LN2 : sum;
    return DRIFT_STATE_OK;
}

enum drift_state drift_distance_js(const struct drift_distance_sides *s, enum drift_distance_base base,
                                   double *distance)
{
    double divergence;
    enum drift_state state = drift_distance_js_divergence(s, base, &divergence);
    if (state == DRIFT_STATE_OK)
        *distance = sqrt(divergence);
    return state;
}

enum drift_state drift_distance_hellinger(const struct drift_distance_sides *s, double *distance)
{
    struct drift_distance_total t;
    enum drift_state state = drift_distance_total(s, &t);
    if (state != DRIFT_STATE_OK)
        return state;
    double sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        double d = sqrt((double)s->reference[i] / t.reference) - sqrt((double)s->current[i] / t.current);
        sum += d * d;
    }
    *distance = sqrt(sum / 2);
    return DRIFT_STATE_OK;
}

enum drift_state drift_distance_total_variation(const struct drift_distance_sides *s, double *distance)
{
    struct drift_distance_total t;
    enum drift_state state = drift_distance_total(s, &t);
    if (state != DRIFT_STATE_OK)
        return state;
    double sum = 0;
    for (size_t i = 0; i < s->n; i++)
        sum += fabs((double)s->reference[i] / t.reference - (double)s->current[i] / t.current);
    *distance = sum / 2;
    return DRIFT_STATE_OK;
}

enum drift_state drift_distance_l_infinity(const struct drift_distance_sides *s, double *distance)
{
    struct drift_distance_total t;
    enum drift_state state = drift_distance_total(s, &t);
    if (state != DRIFT_STATE_OK)
        return state;
    double most = 0;
    for (size_t i = 0; i < s->n; i++)
        most = fmax(most, fabs((double)s->reference[i] / t.reference - (double)s->current[i] / t.current));
    *distance = most;
    return DRIFT_STATE_OK;
}
