/* Memory of one result: many small pieces that are given back at once. */
#ifndef KAFKA_ARENA_H
#define KAFKA_ARENA_H

#include <stddef.h>

/* Zeroed is empty. Used by one thread at a time. */
struct kafka_arena {
    struct kafka_arena_block *blocks;
    size_t bytes; /* taken from the system */
};

/* Zeroed, aligned for any type; aborts if n * size overflows. Never NULL. */
void *kafka_arena_alloc(struct kafka_arena *a, size_t n, size_t size);
/* A copy with a NUL behind it. */
char *kafka_arena_copy(struct kafka_arena *a, const void *bytes, size_t len);
/* A copy of a string; NULL stays NULL. */
char *kafka_arena_text(struct kafka_arena *a, const char *text);
void kafka_arena_done(struct kafka_arena *a);

#endif
