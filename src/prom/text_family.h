/* What OpenMetrics asks of families: order, names, one place for each series, values that fit their type. */
#ifndef PROM_TEXT_FAMILY_H
#define PROM_TEXT_FAMILY_H

#include "prom/text_series.h"

struct prom_text_family;

struct prom_text_family *prom_text_family_new(void);
void prom_text_family_free(struct prom_text_family *f);
/* Another text begins; memory is kept. */
void prom_text_family_begin(struct prom_text_family *f);

struct prom_text_family_sample {
    struct prom_text_series series;
    bool has_time;
    double seconds;  /* if has_time */
    double exemplar; /* its value, where item->exemplar says there is one */
};

/* ERR_INVALID with item->error. Names and units are borrowed until another family begins. */
int prom_text_family_metadata(struct prom_text_family *f, struct prom_text_item *item);
int prom_text_family_sample(struct prom_text_family *f, const struct prom_text_family_sample *s,
                            struct prom_text_item *item);
/* The text is over. */
int prom_text_family_end(struct prom_text_family *f, struct prom_text_item *item);

#endif
