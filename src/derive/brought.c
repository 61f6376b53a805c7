/* Features that changed, and what is known of where their windows are. */
#include "derive/brought.h"

#include "base/mem.h"
#include "base/str.h"
#include "connect/event.h"
#include "connect/tables.h"
#include "derive/brought_cover.h"
#include "derive/cells.h"
#include "derive/columns.h"
#include "derive/tables.h"
#include "drift/tables.h"
#include "source/source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

/* A window of a dataset in which a state began: most often of many features. */
struct window {
    struct name *dataset, *first, *next; /* references */
    struct derive_brought_cover cover;
    uint16_t owner;
    bool settled; /* nothing more is to be learned */
    bool known;   /* looked for */
    bool used;    /* in this pass */
    int64_t since_ms;
};

/* Tables whose rows tell of commits. */
static const struct table_def *const telling[] = {&connect_table_commits, &connect_table_commit_partitions,
                                                  &connect_table_commit_tables, &derive_table_queryable_partitions};
enum { TELLING = sizeof telling / sizeof *telling };

struct derive_brought {
    struct store *store;
    struct store_listener *listener;
    uint64_t features_seq, sources_seq, telling_seqs[TELLING];
    VEC(struct window *) windows;
};

/* ---- windows ---- */

static void free_window(struct window *w)
{
    name_unref(w->dataset);
    name_unref(w->first);
    name_unref(w->next);
    derive_brought_cover_done(&w->cover);
    free(w);
}

/* That of a feature's row; NULL: it has none. */
static struct window *window_of(struct derive_brought *b, const struct row *r)
{
    struct name *dataset = row_get(r, FEATURES_DATASET).s, *first = derive_cells_text(r, FEATURES_FIRST_OFFSETS),
                *next = derive_cells_text(r, FEATURES_NEXT_OFFSETS);
    if (!first || !next || !first->len || !next->len)
        return NULL;
    for (size_t i = 0; i < b->windows.n; i++) {
        struct window *w = b->windows.items[i];
        if (w->dataset == dataset && w->first == first && w->next == next)
            return w;
    }
    struct window *w = mem_new(struct window);
    *w = (struct window){.dataset = name_ref(dataset), .first = name_ref(first), .next = name_ref(next)};
    vec_push(&b->windows, w);
    return w;
}

static void find_cover(struct derive_brought *b, struct window *w)
{
    const struct table *t = store_find(b->store, drift_table_datasets.name);
    const struct value key = {.s = w->dataset, .quality = QUALITY_EXACT};
    const struct row *r = t ? table_find(t, &key) : NULL;
    const struct name *cluster = r ? derive_cells_text(r, DATASETS_CLUSTER) : NULL,
                      *topic = r ? derive_cells_text(r, DATASETS_TOPIC) : NULL;
    struct derive_brought_ranges ranges = {0};
    derive_brought_cover_done(&w->cover);
    w->known = true;
    w->owner = 0;
    derive_brought_ranges_read(&ranges, w->first->raw, w->next->raw);
    if (cluster && topic)
        derive_brought_cover_find(b->store, cluster, topic, &ranges, &w->cover, &w->owner);
    w->settled = w->cover.commits && !w->cover.waiting && w->cover.snapshot_id != UNKNOWN;
    vec_done(&ranges.list);
}

/* Those that nobody has any more go. */
static void sweep(struct derive_brought *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->windows.n; i++) {
        struct window *w = b->windows.items[i];
        if (w->used)
            b->windows.items[n++] = w;
        else
            free_window(w);
    }
    b->windows.n = n;
}

/* ---- cells ---- */

static void add_commits(struct str *out, const struct derive_brought_cover *c)
{
    str_add(out, c->table);
    if (c->tables > 1)
        str_printf(out, " and %zu more", c->tables - 1);
    if (c->snapshot_id != UNKNOWN)
        str_printf(out, ", snapshot %" PRId64, c->snapshot_id);
    else
        str_printf(out, ", commit %.8s", c->commit);
    if (c->at_latest)
        str_add(out, " at the latest");
    if (c->commits > 1)
        str_printf(out, ", first of %zu commits", c->commits);
}

static void say(struct str *out, const struct derive_brought_cover *c)
{
    if (c->commits)
        add_commits(out, c);
    if (c->commits && c->waiting)
        str_add(out, "; some not in the table yet");
    else if (c->waiting)
        str_add(out, "not in the table yet");
    else if (c->forgotten)
        str_add(out, "in the table, by a commit not known any more");
}

/* Whoever would tell of more cannot be asked now. */
static bool is_blind(const struct derive_brought *b, uint16_t owner)
{
    const struct table *t = store_find(b->store, source_table_sources.name);
    const char *name = store_owner_name(b->store, owner);
    if (!t || !name)
        return false;
    struct name *n = name_intern(store_names(b->store), name, strlen(name));
    const struct value key = {.s = n, .quality = QUALITY_EXACT};
    const struct row *r = table_find(t, &key);
    const char *state = r ? row_text(r, "state") : "";
    name_unref(n);
    return strcmp(state, "failed") == 0;
}

/* w NULL: nothing is to be told of the row. */
static void write(const struct derive_brought *b, struct table *t, struct row *r, size_t first, const struct window *w)
{
    static const struct derive_brought_cover none = {.snapshot_id = UNKNOWN, .committed_ms = UNKNOWN};
    const struct derive_brought_cover *c = w && w->known ? &w->cover : &none;
    struct str text = {0};
    say(&text, c);
    const bool told = text.len > 0;
    struct value by = value_unknown();
    if (told) {
        by = value_text(name_intern(store_names(b->store), text.s, text.len));
        by.quality = c->waiting && is_blind(b, w->owner) ? QUALITY_STALE : QUALITY_EXACT;
    }
    table_set(t, r, first + DERIVE_BROUGHT_BY, by);
    if (told)
        name_unref(by.s);
    derive_cells_set_number(t, r, first + DERIVE_BROUGHT_AT, told ? c->committed_ms : UNKNOWN, QUALITY_EXACT);
    table_set_text(t, r, first + DERIVE_BROUGHT_TABLE, c->table);
    table_set_text(t, r, first + DERIVE_BROUGHT_COMMIT, c->commit);
    derive_cells_set_number(t, r, first + DERIVE_BROUGHT_SNAPSHOT, c->commits ? c->snapshot_id : UNKNOWN,
                            QUALITY_EXACT);
    table_set_int(t, r, first + DERIVE_BROUGHT_COMMITS, (int64_t)c->commits, told ? QUALITY_EXACT : QUALITY_UNKNOWN);
    str_done(&text);
}

/* The window of the dataset's feature that changed first. */
static const struct window *first_of(const struct derive_brought *b, const struct name *dataset)
{
    const struct window *first = NULL;
    for (size_t i = 0; i < b->windows.n; i++) {
        const struct window *w = b->windows.items[i];
        if (w->dataset == dataset && (!first || w->since_ms < first->since_ms))
            first = w;
    }
    return first;
}

/* ---- passes ---- */

static void look_at(struct derive_brought *b, struct window *w, const struct row *feature, bool more)
{
    if (!w->known || (more && !w->settled))
        find_cover(b, w);
    w->used = true;
    w->since_ms = derive_cells_number(feature, FEATURES_SINCE);
}

/* more: commits tell more than in the pass before. */
static void write_all(struct derive_brought *b, struct table *features, struct table *datasets, bool more)
{
    const size_t first = derive_columns_first(features, "brought"), at = derive_columns_first(datasets, "brought");
    if (first == SIZE_MAX || at == SIZE_MAX)
        return;
    for (size_t i = 0; i < b->windows.n; i++)
        b->windows.items[i]->used = false;
    for (struct row *r = table_first(features), *next; r; r = next) {
        struct window *w = window_of(b, r);
        next = row_next(r); /* what is written moves behind all others */
        if (w && !w->used)
            look_at(b, w, r, more);
        write(b, features, r, first, w);
    }
    sweep(b);
    for (struct row *r = table_first(datasets), *next; r; r = next) {
        next = row_next(r);
        write(b, datasets, r, at, first_of(b, row_get(r, DATASETS_DATASET).s));
    }
}

static bool waits(const struct derive_brought *b)
{
    for (size_t i = 0; i < b->windows.n; i++)
        if (!b->windows.items[i]->settled)
            return true;
    return false;
}

static bool has_changed(const struct derive_brought *b, const struct table_def *def, uint64_t *seq)
{
    const struct table *t = store_find(b->store, def->name);
    const uint64_t before = *seq;
    *seq = t ? table_seq(t) : 0;
    return *seq != before;
}

static void on_commit(struct store *store, void *arg)
{
    struct derive_brought *b = arg;
    struct table *features = store_find(store, drift_table_features.name),
                 *datasets = store_find(store, drift_table_datasets.name);
    bool more = false;
    if (!features || !datasets)
        return;
    const bool windows = has_changed(b, &drift_table_features, &b->features_seq),
               states = has_changed(b, &source_table_sources, &b->sources_seq);
    for (size_t i = 0; i < TELLING; i++)
        more |= has_changed(b, telling[i], &b->telling_seqs[i]);
    if (!windows && !((more || states) && waits(b)))
        return;
    write_all(b, features, datasets, more);
    b->features_seq = table_seq(features); /* what was written now is no news */
    store_commit(store);
}

struct derive_brought *derive_brought_new(struct store *store)
{
    struct derive_brought *b = mem_new(struct derive_brought);
    b->store = store;
    b->listener = store_listen(store, on_commit, b);
    return b;
}

void derive_brought_free(struct derive_brought *b)
{
    if (!b)
        return;
    store_unlisten(b->store, b->listener);
    for (size_t i = 0; i < b->windows.n; i++)
        free_window(b->windows.items[i]);
    vec_done(&b->windows);
    free(b);
}
