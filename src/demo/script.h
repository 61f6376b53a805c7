/* The demo's world over time: producers, consumers and mishaps, the same again for the same seed.
 */
#ifndef DEMO_SCRIPT_H
#define DEMO_SCRIPT_H

#include "base/clock.h"
#include "base/error.h"
#include "demo/world.h"

struct demo_script;
struct demo_churn;

/* Fills an empty world of three nodes or more with the topics and groups of demo/plan, as they are
 * at the clock's now. World and clock stay the caller's and must outlive the script. ahead_ms: how long ago it began, which the
 * first step catches up with. */
struct demo_script *demo_script_new(struct demo_world *world, const struct clock *clock, uint64_t seed,
                                    int64_t ahead_ms);
/* NULL is allowed; leaves the world as it is. */
void demo_script_free(struct demo_script *s);

/* Adds the sinks of demo/sink, whose tables are in the warehouse, a directory. ERR_IO. */
int demo_script_sinks(struct demo_script *s, const char *warehouse, struct error *err);

/* What makes the records of the model topic; the script's. */
const struct demo_churn *demo_script_churn(const struct demo_script *s);

/* Moves the world on to the clock's now, in ticks of a quarter of a second: how often it is called
 * makes no difference to what the world is at a time. */
void demo_script_step(struct demo_script *s);

/* Adds `groups` groups "load-00042" of one member each, that have committed in `partitions`
 * partitions, to a world: for measuring. Topics "load.003" of 1,000 partitions at most, 100,000 of
 * them in all; more groups share them. Ends are at 1,000, commits 10 behind; nothing moves by
 * itself. */
void demo_script_scale(struct demo_world *world, int groups, int partitions);
/* From now on they move: so many commits a second go round over all of them, each after its partition has grown. */
void demo_script_scale_moves(struct demo_script *s, int groups, int partitions, int commits_per_s);

#endif
