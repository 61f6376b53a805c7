/* Open addressing, at most half full. */
#include "prom/text_seen.h"

#include "base/mem.h"

#include <string.h>

void prom_text_seen_done(struct prom_text_seen *s)
{
    free(s->slots);
    *s = (struct prom_text_seen){0};
}

void prom_text_seen_clear(struct prom_text_seen *s)
{
    if (s->n)
        memset(s->slots, 0, s->room * sizeof *s->slots);
    s->n = 0;
}

static uint64_t *find(const struct prom_text_seen *s, uint64_t hash)
{
    size_t at = hash & (s->room - 1);
    while (s->slots[at] && s->slots[at] != hash)
        at = (at + 1) & (s->room - 1);
    return &s->slots[at];
}

static void grow(struct prom_text_seen *s)
{
    const struct prom_text_seen old = *s;
    s->room = old.room ? old.room * 2 : 1024;
    s->slots = mem_calloc(s->room, sizeof *s->slots);
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i])
            *find(s, old.slots[i]) = old.slots[i];
    free(old.slots);
}

bool prom_text_seen_add(struct prom_text_seen *s, uint64_t hash)
{
    if (s->n * 2 >= s->room)
        grow(s);
    hash += !hash;
    uint64_t *const slot = find(s, hash);
    if (*slot)
        return false;
    *slot = hash;
    s->n++;
    return true;
}
