/* Commit cycles as the snapshots of tables tell of them. */
#include "connect/cycles_internal.h"

#include <string.h>

/* The smallest of several tables': a table's map may hold what older snapshots had read of other partitions. */
static void floors(struct connect_cycle_internal *e, const struct connect_cycles_snapshot *s)
{
    for (size_t i = 0; i < s->noffsets; i++) {
        size_t at = 0;
        while (at < e->floor.n && e->floor.items[at].partition != s->offsets[i].partition)
            at++;
        if (at == e->floor.n && at < CONNECT_CYCLES_PARTITIONS)
            vec_push(&e->floor, s->offsets[i]);
        else if (at < e->floor.n && e->floor.items[at].offset > s->offsets[i].offset)
            e->floor.items[at].offset = s->offsets[i].offset;
    }
}

void connect_cycles_snapshot(struct connect_cycles *c, const struct connect_cycles_snapshot *s)
{
    if (strlen(s->commit_id) >= CONNECT_EVENT_ID || !s->commit_id[0])
        return;
    connect_cycles_trim(c);
    struct connect_cycle_internal *e = connect_cycles_get(c, s->commit_id);
    struct cycles_table *t = connect_cycles_table(c, e, s->table, strlen(s->table));
    bool same = t && t->made && t->made_snapshot == s->snapshot_id && t->made_ms == s->made_ms;
    if (!t || (same && (e->floor.n || !s->noffsets)))
        return;
    e->in_table = true;
    t->made = true;
    t->made_snapshot = s->snapshot_id;
    t->made_ms = s->made_ms;
    t->made_valid = s->valid_through_ms;
    if (s->task && !e->task)
        e->task = name_intern(c->names, s->task, strlen(s->task));
    if (s->group && !e->made_by)
        e->made_by = name_intern(c->names, s->group, strlen(s->group));
    floors(e, s);
    connect_cycles_touch(c, e);
}
