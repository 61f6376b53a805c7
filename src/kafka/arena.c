/* Memory of one result. */
#include "kafka/arena.h"
#include "base/mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Blocks grow with what is there, from little, for there may be an arena for each group; large ones go back to the system as soon as they are freed, however the heap lies. */
enum { BLOCK_BYTES = 512, BLOCK_BYTES_MAX = 1024 * 1024 };

struct kafka_arena_block {
    struct kafka_arena_block *next;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

void *kafka_arena_alloc(struct kafka_arena *a, size_t n, size_t size)
{
    if (size && n > (SIZE_MAX / 4) / size)
        abort();
    const size_t align = alignof(max_align_t);
    size_t need = (n * size + align - 1) / align * align;
    struct kafka_arena_block *b = a->blocks;
    if (!b || b->size - b->used < need) {
        size_t size_next = a->bytes < BLOCK_BYTES       ? BLOCK_BYTES
                           : a->bytes < BLOCK_BYTES_MAX ? a->bytes
                                                        : BLOCK_BYTES_MAX;
        size_t room = need > size_next ? need : size_next;
        b = mem_calloc(1, sizeof *b + room);
        b->size = room;
        /* A large piece has a block of its own behind the first, whose rest stays in use. */
        if (a->blocks && need > size_next / 4) {
            b->next = a->blocks->next;
            a->blocks->next = b;
        } else {
            b->next = a->blocks;
            a->blocks = b;
        }
        a->bytes += sizeof *b + room;
    }
    void *p = b->bytes + b->used;
    b->used += need;
    return p;
}

char *kafka_arena_copy(struct kafka_arena *a, const void *bytes, size_t len)
{
    char *p = kafka_arena_alloc(a, 1, len + 1);
    if (len)
        memcpy(p, bytes, len);
    return p;
}

char *kafka_arena_text(struct kafka_arena *a, const char *text)
{
    return text ? kafka_arena_copy(a, text, strlen(text)) : NULL;
}

void kafka_arena_done(struct kafka_arena *a)
{
    for (struct kafka_arena_block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    *a = (struct kafka_arena){0};
}
