/* Rows and classes of the label per level of the keys that the user names: a level of one row, a null level, a class that a level
 * lost, which no distance over the whole shows. */
#ifndef DRIFT_COHORTS_H
#define DRIFT_COHORTS_H

#include "drift/event.h"
#include "drift/schema.h"
#include "drift/mark.h"

#include "base/str.h"

enum drift_cohorts_limit {
    DRIFT_COHORTS_LEVELS = 200, /* of a key that are held; rows of others are counted together */
    DRIFT_COHORTS_CLASSES = 16, /* of the label */
    DRIFT_COHORTS_ROWS = 5,     /* fewer rows than that in a level: DRIFT_MARK_ONE, unless the reference is like that */
    DRIFT_COHORTS_PROFILED = 32, /* levels of a key, the first that came, whose features have profiles of their own */
};

struct drift_profile;

struct drift_cohort {
    char *level; /* NULL: null or missing */
    size_t len;
    uint64_t rows;
    uint64_t classes[DRIFT_COHORTS_CLASSES];
    struct drift_profile **profiles; /* one a feature of the schema; NULL: counts alone */
};

struct drift_cohorts_key {
    char *name;
    struct drift_cohort *levels;
    size_t n;
    uint64_t others; /* rows of levels beyond the limit */
    void *index;     /* private */
};

struct drift_cohorts {
    struct drift_cohorts_key *keys;
    size_t nkeys;
    char *classes[DRIFT_COHORTS_CLASSES]; /* of the first label that is a category or has few values */
    size_t nclasses;
};

#endif
