/* The dataset's row, and what becomes of the others when a window is closed. */
#include "drift/rows.h"

#include "drift/rows_cohorts.h"
#include "drift/rows_feature.h"
#include "drift/tables.h"
#include "base/text.h"
#include "table/format.h"

#include <math.h>

/* Tables of which a result writes all rows. */
static const struct table_def *const whole[] = {&drift_table_features, &drift_table_bins, &drift_table_categories,
                                                &drift_table_cohorts};
enum { WHOLE = sizeof whole / sizeof *whole };

static struct row *dataset_row(const struct drift_rows *r, struct table **t)
{
    *t = drift_rows_cells_table(r, &drift_table_datasets);
    return drift_rows_cells_row(r, *t, NULL, 0);
}

/* ---- about ---- */

static void add_size(struct str *out, const struct drift_window_settings *w, int64_t size)
{
    if (w->by == DRIFT_WINDOW_TIME)
        format_duration(out, (double)size / 1000);
    else
        text_group_digits(out, size);
}

static void add_window(struct str *out, const struct drift_window_settings *w)
{
    add_size(out, w, w->size);
    if (w->slide != w->size) {
        str_add(out, " by ");
        add_size(out, w, w->slide);
    }
    if (w->by == DRIFT_WINDOW_COUNT)
        str_add(out, " rows");
}

static void add_reference(struct str *out, const struct drift_rows_about *a)
{
    switch (a->from) {
    case DRIFT_REFERENCE_FILE:
        str_add(out, a->reference_file ? a->reference_file : "file");
        break;
    case DRIFT_REFERENCE_PREVIOUS:
        str_add(out, "previous window");
        break;
    case DRIFT_REFERENCE_TRAILING:
        str_add(out, "trailing ");
        format_duration(out, (double)a->trailing_ms / 1000);
        break;
    case DRIFT_REFERENCE_FIRST:
        str_add(out, "first window");
        break;
    }
}

void drift_rows_about(const struct drift_rows *r, const struct drift_rows_about *about)
{
    struct table *t;
    struct row *row = dataset_row(r, &t);
    if (!row)
        return;
    table_set_text(t, row, DATASETS_CLUSTER, about->cluster);
    table_set_text(t, row, DATASETS_TOPIC, about->topic);
    if (about->foreign)
        return;
    struct str s = {0};
    table_set_text(t, row, DATASETS_KIND, "events");
    if (row_get(row, DATASETS_STATE).quality == QUALITY_UNKNOWN)
        table_set_text(t, row, DATASETS_STATE, drift_mark_names[DRIFT_MARK_NO_REFERENCE].word);
    table_set_real(t, row, DATASETS_SAMPLED, about->sample, QUALITY_EXACT);
    add_window(&s, &about->window);
    drift_rows_cells_text(t, row, DATASETS_WINDOW, &s);
    add_reference(&s, about);
    drift_rows_cells_text(t, row, DATASETS_REFERENCE, &s);
    str_done(&s);
}

void drift_rows_progress(const struct drift_rows *r, const struct drift_rows_progress *p)
{
    struct table *t;
    struct row *row = dataset_row(r, &t);
    if (!row)
        return;
    table_set_int(t, row, DATASETS_BAD, (int64_t)p->counts.bad, QUALITY_EXACT);
    table_set_int(t, row, DATASETS_LATE, (int64_t)p->counts.late, QUALITY_EXACT);
    table_set_int(t, row, DATASETS_EARLY, (int64_t)p->counts.early, QUALITY_EXACT);
    table_set_told(t, row, DATASETS_RATE, p->rate);
    table_set_int(t, row, DATASETS_LAG, p->lag, p->lag < 0 ? QUALITY_UNKNOWN : QUALITY_EXACT);
    table_set_text(t, row, DATASETS_NOTE, p->note && *p->note ? p->note : NULL);
}

/* ---- a window ---- */

/* The feature that is farthest beyond its line; of those without a score the one with the gravest mark. NULL: all are well. */
static const char *find_worst(const struct drift_dataset_result *result)
{
    const struct drift_dataset_feature *worst = NULL;
    for (size_t i = 0; i < result->nfeatures; i++) {
        const struct drift_dataset_feature *f = &result->features[i];
        if (f->score.mark <= DRIFT_MARK_LOW_N && !(f->score.excess > 0))
            continue;
        double e = f->score.excess > 0 ? f->score.excess : 0,
               best = worst && worst->score.excess > 0 ? worst->score.excess : 0;
        if (!worst || e > best || (e == best && f->score.mark > worst->score.mark))
            worst = f;
    }
    return worst ? worst->field->name : NULL;
}

static void write_dataset(struct table *t, struct row *row, const struct drift_dataset_result *result)
{
    const struct drift_reference *old = result->reference;
    enum quality judged = old ? QUALITY_EXACT : QUALITY_UNKNOWN;
    table_set_int(t, row, DATASETS_DRIFTED, (int64_t)result->drifted, judged);
    table_set_int(t, row, DATASETS_FEATURES, (int64_t)result->judged, judged);
    drift_rows_cells_ratio(t, row, DATASETS_SHARE, (double)result->drifted, old ? (double)result->judged : 0);
    table_set_text(t, row, DATASETS_WORST, find_worst(result));
    table_set_int(t, row, DATASETS_ROWS, (int64_t)result->rows, QUALITY_EXACT);
    table_set_int(t, row, DATASETS_WINDOW_END, result->to_ms, QUALITY_EXACT);
    table_set_int(t, row, DATASETS_REFERENCE_ROWS, old ? (int64_t)old->rows : 0, judged);
    table_set_int(t, row, DATASETS_REFERENCE_MADE, old ? old->made_ms : -1,
                  old && old->made_ms >= 0 ? QUALITY_EXACT : QUALITY_UNKNOWN);
    drift_rows_cells_offsets(t, row, DATASETS_FIRST_OFFSETS, result, false);
    drift_rows_cells_offsets(t, row, DATASETS_NEXT_OFFSETS, result, true);
}

size_t drift_rows_result(const struct drift_rows *r, const struct drift_dataset_result *result)
{
    struct table *t;
    struct row *row = dataset_row(r, &t);
    size_t rows = row != NULL;
    if (row)
        write_dataset(t, row, result);
    for (size_t i = 0; i < WHOLE; i++)
        table_begin(drift_rows_cells_table(r, whole[i]), r->owner);
    for (size_t i = 0; i < result->nfeatures; i++)
        rows += drift_rows_feature(r, result, &result->features[i]);
    rows += drift_rows_cohorts(r, result);
    const enum drift_mark cohorts = result->judge ? result->judge->mark : DRIFT_MARK_OK;
    if (row)
        table_set_text(
            t, row, DATASETS_STATE,
            drift_mark_names[cohorts > DRIFT_MARK_EMPTY && cohorts > result->mark ? cohorts : result->mark].word);
    for (size_t i = 0; i < WHOLE; i++)
        table_sweep(drift_rows_cells_table(r, whole[i]), r->owner);
    return rows;
}
