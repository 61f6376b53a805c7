/* Rules of the family "cadence" about what cycles bring; their pages are in cadence.c. */
#ifndef FINDINGS_CADENCE_BRINGS_H
#define FINDINGS_CADENCE_BRINGS_H

#include "findings/rule.h"

void findings_cadence_brings_valid(struct findings_look *look, const struct findings_sink *sink);   /* IT-C22 */
void findings_cadence_brings_nothing(struct findings_look *look, const struct findings_sink *sink); /* IT-C23 */
void findings_cadence_brings_null(struct findings_look *look, const struct findings_sink *sink);    /* IT-C24 */

#endif
