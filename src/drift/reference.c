/* References: profiles that do not change any more, counted by those who compare with them. */
#include "drift/reference.h"

#include "base/mem.h"
#include "drift/kll_view.h"
#include "drift/profile_counts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RANKS = 1000 }; /* quantiles of a sketch that stand for its values */

struct drift_reference *drift_reference_empty(const char *dataset, size_t nfeatures)
{
    struct drift_reference *r = mem_new(struct drift_reference);
    r->dataset = mem_strdup(dataset);
    r->made_ms = r->from_ms = r->to_ms = -1;
    r->features = mem_calloc(nfeatures + 1, sizeof *r->features);
    r->nfeatures = nfeatures;
    r->lines = drift_lines_new();
    atomic_init(&r->refs, 1);
    return r;
}

static void free_feature(struct drift_reference_feature *f)
{
    if (f->points)
        drift_points_done(f->points);
    free(f->points);
    drift_profile_free(f->profile);
    drift_edges_free(f->edges);
    free(f->name);
}

static void free_origin(struct drift_reference_origin *o)
{
    free(o->icetop);
    free(o->cluster);
    free(o->topic);
    free(o->file);
    free(o->offsets);
}

void drift_reference_from(struct drift_reference *r, const struct drift_reference_origin *o)
{
    struct drift_reference_origin own = {.icetop = o->icetop ? mem_strdup(o->icetop) : NULL,
                                         .cluster = o->cluster ? mem_strdup(o->cluster) : NULL,
                                         .topic = o->topic ? mem_strdup(o->topic) : NULL,
                                         .file = o->file ? mem_strdup(o->file) : NULL,
                                         .noffsets = o->noffsets};
    own.offsets = mem_calloc(o->noffsets + 1, sizeof *own.offsets);
    for (size_t i = 0; i < o->noffsets; i++)
        own.offsets[i] = o->offsets[i];
    free_origin(&r->origin);
    r->origin = own;
}

struct drift_reference *drift_reference_ref(struct drift_reference *r)
{
    atomic_fetch_add(&r->refs, 1);
    return r;
}

void drift_reference_unref(struct drift_reference *r)
{
    if (!r || atomic_fetch_sub(&r->refs, 1) != 1)
        return;
    drift_cohorts_free(r->cohorts); /* over the features' edges */
    for (size_t i = 0; i < r->nfeatures; i++)
        free_feature(&r->features[i]);
    free(r->features);
    drift_lines_free(r->lines);
    free_origin(&r->origin);
    free(r->dataset);
    free(r);
}

const struct drift_reference_feature *drift_reference_find(const struct drift_reference *r, const char *name)
{
    for (size_t i = 0; i < r->nfeatures; i++)
        if (strcmp(r->features[i].name, name) == 0)
            return &r->features[i];
    return NULL;
}

/* ---- edges ---- */

static struct drift_edges *quantiles_of_sketch(const struct drift_profile *p)
{
    double at[RANKS + 1];
    struct drift_edges *edges = NULL;
    struct drift_kll_view v;
    drift_kll_view_init(&v, p->quantiles);
    for (int i = 0; i <= RANKS; i++)
        at[i] = drift_kll_view_quantile(&v, (double)i / RANKS, true);
    drift_kll_view_done(&v);
    (void)drift_edges_quantiles(&edges, at, RANKS + 1, DRIFT_REFERENCE_BINS, NULL);
    return edges;
}

/* NULL where there is no value that edges could be made of. */
static struct drift_edges *make_edges(const struct drift_profile *p, const struct drift_points *points)
{
    struct drift_edges *edges = NULL;
    if (!points->sample.n)
        return NULL;
    if (drift_hll_estimate(p->distinct) <= DRIFT_REFERENCE_DISTINCT + 0.5 &&
        drift_edges_distinct(&edges, points->values, points->sample.n, DRIFT_REFERENCE_DISTINCT, NULL) == 0)
        return edges;
    if (!points->whole)
        return quantiles_of_sketch(p);
    (void)drift_edges_quantiles(&edges, points->values, points->sample.n, DRIFT_REFERENCE_BINS, NULL);
    return edges;
}

void drift_reference_freeze(struct drift_reference *r, struct drift_reference_feature *f)
{
    f->lines = r->lines;
    if (f->type != DRIFT_TYPE_NUMBER)
        return;
    f->points = mem_new(struct drift_points);
    drift_points_init(f->points, f->profile);
    if (!f->edges)
        f->edges = make_edges(f->profile, f->points);
    if (!f->profile->counts || f->profile->counts->edges != f->edges)
        drift_profile_counts_over(f->profile, f->edges);
}

/* ---- of a window ---- */

static bool suits(const struct drift_method *m, enum drift_type type)
{
    return m && (type == DRIFT_TYPE_NUMBER ? m->numbers : m->categories);
}

/* What a sketch of its own counted, or, of a file that has none, the different values that are there. */
static uint64_t distinct_of(const struct drift_reference_feature *f)
{
    uint64_t n = (uint64_t)(drift_hll_estimate(f->profile->distinct) + 0.5);
    if (n || !f->points)
        return n;
    for (size_t i = 0; i < f->points->sample.n; i++)
        n += i == 0 || f->points->values[i] != f->points->values[i - 1];
    return n;
}

const struct drift_method *drift_reference_method(const struct drift_reference_feature *f)
{
    if (f->points && !f->points->sample.n && f->profile->moments.count) /* bins alone */
        return &drift_methods[DRIFT_METHOD_PSI];
    return drift_method_default(f->type, drift_profile_values(f->profile), distinct_of(f));
}

/* The method that is asked for; NULL: none that suits. */
static const struct drift_method *chosen(const struct drift_reference_feature *f,
                                         const struct drift_reference_choice *choice)
{
    if (choice->by_default)
        return drift_reference_method(f);
    return suits(choice->method, f->type) ? choice->method : NULL;
}

static void choose(struct drift_reference_feature *f, const struct drift_reference_choice *choice)
{
    const struct drift_method *method = chosen(f, choice);
    if (method) {
        f->method = method;
        f->threshold = method->threshold;
    }
    if (!isnan(choice->threshold) && (method || !choice->method))
        f->threshold = choice->threshold;
}

/* What is asked of values in order cannot be told from bins. */
static bool wants_order(const struct drift_method *m)
{
    return m->id == DRIFT_METHOD_KS || m->id == DRIFT_METHOD_KS_P || m->id == DRIFT_METHOD_WASSERSTEIN_NORMED ||
           m->id == DRIFT_METHOD_PSI_MOVING;
}

int drift_reference_check(const struct drift_reference_feature *f, struct error *err)
{
    if (wants_order(f->method) && f->profile->moments.count && f->points && !f->points->sample.n)
        return error_set(err, ERR_INVALID, "method %s wants \"values\" or \"kll\", not bins alone", f->method->name);
    return 0;
}

int drift_reference_choose(struct drift_reference *r, const char *feature, const struct drift_reference_choice *choice,
                           struct error *err)
{
    bool found = false;
    int code = 0;
    for (size_t i = 0; i < r->nfeatures && code == 0; i++) {
        struct drift_reference_feature *f = &r->features[i];
        if (feature && strcmp(f->name, feature) != 0)
            continue;
        found = true;
        choose(f, choice);
        code = drift_reference_check(f, err);
        if (code)
            error_prefix(err, "feature %.100s", f->name);
    }
    if (!found && feature)
        return error_set(err, ERR_NOT_FOUND, "no feature %.100s", feature);
    return code;
}

struct drift_reference *drift_reference_new(const char *dataset, const struct drift_schema *schema,
                                            struct drift_profile **profiles, struct drift_cohorts *cohorts,
                                            const struct drift_reference_choice *choices)
{
    struct drift_layout l;
    drift_layout_init(&l, schema);
    struct drift_reference *r = drift_reference_empty(dataset, l.nfeatures);
    const struct drift_edges **edges = mem_calloc(l.nfeatures + 1, sizeof *edges);
    for (size_t i = 0; i < l.nfeatures; i++) {
        const struct drift_schema_field *field = &schema->fields[l.features[i]];
        struct drift_reference_feature *f = &r->features[i];
        *f = (struct drift_reference_feature){
            .name = mem_strdup(field->name), .type = field->type, .profile = profiles[i]};
        drift_profile_settle(f->profile);
        drift_profile_counts_over(f->profile, NULL); /* its edges may be those of a reference before */
        f->method = drift_reference_method(f);
        f->threshold = f->method->threshold;
        if (choices)
            choose(f, &choices[i]);
        drift_reference_freeze(r, f);
        edges[i] = f->edges;
        r->rows = f->profile->rows > r->rows ? f->profile->rows : r->rows;
    }
    r->cohorts = cohorts;
    if (cohorts) {
        drift_cohorts_settle(cohorts);
        drift_cohorts_over(cohorts, edges);
    }
    free(edges);
    drift_layout_done(&l);
    return r;
}
