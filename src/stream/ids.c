/* Open addressing with linear probing; deletion moves later entries back, so that there are no
 * tombstones. */
#include "stream/ids.h"
#include "base/mem.h"

#include <stdlib.h>

void stream_ids_done(struct stream_ids *m)
{
    free(m->slots);
    *m = (struct stream_ids){0};
}

void stream_ids_clear(struct stream_ids *m)
{
    stream_ids_done(m);
}

/* Ids count up from 1: a multiplicative hash spreads them, whatever their stride. */
static size_t home(const struct stream_ids *m, uint64_t id)
{
    uint64_t h = id * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(h ^ (h >> 32)) & (m->room - 1);
}

/* The slot that holds id, or the free one where it would go. room must not be 0. */
static struct stream_ids_slot *probe(const struct stream_ids *m, uint64_t id)
{
    size_t i = home(m, id);
    while (m->slots[i].id && m->slots[i].id != id)
        i = (i + 1) & (m->room - 1);
    return &m->slots[i];
}

bool stream_ids_get(const struct stream_ids *m, uint64_t id, uint64_t *value)
{
    if (!m->n)
        return false;
    const struct stream_ids_slot *s = probe(m, id);
    if (!s->id)
        return false;
    if (value)
        *value = s->value;
    return true;
}

static void grow(struct stream_ids *m)
{
    struct stream_ids old = *m;
    m->room = old.room ? old.room * 2 : 16;
    m->slots = mem_calloc(m->room, sizeof *m->slots);
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i].id)
            *probe(m, old.slots[i].id) = old.slots[i];
    free(old.slots);
}

void stream_ids_put(struct stream_ids *m, uint64_t id, uint64_t value)
{
    if ((m->n + 1) * 3 > m->room * 2)
        grow(m);
    struct stream_ids_slot *s = probe(m, id);
    if (!s->id)
        m->n++;
    *s = (struct stream_ids_slot){.id = id, .value = value};
}

bool stream_ids_del(struct stream_ids *m, uint64_t id)
{
    if (!m->n)
        return false;
    struct stream_ids_slot *s = probe(m, id);
    if (!s->id)
        return false;
    size_t mask = m->room - 1, hole = (size_t)(s - m->slots);
    for (size_t i = (hole + 1) & mask; m->slots[i].id; i = (i + 1) & mask) {
        /* An entry may fill the hole unless its home lies between the hole and itself. */
        size_t from_home = (i - home(m, m->slots[i].id)) & mask;
        if (from_home >= ((i - hole) & mask)) {
            m->slots[hole] = m->slots[i];
            hole = i;
        }
    }
    m->slots[hole] = (struct stream_ids_slot){0};
    m->n--;
    return true;
}

bool stream_ids_next(const struct stream_ids *m, size_t *at, uint64_t *id, uint64_t *value)
{
    for (; *at < m->room; ++*at) {
        const struct stream_ids_slot *s = &m->slots[*at];
        if (!s->id)
            continue;
        *id = s->id;
        if (value)
            *value = s->value;
        ++*at;
        return true;
    }
    return false;
}
