/* Labels as one text: by name, escaped one way, whatever way they came. */
#ifndef PROM_LABELS_H
#define PROM_LABELS_H

#include "prom/text.h"

/* Writes `a="b",c="d"` into out, which is emptied before: by name, without those that are empty, as they are not there then.
 * le, or NULL: that label is left out, and *le is its number, NaN where it is not there or none. */
void prom_labels_write(struct prom_text_span series, double *le, struct str *out);

#endif
