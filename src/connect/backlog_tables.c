/* Tables as they were read, with the ancestry that has expired since it was, and which of them a group writes to. */
#include "connect/backlog_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- which tables a group writes to ---- */

struct backlog_target *connect_backlog_target_get(struct connect_backlog_group_internal *g, struct backlog_site *site)
{
    struct backlog_target *t = map_get(&g->by_table, &site->name, sizeof site->name);
    if (t)
        return t;
    if (g->targets.n >= CONNECT_BACKLOG_TABLES || (g->targets.n + 1) * g->sources.n > BACKLOG_CELLS)
        return NULL;
    t = mem_new(struct backlog_target);
    t->group = g;
    t->site = site;
    t->slot = g->targets.n;
    t->there_ms = BACKLOG_NONE;
    t->pub.table = name_ref(site->name);
    map_put(&g->by_table, &site->name, sizeof site->name, t);
    vec_push(&g->targets, t);
    vec_push(&site->targets, t);
    for (size_t i = 0; i < g->sources.n; i++)
        vec_push(&g->sources.items[i]->cells, (struct backlog_cell){.pub.lag = BACKLOG_NONE});
    g->unsorted = true;
    return t;
}

static void free_written(struct connect_backlog *b, struct backlog_written **items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        connect_backlog_written_free(b, items[i]);
}

void connect_backlog_target_free(struct backlog_target *t)
{
    struct connect_backlog *b = t->group->backlog;
    for (size_t i = 0; i < t->lanes.n; i++) {
        free_written(b, t->lanes.items[i].written.items, t->lanes.items[i].written.n);
        vec_done(&t->lanes.items[i].written);
        vec_done(&t->lanes.items[i].steps);
    }
    free_written(b, t->loose.items, t->loose.n);
    vec_done(&t->loose);
    vec_done(&t->open);
    vec_done(&t->lanes);
    vec_done(&t->views);
    free(t->before);
    free(t->after);
    vec_done(&t->pub.files);
    vec_done(&t->pub.odd);
    name_unref(t->pub.table);
    free(t);
}

/* No fact tells of it any more. */
static bool is_idle(const struct backlog_target *t)
{
    for (size_t i = 0; i < t->lanes.n; i++)
        if (t->lanes.items[i].written.n)
            return false;
    return !t->named && !t->loose.n;
}

static void forget_target(struct connect_backlog_group_internal *g, size_t slot)
{
    struct backlog_target *t = g->targets.items[slot];
    size_t at = 0;
    while (t->site->targets.items[at] != t)
        at++;
    t->site->targets.items[at] = t->site->targets.items[--t->site->targets.n];
    map_del(&g->by_table, &t->site->name, sizeof t->site->name);
    memmove(&g->targets.items[slot], &g->targets.items[slot + 1], (--g->targets.n - slot) * sizeof *g->targets.items);
    for (size_t i = slot; i < g->targets.n; i++)
        g->targets.items[i]->slot = i;
    for (size_t i = 0; i < g->sources.n; i++) {
        struct backlog_source *s = g->sources.items[i];
        memmove(&s->cells.items[slot], &s->cells.items[slot + 1], (--s->cells.n - slot) * sizeof *s->cells.items);
    }
    connect_backlog_target_free(t);
    g->unsorted = true;
}

void connect_backlog_forget_idle(struct connect_backlog_group_internal *g)
{
    for (size_t i = g->targets.n; i-- > 0;)
        if (is_idle(g->targets.items[i]))
            forget_target(g, i);
}

static bool name_is(const struct name *name, const char *text)
{
    return name && text ? strcmp(name->raw, text) == 0 : !name && !text;
}

void connect_backlog_tables(struct connect_backlog *b, const char *group, const char *catalog,
                            const char *const *tables, size_t n, bool routed)
{
    struct connect_backlog_group_internal *g = connect_backlog_group_get(b, group, strlen(group));
    if (!g)
        return;
    bool more = !g->told || g->routed != routed || !name_is(g->catalog, catalog);
    struct map now = {0};
    for (size_t i = 0; i < n; i++) {
        size_t before = g->targets.n;
        struct backlog_site *site = connect_backlog_site_get(b, tables[i], strlen(tables[i]));
        struct backlog_target *t = connect_backlog_target_get(g, site);
        if (!t)
            continue;
        map_put(&now, &t, sizeof t, t);
        more |= g->targets.n != before || !t->named;
        t->named = true;
    }
    for (size_t i = g->targets.n; i-- > 0;) {
        struct backlog_target *t = g->targets.items[i];
        if (map_get(&now, &t, sizeof t))
            continue;
        more |= t->named;
        t->named = false; /* it goes as soon as nothing else tells of it */
    }
    map_done(&now);
    if (!more)
        return;
    g->told = true;
    g->routed = routed;
    if (!name_is(g->catalog, catalog)) {
        name_unref(g->catalog);
        g->catalog = catalog ? name_intern(b->names, catalog, strlen(catalog)) : NULL;
    }
    connect_backlog_dirty(g, true);
}

/* Do its snapshots have offsets of this group? Then it is the one that the group writes to, by whatever name its catalog goes. */
static bool is_written(const struct backlog_table *table, const struct connect_backlog_group_internal *g)
{
    for (size_t i = 0; i < table->floors.n; i++)
        for (size_t k = 0; k < g->lanes.n; k++)
            if (table->floors.items[i].reader == g->lanes.items[k]->reader)
                return true;
    return false;
}

struct backlog_table *connect_backlog_resolve(const struct backlog_target *t)
{
    struct backlog_table *best = NULL;
    for (size_t i = 0; i < t->site->tables.n; i++) {
        struct backlog_table *table = t->site->tables.items[i];
        if (t->group->catalog && table->catalog == t->group->catalog)
            return table;
        if (t->group->catalog && !is_written(table, t->group))
            continue;
        if (!best || (best->missing && !table->missing) ||
            (best->missing == table->missing && strcmp(table->catalog->raw, best->catalog->raw) < 0))
            best = table;
    }
    return best;
}

/* ---- tables ---- */

static struct backlog_table *find_table(const struct connect_backlog *b, const char *catalog, const char *name)
{
    const struct backlog_site *site = map_get(&b->sites, name, strlen(name));
    for (size_t i = 0; site && i < site->tables.n; i++)
        if (strcmp(site->tables.items[i]->catalog->raw, catalog) == 0)
            return site->tables.items[i];
    return NULL;
}

void connect_backlog_table_free(struct connect_backlog *b, struct backlog_table *t)
{
    (void)b;
    for (size_t i = 0; i < t->floors.n; i++)
        name_unref(t->floors.items[i].reader);
    vec_done(&t->floors);
    vec_done(&t->snapshots);
    name_unref(t->catalog);
    name_unref(t->uuid);
    free(t);
}

static void dirty_targets(const struct backlog_site *site, bool only_open)
{
    for (size_t i = 0; i < site->targets.n; i++)
        if (!only_open || site->targets.items[i]->open.n || site->targets.items[i]->doubt)
            connect_backlog_dirty(site->targets.items[i]->group, true);
}

/* Adds a snapshot, and its offsets. */
static void add_snapshot(struct backlog_table *t, struct backlog_snapshot s, const struct backlog_floor *floors)
{
    size_t first = t->floors.n;
    for (size_t i = 0; i < s.n; i++) {
        vec_push(&t->floors, floors[i]);
        name_ref(floors[i].reader);
    }
    s.first = first;
    vec_push(&t->snapshots, s);
}

static void read_snapshot(struct connect_backlog *b, struct backlog_table *t,
                          const struct connect_backlog_snapshot *from, bool gap)
{
    VEC(struct backlog_floor) floors = {0};
    for (size_t k = 0; k < from->nkeys; k++) {
        const struct connect_backlog_key *key = &from->keys[k];
        struct name *reader = name_intern(b->names, key->reader, strlen(key->reader));
        for (size_t i = 0; i < key->noffsets; i++)
            vec_push(&floors, (struct backlog_floor){reader, key->offsets[i].partition, key->offsets[i].offset});
        if (!key->noffsets)
            name_unref(reader);
        for (size_t i = 1; i < key->noffsets; i++)
            name_ref(reader);
    }
    add_snapshot(t,
                 (struct backlog_snapshot){.id = from->id,
                                           .made_ms = from->made_ms,
                                           .files = from->added_files,
                                           .rows = from->added_rows,
                                           .bytes = from->added_bytes,
                                           .appends = from->appends,
                                           .gap = gap,
                                           .n = floors.n},
                 floors.items);
    for (size_t i = 0; i < floors.n; i++)
        name_unref(floors.items[i].reader);
    vec_done(&floors);
}

/* How many of the oldest snapshots known before are ancestors of the oldest that was read now. *gap: some between are not
 * known. */
static size_t tail_of(const struct backlog_table *t, const struct connect_backlog_table *now, bool *gap)
{
    *gap = !now->whole;
    if (now->whole || !t->snapshots.n)
        return 0;
    int64_t oldest = now->n ? now->snapshots[now->n - 1].id : 0;
    for (size_t i = 0; now->n && i < t->snapshots.n; i++)
        if (t->snapshots.items[i].id == oldest) {
            *gap = t->snapshots.items[i].gap;
            return i;
        }
    for (size_t i = 0; i < now->n; i++)
        if (now->snapshots[i].id == t->snapshots.items[0].id)
            return 0;
    return t->snapshots.n;
}

static bool same_content(const struct backlog_table *t, const struct connect_backlog_table *now)
{
    return name_is(t->uuid, now->uuid) && t->missing == now->missing && t->whole == now->whole && t->told == now->n &&
           (!now->n || (t->snapshots.items[t->snapshots.n - 1].id == now->snapshots[0].id &&
                        t->oldest_id == now->snapshots[now->n - 1].id));
}

/* Does what was read, after a tail of what was known, go on from that? */
static bool goes_on(const struct backlog_table *t, const struct connect_backlog_table *now, size_t tail)
{
    if (tail == t->snapshots.n)
        return true;
    int64_t head = t->snapshots.items[t->snapshots.n - 1].id;
    for (size_t i = 0; i < now->n; i++)
        if (now->snapshots[i].id == head)
            return true;
    return false;
}

static void take_content(struct connect_backlog *b, struct backlog_table *t, const struct connect_backlog_table *now)
{
    bool same_table = !now->missing && !t->missing && (!now->uuid || !t->uuid || strcmp(t->uuid->raw, now->uuid) == 0);
    struct backlog_table old = *t;
    bool gap = !now->whole;
    size_t tail = same_table ? tail_of(t, now, &gap) : 0;
    size_t n = now->n < CONNECT_BACKLOG_SNAPSHOTS ? now->n : CONNECT_BACKLOG_SNAPSHOTS;
    if (!same_table || !goes_on(t, now, tail))
        t->line = ++b->versions;
    memset(&t->snapshots, 0, sizeof t->snapshots);
    memset(&t->floors, 0, sizeof t->floors);
    size_t from = tail + n > CONNECT_BACKLOG_SNAPSHOTS ? tail + n - CONNECT_BACKLOG_SNAPSHOTS : 0;
    for (size_t i = from; i < tail; i++) {
        struct backlog_snapshot s = old.snapshots.items[i];
        s.gap |= i == from && from > 0;
        add_snapshot(t, s, old.floors.items ? &old.floors.items[s.first] : NULL);
    }
    for (size_t i = n; i-- > 0;)
        read_snapshot(b, t, &now->snapshots[i], i == n - 1 && (gap || n < now->n || (from >= tail && from > 0)));
    for (size_t i = 0; i < old.floors.n; i++)
        name_unref(old.floors.items[i].reader);
    vec_done(&old.floors);
    vec_done(&old.snapshots);
    t->whole = t->rooted = now->whole;
    if (!now->whole && t->snapshots.n) {
        t->rooted = true;
        for (size_t i = 0; i < t->snapshots.n; i++)
            t->rooted &= !t->snapshots.items[i].gap;
    }
    t->missing = now->missing;
    t->told = now->n;
    t->oldest_id = now->n ? now->snapshots[now->n - 1].id : 0;
    if (!name_is(t->uuid, now->uuid)) {
        name_unref(t->uuid);
        t->uuid = now->uuid ? name_intern(b->names, now->uuid, strlen(now->uuid)) : NULL;
    }
    t->version = ++b->versions;
}

void connect_backlog_table(struct connect_backlog *b, const struct connect_backlog_table *now)
{
    struct backlog_table *t = find_table(b, now->catalog, now->table);
    if (!t) {
        struct backlog_site *site = connect_backlog_site_get(b, now->table, strlen(now->table));
        t = mem_new(struct backlog_table);
        t->site = site;
        t->catalog = name_intern(b->names, now->catalog, strlen(now->catalog));
        t->began_ms = BACKLOG_NONE;
        vec_push(&site->tables, t);
    } else if ((now->missing && t->missing) || same_content(t, now)) {
        connect_backlog_table_same(b, now->catalog, now->table, now->began_ms);
        return;
    }
    if (now->missing && t->snapshots.n) { /* what its snapshots had is known: only files after them can still be lost */
        t->missing = true;
        t->version = ++b->versions;
    } else {
        take_content(b, t, now);
    }
    t->began_ms = now->began_ms;
    t->there_ms = now->there_ms > now->began_ms ? now->there_ms : now->began_ms;
    dirty_targets(t->site, false);
}

void connect_backlog_table_same(struct connect_backlog *b, const char *catalog, const char *table, int64_t began_ms)
{
    struct backlog_table *t = find_table(b, catalog, table);
    if (!t || began_ms <= t->began_ms)
        return;
    t->began_ms = began_ms;
    dirty_targets(t->site, true);
}

void connect_backlog_table_gone(struct connect_backlog *b, const char *catalog, const char *table)
{
    struct backlog_table *t = find_table(b, catalog, table);
    if (!t)
        return;
    struct backlog_site *site = t->site;
    size_t at = 0;
    while (site->tables.items[at] != t)
        at++;
    site->tables.items[at] = site->tables.items[--site->tables.n];
    dirty_targets(site, false);
    for (size_t i = 0; i < site->targets.n; i++)
        if (site->targets.items[i]->table == t)
            site->targets.items[i]->table = NULL;
    connect_backlog_table_free(b, t);
}
