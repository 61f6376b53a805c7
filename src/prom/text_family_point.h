/* A point of a metric, as OpenMetrics has it: the samples of one family with the same labels (but `le`, `quantile` and a
 * state's) and the same time. */
#ifndef PROM_TEXT_FAMILY_POINT_H
#define PROM_TEXT_FAMILY_POINT_H

#include "prom/text_family.h"

/* What a sample is within its family, by the end of its name. */
enum prom_text_family_part { PART_VALUE, PART_TOTAL, PART_CREATED, PART_BUCKET, PART_COUNT, PART_SUM, PART_INFO };

struct prom_text_family_point {
    unsigned parts;    /* 1 << enum prom_text_family_part: which were there */
    bool negative_le;  /* a bucket's bound is below zero */
    double le, bucket; /* of the last bucket */
    double count, sum;
};

/* The end of a sample's name in a family of type; false: it is none of that. */
bool prom_text_family_part_of(enum prom_text_type type, struct prom_text_span suffix, enum prom_text_family_part *ret);
/* The i-th end there is for type, "" among them; NULL behind the last one. */
const char *prom_text_family_suffix(enum prom_text_type type, size_t i);

/* Takes a sample into the point. special: the value of the label that its type wants (`le`, `quantile`, the state), s NULL:
 * there is none. ERR_INVALID with item->error. */
int prom_text_family_point_add(struct prom_text_family_point *p, enum prom_text_type type,
                               enum prom_text_family_part part, struct prom_text_span special, double exemplar,
                               struct prom_text_item *item);
/* The point is complete. */
int prom_text_family_point_close(const struct prom_text_family_point *p, enum prom_text_type type,
                                 struct prom_text_item *item);

#endif
