/* Which announced files are in a snapshot, which are not yet, and which never will be. */
#include "connect/backlog_internal.h"

#include <string.h>

int64_t connect_backlog_committed(const struct backlog_lane *lane, int64_t time_ms)
{
    for (size_t i = lane->commits.n; i-- > 0;)
        if (lane->commits.items[i].time_ms <= time_ms)
            return lane->commits.items[i].offset;
    return BACKLOG_NONE;
}

static bool is_after(int64_t time_ms, int64_t made_ms)
{
    int64_t ms = connect_cycles_between(made_ms, time_ms);
    return ms != BACKLOG_NONE && ms > CONNECT_BACKLOG_CLOCKS_MS;
}

/* Covered, or unknown where it is not. */
static enum backlog_judged covered(struct backlog_target *t, struct backlog_written *w)
{
    const struct backlog_view *v = w->missed ? NULL : connect_backlog_covering(t, w->lane, w->offset);
    if (!v)
        return BACKLOG_UNKNOWN;
    if (w->late || is_after(w->time_ms, v->made_ms)) {
        w->late = t->older = true;
        return BACKLOG_UNKNOWN;
    }
    if (w->state == BACKLOG_LOST && v->accounting != BACKLOG_DONE)
        return BACKLOG_UNKNOWN; /* the coordinator had passed it before; only what this one added tells otherwise */
    w->settled = v->accounting != BACKLOG_WAITING;
    return BACKLOG_COVERED;
}

static enum backlog_judged judged(struct backlog_target *t, struct backlog_written *w)
{
    w->settled = false;
    if (w->gone) {
        w->settled = true;
        return BACKLOG_LOST;
    }
    if (!t->table)
        return BACKLOG_UNKNOWN;
    if (t->table->uuid && w->uuid && t->table->uuid != w->uuid) {
        w->settled = true;
        return BACKLOG_DEAD;
    }
    if (t->lanes.items[w->lane->index].floor == BACKLOG_NONE)
        return BACKLOG_UNKNOWN;
    if (covered(t, w) == BACKLOG_COVERED)
        return BACKLOG_COVERED;
    int64_t committed = connect_backlog_committed(w->lane, t->table->began_ms);
    bool lost = committed != BACKLOG_NONE && w->offset < committed;
    w->settled = lost;
    return lost ? BACKLOG_LOST : BACKLOG_PENDING;
}

/* Files may have been announced before what was read of the control topic: below its start, beyond the floor, and not passed
 * by the coordinator. */
static bool is_doubtful(const struct backlog_target *t)
{
    if (!t->table)
        return true;
    for (size_t i = 0; i < t->group->lanes.n; i++) {
        const struct backlog_lane *lane = t->group->lanes.items[i];
        const struct backlog_target_lane *l = &t->lanes.items[i];
        int64_t start = lane->place->start, committed = connect_backlog_committed(lane, INT64_MAX);
        if (l->floor == BACKLOG_NONE && l->ever)
            return true;
        if (start != BACKLOG_NONE && (l->floor == BACKLOG_NONE || l->floor < start) &&
            (committed == BACKLOG_NONE || committed < start))
            return true;
    }
    return false;
}

void connect_backlog_judge(struct backlog_target *t)
{
    size_t kept = 0;
    for (size_t i = 0; i < t->open.n; i++) {
        struct backlog_written *w = t->open.items[i];
        w->state = judged(t, w);
        bool done = w->state == BACKLOG_COVERED && w->settled;
        if (done)
            connect_backlog_paths_free(t->group->backlog, w);
        if (!done)
            t->open.items[kept++] = w; /* what is lost may be found yet */
    }
    t->open.n = kept;
    t->doubt = is_doubtful(t);
}

static void reopen_target(struct backlog_target *t)
{
    t->open.n = 0;
    for (size_t i = 0; i < t->lanes.n; i++)
        for (size_t k = 0; k < t->lanes.items[i].written.n; k++)
            vec_push(&t->open, t->lanes.items[i].written.items[k]);
    for (size_t i = 0; i < t->loose.n; i++)
        vec_push(&t->open, t->loose.items[i]);
}

void connect_backlog_anew(struct backlog_target *t)
{
    reopen_target(t);
    for (size_t i = 0; i < t->open.n; i++)
        t->open.items[i]->missed = t->open.items[i]->late = false;
    t->older = false;
}

void connect_backlog_reopen(struct connect_backlog_group_internal *g)
{
    for (size_t i = 0; i < g->targets.n; i++)
        reopen_target(g->targets.items[i]);
    for (size_t i = 0; i < g->lanes.n; i++)
        g->lanes.items[i]->settled = 0;
    for (size_t i = 0; i < g->sources.n; i++)
        g->sources.items[i]->settled = g->sources.items[i]->base;
}
