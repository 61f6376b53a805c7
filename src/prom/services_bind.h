/* Which series of an endpoint are for which service. */
#ifndef PROM_SERVICES_BIND_H
#define PROM_SERVICES_BIND_H

#include "prom/services.h"

/* Begins to find out anew; services keep the places of their rows, those that had no series are forgotten. */
void prom_services_bind_begin(struct prom_services *v);
/* Finds on from v->at, at most so many series; true once all were looked at. */
bool prom_services_bind(struct prom_services *v, const struct prom_series *s, size_t steps);
/* Forgets services, whose rows are the caller's to remove before. */
void prom_services_bind_forget(struct prom_services *v);

#endif
