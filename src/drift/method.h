/* The statistics by which a feature is judged: names, directions, thresholds, and which one is chosen for what. */
#ifndef DRIFT_METHOD_H
#define DRIFT_METHOD_H

#include "drift/schema.h"

enum drift_method_id {
    DRIFT_METHOD_PSI,
    DRIFT_METHOD_KS,   /* D */
    DRIFT_METHOD_KS_P, /* its p */
    DRIFT_METHOD_WASSERSTEIN_NORMED,
    DRIFT_METHOD_JS, /* distance, base e */
    DRIFT_METHOD_HELLINGER,
    DRIFT_METHOD_TOTAL_VARIATION,
    DRIFT_METHOD_L_INFINITY,
    DRIFT_METHOD_CHI_SQUARE_P, /* contingency */
    DRIFT_METHOD_CRAMER_V,     /* corrected */
    DRIFT_METHOD_Z_P,          /* two proportions */
    DRIFT_METHODS,
};

struct drift_method {
    enum drift_method_id id;
    const char *name;         /* in configuration and files: "wasserstein" */
    const char *display;      /* on screen: "Wasserstein / sd" */
    bool numbers, categories; /* for which types */
    bool small;               /* the smaller, the more drift: a p-value */
    double threshold;
    const char *help;
};

/* By id. Help, man page, completion and validation come from it. */
extern const struct drift_method drift_methods[DRIFT_METHODS];
#define DRIFT_METHOD_OF_EVIDENTLY "evidently"
/* NULL: no such name. */
const struct drift_method *drift_method_find(const char *name);
/* icetop's default. Numbers: PSI over the reference's deciles; categories: JS. An effect's size that has a null law whose quantile
 * lifts its line (drift/score.h), whatever the rows: the method does not change with them. */
const struct drift_method *drift_method_default(enum drift_type type);
/* Evidently's choice, which is asked for by this name: by rows of the reference with a value and distinct values of both sides. */
const struct drift_method *drift_method_evidently(enum drift_type type, uint64_t reference, uint64_t distinct);

#endif
