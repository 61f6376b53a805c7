/* A hash map from row ids to numbers, and a set of them: 16 bytes a slot, no allocation per entry.
 */
#ifndef STREAM_IDS_H
#define STREAM_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed is empty. Row ids are never 0. */
struct stream_ids {
    struct stream_ids_slot {
        uint64_t id; /* 0: free */
        uint64_t value;
    } * slots;
    size_t room, n;
};

void stream_ids_done(struct stream_ids *m);
/* Empties it and gives the memory back. */
void stream_ids_clear(struct stream_ids *m);
/* True and *value (which may be NULL) if id is there. */
bool stream_ids_get(const struct stream_ids *m, uint64_t id, uint64_t *value);
/* Adds id or replaces its value; id must not be 0. */
void stream_ids_put(struct stream_ids *m, uint64_t id, uint64_t value);
/* True if it was there. */
bool stream_ids_del(struct stream_ids *m, uint64_t id);
/* Walks in no order: *at starts at 0; false at the end. The map must not be changed meanwhile. */
bool stream_ids_next(const struct stream_ids *m, size_t *at, uint64_t *id, uint64_t *value);

#endif
