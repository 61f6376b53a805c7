/* Snapshots that a sink made, as facts of its commit cycles; see snapshots.h. */
#include "derive/snapshots.h"

#include "base/map.h"
#include "base/mem.h"
#include "derive/cells.h"
#include "iceberg/tables.h"

#include <stdlib.h>
#include <string.h>

enum { OFFSETS = 1000 /* partitions of a control topic that are looked at */ };

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

/* `TOPIC.GROUP {"0":123,"1":4}; ...`: the part of this group, NULL if there is none. */
static const char *part_of(const char *text, const struct connect_cycle *cycle)
{
    char *reader = mem_printf("%s.%s {", cycle->control_topic->raw, cycle->group->raw);
    size_t len = strlen(reader);
    const char *at = text;
    while (at && strncmp(at, reader, len) != 0) {
        at = strstr(at, "; ");
        at = at ? at + 2 : NULL;
    }
    free(reader);
    return at ? at + len : NULL;
}

static size_t offsets_of(const char *part, struct connect_cycles_offset *out)
{
    size_t n = 0;
    while (part && *part == '"' && n < OFFSETS) {
        char *end;
        long partition = strtol(part + 1, &end, 10);
        if (strncmp(end, "\":", 2) != 0)
            break;
        long long offset = strtoll(end + 2, &end, 10);
        if (*end != ',' && *end != '}')
            break;
        out[n++] = (struct connect_cycles_offset){(int32_t)partition, offset};
        part = *end == ',' ? end + 1 : NULL;
    }
    return n;
}

static void give(struct connect_cycles *cycles, const struct row *r)
{
    const struct name *id = derive_cells_text(r, SNAPSHOTS_COMMIT_ID),
                      *offsets = derive_cells_text(r, SNAPSHOTS_CONTROL_OFFSETS);
    const struct name *task = derive_cells_text(r, SNAPSHOTS_TASK);
    const struct connect_cycle *cycle = id ? connect_cycles_find(cycles, id->raw) : NULL;
    if (!cycle)
        return;
    bool named = cycle->control_topic && cycle->group;
    struct connect_cycles_offset *list = mem_calloc(OFFSETS, sizeof *list);
    size_t n = offsets && named ? offsets_of(part_of(offsets->raw, cycle), list) : 0;
    connect_cycles_snapshot(cycles, &(struct connect_cycles_snapshot){
                                        .commit_id = id->raw,
                                        .table = derive_cells_text(r, SNAPSHOTS_TABLE)->raw,
                                        .snapshot_id = derive_cells_number(r, SNAPSHOTS_SNAPSHOT_ID),
                                        .made_ms = derive_cells_number(r, SNAPSHOTS_MADE),
                                        .valid_through_ms = derive_cells_number(r, SNAPSHOTS_VALID_THROUGH),
                                        .task = task ? task->raw : NULL,
                                        .offsets = list,
                                        .noffsets = n,
                                    });
    free(list);
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
