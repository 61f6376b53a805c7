/* Why a line is refused: words for the item that is being read. */
#ifndef PROM_TEXT_WHY_H
#define PROM_TEXT_WHY_H

#include "prom/text.h"

/* Fills item->error and returns code. */
__attribute__((format(printf, 3, 4))) int prom_text_why(struct prom_text_item *item, int code, const char *fmt, ...);

/* For "%.*s": what is quoted is cut after so many bytes. */
#define PROM_TEXT_WHY_QUOTE(span_s, span_len) (int)((span_len) < 40 ? (span_len) : 40), (span_s)

#endif
