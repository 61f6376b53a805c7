/* Labels as one text: by name, escaped one way, whatever way they came. */
#ifndef PROM_LABELS_H
#define PROM_LABELS_H

#include "prom/text.h"

#include <stddef.h>

/* A label, unescaped; both borrowed, and not terminated. */
struct prom_labels_pair {
    const char *name, *value;
    size_t name_len, value_len;
};

/* Writes `a="b",c="d"` into out, which is emptied before: by name, in which order the pairs are put for it, without those that
 * are empty, as they are not there then. */
void prom_labels_join(struct prom_labels_pair *pairs, size_t n, struct str *out);

/* The same of a series as it is written in a text. le, or NULL: that label is left out, and *le is its number, NaN where it is
 * not there or none. */
void prom_labels_write(struct prom_text_span series, double *le, struct str *out);

/* The labels of such a text, in its order, escapes in place; at most PROM_TEXT_LABELS. Returns how many; none, where it is no
 * such text. */
size_t prom_labels_read(const char *labels, struct prom_text_label *ret);
/* Appends the value of the label of that name to out; false: it is not there. */
bool prom_labels_get(const char *labels, const char *name, struct str *out);

#endif
