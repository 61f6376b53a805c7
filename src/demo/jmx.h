/* What jmx_exporter tells of a broker of the scripted cluster, by its example rules for Kafka. */
#ifndef DEMO_JMX_H
#define DEMO_JMX_H

#include "demo/exposition.h"
#include "demo/world.h"

#include <stdint.h>

/* Appends what a node tells at a time of the demo. What it says of topics, replicas and the controller is what the world holds;
 * requests and how long they take are made up. */
void demo_jmx_write(const struct demo_world *w, int32_t node, uint64_t seed, int64_t ms, struct demo_exposition *e);

/* Partitions that the node leads and that miss a replica; 0 for a node that is not there. */
int demo_jmx_under_replicated(const struct demo_world *w, int32_t node);

#endif
