/* Which fields of a schema are profiled, over which edges: what all parts of a dataset are made by. */
#ifndef DRIFT_LAYOUT_H
#define DRIFT_LAYOUT_H

#include "drift/edges.h"
#include "drift/profile.h"
#include "drift/schema.h"

struct drift_layout {
    const struct drift_schema *schema;
    size_t *features; /* of the schema: predictions, labels and features, in its order */
    size_t nfeatures;
    size_t *keys; /* of cohorts */
    size_t nkeys;
    size_t
        label; /* the field whose classes cohorts count: the first label that is a category, else the first; SIZE_MAX: none */
    size_t levels;                    /* of a cohort key that have profiles of their own */
    const struct drift_edges **edges; /* one a feature, borrowed; NULL: there are none (yet) */
};

/* The schema must outlive it. No edges, no levels with profiles. */
void drift_layout_init(struct drift_layout *l, const struct drift_schema *schema);
void drift_layout_done(struct drift_layout *l);
/* A profile a feature, over the layout's edges. */
struct drift_profile **drift_layout_profiles(const struct drift_layout *l);
void drift_layout_profiles_free(const struct drift_layout *l, struct drift_profile **profiles); /* NULL is allowed */

#endif
