/* Rules of the family "drift" about cohorts; their pages are in drift.c. */
#ifndef FINDINGS_DRIFT_COHORTS_H
#define FINDINGS_DRIFT_COHORTS_H

#include "findings/rule.h"

void findings_drift_cohorts_one(struct findings_look *look, const struct findings_world *world);      /* IT-D10 */
void findings_drift_cohorts_lost(struct findings_look *look, const struct findings_world *world);     /* IT-D11 */
void findings_drift_cohorts_drift(struct findings_look *look, const struct findings_world *world);    /* IT-D12 */
void findings_drift_cohorts_unseen(struct findings_look *look, const struct findings_world *world);   /* IT-D13 */
void findings_drift_cohorts_vanished(struct findings_look *look, const struct findings_world *world); /* IT-D14 */

#endif
