/* How far a table's snapshots say that a group's control topic was read. */
#include "connect/backlog_internal.h"

#include <stdlib.h>
#include <string.h>

/* The offset that a snapshot has of a lane; unknown: none. */
static int64_t offset_of(const struct backlog_table *table, const struct backlog_snapshot *s,
                         const struct backlog_lane *lane)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct backlog_floor *f = &table->floors.items[s->first + i];
        if (f->reader == lane->reader && f->partition == lane->place->partition)
            return f->offset;
    }
    return BACKLOG_NONE;
}

static void add_known(int64_t *sum, int64_t more)
{
    *sum = *sum == BACKLOG_NONE || more == BACKLOG_NONE ? BACKLOG_NONE : connect_backlog_plus(*sum, more);
}

/* What the same snapshot was found to be before. Both are in order of time: from where it was looked for last. */
static void carry_over(struct backlog_view *v, const struct backlog_view *old, size_t n, size_t *at)
{
    size_t i = *at;
    while (i < n && old[i].id != v->id)
        i++;
    if (i == n)
        return;
    *at = i + 1;
    v->accounting = old[i].accounting;
    v->missing_files = old[i].missing_files;
    v->missing_rows = old[i].missing_rows;
    v->surplus_files = old[i].surplus_files;
    v->surplus_rows = old[i].surplus_rows;
    v->odd = old[i].odd;
}

/* Adds a view where the snapshot has an offset for one of the lanes. floors: so far, by lane; updated. */
static bool add_view(struct backlog_target *t, const struct backlog_snapshot *s, int64_t *floors)
{
    const struct connect_backlog_group_internal *g = t->group;
    struct backlog_view v = {.id = s->id,
                             .made_ms = s->made_ms,
                             .appends = s->appends,
                             .files = s->files,
                             .rows = s->rows,
                             .bytes = s->bytes};
    size_t at = t->views.n * g->lanes.n;
    bool any = false;
    for (size_t i = 0; i < g->lanes.n; i++) {
        int64_t offset = offset_of(t->table, s, g->lanes.items[i]);
        struct backlog_target_lane *l = &t->lanes.items[i];
        t->before[at + i] = t->after[at + i] = floors[i];
        if (offset == BACKLOG_NONE)
            continue;
        any = true;
        v.back |= floors[i] != BACKLOG_NONE && offset < floors[i];
        if (floors[i] == BACKLOG_NONE || offset > floors[i]) {
            t->after[at + i] = floors[i] = offset;
            vec_push(&l->steps, (struct backlog_step){offset, t->views.n});
        }
    }
    if (any)
        vec_push(&t->views, v);
    return any;
}

static void add_views(struct backlog_target *t)
{
    const struct connect_backlog_group_internal *g = t->group;
    int64_t *floors = mem_calloc(g->lanes.n + 1, sizeof *floors);
    int64_t more_files = 0, more_rows = 0, more_bytes = 0;
    bool gap = false, rooted = true;
    for (size_t i = 0; i < g->lanes.n; i++)
        floors[i] = BACKLOG_NONE;
    for (size_t i = 0; i < t->table->snapshots.n; i++) {
        const struct backlog_snapshot *s = &t->table->snapshots.items[i];
        gap |= s->gap;
        rooted &= !s->gap;
        if (!add_view(t, s, floors)) {
            if (!s->appends)
                continue;
            add_known(&more_files, s->files);
            add_known(&more_rows, s->rows);
            add_known(&more_bytes, s->bytes);
            continue;
        }
        struct backlog_view *v = &t->views.items[t->views.n - 1];
        v->gap = gap;
        v->rooted = rooted;
        v->more_files = more_files;
        v->more_rows = more_rows;
        v->more_bytes = more_bytes;
        gap = false;
        more_files = more_rows = more_bytes = 0;
    }
    free(floors);
}

static void build(struct backlog_target *t)
{
    const struct connect_backlog_group_internal *g = t->group;
    struct backlog_view *old = t->views.items;
    size_t nold = t->views.n, at = 0;
    memset(&t->views, 0, sizeof t->views);
    free(t->before);
    free(t->after);
    t->before = t->after = NULL;
    while (t->lanes.n < g->lanes.n)
        vec_push(&t->lanes, (struct backlog_target_lane){.floor = BACKLOG_NONE});
    for (size_t i = 0; i < t->lanes.n; i++)
        t->lanes.items[i].steps.n = 0;
    if (t->table) {
        size_t n = t->table->snapshots.n * g->lanes.n + 1;
        t->before = mem_calloc(n, sizeof *t->before);
        t->after = mem_calloc(n, sizeof *t->after);
        add_views(t);
    }
    t->waiting = 0;
    for (size_t i = 0; i < t->views.n; i++) {
        struct backlog_view *v = &t->views.items[i];
        carry_over(v, old, nold, &at);
        if (v->accounting == BACKLOG_WAITING && (v->gap || !v->appends))
            v->accounting = BACKLOG_NEVER;
        t->waiting += v->accounting == BACKLOG_WAITING;
    }
    free(old);
}

static bool set_floors(struct backlog_target *t)
{
    bool differ = false;
    for (size_t i = 0; i < t->lanes.n; i++) {
        struct backlog_target_lane *l = &t->lanes.items[i];
        int64_t floor = BACKLOG_NONE;
        if (l->steps.n)
            floor = l->steps.items[l->steps.n - 1].upto;
        else if (t->table && t->table->rooted)
            floor = 0;
        differ |= floor != l->floor;
        l->floor = floor;
    }
    return differ;
}

bool connect_backlog_floors(struct backlog_target *t)
{
    struct backlog_table *table = connect_backlog_resolve(t);
    uint64_t version = table ? table->version : 0, line = table ? table->line : 0;
    if (t->table == table && t->version == version && t->nlanes == t->group->lanes.n)
        return false;
    bool anew = t->table != table || t->line != line;
    t->table = table;
    t->version = version;
    t->line = line;
    t->nlanes = t->group->lanes.n;
    if (anew) {
        t->views.n = 0; /* another table's results are none of this one */
        connect_backlog_anew(t);
    }
    build(t);
    if ((set_floors(t) || anew) && table)
        t->there_ms = table->there_ms;
    return anew;
}

struct backlog_view *connect_backlog_covering(const struct backlog_target *t, const struct backlog_lane *lane,
                                              int64_t offset)
{
    const struct backlog_target_lane *l = &t->lanes.items[lane->index];
    size_t low = 0, high = l->steps.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (l->steps.items[mid].upto > offset)
            high = mid;
        else
            low = mid + 1;
    }
    return low < l->steps.n ? &t->views.items[l->steps.items[low].view] : NULL;
}
