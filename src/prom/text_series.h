/* Names and labels of both text formats: `name{label="value",...}` and `{"name",label="value",...}`. */
#ifndef PROM_TEXT_SERIES_H
#define PROM_TEXT_SERIES_H

#include "prom/text.h"

/* strict: OpenMetrics: no blanks within the braces, a comma between two labels and nowhere else. */
enum prom_text_series_rule { PROM_TEXT_SERIES_TOLERANT, PROM_TEXT_SERIES_STRICT };

struct prom_text_series {
    struct prom_text_span name; /* without quotes; len 0: none */
    struct prom_text_span span; /* all of it */
    struct prom_text_label labels[PROM_TEXT_LABELS];
    size_t n;
};

/* A name, bare or in quotes, at *at; *at is moved behind it. ERR_INVALID, ERR_LIMIT with why->error. */
int prom_text_series_name(const char **at, const char *end, struct prom_text_span *ret, struct prom_text_item *why);
/* Labels from `{` to `}`; a name among them goes to ret->name, which must be set before (len 0: none). */
int prom_text_series_labels(const char **at, const char *end, enum prom_text_series_rule rule,
                            struct prom_text_series *ret, struct prom_text_item *why);
/* A series: its name is there, and no label twice. */
int prom_text_series_read(const char **at, const char *end, enum prom_text_series_rule rule,
                          struct prom_text_series *ret, struct prom_text_item *why);

#endif
