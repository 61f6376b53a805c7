/* Rules of the family "drift" about datasets as a whole; their pages are in drift.c. */
#ifndef FINDINGS_DRIFT_DATASETS_H
#define FINDINGS_DRIFT_DATASETS_H

#include "findings/rule.h"

void findings_drift_datasets_most(struct findings_look *look, const struct findings_world *world);  /* IT-D15 */
void findings_drift_datasets_empty(struct findings_look *look, const struct findings_world *world); /* IT-D16 */
void findings_drift_datasets_low(struct findings_look *look, const struct findings_world *world);   /* IT-D17 */
void findings_drift_datasets_bad(struct findings_look *look, const struct findings_world *world);   /* IT-D18 */
void findings_drift_datasets_late(struct findings_look *look, const struct findings_world *world);  /* IT-D19 */

#endif
