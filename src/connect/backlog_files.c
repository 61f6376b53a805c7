/* What is shown of tables: the files that no snapshot has, by cycle, and snapshots that contradict themselves. */
#include "connect/backlog_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- files ---- */

/* Files of one cycle that are alike. */
struct files_key {
    const struct name *commit, *uuid;
    int64_t state;
};

static void add_sums(struct connect_backlog_sums *to, const struct connect_backlog_sums *more)
{
    to->files += more->files;
    to->delete_files += more->delete_files;
    to->rows = connect_backlog_plus(to->rows, more->rows);
    to->bytes = connect_backlog_plus(to->bytes, more->bytes);
}

static void copy_id(char *to, const struct name *from)
{
    size_t len = from ? from->len : 0;
    if (len >= CONNECT_EVENT_ID)
        len = CONNECT_EVENT_ID - 1;
    memset(to, 0, CONNECT_EVENT_ID);
    if (len)
        memcpy(to, from->raw, len);
}

static void add_file(struct connect_backlog_of_table *pub, struct map *by_key, const struct backlog_written *w,
                     enum connect_backlog_state state)
{
    struct files_key key = {w->commit, w->uuid, state};
    size_t at = (size_t)(uintptr_t)map_get(by_key, &key, sizeof key);
    if (!at) {
        vec_push(&pub->files, (struct connect_backlog_files){.state = state, .announced_ms = INT64_MAX});
        at = pub->files.n; /* one more, for there is no value that is nothing */
        copy_id(pub->files.items[at - 1].commit_id, w->commit);
        copy_id(pub->files.items[at - 1].uuid, w->uuid);
        map_put(by_key, &key, sizeof key, (void *)(uintptr_t)at);
    }
    struct connect_backlog_files *f = &pub->files.items[at - 1];
    add_sums(&f->sums, &w->sums);
    add_sums(&pub->sums[state], &w->sums);
    if (w->time_ms >= f->announced_ms)
        return;
    f->announced_ms = w->time_ms;
    f->control_partition = w->lane->place->partition;
    f->control_offset = w->offset;
}

static int by_age(const void *a, const void *b)
{
    const struct connect_backlog_files *x = a, *y = b;
    if (x->announced_ms != y->announced_ms)
        return x->announced_ms < y->announced_ms ? -1 : 1;
    return (x->control_offset > y->control_offset) - (x->control_offset < y->control_offset);
}

static void show_files(struct backlog_target *t)
{
    static const int states[] = {[BACKLOG_UNKNOWN] = -1,
                                 [BACKLOG_COVERED] = -1,
                                 [BACKLOG_PENDING] = CONNECT_BACKLOG_PENDING,
                                 [BACKLOG_LOST] = CONNECT_BACKLOG_LOST,
                                 [BACKLOG_DEAD] = CONNECT_BACKLOG_DEAD};
    struct connect_backlog_of_table *pub = &t->pub;
    struct map by_key = {0};
    pub->files.n = 0;
    memset(pub->sums, 0, sizeof pub->sums);
    pub->pending_since_ms = BACKLOG_NONE;
    for (size_t i = 0; i < t->open.n; i++) {
        const struct backlog_written *w = t->open.items[i];
        if (states[w->state] < 0)
            continue;
        add_file(pub, &by_key, w, (enum connect_backlog_state)states[w->state]);
        if (w->state == BACKLOG_PENDING &&
            (pub->pending_since_ms == BACKLOG_NONE || w->time_ms < pub->pending_since_ms))
            pub->pending_since_ms = w->time_ms;
    }
    map_done(&by_key);
    if (pub->files.n)
        qsort(pub->files.items, pub->files.n, sizeof *pub->files.items, by_age);
    pub->replaced = pub->sums[CONNECT_BACKLOG_DEAD].files || pub->sums[CONNECT_BACKLOG_DEAD].delete_files;
}

/* ---- tables ---- */

static void show_odd(struct backlog_target *t)
{
    t->pub.odd.n = 0;
    for (size_t i = t->views.n; i-- > 0 && t->pub.odd.n < BACKLOG_ODD;) {
        const struct backlog_view *v = &t->views.items[i];
        if (v->odd || v->back)
            vec_push(&t->pub.odd, (struct connect_backlog_odd){.snapshot_id = v->id,
                                                               .made_ms = v->made_ms,
                                                               .missing_files = v->missing_files,
                                                               .missing_rows = v->missing_rows,
                                                               .surplus_files = v->surplus_files,
                                                               .surplus_rows = v->surplus_rows,
                                                               .back = v->back});
    }
}

/* Its offsets are beyond the control topic's end, though that was read later. */
static bool is_beyond(const struct backlog_target *t)
{
    for (size_t i = 0; i < t->group->lanes.n; i++) {
        const struct backlog_place *place = t->group->lanes.items[i]->place;
        int64_t floor = t->lanes.items[i].floor;
        if (floor == BACKLOG_NONE || place->read_ms == BACKLOG_NONE || floor <= place->end)
            continue;
        if (place->read_ms >= t->there_ms)
            return true;
        t->group->round = true;
    }
    return false;
}

static void show_table(struct backlog_target *t)
{
    struct connect_backlog_of_table *pub = &t->pub;
    const struct connect_backlog_group_internal *g = t->group;
    pub->catalog = t->table ? t->table->catalog : NULL;
    copy_id(pub->uuid, t->table ? t->table->uuid : NULL);
    pub->known = t->table != NULL;
    pub->missing = t->table && t->table->missing;
    pub->routed = g->told ? g->routed : g->targets.n > 1;
    pub->recreated = t->table && (t->older || is_beyond(t));
    show_files(t);
    show_odd(t);
}

static int by_name(const void *a, const void *b)
{
    const struct backlog_target *const *x = a, *const *y = b;
    return strcmp((*x)->site->name->raw, (*y)->site->name->raw);
}

static int by_partition(const void *a, const void *b)
{
    const struct backlog_source *const *x = a, *const *y = b;
    int order = (*x)->pub.topic == (*y)->pub.topic ? 0 : strcmp((*x)->pub.topic->raw, (*y)->pub.topic->raw);
    return order ? order : ((*x)->pub.partition > (*y)->pub.partition) - ((*x)->pub.partition < (*y)->pub.partition);
}

static void sort(struct connect_backlog_group_internal *g)
{
    g->sorted.n = 0;
    for (size_t i = 0; i < g->targets.n; i++)
        vec_push(&g->sorted, g->targets.items[i]);
    if (g->sorted.n)
        qsort(g->sorted.items, g->sorted.n, sizeof *g->sorted.items, by_name);
    for (size_t i = 0; i < g->sorted.n; i++)
        g->sorted.items[i]->at = i;
    if (g->sources.n)
        qsort(g->sources.items, g->sources.n, sizeof *g->sources.items, by_partition);
    g->unsorted = false;
}

static void show_partition(struct connect_backlog_group_internal *g, struct backlog_source *s)
{
    s->pub.tables.n = 0;
    for (size_t i = 0; i < g->sorted.n; i++) {
        struct backlog_cell *cell = &s->cells.items[g->sorted.items[i]->slot];
        cell->pub.table = i;
        vec_push(&s->pub.tables, cell->pub);
    }
    struct connect_backlog_partition shown = s->pub;
    if (shown.holder != SIZE_MAX)
        shown.holder = g->targets.items[shown.holder]->at;
    if (s->shown)
        vec_push(&g->pub.partitions, shown);
}

void connect_backlog_show(struct connect_backlog_group_internal *g)
{
    if (g->unsorted)
        sort(g);
    g->pub.tables.n = g->pub.partitions.n = 0;
    for (size_t i = 0; i < g->sorted.n; i++) {
        show_table(g->sorted.items[i]);
        vec_push(&g->pub.tables, g->sorted.items[i]->pub);
    }
    for (size_t i = 0; i < g->sources.n; i++)
        show_partition(g, g->sources.items[i]);
}
