/* What a dataset's windows are compared with: its features' profiles, frozen with their edges, methods and thresholds, and its
 * cohorts' counts. Kept in a file of JSON, which icetop.yaml(5) documents. */
#ifndef DRIFT_REFERENCE_H
#define DRIFT_REFERENCE_H

#include "drift/cohorts.h"
#include "drift/method.h"
#include "drift/profile.h"

#include <stdio.h>

enum drift_reference_limit {
    DRIFT_REFERENCE_BYTES = 64 * 1024 * 1024, /* of a file */
    DRIFT_REFERENCE_BINS = 10,                /* deciles, unless the feature has few values */
    DRIFT_REFERENCE_DISTINCT = 20,            /* up to so many distinct values each has a bin of its own */
};

struct drift_reference_feature {
    char *name;
    enum drift_type type;
    const struct drift_method *method; /* fixed with the reference */
    double threshold;
    struct drift_edges *edges;     /* of a NUMBER with a value; else NULL */
    struct drift_profile *profile; /* settled, its counts over these edges */
};

struct drift_reference {
    char *dataset;
    int64_t made_ms;        /* wall time */
    int64_t from_ms, to_ms; /* of the events in it; -1: not known */
    uint64_t rows;
    struct drift_reference_feature *features;
    size_t nfeatures;
    struct drift_cohorts *cohorts; /* NULL: none */
};

/* How methods and edges are chosen where nothing is said for a feature. */
struct drift_reference_choice {
    const struct drift_method *method; /* NULL: by type and rows (facts of the methods: drift/method.h) */
    double threshold;                  /* NaN: the method's */
};

/* Freezes profiles that a window made (schema's features, in its order; cohorts may be NULL): edges are the deciles of the held
 * samples or of the sketch, or one bin a value where there are few. choices: one a feature; NULL: all by default. The profiles
 * are moved into the reference. A feature without values is in it all the same. */
struct drift_reference *drift_reference_new(const char *dataset, const struct drift_schema *schema,
                                            struct drift_profile **profiles, struct drift_cohorts *cohorts,
                                            const struct drift_reference_choice *choices);
/* Referenced by what compares with it. */
struct drift_reference *drift_reference_ref(struct drift_reference *r);
void drift_reference_unref(struct drift_reference *r); /* NULL is allowed */
/* NULL: it has no such feature. */
const struct drift_reference_feature *drift_reference_find(const struct drift_reference *r, const char *name);

/* The file's text. ERR_INVALID with where and what is wrong, ERR_LIMIT. What a newer version has more is skipped; another
 * version's number is refused. */
int drift_reference_read(const char *text, size_t len, struct drift_reference **ret, struct error *err);
void drift_reference_write(const struct drift_reference *r, struct str *out);

#endif
