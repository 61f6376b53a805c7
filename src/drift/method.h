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
    DRIFT_METHOD_CHI_SQUARE_FIT_P,
    DRIFT_METHOD_JS_TWO,     /* distance, base 2 */
    DRIFT_METHOD_PSI_MOVING, /* over bins of both sides: of files alone */
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
/* The default by a name, for who wants it instead of what a reference in a file has. */
#define DRIFT_METHOD_DEFAULT "evidently"
/* NULL: no such name. */
const struct drift_method *drift_method_find(const char *name);
/* What is taken where no method is named, as Evidently does: by rows of the reference with a value, and its distinct values. It is
 * chosen once, with the reference, and stays as long as it does: of up to 1,000 rows K-S p for numbers, z p for up to two distinct
 * values, chi-square p for the rest (categories, and numbers of up to five distinct values); of more rows Wasserstein / sd for numbers
 * and Jensen-Shannon's distance for the rest. */
const struct drift_method *drift_method_default(enum drift_type type, uint64_t reference, uint64_t distinct);

#endif
