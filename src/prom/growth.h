/* What came in the time between two scrapes: of the series of the one that was read, before it is taken over. */
#ifndef PROM_GROWTH_H
#define PROM_GROWTH_H

#include "prom/histogram.h"
#include "prom/series.h"

/* Is it the sample of the scrape before, by its own time? Then what was found of it still holds. */
bool prom_growth_is_old(const struct prom_series *s, const struct prom_series_number *n);
/* Of a counter, a second; NaN: not known. */
double prom_growth_rate(const struct prom_series *s, const struct prom_series_number *n);

/* What a histogram observed: in the time between two scrapes, or since it began. */
struct prom_growth {
    struct prom_histogram_bucket buckets[PROM_SERIES_BUCKETS];
    size_t n;
    double sum, count; /* NaN: not told */
    double total;      /* since it began; NaN: not told */
    double seconds;    /* 0: since it began */
};

void prom_growth_observe(const struct prom_series *s, const struct prom_series_histogram *h, struct prom_growth *ret);
/* A number of which a histogram has one, its sum or its count; NULL: none, or not in this scrape. */
struct prom_series_number *prom_growth_single(const struct prom_series *s, uint32_t place);

#endif
