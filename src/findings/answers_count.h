/* Rules of the family "answers" about how a coordinator counts them, and whether tasks can read its topic; their pages are in
 * answers.c. */
#ifndef FINDINGS_ANSWERS_COUNT_H
#define FINDINGS_ANSWERS_COUNT_H

#include "findings/rule.h"

void findings_answers_count_twice(struct findings_look *look, const struct findings_sink *sink); /* IT-C07 */
void findings_answers_count_stale(struct findings_look *look, const struct findings_sink *sink); /* IT-C08 */
void findings_answers_count_joins(struct findings_look *look, const struct findings_sink *sink); /* IT-C09 */

#endif
