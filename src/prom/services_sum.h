/* What a service's series say together. */
#ifndef PROM_SERVICES_SUM_H
#define PROM_SERVICES_SUM_H

#include "prom/services.h"

/* Nothing was said yet. */
void prom_services_sum_clear(struct prom_service *to);
/* Adds what a series says in the scrape that was read. */
void prom_services_sum_add(struct prom_service *to, const struct prom_book_recipe *recipe, const struct prom_series *s,
                           const struct prom_services_series *from);
/* Sets to->values. */
void prom_services_sum_value(struct prom_service *to, const struct prom_book_recipe *recipe);

#endif
