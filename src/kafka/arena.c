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

/* Bytes of a block that begin at a multiple of align. */
static void *take(struct kafka_arena *a, size_t bytes, size_t align)
{
    struct kafka_arena_block *b = a->blocks;
    size_t at = b ? (b->used + align - 1) / align * align : 0;
    if (!b || at > b->size || b->size - at < bytes) {
        size_t size_next = a->bytes < BLOCK_BYTES       ? BLOCK_BYTES
                           : a->bytes < BLOCK_BYTES_MAX ? a->bytes
                                                        : BLOCK_BYTES_MAX;
        size_t room = bytes > size_next ? bytes : size_next;
        b = mem_calloc(1, sizeof *b + room);
        b->size = room;
        at = 0;
        /* A large piece has a block of its own behind the first, whose rest stays in use. */
        if (a->blocks && bytes > size_next / 4) {
            b->next = a->blocks->next;
            a->blocks->next = b;
        } else {
            b->next = a->blocks;
            a->blocks = b;
        }
        a->bytes += sizeof *b + room;
    }
    b->used = at + bytes;
    return b->bytes + at;
}

void *kafka_arena_alloc(struct kafka_arena *a, size_t n, size_t size)
{
    if (size && n > (SIZE_MAX / 4) / size)
        abort();
    return take(a, n * size, alignof(max_align_t));
}

/* Texts are many and short: they need no alignment. */
char *kafka_arena_copy(struct kafka_arena *a, const void *bytes, size_t len)
{
    char *p = take(a, len + 1, 1);
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
