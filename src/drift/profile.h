/* All that is kept of one feature's values over one window, or of the reference: mergeable, and of bounded memory. */
#ifndef DRIFT_PROFILE_H
#define DRIFT_PROFILE_H

#include "base/vec.h"
#include "drift/event.h"
#include "drift/frequent.h"
#include "drift/histogram.h"
#include "drift/hll.h"
#include "drift/kll.h"
#include "drift/moments.h"
#include "drift/schema.h"

enum drift_profile_limit {
    DRIFT_PROFILE_SAMPLES = 1000, /* values held whole, for exact p-values; with one more they are let go */
    DRIFT_PROFILE_BATCH = 256,    /* values collected before they are counted */
};

struct drift_profile {
    enum drift_type type;
    uint64_t rows;          /* events, whatever they have there */
    uint64_t missing, null; /* not there; there and null */
    uint64_t conflicts; /* of another type: a text or a list where numbers are, a list or NaN where categories are */
    struct drift_moments moments;   /* of a NUMBER; NaN, infinite values and zeros are counted there */
    struct drift_histogram *counts; /* of a NUMBER over edges that were given; else NULL */
    struct drift_kll *quantiles;    /* of a NUMBER; else NULL */
    struct drift_frequent *items;   /* of a CATEGORY; else NULL */
    struct drift_hll *distinct;
    bool
        whole; /* of a NUMBER: samples are all its finite values, in the order in which they came; else there are none */
    VEC(double) samples;
    double *batch; /* private: counted by drift_profile_settle */
    size_t nbatch;
};

/* edges: frozen with the reference, or NULL; they outlive the profile. */
struct drift_profile *drift_profile_new(enum drift_type type, const struct drift_edges *edges);
void drift_profile_free(struct drift_profile *p); /* NULL is allowed */

void drift_profile_add(struct drift_profile *p, const struct drift_event_value *v);
/* Counts what was collected; before anything of the profile is read. */
void drift_profile_settle(struct drift_profile *p);
/* Adds another's values; both settled. ERR_INVALID for another type, or other edges than p has (it may have
 * none). */
int drift_profile_merge(struct drift_profile *p, const struct drift_profile *other, struct error *err);

/* Rows with a value that the type has: finite numbers, categories. */
uint64_t drift_profile_values(const struct drift_profile *p);
size_t drift_profile_bytes(const struct drift_profile *p);

#endif
