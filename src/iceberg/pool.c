/* Memory of one parsed document. */
#include "iceberg/pool.h"
#include "base/map.h"
#include "base/mem.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 4 * 1024, BLOCK_BYTES_MAX = 256 * 1024, NAMES = 64 };

struct iceberg_pool_block {
    struct iceberg_pool_block *next;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

void iceberg_pool_done(struct iceberg_pool *p)
{
    for (struct iceberg_pool_block *b = p->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(p->names);
    *p = (struct iceberg_pool){0};
}

/* Blocks grow with what is there. A large piece gets a block of its own behind the first, whose rest stays in use. */
static void *take(struct iceberg_pool *p, size_t need, size_t align)
{
    struct iceberg_pool_block *b = p->blocks;
    size_t at = b ? (b->used + align - 1) / align * align : 0;
    if (!b || b->size < at || b->size - at < need) {
        size_t next = p->bytes < BLOCK_BYTES ? BLOCK_BYTES : p->bytes < BLOCK_BYTES_MAX ? p->bytes : BLOCK_BYTES_MAX;
        size_t room = need > next ? need : next;
        b = mem_alloc(sizeof *b + room);
        *b = (struct iceberg_pool_block){.size = room};
        struct iceberg_pool_block **place = p->blocks && need > next / 4 ? &p->blocks->next : &p->blocks;
        b->next = *place;
        *place = b;
        p->bytes += sizeof *b + room;
        at = 0;
    }
    b->used = at + need;
    return b->bytes + at;
}

void *iceberg_pool_alloc(struct iceberg_pool *p, size_t n, size_t size)
{
    if (size && n > (SIZE_MAX / 4) / size)
        abort();
    void *piece = take(p, n * size, alignof(max_align_t));
    memset(piece, 0, n * size);
    return piece;
}

const char *iceberg_pool_copy(struct iceberg_pool *p, const char *bytes, size_t len)
{
    char *copy = take(p, len + 1, 1);
    if (len)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

static struct iceberg_pool_name *slot(const struct iceberg_pool *p, const char *bytes, size_t len)
{
    size_t i = map_hash(bytes, len) & (p->room_names - 1);
    while (p->names[i].text && (p->names[i].len != len || memcmp(p->names[i].text, bytes, len) != 0))
        i = (i + 1) & (p->room_names - 1);
    return &p->names[i];
}

static void grow(struct iceberg_pool *p)
{
    struct iceberg_pool old = *p;
    p->room_names = old.room_names ? old.room_names * 2 : NAMES;
    p->names = mem_calloc(p->room_names, sizeof *p->names);
    for (size_t i = 0; i < old.room_names; i++)
        if (old.names[i].text)
            *slot(p, old.names[i].text, old.names[i].len) = old.names[i];
    free(old.names);
}

static struct iceberg_pool_name *intern(struct iceberg_pool *p, const char *bytes, size_t len)
{
    if (p->n_names * 2 >= p->room_names)
        grow(p);
    struct iceberg_pool_name *name = slot(p, bytes, len);
    if (!name->text) {
        *name = (struct iceberg_pool_name){.text = iceberg_pool_copy(p, bytes, len), .len = len};
        p->n_names++;
    }
    return name;
}

const char *iceberg_pool_intern(struct iceberg_pool *p, const char *bytes, size_t len)
{
    return intern(p, bytes, len)->text;
}

const char *iceberg_pool_value(struct iceberg_pool *p, const char **key, size_t key_len, const char *value, size_t len)
{
    struct iceberg_pool_name *name = intern(p, *key, key_len);
    if (!name->last || strlen(name->last) != len || memcmp(name->last, value, len) != 0)
        name->last = iceberg_pool_copy(p, value, len);
    *key = name->text;
    return name->last;
}
