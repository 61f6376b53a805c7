/* Since when something is as it is; what is not asked for any more is forgotten. */
#include "findings/gather_internal.h"

#include <stdlib.h>

struct key {
    uint64_t kind, row;
};

void gather_memory_done(struct gather_memory *m)
{
    void *value;
    for (size_t at = 0; map_next(&m->notes, &at, NULL, NULL, &value);)
        free(value);
    map_done(&m->notes);
}

struct gather_note *gather_memory_note(struct gather_memory *m, enum gather_kind kind, uint64_t row)
{
    const struct key key = {kind, row};
    struct gather_note *n = map_get(&m->notes, &key, sizeof key);
    if (!n) {
        n = mem_new(struct gather_note);
        map_put(&m->notes, &key, sizeof key, n);
    }
    n->round = m->round;
    return n;
}

int64_t gather_memory_since(struct gather_memory *m, enum gather_kind kind, uint64_t row, uint64_t value,
                            int64_t now_ms)
{
    struct gather_note *n = gather_memory_note(m, kind, row);
    m->born_ms = m->born_ms ? m->born_ms : now_ms;
    if (!n->known || n->value != value)
        n->since_ms = n->known || now_ms - m->born_ms > GATHER_START_MS ? now_ms : CONNECT_EVENT_UNKNOWN;
    n->known = true;
    n->value = value;
    return n->since_ms;
}

void gather_memory_turn(struct gather_memory *m)
{
    const void *key;
    size_t len;
    void *value;
    for (size_t at = 0; map_next(&m->notes, &at, &key, &len, &value);) {
        if (((const struct gather_note *)value)->round == m->round)
            continue;
        map_del(&m->notes, key, len);
        free(value);
    }
    m->round++;
}
