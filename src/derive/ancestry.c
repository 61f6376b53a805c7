/* The snapshots of a branch, from its head back; see ancestry.h. */
#include "derive/ancestry.h"

#include "base/mem.h"
#include "derive/cells.h"
#include "derive/offsets.h"
#include "iceberg/tables.h"

#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

enum { NONE = -1 /* as some writers say that there is no parent */ };

static int64_t sum_of(int64_t a, int64_t b)
{
    int64_t sum;
    if (a == UNKNOWN || b == UNKNOWN)
        return a == UNKNOWN ? b : a;
    return __builtin_add_overflow(a, b, &sum) ? UNKNOWN : sum;
}

static void add_keys(struct derive_ancestry *a, const struct name *text)
{
    struct derive_offsets o = {0};
    const char *at = text ? text->raw : NULL;
    size_t n = 0;
    while (derive_offsets_next(&at, &o)) {
        char *reader = mem_memdup(o.reader, o.len);
        vec_push(&a->texts, reader);
        vec_push(&a->keys, (struct connect_backlog_key){reader, o.list.items, o.list.n});
        o.list.items = NULL; /* the key's now */
        o.list.n = o.list.room = 0;
        n++;
    }
    vec_done(&o.list);
    vec_push(&a->nkeys, n);
}

static void add_snapshot(struct derive_ancestry *a, const struct row *r)
{
    const struct name *operation = derive_cells_text(r, SNAPSHOTS_OPERATION);
    int64_t deletes = derive_cells_number(r, SNAPSHOTS_ADDED_DELETE_FILES); /* their records are not told */
    vec_push(
        &a->list,
        (struct connect_backlog_snapshot){
            .id = derive_cells_number(r, SNAPSHOTS_SNAPSHOT_ID),
            .made_ms = derive_cells_number(r, SNAPSHOTS_MADE),
            .appends = !operation || strcmp(operation->raw, "replace") != 0,
            .added_files = sum_of(derive_cells_number(r, SNAPSHOTS_ADDED_FILES), deletes),
            .added_rows = deletes == UNKNOWN || deletes == 0 ? derive_cells_number(r, SNAPSHOTS_ADDED_ROWS) : UNKNOWN,
            .added_bytes = derive_cells_number(r, SNAPSHOTS_ADDED_BYTES),
        });
    add_keys(a, derive_cells_text(r, SNAPSHOTS_CONTROL_OFFSETS));
}

static struct row *find(const struct table *t, const struct row *table, int64_t snapshot_id)
{
    const struct value key[] = {row_get(table, ICEBERG_TABLES_CATALOG), row_get(table, ICEBERG_TABLES_TABLE),
                                value_int(snapshot_id)};
    return table_find(t, key);
}

static void go_back(struct derive_ancestry *a, const struct table *t, const struct row *table, const struct row *r)
{
    while (r && a->list.n < CONNECT_BACKLOG_SNAPSHOTS) {
        int64_t parent = derive_cells_number(r, SNAPSHOTS_PARENT_ID);
        add_snapshot(a, r);
        a->whole = parent == UNKNOWN || parent == NONE;
        r = a->whole ? NULL : find(t, table, parent);
    }
}

void derive_ancestry_done(struct derive_ancestry *a)
{
    for (size_t i = 0; i < a->keys.n; i++)
        free((void *)(uintptr_t)a->keys.items[i].offsets);
    for (size_t i = 0; i < a->texts.n; i++)
        free(a->texts.items[i]);
    vec_done(&a->list);
    vec_done(&a->keys);
    vec_done(&a->nkeys);
    vec_done(&a->texts);
}

/* Is it among "main, audit"? */
static bool is_listed(const struct name *refs, const char *ref)
{
    size_t n = strlen(ref);
    for (const char *at = refs ? refs->raw : NULL; at; at = strstr(at, ", "), at = at ? at + 2 : NULL)
        if (strncmp(at, ref, n) == 0 && (!at[n] || strncmp(at + n, ", ", 2) == 0))
            return true;
    return false;
}

/* The snapshot to which a branch other than main points. *all: all snapshots of the table have rows. */
static const struct row *find_branch(const struct table *snapshots, const struct row *table, const char *branch,
                                     bool *all)
{
    const struct row *found = NULL;
    int64_t n = 0;
    for (const struct row *r = table_first(snapshots); r; r = row_next(r)) {
        if (row_get(r, SNAPSHOTS_TABLE).s != row_get(table, ICEBERG_TABLES_TABLE).s ||
            row_get(r, SNAPSHOTS_CATALOG).s != row_get(table, ICEBERG_TABLES_CATALOG).s)
            continue;
        n++;
        if (is_listed(derive_cells_text(r, SNAPSHOTS_REFS), branch))
            found = r;
    }
    *all = n >= derive_cells_number(table, ICEBERG_TABLES_SNAPSHOTS);
    return found;
}

void derive_ancestry_init(struct derive_ancestry *a, const struct store *store, const struct row *table,
                          const char *branch)
{
    const struct table *snapshots = store_find(store, iceberg_table_snapshots.name);
    int64_t current = derive_cells_number(table, ICEBERG_TABLES_SNAPSHOT_ID);
    const struct row *r;
    bool all = true;
    *a = (struct derive_ancestry){0};
    if (branch)
        r = find_branch(snapshots, table, branch, &all);
    else
        r = current == UNKNOWN ? NULL : find(snapshots, table, current);
    a->whole = branch ? all : current == UNKNOWN; /* nothing was ever committed */
    go_back(a, snapshots, table, r);
    size_t at = 0;
    for (size_t i = 0; i < a->list.n; i++) {
        a->list.items[i].keys = a->keys.items + at;
        a->list.items[i].nkeys = a->nkeys.items[i];
        at += a->nkeys.items[i];
    }
}
