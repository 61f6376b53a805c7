/* A hash map from byte strings to pointers, in insertion-independent order. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed is empty. Keys are copied; values belong to the caller. */
struct map {
    struct map_slot *slots;
    size_t room, n, used; /* used counts tombstones too */
};

void map_done(struct map *m);
/* The value, or NULL. */
void *map_get(const struct map *m, const void *key, size_t len);
/* Sets and returns the value it had, or NULL. value must not be NULL. */
void *map_put(struct map *m, const void *key, size_t len, void *value);
/* Removes and returns the value it had, or NULL. */
void *map_del(struct map *m, const void *key, size_t len);
/* Walks: *at starts at 0; false at the end. The map must not be changed while walking, but for
 * map_del of the entry just returned. key and len may be NULL. */
bool map_next(const struct map *m, size_t *at, const void **key, size_t *len, void **value);

/* XXH3 of bytes, for those who keep hash tables of their own. */
uint64_t map_hash(const void *bytes, size_t len);

#endif
