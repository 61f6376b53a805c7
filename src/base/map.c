/* Open addressing with linear probing over XXH3. */
#include "base/map.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct map_slot {
    uint64_t hash;
    char *key; /* NULL: never used; value NULL with a key: deleted */
    size_t len;
    void *value;
};

uint64_t map_hash(const void *bytes, size_t len)
{
    return XXH3_64bits(bytes, len);
}

void map_done(struct map *m)
{
    for (size_t i = 0; i < m->room; i++)
        free(m->slots[i].key);
    free(m->slots);
    *m = (struct map){0};
}

/* The slot that holds key, or the first never-used one. room must not be 0 and never be full. */
static struct map_slot *probe(struct map_slot *slots, size_t room, uint64_t hash, const void *key, size_t len)
{
    for (size_t i = hash & (room - 1);; i = (i + 1) & (room - 1)) {
        struct map_slot *s = &slots[i];
        if (!s->key)
            return s;
        if (s->value && s->hash == hash && s->len == len && memcmp(s->key, key, len) == 0)
            return s;
    }
}

static void rehash(struct map *m, size_t room)
{
    struct map_slot *slots = mem_calloc(room, sizeof *slots);
    for (size_t i = 0; i < m->room; i++) {
        struct map_slot *s = &m->slots[i];
        if (!s->value)
            free(s->key);
        else
            *probe(slots, room, s->hash, s->key, s->len) = *s;
    }
    free(m->slots);
    m->slots = slots;
    m->room = room;
    m->used = m->n;
}

void *map_get(const struct map *m, const void *key, size_t len)
{
    if (!m->n)
        return NULL;
    return probe(m->slots, m->room, map_hash(key, len), key, len)->value;
}

/* Where a key that is not there goes: the first slot that was deleted, else never used. So what comes and goes again and again
 * leaves one slot behind, not as many as there is room for. */
static struct map_slot *vacant(const struct map *m, uint64_t hash)
{
    size_t i = hash & (m->room - 1);
    while (m->slots[i].value)
        i = (i + 1) & (m->room - 1);
    return &m->slots[i];
}

void *map_put(struct map *m, const void *key, size_t len, void *value)
{
    if ((m->used + 1) * 8 > m->room * 7) { /* 100,000 fit into 131,072 */
        size_t room = m->room ? m->room : 16;
        while ((m->n + 1) * 2 > room)
            room *= 2;
        rehash(m, room);
    }
    uint64_t hash = map_hash(key, len);
    struct map_slot *s = probe(m->slots, m->room, hash, key, len);
    void *old = s->value;
    if (!old) {
        s = vacant(m, hash);
        m->used += !s->key;
        free(s->key);
        *s = (struct map_slot){.hash = hash, .key = mem_memdup(key, len), .len = len};
        m->n++;
    }
    s->value = value;
    return old;
}

void *map_del(struct map *m, const void *key, size_t len)
{
    if (!m->n)
        return NULL;
    struct map_slot *s = probe(m->slots, m->room, map_hash(key, len), key, len);
    void *old = s->value;
    if (old) {
        s->value = NULL;
        m->n--;
    }
    return old;
}

bool map_next(const struct map *m, size_t *at, const void **key, size_t *len, void **value)
{
    for (; *at < m->room; ++*at) {
        const struct map_slot *s = &m->slots[*at];
        if (!s->value)
            continue;
        if (key)
            *key = s->key;
        if (len)
            *len = s->len;
        *value = s->value;
        ++*at;
        return true;
    }
    return false;
}
