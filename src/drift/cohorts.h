/* Rows and classes of the label per level of the keys that the user names: a level of one row, a null level, a class that a level
 * lost, which no distance over the whole shows. */
#ifndef DRIFT_COHORTS_H
#define DRIFT_COHORTS_H

#include "base/str.h"
#include "drift/event.h"
#include "drift/layout.h"

enum drift_cohorts_limit {
    DRIFT_COHORTS_LEVELS = 200, /* of a key that are held; rows of others are counted together */
    DRIFT_COHORTS_CLASSES = 16, /* of the label */
    DRIFT_COHORTS_ROWS = 5,     /* fewer rows than that in a level: DRIFT_MARK_ONE, unless the reference is like that */
    DRIFT_COHORTS_PROFILED = 32, /* levels of a key, the first that came, whose features have profiles of their own */
};

struct drift_cohort {
    char *level; /* NULL: null or missing, or of no category (a list, NaN) */
    size_t len;  /* DRIFT_EVENT_TEXT_BYTES at most */
    uint64_t rows;
    uint64_t
        classes[DRIFT_COHORTS_CLASSES]; /* fewer than rows together where the label is missing or has more classes */
    struct drift_profile **profiles;    /* one a feature of the layout; NULL: counts alone */
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
    char *classes[DRIFT_COHORTS_CLASSES]; /* of the layout's label; beyond the limit they are not told apart */
    size_t nclasses;
    bool classless;   /* the label is a NUMBER with more values than that: none are counted */
    size_t nprofiles; /* of each level that has them */
};

struct drift_cohorts *drift_cohorts_new(const char *const *keys, size_t nkeys);
/* The layout's keys; NULL where it has none. */
struct drift_cohorts *drift_cohorts_of(const struct drift_layout *l);
void drift_cohorts_free(struct drift_cohorts *c); /* NULL is allowed */

/* A level of a key, made if it is new: valid until the next one is. level NULL: the null one. NULL beyond the limit. */
struct drift_cohort *drift_cohorts_level(struct drift_cohorts *c, size_t key, const char *level, size_t len);
/* NULL: there is no such level. */
const struct drift_cohort *drift_cohorts_find(const struct drift_cohorts_key *k, const char *level, size_t len);
/* The index of a class, made if it is new; DRIFT_COHORTS_CLASSES beyond the limit. */
size_t drift_cohorts_class(struct drift_cohorts *c, const char *name, size_t len);

/* Counts an event that was read by the schema's plan. Levels that are among the first of their key are profiled, by the layout. */
void drift_cohorts_add(struct drift_cohorts *c, const struct drift_layout *l, const struct drift_event *e);
/* Before profiles are read. */
void drift_cohorts_settle(struct drift_cohorts *c);
/* Adds another's rows, of the same keys and layout (NULL: rows and classes without profiles); both settled. */
void drift_cohorts_merge(struct drift_cohorts *c, const struct drift_layout *l, const struct drift_cohorts *other);
/* Counts of all profiles over edges, one a feature (drift/profile_counts.h). */
void drift_cohorts_over(struct drift_cohorts *c, const struct drift_edges *const *edges);
size_t drift_cohorts_bytes(const struct drift_cohorts *c);

#endif
