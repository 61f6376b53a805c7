/* Rules of the family "drift" about features; their pages are in drift.c. */
#ifndef FINDINGS_DRIFT_FEATURES_H
#define FINDINGS_DRIFT_FEATURES_H

#include "findings/rule.h"

void findings_drift_features_drift(struct findings_look *look, const struct findings_world *world);    /* IT-D01 */
void findings_drift_features_zeros(struct findings_look *look, const struct findings_world *world);    /* IT-D02 */
void findings_drift_features_constant(struct findings_look *look, const struct findings_world *world); /* IT-D03 */
void findings_drift_features_nulls(struct findings_look *look, const struct findings_world *world);    /* IT-D04 */
void findings_drift_features_empty(struct findings_look *look, const struct findings_world *world);    /* IT-D05 */
void findings_drift_features_type(struct findings_look *look, const struct findings_world *world);     /* IT-D06 */
void findings_drift_features_range(struct findings_look *look, const struct findings_world *world);    /* IT-D07 */
void findings_drift_features_unseen(struct findings_look *look, const struct findings_world *world);   /* IT-D08 */
void findings_drift_features_vanished(struct findings_look *look, const struct findings_world *world); /* IT-D09 */
/* Whether so many features of a dataset drifted that one by one they say nothing; *drifted, *judged: how many of how many. */
bool findings_drift_features_most(const struct findings_world *world, const struct row *dataset, int64_t *drifted,
                                  int64_t *judged);

#endif
