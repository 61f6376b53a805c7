/* A closed window with what is said of it, shared by those who still look at it. */
#ifndef DRIFT_DATASET_WINDOW_H
#define DRIFT_DATASET_WINDOW_H

#include "drift/dataset.h"

struct drift_dataset_window {
    struct drift_dataset_result result;
    struct drift_dataset_feature *features;
    struct drift_cohorts_judge *judge;
    struct drift_part *part;
    struct drift_reference *reference;
    unsigned refs;
};

/* The reference's feature of a layout's, of the same type; NULL: none. */
const struct drift_reference_feature *drift_dataset_window_reference(const struct drift_reference *r,
                                                                     const struct drift_layout *l, size_t feature);
/* Takes part, settled, over; compares it with reference (NULL: none), over whose edges it gets its counts. before: the window whose
 * streaks go on; NULL: it is the first. One reference for the caller. */
struct drift_dataset_window *drift_dataset_window_new(struct drift_part *part, const struct drift_layout *l,
                                                      struct drift_reference *reference,
                                                      const struct drift_score_settings *settings,
                                                      const struct drift_dataset_window *before);
struct drift_dataset_window *drift_dataset_window_ref(struct drift_dataset_window *w);
void drift_dataset_window_unref(struct drift_dataset_window *w, const struct drift_layout *l); /* NULL is allowed */

#endif
