/* A parser of ConsumerProtocolAssignment; every length is checked against what is left before it is
 * believed. */
#include "kafka/assignment.h"

enum { MAX_PARTITIONS = 1000000 };

struct reader {
    const unsigned char *at;
    size_t left;
    bool bad;
};

static uint32_t read_uint(struct reader *r, size_t bytes)
{
    if (r->left < bytes)
        r->bad = true;
    if (r->bad)
        return 0;
    uint32_t v = 0;
    for (size_t i = 0; i < bytes; i++)
        v = v << 8 | r->at[i];
    r->at += bytes;
    r->left -= bytes;
    return v;
}

/* An array's count, of elements of at least `size` bytes each. */
static size_t read_count(struct reader *r, size_t size)
{
    uint32_t n = read_uint(r, 4);
    if (n > INT32_MAX || n > r->left / size)
        r->bad = true;
    return r->bad ? 0 : n;
}

static char *read_string(struct reader *r, struct kafka_arena *arena)
{
    size_t len = read_uint(r, 2);
    if (len > INT16_MAX || len > r->left)
        r->bad = true;
    if (r->bad)
        return NULL;
    char *s = kafka_arena_copy(arena, r->at, len);
    r->at += len;
    r->left -= len;
    return s;
}

int kafka_assignment_parse(const void *bytes, size_t len, struct kafka_arena *arena, struct kafka_assigned **ret,
                           size_t *n)
{
    struct reader r = {.at = bytes, .left = len};
    struct kafka_assigned *list = NULL;
    size_t topics = 0, total = 0;
    if (len) {
        read_uint(&r, 2); /* the version: all known ones begin alike */
        topics = read_count(&r, 6);
        if (topics > MAX_PARTITIONS)
            return ERR_LIMIT;
        list = kafka_arena_alloc(arena, topics, sizeof *list);
    }
    for (size_t i = 0; i < topics && !r.bad; i++) {
        list[i].topic = read_string(&r, arena);
        size_t count = read_count(&r, 4);
        total += count;
        if (total > MAX_PARTITIONS)
            return ERR_LIMIT;
        list[i].partitions = kafka_arena_alloc(arena, count, sizeof(int32_t));
        list[i].npartitions = count;
        for (size_t j = 0; j < count; j++)
            list[i].partitions[j] = (int32_t)read_uint(&r, 4);
    }
    if (r.bad)
        return ERR_INVALID;
    *ret = list;
    *n = topics;
    return 0;
}
