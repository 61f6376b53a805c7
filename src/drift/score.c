/* All statistics of two profiles, the line of the one that counts, and the verdict. */
#include "drift/score.h"

#include "base/mem.h"
#include "drift/chance.h"
#include "drift/chi_square.h"
#include "drift/ks.h"
#include "drift/lines.h"
#include "drift/moving.h"
#include "drift/points.h"
#include "drift/proportion.h"
#include "drift/score_marks.h"
#include "drift/sides.h"
#include "drift/special.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_P 1e-300

static bool wants(const struct drift_reference_feature *r, const struct drift_score_settings *s,
                  enum drift_method_id method)
{
    return !s->brief || r->method->id == method;
}

/* What statistics have beside their value. */
struct order {
    double p, d_line, wasserstein_line; /* of D and of Wasserstein's distance */
    double moving, moving_line;         /* PSI over moving bins */
    double fit_df;                      /* chi-square's degrees of freedom */
    bool exact;
};

/* ---- counts ---- */

static void chi_squares(const struct drift_reference_feature *r, const struct drift_distance_sides *sides,
                        struct order *order, struct drift_score *s)
{
    uint64_t *held = mem_calloc(2 * sides->n, sizeof *held);
    struct drift_distance_sides grouped = {held, held + sides->n, 0};
    struct drift_chi_square chi;
    if (drift_chi_square_regroup(sides, held, held + sides->n, &grouped.n) == DRIFT_STATE_OK) {
        if (drift_chi_square_contingency(&grouped, false, &chi) == DRIFT_STATE_OK)
            s->chi_square_p = chi.p;
        if (r->method->id == DRIFT_METHOD_CHI_SQUARE_FIT_P && drift_chi_square_fit(&grouped, &chi) == DRIFT_STATE_OK) {
            s->chi_square_fit_p = isfinite(chi.statistic) ? chi.p : s->chi_square_p;
            order->fit_df = chi.df;
        }
    }
    free(held);
}

/* The reference's most frequent bin against all others: of two, the one against the other. */
static double two_proportions(const struct drift_distance_sides *sides, const struct drift_distance_total *t)
{
    struct drift_proportion z;
    size_t most = 0;
    for (size_t i = 1; i < sides->n; i++)
        if (sides->reference[i] > sides->reference[most])
            most = i;
    return drift_proportion_test(sides->reference[most], (uint64_t)t->reference, sides->current[most],
                                 (uint64_t)t->current, &z) == DRIFT_STATE_OK
               ? z.p
               : NAN;
}

static void score_counts(const struct drift_reference_feature *r, const struct drift_distance_sides *sides,
                         const struct drift_score_settings *settings, struct order *order, struct drift_score *s)
{
    struct drift_distance_total t;
    if (!sides->n || drift_distance_total(sides, &t) != DRIFT_STATE_OK)
        return;
    if (wants(r, settings, DRIFT_METHOD_PSI))
        drift_distance_psi(sides, DRIFT_DISTANCE_EVIDENTLY, NULL, &s->psi);
    if (wants(r, settings, DRIFT_METHOD_JS))
        drift_distance_js(sides, DRIFT_DISTANCE_NAT, &s->js);
    if (wants(r, settings, DRIFT_METHOD_HELLINGER))
        drift_distance_hellinger(sides, &s->hellinger);
    if (wants(r, settings, DRIFT_METHOD_TOTAL_VARIATION))
        drift_distance_total_variation(sides, &s->total_variation);
    if (wants(r, settings, DRIFT_METHOD_L_INFINITY))
        drift_distance_l_infinity(sides, &s->l_infinity);
    if (wants(r, settings, DRIFT_METHOD_CRAMER_V))
        drift_chi_square_cramer(sides, true, &s->cramer_v);
    if (r->method->id == DRIFT_METHOD_JS_TWO)
        drift_distance_js(sides, DRIFT_DISTANCE_TWO, &s->js_two);
    if (wants(r, settings, DRIFT_METHOD_CHI_SQUARE_P) || r->method->id == DRIFT_METHOD_CHI_SQUARE_FIT_P)
        chi_squares(r, sides, order, s);
    if (wants(r, settings, DRIFT_METHOD_Z_P) && (t.bins == 2 || r->method->id == DRIFT_METHOD_Z_P))
        s->z_p = two_proportions(sides, &t);
}

/* ---- values in order ---- */

/* The raw distance that is passed so seldom. Where a tail is heavy, a few rows beyond the reference's range, no more than chance puts
 * there, may lie at any distance, and a sketch does not know its last rows well: what is owed to them says nothing. */
static double wasserstein_line(const struct drift_reference_feature *r, const struct drift_points *a,
                               const struct drift_points *b, uint64_t n, uint64_t m, double tail)
{
    struct drift_sample_beyond beyond = drift_sample_beyond(&a->sample, &b->sample, a->error + b->error);
    bool few = drift_chance_outside((uint64_t)beyond.reference, n, (uint64_t)beyond.current, m) > tail;
    return drift_lines_wasserstein(r->lines, &a->sample, tail, m) + (few ? beyond.wasserstein : 0);
}

static void score_points(const struct drift_reference_feature *r, const struct drift_points *a,
                         const struct drift_points *b, const struct drift_score_settings *settings, double tail,
                         struct order *order, struct drift_score *s)
{
    struct drift_sample_distance d;
    if (drift_sample_distance(&a->sample, &b->sample, &d) != DRIFT_STATE_OK)
        return;
    uint64_t n = (uint64_t)d.reference, m = (uint64_t)d.current;
    double error = a->error + b->error, deviation = drift_moments_deviation(&r->profile->moments, 0);
    s->ks = d.d;
    s->wasserstein = d.wasserstein;
    s->wasserstein_normed = isfinite(deviation) ? d.wasserstein / fmax(deviation, DRIFT_SAMPLE_LEAST_DEVIATION)
                                                : drift_sample_normed(&a->sample, d.wasserstein);
    if (r->method->id == DRIFT_METHOD_PSI_MOVING)
        drift_moving_psi(&a->sample, &b->sample, r->lines, tail, &order->moving, &order->moving_line);
    order->d_line = fmin(1, drift_ks_critical(tail, n, m) + error);
    if (r->method->id == DRIFT_METHOD_WASSERSTEIN_NORMED && d.wasserstein > 0)
        order->wasserstein_line = wasserstein_line(r, a, b, n, m, tail) * s->wasserstein_normed / d.wasserstein;
    if (!wants(r, settings, DRIFT_METHOD_KS_P))
        return;
    struct drift_ks ks;
    bool whole = a->whole && b->whole;
    if (drift_ks_p(fmax(0, d.d - error), n, m, whole ? DRIFT_KS_AUTO : DRIFT_KS_ASYMPTOTIC, &ks) == DRIFT_STATE_OK) {
        order->p = ks.p;
        order->exact = ks.exact;
    }
}

static void score_order(const struct drift_reference_feature *r, const struct drift_profile *current,
                        const struct drift_score_settings *settings, double tail, struct order *order,
                        struct drift_score *s)
{
    if (current->type != DRIFT_TYPE_NUMBER ||
        !(wants(r, settings, DRIFT_METHOD_KS) || wants(r, settings, DRIFT_METHOD_KS_P) ||
          wants(r, settings, DRIFT_METHOD_WASSERSTEIN_NORMED) || r->method->id == DRIFT_METHOD_PSI_MOVING))
        return;
    struct drift_points made = {0}, now;
    drift_points_init(&now, current);
    s->ordered = true;
    memcpy(s->quantiles, now.quantiles, sizeof s->quantiles);
    if (!r->points)
        drift_points_init(&made, r->profile);
    score_points(r, r->points ? r->points : &made, &now, settings, tail, order, s);
    drift_points_done(&made);
    drift_points_done(&now);
}

/* ---- the verdict ---- */

static double value_of(const struct drift_score *s, const struct order *order, enum drift_method_id method)
{
    const double values[DRIFT_METHODS] = {
        [DRIFT_METHOD_PSI] = s->psi,
        [DRIFT_METHOD_KS] = s->ks,
        [DRIFT_METHOD_KS_P] = order->p,
        [DRIFT_METHOD_WASSERSTEIN_NORMED] = s->wasserstein_normed,
        [DRIFT_METHOD_JS] = s->js,
        [DRIFT_METHOD_HELLINGER] = s->hellinger,
        [DRIFT_METHOD_TOTAL_VARIATION] = s->total_variation,
        [DRIFT_METHOD_L_INFINITY] = s->l_infinity,
        [DRIFT_METHOD_CHI_SQUARE_P] = s->chi_square_p,
        [DRIFT_METHOD_CRAMER_V] = s->cramer_v,
        [DRIFT_METHOD_Z_P] = s->z_p,
        [DRIFT_METHOD_CHI_SQUARE_FIT_P] = s->chi_square_fit_p,
        [DRIFT_METHOD_JS_TWO] = s->js_two,
        [DRIFT_METHOD_PSI_MOVING] = order->moving,
    };
    return values[method];
}

/* The reference is not exact: without drift the statistic is 1 + m / n times a chi-square. */
static double fit_line(const struct drift_distance_sides *sides, const struct order *order, double tail)
{
    struct drift_distance_total t;
    if (order->fit_df < 1 || drift_distance_total(sides, &t) != DRIFT_STATE_OK)
        return tail;
    double q = drift_special_chi_square_isf(tail, order->fit_df) * (1 + t.current / t.reference);
    return fmax(LEAST_P, drift_special_chi_square_sf(q, order->fit_df));
}

/* Where the value alarms. */
static double line_of(const struct drift_reference_feature *r, const struct drift_distance_sides *sides,
                      const struct order *order, double tail)
{
    if (r->method->small)
        return fmin(r->threshold, r->method->id == DRIFT_METHOD_CHI_SQUARE_FIT_P ? fit_line(sides, order, tail) : tail);
    double lifted = 0;
    if (r->method->id == DRIFT_METHOD_KS)
        lifted = order->d_line;
    else if (r->method->id == DRIFT_METHOD_WASSERSTEIN_NORMED)
        lifted = order->wasserstein_line;
    else if (r->method->id == DRIFT_METHOD_PSI_MOVING)
        lifted = order->moving_line;
    else if (sides->n && r->method->id == DRIFT_METHOD_JS_TWO)
        lifted = drift_lines_of_counts(r->lines, DRIFT_METHOD_JS, sides, tail) / sqrt(M_LN2);
    else if (sides->n)
        lifted = drift_lines_of_counts(r->lines, r->method->id, sides, tail);
    return fmax(r->threshold, lifted);
}

static double excess_of(const struct drift_method *method, double value, double line)
{
    return method->small ? line / fmax(value, LEAST_P) : value / line;
}

/* The gravest of all marks, and the others. */
static void say(struct drift_score *s, unsigned marks)
{
    s->mark = DRIFT_MARK_OK;
    for (int i = 0; i < DRIFT_MARKS; i++)
        if (marks & 1U << i)
            s->mark = (enum drift_mark)i;
    s->also = marks & ~(1U << s->mark);
}

void drift_score(const struct drift_reference_feature *reference, const struct drift_profile *current,
                 const struct drift_score_settings *settings, struct drift_score *out)
{
    const double tail = settings->false_alarms > 0 ? settings->false_alarms : DRIFT_SCORE_FALSE_ALARMS;
    struct order order = {.p = NAN, .moving = NAN};
    struct drift_sides sides;
    struct drift_score s = {.threshold = reference->threshold, .value = NAN, .line = NAN, .excess = NAN, .p = NAN};
    s.psi = s.ks = s.js = s.wasserstein = s.wasserstein_normed = s.hellinger = s.total_variation = NAN;
    s.l_infinity = s.chi_square_p = s.cramer_v = s.z_p = s.nulls_p = s.chi_square_fit_p = s.js_two = NAN;
    s.zeros = s.zeros_reference = s.outside = s.unseen_share = NAN;
    unsigned marks = drift_score_marks(reference, current, settings, &s);
    if (drift_profile_values(reference->profile) && drift_profile_values(current)) {
        drift_sides_init(&sides, reference->profile, current);
        score_counts(reference, &sides.counts, settings, &order, &s);
        score_order(reference, current, settings, tail, &order, &s);
        s.value = value_of(&s, &order, reference->method->id);
        if (!isnan(s.value)) {
            s.line = line_of(reference, &sides.counts, &order, tail);
            s.excess = excess_of(reference->method, s.value, s.line);
        }
        s.p = reference->method->small ? s.value : isnan(order.p) ? s.chi_square_p : order.p;
        s.p_exact = order.exact && (!reference->method->small || reference->method->id == DRIFT_METHOD_KS_P);
        drift_sides_done(&sides);
    }
    if (s.excess >= 1 && !(marks & 1U << DRIFT_MARK_LOW_N))
        marks |= 1U << DRIFT_MARK_DRIFT;
    say(&s, marks);
    *out = s;
}

void drift_score_adjust(const struct drift_reference_feature *reference, double p_adjusted, struct drift_score *s)
{
    unsigned marks = (s->also | 1U << s->mark) & ~(1U << DRIFT_MARK_DRIFT | 1U << DRIFT_MARK_OK);
    if (!reference->method->small || isnan(p_adjusted) || isnan(s->value))
        return;
    s->excess = excess_of(reference->method, p_adjusted, s->line);
    if (s->excess >= 1 && !(marks & 1U << DRIFT_MARK_LOW_N))
        marks |= 1U << DRIFT_MARK_DRIFT;
    say(s, marks);
}
