/* Lines of the exposition format 0.0.4. */
#ifndef PROM_TEXT_PLAIN_H
#define PROM_TEXT_PLAIN_H

#include "prom/text.h"

/* A line without its line end. ERR_NOT_FOUND: it says nothing (empty, a comment); ERR_INVALID, ERR_LIMIT with ret->error. */
int prom_text_plain_line(const char *line, const char *end, struct prom_text_item *ret);

#endif
