/* What other tools found out, as rows: their numbers as they are, nothing computed but shares of pictures over common bins. */
#include "drift/rows.h"

#include "base/map.h"
#include "drift/rows_cells.h"
#include "drift/rows_shapes.h"
#include "drift/tables.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FEATURES_MOST = 2000, /* that have rows */
    P05 = 1,              /* places of drift_verdict_quantiles */
    P50 = 4,
    P95 = 7,
};

static const struct table_def *const whole[] = {&drift_table_datasets, &drift_table_features, &drift_table_bins,
                                                &drift_table_categories};
enum { WHOLE = sizeof whole / sizeof *whole };

static const char *const kinds[] = {
    [DRIFT_VERDICT_NUMBER] = "number", [DRIFT_VERDICT_CATEGORY] = "category", [DRIFT_VERDICT_TEXT] = "text"};

/* What is counted while rows are written. */
struct count {
    size_t rows, features, judged, drifted, left;
    const char *worst;
    double excess; /* of the worst; 0: it has none that is known */
};

static double told(struct drift_verdict_number n)
{
    return n.known ? n.v : NAN;
}

static double excess_of(const struct drift_verdict *v)
{
    if (!v->value.known || !v->threshold.known)
        return NAN;
    if (v->direction == DRIFT_VERDICT_LARGER && v->threshold.v > 0)
        return v->value.v / v->threshold.v;
    return v->direction == DRIFT_VERDICT_SMALLER && v->value.v > 0 ? v->threshold.v / v->value.v : NAN;
}

static const char *word_of(enum drift_verdict_answer answer)
{
    return answer == DRIFT_VERDICT_UNSAID
               ? NULL
               : drift_mark_names[answer == DRIFT_VERDICT_DRIFTED ? DRIFT_MARK_DRIFT : DRIFT_MARK_OK].word;
}

static struct row *feature_row(const struct drift_rows *r, struct table *t, const char *name, struct count *n)
{
    const struct drift_rows_key key = drift_rows_cells_key(name, strlen(name));
    if (n->features >= FEATURES_MOST) {
        n->left++;
        return NULL;
    }
    struct row *row = drift_rows_cells_row(r, t, &key, 1);
    n->rows += row != NULL;
    return row;
}

/* ---- verdicts ---- */

static void count_verdict(struct count *n, const struct drift_verdict *v, double excess)
{
    n->features++;
    n->judged += v->drifted != DRIFT_VERDICT_UNSAID;
    n->drifted += v->drifted == DRIFT_VERDICT_DRIFTED;
    if (excess > n->excess || (!n->worst && v->drifted == DRIFT_VERDICT_DRIFTED)) {
        n->worst = v->feature;
        n->excess = excess > 0 ? excess : 0;
    }
}

static void write_verdict(const struct drift_rows *r, struct table *t, const struct drift_verdict *v, const char *name,
                          struct count *n)
{
    struct row *row = feature_row(r, t, name, n);
    double excess = excess_of(v);
    if (!row)
        return;
    count_verdict(n, v, excess);
    table_set_text(t, row, FEATURES_STATE, word_of(v->drifted));
    table_set_told(t, row, FEATURES_SCORE, told(v->value));
    table_set_told(t, row, FEATURES_LINE, told(v->threshold));
    table_set_told(t, row, FEATURES_THRESHOLD, told(v->threshold));
    table_set_told(t, row, FEATURES_EXCESS, excess);
    table_set_text(t, row, FEATURES_METHOD, v->method);
    table_set_told(t, row, FEATURES_P, v->direction == DRIFT_VERDICT_SMALLER ? told(v->value) : NAN);
    table_set_text(t, row, FEATURES_ROLE, "feature");
    table_set_text(t, row, FEATURES_TYPE, kinds[v->kind]);
    struct str note = {0};
    if (v->derived)
        str_add(&note, "the tool gives no answer: by its rule from score and line");
    if (v->distance.known)
        str_printf(&note, "%sdistance %g", note.len ? "; " : "", v->distance.v);
    drift_rows_cells_text(t, row, FEATURES_NOTE, &note);
    str_done(&note);
    n->rows += drift_rows_shapes(r, name, v, t, row);
}

/* A feature that is judged by several methods has a row for each; the first has its name. */
static void write_verdicts(const struct drift_rows *r, struct table *t, const struct drift_verdicts *v, struct count *n)
{
    struct map seen = {0};
    struct str name = {0};
    for (size_t i = 0; i < v->verdicts.n; i++) {
        const struct drift_verdict *one = &v->verdicts.items[i];
        if (!one->feature)
            continue;
        str_clear(&name);
        str_add(&name, one->feature);
        size_t len = strlen(one->feature);
        if (map_get(&seen, one->feature, len))
            str_printf(&name, ": %s", one->method ? one->method : "another method");
        else
            map_put(&seen, one->feature, len, (void *)(uintptr_t)one);
        write_verdict(r, t, one, str_text(&name), n);
    }
    str_done(&name);
    map_done(&seen);
}

/* ---- columns ---- */

static void set_count(struct table *t, struct row *row, size_t column, struct drift_verdict_number v, enum quality q)
{
    bool whole_number = v.known && v.v >= 0 && v.v < 9e15;
    table_set_int(t, row, column, whole_number ? llround(v.v) : 0, whole_number ? q : QUALITY_UNKNOWN);
}

static void write_column(const struct drift_rows *r, struct table *t, const struct drift_verdict_column *c,
                         struct count *n)
{
    struct row *row = feature_row(r, t, c->feature, n);
    if (!row)
        return;
    bool fresh = row_get(row, FEATURES_ROLE).quality == QUALITY_UNKNOWN;
    n->features += fresh;
    n->rows -= !fresh;
    if (fresh)
        table_set_text(t, row, FEATURES_ROLE, "feature");
    set_count(t, row, FEATURES_N, c->n, QUALITY_EXACT);
    set_count(t, row, FEATURES_DISTINCT, c->distinct, QUALITY_EST);
    double share = c->null_share.known                          ? c->null_share.v
                   : c->nulls.known && c->n.known && c->n.v > 0 ? c->nulls.v / c->n.v
                                                                : NAN;
    table_set_told(t, row, FEATURES_NULLS, share);
    table_set_told(t, row, FEATURES_MEAN, told(c->mean));
    table_set_told(t, row, FEATURES_DEVIATION, told(c->deviation));
    table_set_told(t, row, FEATURES_MIN, told(c->min));
    table_set_told(t, row, FEATURES_MAX, told(c->max));
    table_set_told(t, row, FEATURES_P05, told(c->quantiles[P05]));
    table_set_told(t, row, FEATURES_P50, told(c->quantiles[P50]));
    table_set_told(t, row, FEATURES_P95, told(c->quantiles[P95]));
    if (c->note)
        table_set_text(t, row, FEATURES_NOTE, c->note);
    n->rows += drift_rows_shapes_items(r, c);
}

/* ---- the dataset ---- */

static enum drift_verdict_answer answer_of(const struct drift_verdicts *v, const struct count *n)
{
    for (size_t i = 0; i < v->verdicts.n; i++)
        if (!v->verdicts.items[i].feature && v->verdicts.items[i].drifted != DRIFT_VERDICT_UNSAID)
            return v->verdicts.items[i].drifted;
    return !n->judged ? DRIFT_VERDICT_UNSAID : n->drifted ? DRIFT_VERDICT_DRIFTED : DRIFT_VERDICT_STABLE;
}

/* Of the dataset as a whole: it has no row of features. */
static void write_numbers(const struct drift_verdict *v, struct str *s)
{
    const char *name = v->method                               ? v->method
                       : v->direction == DRIFT_VERDICT_SMALLER ? "p"
                       : v->direction == DRIFT_VERDICT_LARGER  ? "distance"
                                                               : "score";
    if (v->value.known)
        str_printf(s, "%s%s %g", s->len ? "; " : "", name, v->value.v);
    if (v->distance.known)
        str_printf(s, "%sdistance %g", s->len ? "; " : "", v->distance.v);
    if (v->threshold.known)
        str_printf(s, "%sline %g", s->len ? "; " : "", v->threshold.v);
}

static void write_note(struct table *t, struct row *row, const struct drift_verdicts *v, const struct count *n)
{
    struct str s = {0};
    str_printf(&s, "%s%s%s", v->layout ? v->layout : "", v->version ? " " : "", v->version ? v->version : "");
    if (v->dataset)
        str_printf(&s, "%s%s", s.len ? "; " : "", v->dataset);
    for (size_t i = 0; i < v->verdicts.n; i++)
        if (!v->verdicts.items[i].feature)
            write_numbers(&v->verdicts.items[i], &s);
    if (v->bad)
        str_printf(&s, "%s%zu pieces were passed over: %s", s.len ? "; " : "", v->bad, v->note ? v->note : "");
    if (n->left)
        str_printf(&s, "%s%zu more features have no row", s.len ? "; " : "", n->left);
    drift_rows_cells_text(t, row, DATASETS_NOTE, &s);
    str_done(&s);
}

static void write_dataset(const struct drift_rows *r, const struct drift_verdicts *v, const char *topic,
                          struct count *n)
{
    struct table *t = drift_rows_cells_table(r, &drift_table_datasets);
    struct row *row = drift_rows_cells_row(r, t, NULL, 0);
    if (!row)
        return;
    enum drift_verdict_answer answer = answer_of(v, n);
    enum quality judged = n->judged ? QUALITY_EXACT : QUALITY_UNKNOWN;
    n->rows++;
    table_set_text(t, row, DATASETS_KIND, drift_verdict_tool_name(v->tool));
    table_set_text(t, row, DATASETS_STATE, answer ? word_of(answer) : drift_mark_names[DRIFT_MARK_NO_REFERENCE].word);
    table_set_int(t, row, DATASETS_DRIFTED, (int64_t)n->drifted, judged);
    table_set_int(t, row, DATASETS_FEATURES, (int64_t)n->judged, judged);
    if (v->drifted.known)
        set_count(t, row, DATASETS_DRIFTED, v->drifted, QUALITY_EXACT);
    if (v->share.known)
        table_set_told(t, row, DATASETS_SHARE, v->share.v);
    else
        drift_rows_cells_ratio(t, row, DATASETS_SHARE, (double)n->drifted, (double)n->judged);
    table_set_text(t, row, DATASETS_WORST, n->worst);
    set_count(t, row, DATASETS_ROWS, v->rows, QUALITY_EXACT);
    table_set_int(t, row, DATASETS_WINDOW_END, v->time_ms, v->time_ms ? QUALITY_EXACT : QUALITY_UNKNOWN);
    table_set_text(t, row, DATASETS_TOPIC, topic);
    write_note(t, row, v, n);
}

void drift_rows_foreign_begin(struct store *store, uint16_t owner)
{
    for (size_t i = 0; i < WHOLE; i++)
        table_begin(store_find(store, whole[i]->name), owner);
}

void drift_rows_foreign_end(struct store *store, uint16_t owner)
{
    for (size_t i = 0; i < WHOLE; i++)
        table_sweep(store_find(store, whole[i]->name), owner);
}

size_t drift_rows_foreign_write(const struct drift_rows *r, const struct drift_verdicts *v, const char *topic)
{
    struct table *t = drift_rows_cells_table(r, &drift_table_features);
    struct count n = {0};
    write_verdicts(r, t, v, &n);
    for (size_t i = 0; i < v->columns.n; i++)
        write_column(r, t, &v->columns.items[i], &n);
    write_dataset(r, v, topic, &n);
    return n.rows;
}

size_t drift_rows_verdicts(const struct drift_rows *r, const struct drift_verdicts *v, const char *topic)
{
    drift_rows_foreign_begin(r->store, r->owner);
    const size_t rows = drift_rows_foreign_write(r, v, topic);
    drift_rows_foreign_end(r->store, r->owner);
    return rows;
}
