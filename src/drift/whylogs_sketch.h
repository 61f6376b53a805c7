/* The sketches in a whylogs profile, as what they say about a column. */
#ifndef DRIFT_WHYLOGS_SKETCH_H
#define DRIFT_WHYLOGS_SKETCH_H

#include "base/error.h"
#include "drift/verdict.h"

#include <stdint.h>

/* Quantiles are by DataSketches' rule; where a sketch estimates, whylogs' older build of it gives the next value that is held,
 * which is as good an answer.
 *
 * Each fills c from a sketch's bytes, or leaves it and says why not: a KLL sketch of doubles (numbers, min, max, quantiles; -0 is
 * 0), a HyperLogLog (distinct, by one standard error), a frequent-items sketch of texts (items, by falling estimates). */
int drift_whylogs_sketch_kll(struct drift_verdict_column *c, const uint8_t *bytes, size_t len, struct error *err);
int drift_whylogs_sketch_hll(struct drift_verdict_column *c, const uint8_t *bytes, size_t len, struct error *err);
int drift_whylogs_sketch_frequent(struct drift_verdict_column *c, const uint8_t *bytes, size_t len, struct error *err);

#endif
