/* One feature's values over one window, counted in batches. */
#include "drift/profile.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Types and edges are the same all its life; sketches are made with it. */
struct drift_profile *drift_profile_new(enum drift_type type, const struct drift_edges *edges)
{
    struct drift_profile *p = mem_new(struct drift_profile);
    p->type = type;
    p->distinct = mem_new(struct drift_hll);
    drift_hll_init(p->distinct, DRIFT_HLL_LG);
    if (type == DRIFT_TYPE_CATEGORY) {
        p->items = mem_new(struct drift_frequent);
        drift_frequent_init(p->items, DRIFT_FREQUENT_LG);
        return p;
    }
    p->quantiles = mem_new(struct drift_kll);
    drift_kll_init(p->quantiles, DRIFT_KLL_K);
    p->batch = mem_calloc(DRIFT_PROFILE_BATCH, sizeof *p->batch);
    p->whole = true;
    if (edges) {
        p->counts = mem_new(struct drift_histogram);
        drift_histogram_init(p->counts, edges);
    }
    return p;
}

void drift_profile_free(struct drift_profile *p)
{
    if (!p)
        return;
    if (p->counts)
        drift_histogram_done(p->counts);
    if (p->quantiles)
        drift_kll_done(p->quantiles);
    if (p->items)
        drift_frequent_done(p->items);
    drift_hll_done(p->distinct);
    free(p->counts);
    free(p->quantiles);
    free(p->items);
    free(p->distinct);
    free(p->samples.items);
    free(p->batch);
    free(p);
}

static void let_go(struct drift_profile *p)
{
    p->whole = false;
    free(p->samples.items);
    memset(&p->samples, 0, sizeof p->samples);
}

/* Values are held while all of them are; one too many and none is. */
static void hold(struct drift_profile *p, const double *values, size_t n)
{
    if (!p->whole)
        return;
    if (p->samples.n + n > DRIFT_PROFILE_SAMPLES) {
        let_go(p);
        return;
    }
    vec_reserve(&p->samples, n);
    for (size_t i = 0; i < n; i++)
        p->samples.items[p->samples.n++] = values[i];
}

void drift_profile_settle(struct drift_profile *p)
{
    size_t n = 0;
    if (p->nbatch == 0)
        return;
    drift_moments_add(&p->moments, p->batch, p->nbatch);
    for (size_t i = 0; i < p->nbatch; i++)
        if (isfinite(p->batch[i]))
            p->batch[n++] = p->batch[i] + 0.0; /* which makes -0.0 a 0.0 */
    p->nbatch = 0;
    drift_kll_add(p->quantiles, p->batch, n);
    if (p->counts)
        drift_histogram_add(p->counts, p->batch, n);
    for (size_t i = 0; i < n; i++)
        drift_hll_add_double(p->distinct, p->batch[i]);
    hold(p, p->batch, n);
}

static void add_category(struct drift_profile *p, const struct drift_event_value *v)
{
    char buf[NUMBER_BYTES];
    size_t len;
    const char *category = drift_event_category(v, buf, &len);
    if (!category) {
        p->conflicts++;
        return;
    }
    drift_frequent_add(p->items, category, len, 1);
    drift_hll_add_bytes(p->distinct, category, len);
}

void drift_profile_add(struct drift_profile *p, const struct drift_event_value *v)
{
    p->rows++;
    if (v->kind == DRIFT_EVENT_MISSING)
        p->missing++;
    else if (v->kind == DRIFT_EVENT_NULL)
        p->null++;
    else if (p->type == DRIFT_TYPE_CATEGORY)
        add_category(p, v);
    else if (v->kind != DRIFT_EVENT_NUMBER)
        p->conflicts++;
    else {
        p->batch[p->nbatch++] = v->number;
        if (p->nbatch == DRIFT_PROFILE_BATCH)
            drift_profile_settle(p);
    }
}

int drift_profile_merge(struct drift_profile *p, const struct drift_profile *other, struct error *err)
{
    if (p->type != other->type)
        return error_set(err, ERR_INVALID, "a %s is not merged with a %s", drift_type_names[p->type],
                         drift_type_names[other->type]);
    if (p->counts && !other->counts)
        return error_set(err, ERR_INVALID, "what is to be added has no edges");
    int code = p->counts ? drift_histogram_merge(p->counts, other->counts, err) : 0;
    if (code)
        return code;
    p->rows += other->rows;
    p->missing += other->missing;
    p->null += other->null;
    p->conflicts += other->conflicts;
    drift_moments_merge(&p->moments, &other->moments);
    drift_hll_merge(p->distinct, other->distinct);
    if (p->type == DRIFT_TYPE_CATEGORY) {
        drift_frequent_merge(p->items, other->items);
        return 0;
    }
    drift_kll_merge(p->quantiles, other->quantiles);
    if (!other->whole)
        let_go(p);
    hold(p, other->samples.items, other->samples.n);
    return 0;
}

uint64_t drift_profile_values(const struct drift_profile *p)
{
    return p->type == DRIFT_TYPE_NUMBER ? p->moments.count : p->items->total;
}

size_t drift_profile_bytes(const struct drift_profile *p)
{
    size_t bytes = sizeof *p + p->samples.room * sizeof *p->samples.items + drift_hll_bytes(p->distinct);
    if (p->batch)
        bytes += DRIFT_PROFILE_BATCH * sizeof *p->batch;
    if (p->counts)
        bytes += drift_histogram_bytes(p->counts);
    if (p->quantiles)
        bytes += drift_kll_bytes(p->quantiles);
    if (p->items)
        bytes += drift_frequent_bytes(p->items);
    return bytes;
}
