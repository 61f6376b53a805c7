/* Snapshots that a sink made, as facts of its commit cycles; see snapshots.h. */
#include "derive/snapshots.h"

#include "base/map.h"
#include "base/mem.h"
#include "derive/cells.h"
#include "derive/offsets.h"
#include "iceberg/tables.h"

#include <stdlib.h>
#include <string.h>

/* The rows of one commit: one for each table. */
struct of_commit {
    VEC(uint64_t) rows;
};

struct derive_snapshots {
    struct store *store;
    struct map by_commit; /* id to struct of_commit */
    size_t n;
    uint64_t seq;
};

struct derive_snapshots *derive_snapshots_new(struct store *store)
{
    struct derive_snapshots *s = mem_new(struct derive_snapshots);
    s->store = store;
    return s;
}

static void clear(struct derive_snapshots *s)
{
    void *value;
    for (size_t at = 0; map_next(&s->by_commit, &at, NULL, NULL, &value);) {
        vec_done(&((struct of_commit *)value)->rows);
        free(value);
    }
    map_done(&s->by_commit);
    s->n = 0;
}

void derive_snapshots_free(struct derive_snapshots *s)
{
    if (!s)
        return;
    clear(s);
    free(s);
}

/* Does a part of control_offsets belong to the sink of a cycle? */
static bool is_of(const struct derive_offsets *o, const struct connect_cycle *cycle)
{
    const struct name *topic = cycle->control_topic, *group = cycle->group;
    return o->len == topic->len + 1 + group->len && memcmp(o->reader, topic->raw, topic->len) == 0 &&
           o->reader[topic->len] == '.' && memcmp(o->reader + topic->len + 1, group->raw, group->len) == 0;
}

/* Reads the part of a cycle's sink; none: its list is empty. */
static void read_part(const struct name *text, const struct connect_cycle *cycle, struct derive_offsets *o)
{
    const char *at = text ? text->raw : NULL;
    while (derive_offsets_next(&at, o))
        if (is_of(o, cycle))
            return;
    o->list.n = 0;
}

static void give(struct connect_cycles *cycles, const struct row *r)
{
    const struct name *id = derive_cells_text(r, SNAPSHOTS_COMMIT_ID),
                      *offsets = derive_cells_text(r, SNAPSHOTS_CONTROL_OFFSETS);
    const struct name *task = derive_cells_text(r, SNAPSHOTS_TASK);
    const struct connect_cycle *cycle = id ? connect_cycles_find(cycles, id->raw) : NULL;
    if (!cycle)
        return;
    struct derive_offsets o = {0};
    if (cycle->control_topic && cycle->group)
        read_part(offsets, cycle, &o);
    connect_cycles_snapshot(cycles, &(struct connect_cycles_snapshot){
                                        .commit_id = id->raw,
                                        .table = derive_cells_text(r, SNAPSHOTS_TABLE)->raw,
                                        .snapshot_id = derive_cells_number(r, SNAPSHOTS_SNAPSHOT_ID),
                                        .made_ms = derive_cells_number(r, SNAPSHOTS_MADE),
                                        .valid_through_ms = derive_cells_number(r, SNAPSHOTS_VALID_THROUGH),
                                        .task = task ? task->raw : NULL,
                                        .offsets = o.list.items,
                                        .noffsets = o.list.n,
                                    });
    vec_done(&o.list);
}

static void add(struct derive_snapshots *s, const struct row *r)
{
    const struct name *id = derive_cells_text(r, SNAPSHOTS_COMMIT_ID);
    struct of_commit *rows = map_get(&s->by_commit, id->raw, id->len);
    if (!rows) {
        rows = mem_new(struct of_commit);
        map_put(&s->by_commit, id->raw, id->len, rows);
    }
    for (size_t i = 0; i < rows->rows.n; i++)
        if (rows->rows.items[i] == row_id(r))
            return;
    vec_push(&rows->rows, row_id(r));
    s->n++;
}

void derive_snapshots_read(struct derive_snapshots *s, struct connect_cycles *cycles)
{
    const struct table *t = store_find(s->store, iceberg_table_snapshots.name);
    if (!t || table_seq(t) == s->seq)
        return;
    bool anew = s->n > 1000 + 2 * table_nrows(t); /* many that are remembered have gone */
    if (anew)
        clear(s);
    for (const struct row *r = table_changed_after(t, anew ? 0 : s->seq); r; r = row_next(r)) {
        if (!derive_cells_text(r, SNAPSHOTS_COMMIT_ID))
            continue;
        add(s, r);
        give(cycles, r);
    }
    s->seq = table_seq(t);
}

void derive_snapshots_of(struct derive_snapshots *s, struct connect_cycles *cycles, const char *commit_id)
{
    const struct table *t = store_find(s->store, iceberg_table_snapshots.name);
    const struct of_commit *rows = map_get(&s->by_commit, commit_id, strlen(commit_id));
    for (size_t i = 0; t && rows && i < rows->rows.n; i++) {
        const struct row *r = table_by_id(t, rows->rows.items[i]);
        if (r)
            give(cycles, r);
    }
}
