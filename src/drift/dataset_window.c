/* Each feature beside its reference, then all of them together. */
#include "drift/dataset_window.h"

#include "base/mem.h"
#include "drift/multiple.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct drift_reference_feature *drift_dataset_window_reference(const struct drift_reference *r,
                                                                     const struct drift_layout *l, size_t feature)
{
    const struct drift_schema_field *field = &l->schema->fields[l->features[feature]];
    const struct drift_reference_feature *f = NULL;
    if (r && feature < r->nfeatures && strcmp(r->features[feature].name, field->name) == 0)
        f = &r->features[feature];
    else if (r)
        f = drift_reference_find(r, field->name);
    return f && f->type == field->type ? f : NULL;
}

static void go_on(struct drift_dataset_window *w, const struct drift_dataset_window *before)
{
    const int64_t end_ms = w->result.to_ms;
    for (size_t i = 0; i < w->result.nfeatures; i++) {
        struct drift_dataset_feature *f = &w->features[i];
        drift_streak_go_on(&f->streak, before ? &before->features[i].streak : NULL, f->score.also | 1U << f->score.mark,
                           end_ms);
    }
    if (w->judge)
        drift_cohorts_judge_go_on(w->judge, before ? before->judge : NULL, end_ms);
}

/* Cohorts, beside what the whole's features are. */
static void judge_cohorts(struct drift_dataset_window *w)
{
    const struct drift_dataset_result *r = &w->result;
    if (!r->cohorts)
        return;
    struct drift_cohorts_judge_feature *features = mem_calloc(r->nfeatures + 1, sizeof *features);
    for (size_t i = 0; i < r->nfeatures; i++) {
        const struct drift_dataset_feature *f = &w->features[i];
        features[i] = (struct drift_cohorts_judge_feature){f->reference, f->score.mark, f->score.also,
                                                           f->field->role == DRIFT_EVENT_LABEL};
    }
    w->result.judge = w->judge = drift_cohorts_judge(r->cohorts, w->reference, features, r->nfeatures, &r->settings);
    free(features);
}

static void adjust(struct drift_dataset_window *w)
{
    const size_t n = w->result.nfeatures;
    double *p = mem_calloc(n + 1, sizeof *p);
    for (size_t i = 0; i < n; i++)
        p[i] = w->features[i].score.p;
    drift_multiple_adjust(DRIFT_MULTIPLE_BH, p, n, p);
    for (size_t i = 0; i < n; i++) {
        w->features[i].p_adjusted = p[i];
        if (w->features[i].reference)
            drift_score_adjust(w->features[i].reference, p[i], &w->features[i].score);
    }
    free(p);
}

static bool cannot_be_judged(enum drift_mark mark)
{
    return mark == DRIFT_MARK_NO_REFERENCE || mark == DRIFT_MARK_LOW_N;
}

/* The verdict of all features. */
static void judge(struct drift_dataset_window *w)
{
    struct drift_dataset_result *r = &w->result;
    enum drift_mark none = DRIFT_MARK_NO_REFERENCE, worst = DRIFT_MARK_OK;
    size_t said = 0;
    for (size_t i = 0; i < r->nfeatures; i++) {
        const struct drift_score *s = &w->features[i].score;
        if (cannot_be_judged(s->mark)) {
            none = s->mark > none ? s->mark : none;
            continue;
        }
        said++;
        worst = s->mark > worst ? s->mark : worst;
        r->judged += !isnan(s->value);
        r->drifted += !isnan(s->value) && s->excess >= 1;
    }
    r->mark = !r->rows ? DRIFT_MARK_EMPTY : said ? worst : none;
}

struct drift_dataset_window *drift_dataset_window_new(struct drift_part *part, const struct drift_layout *l,
                                                      struct drift_reference *reference,
                                                      const struct drift_score_settings *settings,
                                                      const struct drift_dataset_window *before)
{
    struct drift_dataset_window *w = mem_new(struct drift_dataset_window);
    const struct drift_edges **edges = mem_calloc(l->nfeatures + 1, sizeof *edges);
    w->refs = 1;
    w->part = part;
    w->reference = reference ? drift_reference_ref(reference) : NULL;
    w->features = mem_calloc(l->nfeatures + 1, sizeof *w->features);
    for (size_t i = 0; i < l->nfeatures; i++) {
        w->features[i].reference = drift_dataset_window_reference(reference, l, i);
        edges[i] = w->features[i].reference ? w->features[i].reference->edges : NULL;
    }
    drift_part_over(part, l, edges);
    free(edges);
    for (size_t i = 0; i < l->nfeatures; i++) {
        struct drift_dataset_feature *f = &w->features[i];
        f->field = &l->schema->fields[l->features[i]];
        f->current = part->profiles[i];
        f->score = (struct drift_score){.mark = DRIFT_MARK_NO_REFERENCE, .value = NAN, .excess = NAN, .p = NAN};
        if (f->reference)
            drift_score(f->reference, f->current, settings, &f->score);
    }
    w->result = (struct drift_dataset_result){.from_ms = part->from_ms,
                                              .to_ms = part->to_ms,
                                              .rows = part->rows,
                                              .features = w->features,
                                              .nfeatures = l->nfeatures,
                                              .cohorts = part->cohorts,
                                              .cohorts_reference = reference ? reference->cohorts : NULL,
                                              .reference = w->reference,
                                              .offsets = part->offsets.items,
                                              .noffsets = part->offsets.n,
                                              .settings = *settings};
    adjust(w);
    judge_cohorts(w);
    go_on(w, before);
    judge(w);
    return w;
}

struct drift_dataset_window *drift_dataset_window_ref(struct drift_dataset_window *w)
{
    w->refs++;
    return w;
}

void drift_dataset_window_unref(struct drift_dataset_window *w, const struct drift_layout *l)
{
    if (!w || --w->refs)
        return;
    drift_cohorts_judge_free(w->judge);
    drift_part_free(w->part, l);
    drift_reference_unref(w->reference);
    free(w->features);
    free(w);
}
