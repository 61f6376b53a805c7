/* Plans of the schemas seen lately: who gets many values, each with its schema before it, compiles each schema once.
 *
 * Schemas are told apart by their bytes (found by XXH3 of them). One that is no schema, or contradicts the wants, is
 * remembered with its error, so that it costs no more than a good one. What was not asked for longest goes when there are
 * too many. */
#ifndef AVRO_CACHE_H
#define AVRO_CACHE_H

#include "avro/plan.h"

struct avro_cache;

struct avro_cache_options {
    const struct avro_plan_want *wants; /* must stay as they are while the cache lives */
    size_t nwants;
    size_t max_plans; /* 0: 256 */
    size_t max_bytes; /* of their schemas' text, together; 0: 4 MiB */
    bool mutf8;       /* the text is Java's modified UTF-8 */
};

/* Used by one thread at a time. */
struct avro_cache *avro_cache_new(const struct avro_cache_options *options);
void avro_cache_free(struct avro_cache *c);

/* The plan of a schema, borrowed until the next call; avro_plan_hold keeps it longer. Errors are those of avro_schema_parse
 * and avro_plan_new. */
int avro_cache_get(struct avro_cache *c, const void *schema, size_t len, struct avro_plan **ret, struct error *err);

/* How many schemas were compiled, and how many are there. */
void avro_cache_counts(const struct avro_cache *c, uint64_t *compiled, size_t *kept);

#endif
