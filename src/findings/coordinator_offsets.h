/* Rules of the family "coordinator" about what it commits; their pages are in coordinator.c. */
#ifndef FINDINGS_COORDINATOR_OFFSETS_H
#define FINDINGS_COORDINATOR_OFFSETS_H

#include "findings/rule.h"

void findings_coordinator_failing(struct findings_look *look, const struct findings_sink *sink); /* IT-C13 */
void findings_coordinator_still(struct findings_look *look, const struct findings_sink *sink);   /* IT-C14 */
void findings_coordinator_back(struct findings_look *look, const struct findings_sink *sink);    /* IT-C15 */

#endif
