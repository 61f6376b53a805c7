/* Texts that several cells share. */
#include "kafka/text.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct kafka_text *kafka_text_ref(struct kafka_text *t)
{
    if (t)
        t->refs++;
    return t;
}

/* Deletion moves later entries back, so that there are no tombstones. */
static void forget(struct kafka_texts *pool, const struct kafka_text *t)
{
    size_t mask = pool->room - 1, hole = t->hash & mask;
    while (pool->slots[hole] != t)
        hole = (hole + 1) & mask;
    for (size_t i = (hole + 1) & mask; pool->slots[i]; i = (i + 1) & mask) {
        size_t from_home = (i - pool->slots[i]->hash) & mask;
        if (from_home >= ((i - hole) & mask)) {
            pool->slots[hole] = pool->slots[i];
            hole = i;
        }
    }
    pool->slots[hole] = NULL;
    pool->n--;
    pool->by_id.items[t->id] = NULL;
    vec_push(&pool->free_ids, t->id);
}

void kafka_text_unref(struct kafka_text *t)
{
    if (!t || --t->refs)
        return;
    forget(t->pool, t);
    free(t);
}

void kafka_texts_done(struct kafka_texts *pool)
{
    free(pool->slots);
    vec_done(&pool->by_id);
    vec_done(&pool->free_ids);
    vec_done(&pool->by_name);
    *pool = (struct kafka_texts){0};
}

static void put(struct kafka_texts *pool, struct kafka_text *t)
{
    size_t i = t->hash & (pool->room - 1);
    while (pool->slots[i])
        i = (i + 1) & (pool->room - 1);
    pool->slots[i] = t;
}

static void grow(struct kafka_texts *pool)
{
    struct kafka_texts old = *pool;
    pool->room = old.room ? old.room * 2 : 64;
    pool->slots = mem_calloc(pool->room, sizeof(struct kafka_text *));
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i])
            put(pool, old.slots[i]);
    free(old.slots);
}

static uint32_t new_id(struct kafka_texts *pool)
{
    if (pool->free_ids.n)
        return pool->free_ids.items[--pool->free_ids.n];
    vec_push(&pool->by_id, NULL);
    return (uint32_t)(pool->by_id.n - 1);
}

static struct kafka_text *add(struct kafka_texts *pool, const char *s, uint32_t hash)
{
    size_t len = strlen(s);
    struct kafka_text *t = mem_alloc(sizeof *t + len + 1);
    *t = (struct kafka_text){.pool = pool, .refs = 1, .cut = len > LIMITS_NAME_BYTES, .hash = hash, .id = new_id(pool)};
    memcpy(t->s, s, len + 1);
    pool->by_id.items[t->id] = t;
    put(pool, t);
    pool->n++;
    return t;
}

struct kafka_text *kafka_texts_get(struct kafka_texts *pool, const char *s)
{
    uint32_t hash = (uint32_t)map_hash(s, strlen(s));
    if ((pool->n + 1) * 4 > pool->room * 3)
        grow(pool);
    for (size_t i = hash & (pool->room - 1); pool->slots[i]; i = (i + 1) & (pool->room - 1))
        if (pool->slots[i]->hash == hash && strcmp(pool->slots[i]->s, s) == 0)
            return kafka_text_ref(pool->slots[i]);
    return add(pool, s, hash);
}

void kafka_texts_name(struct kafka_text *t, uint32_t name)
{
    struct kafka_texts *pool = t->pool;
    if (t->cut)
        return;
    while (pool->by_name.n <= name)
        vec_push(&pool->by_name, NULL);
    pool->by_name.items[name] = t;
}

void kafka_text_set(struct kafka_text **slot, struct kafka_texts *pool, const char *s)
{
    if (*slot && s && strcmp((*slot)->s, s) == 0)
        return;
    kafka_text_unref(*slot);
    *slot = s ? kafka_texts_get(pool, s) : NULL;
}
