/* Iceberg tables with their snapshots, kept from look to look: only what has changed is read again. */
#include "findings/gather_internal.h"

#include "iceberg/tables.h"

#include <stdlib.h>
#include <string.h>

static void link_name(struct gather_tables *all, struct gather_table *t)
{
    const struct name *n = t->table;
    t->next = map_get(&all->by_name, n->raw, n->len);
    map_put(&all->by_name, n->raw, n->len, t);
}

static void unlink_name(struct gather_tables *all, struct gather_table *t)
{
    const struct name *n = t->table;
    struct gather_table *first = map_get(&all->by_name, n->raw, n->len);
    if (first == t && t->next)
        map_put(&all->by_name, n->raw, n->len, t->next);
    else if (first == t)
        map_del(&all->by_name, n->raw, n->len);
    for (struct gather_table *at = first; at != t && at; at = at->next)
        if (at->next == t)
            at->next = t->next;
}

static void free_table(struct gather_table *t)
{
    vec_done(&t->rows);
    vec_done(&t->pub.snapshots);
    vec_done(&t->pub.sinks);
    name_unref(t->catalog);
    name_unref(t->table);
    free(t);
}

void gather_tables_done(struct gather_tables *all)
{
    void *value;
    for (size_t at = 0; map_next(&all->rows, &at, NULL, NULL, &value);)
        free_table(value);
    map_done(&all->rows);
    map_done(&all->by_name);
    map_done(&all->snapshots);
    vec_done(&all->list);
    vec_done(&all->items);
}

struct gather_table *gather_tables_find(const struct gather_tables *t, const char *table)
{
    return map_get(&t->by_name, table, strlen(table));
}

/* ---- a table's own row ---- */

static int64_t seconds_ms(const struct row *r, size_t column)
{
    struct value v = row_get(r, column);
    return v.quality == QUALITY_UNKNOWN || !(v.d >= 0 && v.d < 1e12) ? CONNECT_EVENT_UNKNOWN : (int64_t)(v.d * 1000);
}

static void read_row(struct gather_table *t, const struct row *r)
{
    struct findings_table *p = &t->pub;
    p->row = r;
    if (t->seq == row_seq(r))
        return;
    t->seq = row_seq(r);
    p->catalog = t->catalog->raw;
    p->table = t->table->raw;
    p->uuid = derive_cells_raw(r, ICEBERG_TABLES_UUID);
    p->note = derive_cells_raw(r, ICEBERG_TABLES_NOTE);
    p->last_commit_ms = derive_cells_number(r, ICEBERG_TABLES_LAST_COMMIT);
    p->cadence_ms = seconds_ms(r, ICEBERG_TABLES_CADENCE_S);
    p->nsnapshots = derive_cells_number(r, ICEBERG_TABLES_SNAPSHOTS);
    p->metadata_bytes = derive_cells_number(r, ICEBERG_TABLES_METADATA_BYTES);
    p->metadata_files = derive_cells_number(r, ICEBERG_TABLES_METADATA_FILES);
    p->target_bytes = derive_cells_number(r, ICEBERG_TABLES_TARGET_BYTES);
}

static bool is_blind(const struct findings_gather *g, const struct row *r)
{
    const char *owner = store_owner_name(g->store, row_owner(r));
    return owner && strcmp(gather_source_state(g, owner), "failed") == 0;
}

static void read_tables(struct findings_gather *g, int64_t now_ms)
{
    struct gather_tables *all = &g->tables;
    const struct table *t = store_find(g->store, iceberg_table_tables.name);
    all->list.n = all->items.n = 0;
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        uint64_t id = row_id(r);
        struct gather_table *at = map_get(&all->rows, &id, sizeof id);
        if (!at) {
            at = mem_new(struct gather_table);
            *at = (struct gather_table){.row = id,
                                        .catalog = name_ref(derive_cells_text(r, ICEBERG_TABLES_CATALOG)),
                                        .table = name_ref(derive_cells_text(r, ICEBERG_TABLES_TABLE)),
                                        .pub = {.first_seen_ms = now_ms, .oldest_ms = CONNECT_EVENT_UNKNOWN}};
            map_put(&all->rows, &id, sizeof id, at);
            link_name(all, at);
            all->snapshots_seq = 0; /* its snapshots may have rows already */
        }
        read_row(at, r);
        at->pub.blind = is_blind(g, r);
        at->pub.sinks.n = 0;
        at->round = all->round;
        vec_push(&all->list, &at->pub);
        vec_push(&all->items, at);
    }
}

static void drop_gone(struct gather_tables *all)
{
    const void *key;
    size_t len;
    void *value;
    for (size_t at = 0; map_next(&all->rows, &at, &key, &len, &value);) {
        struct gather_table *t = value;
        if (t->round == all->round)
            continue;
        unlink_name(all, t);
        map_del(&all->rows, key, len);
        for (size_t i = 0; i < t->rows.n; i++)
            map_del(&all->snapshots, &t->rows.items[i], sizeof t->rows.items[i]);
        free_table(t);
    }
}

static void find_namesakes(struct gather_tables *all)
{
    for (size_t i = 0; i < all->items.n; i++) {
        struct gather_table *t = all->items.items[i];
        const struct gather_table *first = gather_tables_find(all, t->table->raw);
        t->pub.namesake = first && first->next;
    }
}

/* ---- snapshots ---- */

static struct gather_table *table_of(const struct gather_tables *all, const struct row *r)
{
    const struct name *catalog = derive_cells_text(r, SNAPSHOTS_CATALOG),
                      *table = derive_cells_text(r, SNAPSHOTS_TABLE);
    struct gather_table *t = map_get(&all->by_name, table->raw, table->len);
    while (t && t->catalog != catalog)
        t = t->next;
    return t;
}

static void read_changes(struct gather_tables *all, const struct table *t)
{
    const struct table_removal *removed;
    size_t n;
    if (!table_removed_after(t, all->snapshots_seq, &removed, &n)) {
        n = 0; /* those are found missing where their table is made again */
        for (size_t i = 0; i < all->items.n; i++)
            all->items.items[i]->dirty = true;
    }
    for (size_t i = 0; i < n; i++) {
        struct gather_table *of = map_del(&all->snapshots, &removed[i].id, sizeof removed[i].id);
        if (of)
            of->dirty = true;
    }
    for (const struct row *r = table_changed_after(t, all->snapshots_seq); r; r = row_next(r)) {
        uint64_t id = row_id(r);
        struct gather_table *of = table_of(all, r);
        if (!of)
            continue;
        of->dirty = true;
        if (!map_put(&all->snapshots, &id, sizeof id, of))
            vec_push(&of->rows, id);
    }
}

static int newest_first(const void *va, const void *vb)
{
    const struct findings_snapshot *a = va, *b = vb;
    int64_t left = derive_cells_number(a->row, SNAPSHOTS_SEQUENCE),
            right = derive_cells_number(b->row, SNAPSHOTS_SEQUENCE);
    if (left > 0 && right > 0 && left != right)
        return left > right ? -1 : 1;
    if (a->made_ms != b->made_ms)
        return a->made_ms > b->made_ms ? -1 : 1;
    return (a->id < b->id) - (a->id > b->id);
}

static struct findings_snapshot snapshot_of(const struct row *r)
{
    struct value on_branch = row_get(r, SNAPSHOTS_ON_BRANCH), gap = row_get(r, SNAPSHOTS_GAP_S);
    return (struct findings_snapshot){.row = r,
                                      .id = derive_cells_number(r, SNAPSHOTS_SNAPSHOT_ID),
                                      .parent_id = derive_cells_number(r, SNAPSHOTS_PARENT_ID),
                                      .made_ms = derive_cells_number(r, SNAPSHOTS_MADE),
                                      .operation = derive_cells_raw(r, SNAPSHOTS_OPERATION),
                                      .writer = derive_cells_raw(r, SNAPSHOTS_WRITER),
                                      .connector = derive_cells_raw(r, SNAPSHOTS_CONNECTOR),
                                      .commit_id = derive_cells_raw(r, SNAPSHOTS_COMMIT_ID),
                                      .keys = derive_cells_raw(r, SNAPSHOTS_CONTROL_OFFSETS),
                                      .added_rows = derive_cells_number(r, SNAPSHOTS_ADDED_ROWS),
                                      .added_files = derive_cells_number(r, SNAPSHOTS_ADDED_FILES),
                                      .added_bytes = derive_cells_number(r, SNAPSHOTS_ADDED_BYTES),
                                      .gap_s = gap.quality == QUALITY_UNKNOWN || !(gap.d >= 0 && gap.d < 1e12)
                                                   ? CONNECT_EVENT_UNKNOWN
                                                   : (int64_t)gap.d,
                                      .on_branch = on_branch.quality != QUALITY_UNKNOWN && on_branch.i};
}

static void make(struct gather_tables *all, struct gather_table *of, const struct table *t)
{
    size_t kept = 0;
    int64_t oldest = CONNECT_EVENT_UNKNOWN;
    of->pub.snapshots.n = 0;
    for (size_t i = 0; i < of->rows.n; i++) {
        uint64_t id = of->rows.items[i];
        const struct row *r = table_by_id(t, id);
        if (!r) {
            map_del(&all->snapshots, &id, sizeof id);
            continue;
        }
        of->rows.items[kept++] = id;
        struct findings_snapshot s = snapshot_of(r);
        if (s.made_ms != CONNECT_EVENT_UNKNOWN && (oldest == CONNECT_EVENT_UNKNOWN || s.made_ms < oldest))
            oldest = s.made_ms;
        vec_push(&of->pub.snapshots, s);
    }
    of->rows.n = kept;
    of->pub.oldest_ms = oldest;
    if (of->pub.snapshots.n)
        qsort(of->pub.snapshots.items, of->pub.snapshots.n, sizeof *of->pub.snapshots.items, newest_first);
    if (of->pub.snapshots.n > FINDINGS_SNAPSHOTS)
        of->pub.snapshots.n = FINDINGS_SNAPSHOTS;
    of->dirty = false;
}

void gather_tables_read(struct findings_gather *g, int64_t now_ms)
{
    struct gather_tables *all = &g->tables;
    const struct table *t = store_find(g->store, iceberg_table_snapshots.name);
    all->round++;
    read_tables(g, now_ms);
    drop_gone(all);
    find_namesakes(all);
    if (!t || table_seq(t) == all->snapshots_seq)
        return;
    read_changes(all, t);
    all->snapshots_seq = table_seq(t);
    for (size_t i = 0; i < all->items.n; i++)
        if (all->items.items[i]->dirty)
            make(all, all->items.items[i], t);
}
