/* What can be scraped in the demo: the processes of an inference service, their machines, and the brokers of the cluster. */
#ifndef DEMO_ENDPOINTS_H
#define DEMO_ENDPOINTS_H

#include "base/clock.h"
#include "base/str.h"
#include "demo/scorer.h"
#include "demo/world.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DEMO_ENDPOINTS_INTERVAL_S = 5 }; /* how often they are to be scraped */

struct demo_endpoints;

/* As they are at the clock's now, which is the beginning. World and clock are borrowed. */
struct demo_endpoints *demo_endpoints_new(const struct demo_world *world, const struct clock *clock, uint64_t seed);
void demo_endpoints_free(struct demo_endpoints *e); /* NULL is allowed */
/* Moves them on to the clock's now. */
void demo_endpoints_step(struct demo_endpoints *e);

/* How many there are; the i-th is the same as long as the demo lasts. */
size_t demo_endpoints_count(const struct demo_endpoints *e);
const char *demo_endpoints_job(const struct demo_endpoints *e, size_t i);
const char *demo_endpoints_instance(const struct demo_endpoints *e, size_t i);
/* The id of the broker that it tells of; 0: it is none. */
int32_t demo_endpoints_broker(const struct demo_endpoints *e, size_t i);
/* Does anybody listen there? */
bool demo_endpoints_up(const struct demo_endpoints *e, size_t i);
/* Appends what is answered to a scrape; returns its Content-Type. */
const char *demo_endpoints_body(const struct demo_endpoints *e, size_t i, struct str *out);

/* What lies behind it: seconds since the beginning, which was at that time, and the service. */
int64_t demo_endpoints_second(const struct demo_endpoints *e);
int64_t demo_endpoints_begin_wall_ms(const struct demo_endpoints *e);
const struct demo_world *demo_endpoints_world(const struct demo_endpoints *e);
const struct demo_scorer *demo_endpoints_scorer(const struct demo_endpoints *e);

#endif
