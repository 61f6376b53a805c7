/* Lines of OpenMetrics 1.0. */
#ifndef PROM_TEXT_OPENMETRICS_H
#define PROM_TEXT_OPENMETRICS_H

#include "prom/text.h"

/* A line without its line end, as the next one of the text whose families are t->family. *ret is filled; PROM_TEXT_END stands
 * for `# EOF`. ERR_INVALID, ERR_LIMIT with ret->error. */
int prom_text_openmetrics_line(struct prom_text *t, const char *line, const char *end, struct prom_text_item *ret);

#endif
