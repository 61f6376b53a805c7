/* Native histograms within answers to queries; nobody but prom/api_query.c includes it. */
#ifndef PROM_API_QUERY_HISTOGRAM_H
#define PROM_API_QUERY_HISTOGRAM_H

#include "prom/api_node.h"
#include "prom/histogram.h"

/* Reads {"count": "6", "sum": "0.3", "buckets": [[RULE, "LOW", "HIGH", "COUNT"], ...]}; its buckets are added to *points, which may
 * not go beyond PROM_API_POINTS. ret owns its buckets, and only when this succeeds.
 *
 * Whether its bounds are the user's own is not told: they are if a bucket is none of those that a schema has, whose bounds are
 * 2^(i / 2^n) for whole i and n from -4 to 8 (a bucket with the rule 3 holds zero and may be any). */
int prom_api_query_histogram_read(const struct prom_api_node *n, size_t *points, struct prom_histogram_native *ret,
                                  struct error *err);
void prom_api_query_histogram_done(struct prom_histogram_native *h);

#endif
