/* __consumer_offsets of the scripted cluster: the records that coordinators write when groups commit, change or go. */
#ifndef DEMO_LOG_H
#define DEMO_LOG_H

#include "demo/world.h"

/* Belongs to its world. */
struct demo_log;

/* Makes the topic in place of one of that name: from now on what becomes of the world's groups is written there, in the
 * partition that Kafka would take (names are taken as ASCII). Groups that are there already are its too. */
void demo_log_begin(struct demo_world *w, int partitions, int replication);
void demo_log_free(struct demo_log *l); /* NULL is allowed */
/* Wall time of what is written next; 0: the system's. l NULL: nothing happens. */
void demo_log_set_time(struct demo_log *l, int64_t wall_ms);

/* What these functions write is what they say; l NULL: nothing. */
void demo_log_commit(struct demo_log *l, const struct demo_group *g, const char *topic, const struct demo_commit *c);
/* The group with its members, once it is Stable or Empty; of the newer protocol its epoch. */
void demo_log_group(struct demo_log *l, struct demo_group *g);
/* The group and all that it has committed are gone. */
void demo_log_group_gone(struct demo_log *l, const struct demo_group *g);

#endif
