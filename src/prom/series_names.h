/* Families and names of an endpoint's series; used by prom/series.c alone. */
#ifndef PROM_SERIES_NAMES_H
#define PROM_SERIES_NAMES_H

#include "prom/series.h"

/* What a line of TYPE, HELP or UNIT says. ERR_LIMIT. */
int prom_series_names_learn(struct prom_series *s, const struct prom_text_item *item, struct error *err);
/* The place of a sample's name, as it is written. ERR_LIMIT. */
int prom_series_names_find(struct prom_series *s, struct prom_text_span written, uint32_t *ret, struct error *err);
void prom_series_names_forget(struct prom_series *s);
/* Now and then, as they become many, forgets names and families that no series has and, told being true, that the last scrape
 * has not; between two scrapes, as their places change. */
void prom_series_names_sweep(struct prom_series *s, bool told);

#endif
