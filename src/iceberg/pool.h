/* Memory of one parsed document: many small pieces that are given back at once, equal texts kept once. */
#ifndef ICEBERG_POOL_H
#define ICEBERG_POOL_H

#include <stddef.h>

/* Zeroed is empty. Used by one thread at a time. */
struct iceberg_pool {
    struct iceberg_pool_block *blocks;
    struct iceberg_pool_name *names; /* hash table of the interned ones */
    size_t n_names, room_names;
    size_t bytes; /* taken from the system */
};

/* A text that comes back often, with what stood beside it the last time. */
struct iceberg_pool_name {
    const char *text, *last;
    size_t len;
};

void iceberg_pool_done(struct iceberg_pool *p);

/* Zeroed, aligned for any type; aborts if n * size overflows. Never NULL. */
void *iceberg_pool_alloc(struct iceberg_pool *p, size_t n, size_t size);
/* A copy with a NUL behind it. */
const char *iceberg_pool_copy(struct iceberg_pool *p, const char *bytes, size_t len);
/* The one copy of this text that all who intern it share. */
const char *iceberg_pool_intern(struct iceberg_pool *p, const char *bytes, size_t len);
/* The copy of a value that stands beside a key: where the value before it under the same key had the same text,
 * that one. *key gets the key interned. (Snapshots one after the other say much the same.) */
const char *iceberg_pool_value(struct iceberg_pool *p, const char **key, size_t key_len, const char *value, size_t len);

#endif
