/* What a dataset's windows are compared with: its features' profiles, frozen with their edges, methods and thresholds, and its
 * cohorts' counts. Kept in a file of JSON, which icetop-drift-reference(5) documents. */
#ifndef DRIFT_REFERENCE_H
#define DRIFT_REFERENCE_H

#include "base/str.h"
#include "drift/cohorts.h"
#include "drift/lines.h"
#include "drift/method.h"
#include "drift/part.h"
#include "drift/points.h"
#include "drift/profile.h"

#include <stdatomic.h>

enum drift_reference_limit {
    DRIFT_REFERENCE_VERSION = 1,
    DRIFT_REFERENCE_BYTES = 64 * 1024 * 1024, /* of a file */
    DRIFT_REFERENCE_FEATURES = 10000,
    DRIFT_REFERENCE_PROFILES = 50000, /* of all levels of cohorts together, in a file */
    DRIFT_REFERENCE_BINS = 10,        /* deciles, unless the feature has few values */
    DRIFT_REFERENCE_DISTINCT = 20,    /* up to so many distinct values each has a bin of its own */
};

struct drift_reference_feature {
    char *name;
    enum drift_type type;
    const struct drift_method *method; /* fixed with the reference */
    double threshold;
    struct drift_edges *edges; /* of a NUMBER with a value; else NULL */
    struct drift_profile
        *profile; /* settled, its counts over these edges. Of bins alone, as a file may have them, it has neither held
                                      values nor a sketch, and its moments' mean and m2 are NaN */
    struct drift_points *points; /* of a NUMBER: its values in order; NULL: not made yet */
    struct drift_lines *lines;   /* the reference's; NULL: nothing is remembered. Used by one thread at a time */
};

/* Where it comes from, for people, and for who asks whether it is still the one that is meant; texts NULL: not known. */
struct drift_reference_origin {
    char *icetop;          /* the version that made it */
    char *cluster, *topic; /* of the events */
    char *file;            /* or the file that had them */
    struct drift_part_offsets *offsets;
    size_t noffsets;
};

struct drift_reference {
    char *dataset;
    struct drift_reference_origin origin;
    int64_t made_ms;        /* wall time; -1: not known */
    int64_t from_ms, to_ms; /* of the events in it; -1: not known */
    uint64_t rows;
    struct drift_reference_feature *features;
    size_t nfeatures;
    struct drift_cohorts *cohorts; /* profiled levels have one profile a feature, in their order; NULL: none */
    struct drift_lines *lines;     /* private */
    atomic_uint refs;              /* private */
};

/* How methods and edges are chosen where nothing is said for a feature. */
struct drift_reference_choice {
    const struct drift_method *method; /* NULL: the default; also where it is not one of the feature's type */
    bool by_default;                   /* no method: the default, also in place of one that was fixed */
    double threshold;                  /* NaN: the method's; also where the method is not one of the feature's type */
};

/* Freezes profiles that a window made (one of each prediction, label and feature of the schema, in its order; cohorts may be NULL): edges
 * are the deciles of the held values or of the sketch, or one bin a value where there are few. choices: one a profile; NULL: all by
 * default. Profiles and cohorts become the reference's, the array stays the caller's. A feature without values is in it all the same.
 * rows are the most that a profile has; made, from and to are the caller's to set. */
struct drift_reference *drift_reference_new(const char *dataset, const struct drift_schema *schema,
                                            struct drift_profile **profiles, struct drift_cohorts *cohorts,
                                            const struct drift_reference_choice *choices);
/* What is said for one of its features (NULL: all of them) instead of what was fixed with it: before anybody else has the reference.
 * A choice of nothing, and a method that is not one of the feature's type, leave it as it is. ERR_NOT_FOUND: no such feature;
 * ERR_INVALID: the method asks for values in order, of which it has bins alone. */
int drift_reference_choose(struct drift_reference *r, const char *feature, const struct drift_reference_choice *choice,
                           struct error *err);
/* The default of a feature that has its profile: drift_method_default's; PSI where the reference has bins alone, which have no order of
 * values. */
const struct drift_method *drift_reference_method(const struct drift_reference_feature *f);
/* Does a method ask for values in order that a feature has not? ERR_INVALID. */
int drift_reference_check(const struct drift_reference_feature *f, struct error *err);
/* Referenced by what compares with it. Any thread. */
struct drift_reference *drift_reference_ref(struct drift_reference *r);
void drift_reference_unref(struct drift_reference *r); /* NULL is allowed */
/* Takes copies, texts NULL or not, in place of what there was; before anybody else has the reference. */
void drift_reference_from(struct drift_reference *r, const struct drift_reference_origin *origin);
/* NULL: it has no such feature. */
const struct drift_reference_feature *drift_reference_find(const struct drift_reference *r, const char *name);

/* The file's text. ERR_INVALID names the feature and what is wrong, and line and column where it is no JSON; ERR_LIMIT. What a file
 * has more is skipped; another version's number is refused. */
int drift_reference_read(const char *text, size_t len, struct drift_reference **ret, struct error *err);
/* Appends the text; read again it is written as the same bytes. */
void drift_reference_write(const struct drift_reference *r, struct str *out);

/* For those who read a reference: an empty one; edges of a profile with values (NULL for none); what a feature with a profile and maybe
 * edges lacks: edges, counts over them, points. */
struct drift_reference *drift_reference_empty(const char *dataset, size_t nfeatures);
void drift_reference_freeze(struct drift_reference *r, struct drift_reference_feature *f);

#endif
