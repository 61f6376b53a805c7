/* The tables to which sinks commit, as facts of their backlog; see heads.h. */
#include "derive/heads.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "derive/ancestry.h"
#include "derive/cells.h"
#include "iceberg/tables.h"
#include "source/source.h"

#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

/* What is asked for by name. */
struct want {
    char *name, *branch; /* branch NULL: main */
    bool configured;
};

/* What of a table's row tells that its snapshots are others. */
struct print {
    struct name *metadata, *uuid;
    int64_t snapshot_id, snapshots, updated_ms;
};

struct head {
    uint64_t row; /* in iceberg_tables; 0: it has gone */
    struct name *catalog, *table;
    struct print print; /* of what was given */
    char *branch;       /* likewise */
    bool given, missing;
};

/* A round of a catalog: when it began, and ended. */
struct turn {
    int64_t began_ms, there_ms;
};

/* A catalog, by its row in sources. */
struct shelf {
    struct name *catalog, *source; /* source: "iceberg:CATALOG" */
    int64_t round_ms;              /* when the round ended that was looked at last */
    bool there, failed;
};

struct derive_heads {
    struct store *store;
    struct map wants;  /* by name */
    struct map by_row; /* struct head */
    VEC(struct head *) heads;
    VEC(struct shelf) shelves;
    uint64_t tables_seq, snapshots_seq, given;
    bool fresh; /* something else is asked for */
};

struct derive_heads *derive_heads_new(struct store *store)
{
    struct derive_heads *h = mem_new(struct derive_heads);
    h->store = store;
    return h;
}

static void free_head(struct head *head)
{
    name_unref(head->catalog);
    name_unref(head->table);
    name_unref(head->print.metadata);
    name_unref(head->print.uuid);
    free(head->branch);
    free(head);
}

void derive_heads_free(struct derive_heads *h)
{
    void *value;
    if (!h)
        return;
    for (size_t at = 0; map_next(&h->wants, &at, NULL, NULL, &value);) {
        struct want *w = value;
        free(w->name);
        free(w->branch);
        free(w);
    }
    for (size_t i = 0; i < h->heads.n; i++)
        free_head(h->heads.items[i]);
    for (size_t i = 0; i < h->shelves.n; i++) {
        name_unref(h->shelves.items[i].catalog);
        name_unref(h->shelves.items[i].source);
    }
    map_done(&h->wants);
    map_done(&h->by_row);
    vec_done(&h->heads);
    vec_done(&h->shelves);
    free(h);
}

/* ---- what is asked for ---- */

static struct want *want_of(struct derive_heads *h, const char *table)
{
    struct want *w = map_get(&h->wants, table, strlen(table));
    if (w || h->wants.n >= DERIVE_HEADS)
        return w;
    w = mem_new(struct want);
    w->name = mem_strdup(table);
    map_put(&h->wants, table, strlen(table), w);
    h->fresh = true;
    return w;
}

void derive_heads_want(struct derive_heads *h, const char *table, bool configured)
{
    struct want *w = want_of(h, table);
    if (w)
        w->configured = w->configured || configured;
}

void derive_heads_branch(struct derive_heads *h, const char *table, const char *branch)
{
    struct want *w = want_of(h, table);
    if (!w)
        return;
    free(w->branch);
    w->branch = branch && strcmp(branch, "main") != 0 ? mem_strdup(branch) : NULL;
    h->fresh = true;
}

void derive_heads_unset(struct derive_heads *h)
{
    void *value;
    for (size_t at = 0; map_next(&h->wants, &at, NULL, NULL, &value);) {
        struct want *w = value;
        free(w->branch);
        w->branch = NULL;
        w->configured = false;
    }
    h->fresh = true;
}

static const struct want *wanted(const struct derive_heads *h, const struct head *head)
{
    return map_get(&h->wants, head->table->raw, head->table->len);
}

/* ---- giving ---- */

static struct print print_of(const struct row *r)
{
    return (struct print){.metadata = derive_cells_text(r, ICEBERG_TABLES_METADATA),
                          .uuid = derive_cells_text(r, ICEBERG_TABLES_UUID),
                          .snapshot_id = derive_cells_number(r, ICEBERG_TABLES_SNAPSHOT_ID),
                          .snapshots = derive_cells_number(r, ICEBERG_TABLES_SNAPSHOTS),
                          .updated_ms = derive_cells_number(r, ICEBERG_TABLES_UPDATED)};
}

static bool same_print(const struct print *a, const struct print *b)
{
    return a->metadata == b->metadata && a->uuid == b->uuid && a->snapshot_id == b->snapshot_id &&
           a->snapshots == b->snapshots && a->updated_ms == b->updated_ms;
}

static void keep_print(struct head *head, const struct print *now, const char *branch)
{
    struct print old = head->print;
    head->print = *now;
    if (now->metadata)
        name_ref(now->metadata);
    if (now->uuid)
        name_ref(now->uuid);
    name_unref(old.metadata);
    name_unref(old.uuid);
    free(head->branch);
    head->branch = mem_strdup_opt(branch);
}

static void give_table(struct derive_heads *h, struct head *head, const struct row *r, const char *branch,
                       struct connect_backlog *backlog, struct turn turn)
{
    struct derive_ancestry a;
    const struct print now = print_of(r);
    derive_ancestry_init(&a, h->store, r, branch);
    connect_backlog_table(backlog, &(struct connect_backlog_table){.catalog = head->catalog->raw,
                                                                   .table = head->table->raw,
                                                                   .uuid = now.uuid ? now.uuid->raw : NULL,
                                                                   .whole = a.whole,
                                                                   .snapshots = a.list.items,
                                                                   .n = a.list.n,
                                                                   .began_ms = turn.began_ms,
                                                                   .there_ms = turn.there_ms});
    keep_print(head, &now, branch);
    head->given = true;
    head->missing = false;
    h->given++;
    derive_ancestry_done(&a);
}

static void give_missing(struct head *head, struct connect_backlog *backlog, struct turn turn)
{
    connect_backlog_table(backlog, &(struct connect_backlog_table){.catalog = head->catalog->raw,
                                                                   .table = head->table->raw,
                                                                   .missing = true,
                                                                   .began_ms = turn.began_ms,
                                                                   .there_ms = turn.there_ms});
    head->given = false;
    head->missing = true;
}

static void give_same(const struct head *head, struct connect_backlog *backlog, int64_t began_ms)
{
    connect_backlog_table_same(backlog, head->catalog->raw, head->table->raw, began_ms);
}

static bool is_state(const struct row *r, const char *state)
{
    const struct name *n = derive_cells_text(r, ICEBERG_TABLES_STATE);
    return n && strcmp(n->raw, state) == 0;
}

/* What a round of its catalog means for a table. */
static void give(struct derive_heads *h, struct head *head, struct connect_backlog *backlog, struct turn turn)
{
    const struct row *r = head->row ? table_by_id(store_find(h->store, iceberg_table_tables.name), head->row) : NULL;
    const struct want *want = wanted(h, head);
    if (!want)
        return;
    if (!r || is_state(r, "missing")) {
        if (!head->missing)
            give_missing(head, backlog, turn);
        else
            give_same(head, backlog, turn.began_ms);
    } else if (is_state(r, "read")) {
        const struct print now = print_of(r);
        if (head->given && same_print(&head->print, &now) && text_same(head->branch, want->branch))
            give_same(head, backlog, turn.began_ms);
        else
            give_table(h, head, r, want->branch, backlog, turn);
    }
}

/* ---- rows ---- */

static struct shelf *shelf_of(const struct derive_heads *h, const struct name *catalog)
{
    for (size_t i = 0; i < h->shelves.n; i++)
        if (h->shelves.items[i].catalog == catalog)
            return &h->shelves.items[i];
    return NULL;
}

static void add_shelf(struct derive_heads *h, struct name *catalog)
{
    if (shelf_of(h, catalog))
        return;
    char *source = mem_printf("iceberg:%s", catalog->raw);
    vec_push(&h->shelves, (struct shelf){.catalog = name_ref(catalog),
                                         .source = name_intern(store_names(h->store), source, strlen(source)),
                                         .round_ms = UNKNOWN});
    free(source);
}

/* One whose row has gone comes back under the same name. */
static struct head *find_gone(const struct derive_heads *h, const struct name *catalog, const struct name *table)
{
    for (size_t i = 0; i < h->heads.n; i++) {
        struct head *head = h->heads.items[i];
        if (!head->row && head->catalog == catalog && head->table == table)
            return head;
    }
    return NULL;
}

static void add_head(struct derive_heads *h, const struct row *r)
{
    uint64_t id = row_id(r);
    struct name *catalog = row_get(r, ICEBERG_TABLES_CATALOG).s, *table = row_get(r, ICEBERG_TABLES_TABLE).s;
    struct head *head = find_gone(h, catalog, table);
    if (!head && h->heads.n >= DERIVE_HEADS)
        return;
    if (!head) {
        head = mem_new(struct head);
        head->catalog = name_ref(catalog);
        head->table = name_ref(table);
        vec_push(&h->heads, head);
        add_shelf(h, catalog);
    }
    head->row = id;
    map_put(&h->by_row, &id, sizeof id, head);
}

static void lose_all(struct derive_heads *h)
{
    for (size_t i = 0; i < h->heads.n; i++)
        h->heads.items[i]->row = 0;
    map_done(&h->by_row);
}

static void read_tables(struct derive_heads *h)
{
    const struct table *t = store_find(h->store, iceberg_table_tables.name);
    const struct table_removal *removed;
    size_t n;
    if (!t || table_seq(t) == h->tables_seq)
        return;
    bool known = table_removed_after(t, h->tables_seq, &removed, &n);
    if (!known)
        lose_all(h);
    for (size_t i = 0; known && i < n; i++) {
        struct head *head = map_del(&h->by_row, &removed[i].id, sizeof removed[i].id);
        if (head)
            head->row = 0;
    }
    for (const struct row *r = known ? table_changed_after(t, h->tables_seq) : table_first(t); r; r = row_next(r)) {
        uint64_t id = row_id(r);
        if (!map_get(&h->by_row, &id, sizeof id))
            add_head(h, r);
    }
    h->tables_seq = table_seq(t);
}

/* Whose snapshots hold offsets is a sink's. */
static void read_snapshots(struct derive_heads *h)
{
    const struct table *t = store_find(h->store, iceberg_table_snapshots.name);
    if (!t || table_seq(t) == h->snapshots_seq)
        return;
    for (const struct row *r = table_changed_after(t, h->snapshots_seq); r; r = row_next(r))
        if (derive_cells_text(r, SNAPSHOTS_CONTROL_OFFSETS))
            want_of(h, row_get(r, SNAPSHOTS_TABLE).s->raw);
    h->snapshots_seq = table_seq(t);
}

/* ---- rounds ---- */

static const struct row *source_row(const struct derive_heads *h, struct name *source)
{
    const struct table *t = store_find(h->store, source_table_sources.name);
    const struct value key = {.s = source, .quality = QUALITY_EXACT};
    return t ? table_find(t, &key) : NULL;
}

/* A table that is in no catalog any more, or whose catalog is watched no more. */
static bool is_lost(const struct derive_heads *h, const struct head *head, bool there)
{
    const struct want *want = wanted(h, head);
    return !there || (!head->row && (!want || !want->configured));
}

/* Forgets tables that are neither there nor looked for. */
static void drop_lost(struct derive_heads *h, const struct shelf *shelf, struct connect_backlog *backlog)
{
    size_t kept = 0;
    for (size_t i = 0; i < h->heads.n; i++) {
        struct head *head = h->heads.items[i];
        if (head->catalog != shelf->catalog || head->row || !is_lost(h, head, shelf->there)) {
            h->heads.items[kept++] = head;
            continue;
        }
        if (head->given || head->missing)
            connect_backlog_table_gone(backlog, head->catalog->raw, head->table->raw);
        free_head(head);
    }
    h->heads.n = kept;
}

/* A round of a catalog has ended, or something else is asked for since. */
static void follow(struct derive_heads *h, struct shelf *shelf, struct connect_backlog *backlog)
{
    const struct row *r = source_row(h, shelf->source);
    int64_t ended = r ? derive_cells_number(r, SOURCES_LAST_ROUND) : UNKNOWN,
            took = r ? derive_cells_number(r, SOURCES_ROUND_MS) : 0;
    const struct name *state = r ? derive_cells_text(r, SOURCES_STATE) : NULL;
    bool was_there = shelf->there, news = ended != shelf->round_ms || h->fresh;
    shelf->there = r != NULL;
    shelf->failed = state && strcmp(state->raw, "failed") == 0;
    if (was_there != shelf->there || news)
        drop_lost(h, shelf, backlog);
    if (!news || ended == UNKNOWN || shelf->failed)
        return;
    shelf->round_ms = ended;
    const struct turn turn = {.began_ms = ended - (took > 0 ? took : 0), .there_ms = ended};
    for (size_t i = 0; i < h->heads.n; i++)
        if (h->heads.items[i]->catalog == shelf->catalog)
            give(h, h->heads.items[i], backlog, turn);
}

void derive_heads_read(struct derive_heads *h, struct connect_backlog *backlog)
{
    read_tables(h);
    read_snapshots(h);
    for (size_t i = 0; i < h->shelves.n; i++)
        follow(h, &h->shelves.items[i], backlog);
    h->fresh = false;
}

/* ---- questions ---- */

uint64_t derive_heads_given(const struct derive_heads *h)
{
    return h->given;
}

bool derive_heads_stale(const struct derive_heads *h, const struct name *catalog, const struct name *table)
{
    const struct shelf *shelf = catalog ? shelf_of(h, catalog) : NULL;
    if (!shelf || shelf->failed)
        return true;
    for (size_t i = 0; i < h->heads.n; i++) {
        const struct head *head = h->heads.items[i];
        if (head->catalog != catalog || head->table != table)
            continue;
        const struct row *r =
            head->row ? table_by_id(store_find(h->store, iceberg_table_tables.name), head->row) : NULL;
        return r && is_state(r, "unread");
    }
    return true;
}

bool derive_heads_has(const struct derive_heads *h, const char *table, int64_t snapshot_id,
                      void (*fn)(void *arg, const char *catalog), void *arg)
{
    const struct table *t = store_find(h->store, iceberg_table_snapshots.name);
    bool has = false;
    for (size_t i = 0; i < h->heads.n; i++) {
        const struct head *head = h->heads.items[i];
        if (strcmp(head->table->raw, table) != 0)
            continue;
        const struct value key[] = {{.s = head->catalog, .quality = QUALITY_EXACT},
                                    {.s = head->table, .quality = QUALITY_EXACT},
                                    value_int(snapshot_id)};
        bool here = t && table_find(t, key);
        has = has || here;
        if (!here && fn)
            fn(arg, head->catalog->raw);
    }
    return has;
}
