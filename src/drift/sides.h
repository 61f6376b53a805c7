/* A reference and a window as counts of the same bins: of a number its edges' bins, of a category what either side has.
 *
 * Where a sketch lost categories, and where there are more than DRIFT_SIDES_RARE of which fewer than DRIFT_SIDES_EXPECTED rows are
 * expected on the smaller side (ids), those are counted together in the last bin, which has no name: that a rare one is not there
 * says nothing. Which ones they are depends on both sides' rows together, so that no side is preferred. */
#ifndef DRIFT_SIDES_H
#define DRIFT_SIDES_H

#include "drift/distance.h"
#include "drift/profile.h"

enum { DRIFT_SIDES_RARE = 10, DRIFT_SIDES_EXPECTED = 5 };

struct drift_sides_item {
    const char *bytes; /* of a category, in one of the sketches; NULL: of all the others together */
    size_t len;
};

struct drift_sides {
    struct drift_distance_sides counts;
    struct drift_sides_item *items; /* of a CATEGORY: one a bin, the most frequent of the reference first; else NULL */
    uint64_t *held;                 /* private: what counts lie in */
};

/* Both settled, of one type, and left alone while the sides are used. Of numbers the current side counts over the reference's edges
 * (drift/profile_counts.h); where one of them has no counts, or others, there are no bins. */
void drift_sides_init(struct drift_sides *s, const struct drift_profile *reference,
                      const struct drift_profile *current);
void drift_sides_done(struct drift_sides *s);

#endif
