/* Which partitions of __consumer_offsets bring their commits by themselves, and since when. */
#ifndef KAFKA_COVER_H
#define KAFKA_COVER_H

#include <stdint.h>

/* Zeroed: none does. */
struct kafka_cover {
    int32_t npartitions;
    int64_t *since_us; /* monotonic, per partition; 0: not now */
};

struct kafka_cover kafka_cover_copy(const struct kafka_cover *c);
void kafka_cover_done(struct kafka_cover *c);
/* Since when a group's commits come by themselves; 0: they do not. */
int64_t kafka_cover_since(const struct kafka_cover *c, const char *group);

#endif
