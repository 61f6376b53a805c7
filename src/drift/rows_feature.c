/* Cells of `features` and `feature_bins`: what the profiles of both sides and the score of the window have. */
#include "drift/rows_feature.h"

#include "drift/distance.h"
#include "drift/kll_view.h"
#include "drift/rows_categories.h"
#include "drift/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const roles[] = {
    [DRIFT_EVENT_FEATURE] = "feature", [DRIFT_EVENT_PREDICTION] = "prediction", [DRIFT_EVENT_LABEL] = "label"};

/* Where the columns of one side are. */
struct side {
    size_t nulls, n, zeros, mean, deviation, p05, p50, p95;
};
static const struct side current_side = {FEATURES_NULLS,     FEATURES_N,   FEATURES_ZEROS, FEATURES_MEAN,
                                         FEATURES_DEVIATION, FEATURES_P05, FEATURES_P50,   FEATURES_P95};
static const struct side reference_side = {
    FEATURES_NULLS_REFERENCE,     FEATURES_N_REFERENCE,   FEATURES_ZEROS_REFERENCE, FEATURES_MEAN_REFERENCE,
    FEATURES_DEVIATION_REFERENCE, FEATURES_P05_REFERENCE, FEATURES_P50_REFERENCE,   FEATURES_P95_REFERENCE};

/* Scores, each with its column. */
static const struct {
    size_t column, offset;
} scores[] = {
    {FEATURES_SCORE, offsetof(struct drift_score, value)},
    {FEATURES_LINE, offsetof(struct drift_score, line)},
    {FEATURES_THRESHOLD, offsetof(struct drift_score, threshold)},
    {FEATURES_EXCESS, offsetof(struct drift_score, excess)},
    {FEATURES_OUTSIDE, offsetof(struct drift_score, outside)},
    {FEATURES_UNSEEN_SHARE, offsetof(struct drift_score, unseen_share)},
    {FEATURES_PSI, offsetof(struct drift_score, psi)},
    {FEATURES_KS, offsetof(struct drift_score, ks)},
    {FEATURES_JS, offsetof(struct drift_score, js)},
    {FEATURES_WASSERSTEIN, offsetof(struct drift_score, wasserstein)},
    {FEATURES_WASSERSTEIN_NORMED, offsetof(struct drift_score, wasserstein_normed)},
    {FEATURES_HELLINGER, offsetof(struct drift_score, hellinger)},
    {FEATURES_TOTAL_VARIATION, offsetof(struct drift_score, total_variation)},
    {FEATURES_L_INFINITY, offsetof(struct drift_score, l_infinity)},
    {FEATURES_CHI_SQUARE_P, offsetof(struct drift_score, chi_square_p)},
    {FEATURES_CRAMER_V, offsetof(struct drift_score, cramer_v)},
};

/* ---- both sides ---- */

/* known: by drift_points_ranks; NULL: they are found. */
static void write_quantiles(struct table *t, struct row *row, const struct side *s, const struct drift_profile *p,
                            const double *known)
{
    const size_t columns[DRIFT_POINTS_QUANTILES] = {s->p05, s->p50, s->p95};
    const bool number = p && p->type == DRIFT_TYPE_NUMBER;
    struct drift_points made = {0};
    if (number && !known) {
        drift_points_init(&made, p);
        known = made.quantiles;
    }
    enum quality q = number && !p->whole && drift_kll_error(p->quantiles, 0) > 0 ? QUALITY_EST : QUALITY_EXACT;
    for (size_t i = 0; i < DRIFT_POINTS_QUANTILES; i++)
        table_set(t, row, columns[i], value_told(number ? known[i] : NAN, q));
    drift_points_done(&made);
}

/* p NULL: the side is not there. */
static void write_side(struct table *t, struct row *row, const struct side *s, const struct drift_profile *p)
{
    static const struct drift_moments none = {.mean = NAN, .m2 = NAN};
    const struct drift_moments *m = p && p->type == DRIFT_TYPE_NUMBER && p->moments.count ? &p->moments : &none;
    drift_rows_cells_ratio(t, row, s->nulls, p ? (double)(p->missing + p->null) : 0, p ? (double)p->rows : 0);
    table_set_int(t, row, s->n, p ? (int64_t)drift_profile_values(p) : 0, p ? QUALITY_EXACT : QUALITY_UNKNOWN);
    drift_rows_cells_ratio(t, row, s->zeros, (double)m->zeros, (double)m->count);
    table_set_told(t, row, s->mean, m->mean);
    table_set_told(t, row, s->deviation, m->count ? drift_moments_deviation(m, 0) : NAN);
}

/* What is told of the window alone. */
static void write_current(struct table *t, struct row *row, const struct drift_profile *p)
{
    const struct drift_moments *m = &p->moments;
    double infinite = (double)(m->pos_inf + m->neg_inf), present = (double)(p->rows - p->missing - p->null);
    bool number = p->type == DRIFT_TYPE_NUMBER, values = number && m->count;
    drift_rows_cells_ratio(t, row, FEATURES_NAN, (double)m->nan + infinite, number ? present : 0);
    drift_rows_cells_ratio(t, row, FEATURES_CONFLICTS, (double)p->conflicts, present);
    table_set_told(t, row, FEATURES_MIN, values ? m->min : NAN);
    table_set_told(t, row, FEATURES_MAX, values ? m->max : NAN);
    table_set_int(t, row, FEATURES_DISTINCT, llround(drift_hll_estimate(p->distinct)),
                  p->distinct->registers ? QUALITY_EST : QUALITY_EXACT);
}

/* ---- bins ---- */

static bool write_bin(struct table *t, struct row *row, const struct drift_histogram *old,
                      const struct drift_histogram *now, size_t i, double term)
{
    if (!row)
        return false;
    const struct drift_edges *e = old->edges;
    table_set_real(t, row, BINS_FROM, e->edges[i], i == 0 && e->open ? QUALITY_UNKNOWN : QUALITY_EXACT);
    table_set_real(t, row, BINS_TO, e->edges[i + 1], i + 1 == e->bins && e->open ? QUALITY_UNKNOWN : QUALITY_EXACT);
    drift_rows_cells_ratio(t, row, BINS_REFERENCE, (double)old->counts[i], (double)old->finite);
    drift_rows_cells_ratio(t, row, BINS_CURRENT, (double)now->counts[i], (double)now->finite);
    table_set_told(t, row, BINS_TERM, term);
    table_set_int(t, row, BINS_ROWS_REFERENCE, (int64_t)old->counts[i], QUALITY_EXACT);
    table_set_int(t, row, BINS_ROWS, (int64_t)now->counts[i], QUALITY_EXACT);
    return true;
}

/* Both sides' counts over the same edges; NULL where there are none. */
static bool find_counts(const struct drift_dataset_feature *f, const struct drift_histogram **old,
                        const struct drift_histogram **now)
{
    *old = f->reference && f->reference->profile ? f->reference->profile->counts : NULL;
    *now = f->current->counts;
    return *old && *now && drift_edges_same((*old)->edges, (*now)->edges);
}

/* Where there is nothing to compare with yet: the window's own values in equal bins over most of them. */
static void add_own_shares(struct str *out, const struct drift_profile *p)
{
    static const double tail = 0.01; /* on either side, which the outer bins hold as well */
    enum { BINS = 10 };
    double at[BINS - 1], shares[BINS];
    struct drift_kll_view v;
    if (!p->quantiles || !p->quantiles->n)
        return;
    drift_kll_view_init(&v, p->quantiles);
    double from = drift_kll_view_quantile(&v, tail, true), to = drift_kll_view_quantile(&v, 1 - tail, true);
    for (int i = 0; i < BINS - 1; i++)
        at[i] = from + (to - from) * (i + 1) / BINS;
    if (to > from && isfinite(to - from)) {
        drift_kll_view_pmf(&v, at, BINS - 1, false, shares);
        for (int i = 0; i < BINS; i++)
            drift_rows_cells_share(out, shares[i], 1);
    } else if (to <= from) { /* one value */
        drift_rows_cells_share(out, 1, 1);
    }
    drift_kll_view_done(&v);
}

static size_t write_bins(const struct drift_rows *r, const struct drift_dataset_feature *f, struct table *t,
                         struct row *row)
{
    const struct drift_histogram *old, *now;
    struct str reference = {0}, current = {0};
    size_t rows = 0;
    if (find_counts(f, &old, &now)) {
        struct table *bins = drift_rows_cells_table(r, &drift_table_bins);
        enum { KEY_BIN = 2 };
        struct value key[KEY_BIN + 1] = {row_get(row, FEATURES_DATASET), row_get(row, FEATURES_FEATURE)};
        double *terms = mem_calloc(now->edges->bins, sizeof *terms), psi;
        const struct drift_distance_sides sides = {old->counts, now->counts, now->edges->bins};
        bool told = drift_distance_psi(&sides, DRIFT_DISTANCE_EVIDENTLY, terms, &psi) == DRIFT_STATE_OK;
        for (size_t i = 0; i < now->edges->bins; i++) {
            key[KEY_BIN] = value_int((int64_t)i);
            rows += write_bin(bins, table_upsert(bins, key, r->owner), old, now, i, told ? terms[i] : NAN);
            drift_rows_cells_share(&reference, (double)old->counts[i], (double)old->finite);
            drift_rows_cells_share(&current, (double)now->counts[i], (double)now->finite);
        }
        free(terms);
    } else if (!old) {
        add_own_shares(&current, f->current);
    }
    drift_rows_cells_text(t, row, FEATURES_REFERENCE, &reference);
    drift_rows_cells_text(t, row, FEATURES_CURRENT, &current);
    table_set_unknown(t, row, FEATURES_UNSEEN_TOP);
    str_done(&reference);
    str_done(&current);
    return rows;
}

static size_t write_categories(const struct drift_rows *r, const struct drift_dataset_feature *f, struct table *t,
                               struct row *row)
{
    struct drift_rows_categories c = {0};
    size_t rows = drift_rows_categories(r, f->field->name, f->reference ? f->reference->profile : NULL, f->current, &c);
    drift_rows_cells_text(t, row, FEATURES_REFERENCE, &c.reference);
    drift_rows_cells_text(t, row, FEATURES_CURRENT, &c.current);
    drift_rows_cells_text(t, row, FEATURES_UNSEEN_TOP, &c.unseen);
    str_done(&c.reference);
    str_done(&c.current);
    str_done(&c.unseen);
    return rows;
}

/* ---- the score ---- */

static void write_binning(struct table *t, struct row *row, const struct drift_dataset_feature *f)
{
    struct str s = {0};
    if (f->current->type == DRIFT_TYPE_CATEGORY)
        str_add(&s, "categories");
    else if (f->reference && f->reference->edges)
        str_printf(&s, "%zu bins, frozen with the reference", f->reference->edges->bins);
    drift_rows_cells_text(t, row, FEATURES_BINNING, &s);
    str_done(&s);
}

/* All that holds beside the state. */
static void write_note(struct table *t, struct row *row, const struct drift_score *s)
{
    struct str text = {0};
    for (unsigned m = DRIFT_MARK_OK + 1; m < DRIFT_MARKS; m++)
        if (m != s->mark && s->also & 1U << m)
            str_printf(&text, "%s%s", text.len ? ", " : "also ", drift_mark_names[m].word);
    drift_rows_cells_text(t, row, FEATURES_NOTE, &text);
    str_done(&text);
}

/* Where the first window of the state lies: told with that window, and kept as long as the state holds. */
static void write_offsets(struct table *t, struct row *row, const struct drift_dataset_result *result,
                          const struct drift_dataset_feature *f)
{
    const struct value since = row_get(row, FEATURES_SINCE);
    const enum drift_mark mark = f->score.mark;
    if (mark > DRIFT_MARK_LOW_N && f->streak.marks[mark].windows == 1) {
        drift_rows_cells_offsets(t, row, FEATURES_FIRST_OFFSETS, result, false);
        drift_rows_cells_offsets(t, row, FEATURES_NEXT_OFFSETS, result, true);
    } else if (mark <= DRIFT_MARK_LOW_N || since.quality == QUALITY_UNKNOWN ||
               since.i != f->streak.marks[mark].since_ms) {
        table_set_unknown(t, row, FEATURES_FIRST_OFFSETS);
        table_set_unknown(t, row, FEATURES_NEXT_OFFSETS);
    }
}

static void write_score(struct table *t, struct row *row, const struct drift_dataset_feature *f)
{
    const struct drift_score *s = &f->score;
    bool compared = f->reference && s->mark != DRIFT_MARK_NO_REFERENCE,
         categories = compared && f->current->type == DRIFT_TYPE_CATEGORY;
    table_set_text(t, row, FEATURES_METHOD, f->reference ? f->reference->method->display : NULL);
    for (size_t i = 0; i < sizeof scores / sizeof *scores; i++) {
        double v = NAN;
        if (compared)
            memcpy(&v, (const char *)s + scores[i].offset, sizeof v);
        table_set_told(t, row, scores[i].column, v);
    }
    bool told = compared && !isnan(s->p);
    table_set_real(t, row, FEATURES_P, told ? s->p : 0,
                   !told        ? QUALITY_UNKNOWN
                   : s->p_exact ? QUALITY_EXACT
                                : QUALITY_EST);
    table_set_text(t, row, FEATURES_P_KIND, !told ? NULL : s->p_exact ? "exact" : "asymptotic");
    table_set_told(t, row, FEATURES_P_ADJUSTED, told ? f->p_adjusted : NAN);
    enum quality q = categories ? QUALITY_EXACT : QUALITY_UNKNOWN;
    table_set_int(t, row, FEATURES_UNSEEN, (int64_t)s->unseen, q);
    table_set_int(t, row, FEATURES_VANISHED, (int64_t)s->vanished, q);
    static const struct drift_rows_streak columns = {FEATURES_STATE, FEATURES_WINDOWS, FEATURES_SINCE, FEATURES_HOLDS};
    drift_rows_cells_streak(t, row, &columns, s->mark, &f->streak);
    write_note(t, row, s);
    write_binning(t, row, f);
}

size_t drift_rows_feature(const struct drift_rows *r, const struct drift_dataset_result *result,
                          const struct drift_dataset_feature *f)
{
    struct table *t = drift_rows_cells_table(r, &drift_table_features);
    const struct drift_rows_key key = drift_rows_cells_key(f->field->name, strlen(f->field->name));
    const struct drift_profile *old = f->reference ? f->reference->profile : NULL;
    struct row *row = drift_rows_cells_row(r, t, &key, 1);
    if (!row)
        return 0;
    table_set_text(t, row, FEATURES_ROLE, roles[f->field->role]);
    table_set_text(t, row, FEATURES_TYPE, drift_type_names[f->current->type]);
    write_offsets(t, row, result, f); /* by the since of before */
    write_score(t, row, f);
    write_side(t, row, &current_side, f->current);
    write_quantiles(t, row, &current_side, f->current, f->score.ordered ? f->score.quantiles : NULL);
    write_side(t, row, &reference_side, old);
    write_quantiles(t, row, &reference_side, old,
                    f->reference && f->reference->points ? f->reference->points->quantiles : NULL);
    write_current(t, row, f->current);
    return 1 + (f->current->type == DRIFT_TYPE_CATEGORY ? write_categories : write_bins)(r, f, t, row);
}
