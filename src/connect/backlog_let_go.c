/* What is forgotten of the control topic: what nothing waits for any more, what is too much, and what is not there any more. */
#include "connect/backlog_internal.h"

#include <stdlib.h>
#include <string.h>

void connect_backlog_paths_free(struct connect_backlog *b, struct backlog_written *w)
{
    if (w->paths)
        b->paths -= w->npaths;
    free(w->paths);
    w->paths = NULL;
}

void connect_backlog_written_free(struct connect_backlog *b, struct backlog_written *w)
{
    connect_backlog_paths_free(b, w);
    name_unref(w->commit);
    name_unref(w->uuid);
    free(w);
}

/* ---- files ---- */

static void uncount(struct connect_backlog_group_internal *g, size_t weight)
{
    g->weight -= weight;
    g->backlog->weight -= weight;
}

static size_t keep(struct backlog_written **items, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!items[i]->drop)
            items[kept++] = items[i];
    return kept;
}

/* Takes those that are dropped out of a target's lists, and frees them. */
static void sweep_target(struct backlog_target *t)
{
    struct connect_backlog_group_internal *g = t->group;
    t->open.n = keep(t->open.items, t->open.n);
    for (size_t i = 0; i < t->lanes.n; i++) {
        struct backlog_target_lane *l = &t->lanes.items[i];
        size_t kept = 0;
        for (size_t k = 0; k < l->written.n; k++) {
            struct backlog_written *w = l->written.items[k];
            if (!w->drop) {
                l->written.items[kept++] = w;
                continue;
            }
            if (l->of != (w->uuid ? w->uuid->hash : 0))
                l->dropped = l->loosened = 0; /* those of another table are not asked for any more */
            l->of = w->uuid ? w->uuid->hash : 0;
            int64_t *to = w->state == BACKLOG_LOST || w->state == BACKLOG_DEAD ? &l->loosened : &l->dropped;
            *to = w->offset >= *to ? w->offset + 1 : *to;
            connect_backlog_written_free(g->backlog, w);
            uncount(g, 1);
        }
        l->written.n = kept;
    }
}

static void sweep(struct connect_backlog_group_internal *g)
{
    for (size_t i = 0; i < g->targets.n; i++)
        sweep_target(g->targets.items[i]);
}

static void sweep_loose(struct backlog_target *t)
{
    size_t kept = 0;
    t->open.n = keep(t->open.items, t->open.n);
    for (size_t i = 0; i < t->loose.n; i++) {
        struct backlog_written *w = t->loose.items[i];
        if (!w->drop) {
            t->loose.items[kept++] = w;
            continue;
        }
        connect_backlog_written_free(t->group->backlog, w);
        uncount(t->group, 1);
    }
    t->loose.n = kept;
}

/* A lost or dead file stays on its own, for it is shown: what stands for it among the others is dropped. */
static void loosen(struct backlog_written *w)
{
    struct connect_backlog *b = w->target->group->backlog;
    struct backlog_written *copy = mem_new(struct backlog_written);
    connect_backlog_paths_free(b, w);
    *copy = *w;
    copy->answer = NULL;
    copy->next = NULL;
    copy->drop = false;
    name_ref(copy->commit);
    if (copy->uuid)
        name_ref(copy->uuid);
    vec_push(&w->target->loose, copy);
    vec_push(&w->target->open, copy);
    w->target->group->weight++;
    b->weight++;
    w->drop = true;
}

static void drop_written(struct backlog_answer *a)
{
    for (struct backlog_written *w = a->written; w; w = w->next) {
        if (w->state == BACKLOG_LOST || w->state == BACKLOG_DEAD)
            loosen(w);
        else
            w->drop = true;
    }
}

/* ---- answers ---- */

/* The n oldest answers of a lane, whose files are to be swept then. known: nothing waits for them, so that it is known how far
 * partitions were after them. */
static void drop_answers(struct backlog_lane *lane, size_t n, bool known)
{
    for (size_t i = 0; i < n; i++) {
        struct backlog_answer *a = lane->answers.items[i];
        drop_written(a);
        for (size_t k = 0; k < a->n; k++) {
            struct backlog_source *s = a->items[k].source;
            struct backlog_point point = {a->items[k].offset, a->items[k].time_ms, a->known_ms, a->time_ms, lane};
            if (!known)
                s->base = s->settled = (struct backlog_point){.offset = BACKLOG_NONE};
            else if (connect_backlog_later(&point, &s->base))
                s->base = point;
            s->refs--;
        }
        lane->group->pub.ignored_answers += !known;
        uncount(lane->group, 1 + a->n);
        free(a);
    }
    lane->answers.n -= n;
    memmove(lane->answers.items, lane->answers.items + n, lane->answers.n * sizeof *lane->answers.items);
    lane->known -= lane->known < n ? lane->known : n;
    lane->settled -= lane->settled < n ? lane->settled : n;
}

/* Its table cannot be read, and the coordinator has gone on: nothing more will be learnt of it. */
static bool is_passed(const struct backlog_answer *a)
{
    int64_t committed = connect_backlog_committed(a->lane, INT64_MAX);
    for (const struct backlog_written *w = a->written; w; w = w->next)
        if (!w->settled && !(w->state == BACKLOG_UNKNOWN && committed != BACKLOG_NONE && w->offset < committed))
            return false;
    return true;
}

void connect_backlog_let_go(struct connect_backlog_group_internal *g)
{
    bool any = false;
    for (size_t i = 0; i < g->lanes.n; i++) {
        struct backlog_lane *lane = g->lanes.items[i];
        size_t n = lane->settled > 2 * BACKLOG_HISTORY ? lane->settled - BACKLOG_HISTORY : 0;
        if (!n && lane->answers.n > 2 * BACKLOG_PASSED)
            while (n + BACKLOG_PASSED < lane->answers.n && is_passed(lane->answers.items[n]))
                n++;
        if (n)
            drop_answers(lane, n, true);
        any |= n > 0;
    }
    if (any)
        sweep(g);
}

/* ---- too much ---- */

static size_t trim_settled(struct connect_backlog_group_internal *g)
{
    size_t before = g->weight;
    for (size_t i = 0; i < g->lanes.n; i++)
        if (g->lanes.items[i]->settled)
            drop_answers(g->lanes.items[i], g->lanes.items[i]->settled, true);
    sweep(g);
    return before - g->weight;
}

static struct backlog_lane *oldest_lane(struct connect_backlog *b)
{
    struct backlog_lane *oldest = NULL;
    void *value;
    for (size_t at = 0; map_next(&b->groups, &at, NULL, NULL, &value);) {
        struct connect_backlog_group_internal *g = value;
        for (size_t i = 0; i < g->lanes.n; i++) {
            struct backlog_lane *lane = g->lanes.items[i];
            if (lane->answers.n && (!oldest || lane->answers.items[0]->time_ms < oldest->answers.items[0]->time_ms))
                oldest = lane;
        }
    }
    return oldest;
}

/* The oldest lost and dead files of a group; false if there are none. */
static bool trim_loose(struct connect_backlog *b)
{
    struct backlog_target *most = NULL;
    void *value;
    for (size_t at = 0; map_next(&b->groups, &at, NULL, NULL, &value);) {
        struct connect_backlog_group_internal *g = value;
        for (size_t i = 0; i < g->targets.n; i++)
            if (g->targets.items[i]->loose.n > (most ? most->loose.n : 0))
                most = g->targets.items[i];
    }
    if (!most)
        return false;
    for (size_t i = 0; i < (most->loose.n + 1) / 2; i++)
        most->loose.items[i]->drop = true;
    sweep_loose(most);
    connect_backlog_dirty(most->group, true);
    return true;
}

void connect_backlog_trim(struct connect_backlog *b)
{
    void *value;
    for (size_t at = 0; map_next(&b->groups, &at, NULL, NULL, &value);)
        trim_settled(value);
    while (b->weight > CONNECT_BACKLOG_ANSWERS / 8 * 7) {
        struct backlog_lane *lane = oldest_lane(b);
        if (!lane && !trim_loose(b))
            return;
        if (!lane)
            continue;
        drop_answers(lane, (lane->answers.n + 7) / 8, false);
        sweep(lane->group);
        connect_backlog_dirty(lane->group, true);
    }
}

/* ---- what is not there any more ---- */

static void forget_senders(struct backlog_lane *lane)
{
    struct connect_backlog_group_internal *g = lane->group;
    const void *key;
    size_t len;
    void *value;
    for (size_t at = 0; map_next(&g->senders, &at, &key, &len, &value);) {
        struct backlog_sender *s = value;
        struct backlog_lane *of;
        memcpy(&of, key, sizeof of);
        if (of != lane)
            continue;
        map_del(&g->senders, key, len);
        name_unref(s->key);
        free(s);
    }
}

void connect_backlog_lane_reset(struct backlog_lane *lane)
{
    struct connect_backlog_group_internal *g = lane->group;
    forget_senders(lane);
    for (size_t i = 0; i < g->targets.n; i++) {
        struct backlog_target *t = g->targets.items[i];
        if (t->lanes.n <= lane->index)
            continue;
        struct backlog_target_lane *l = &t->lanes.items[lane->index];
        for (size_t k = 0; k < l->written.n; k++) {
            struct backlog_written *w = l->written.items[k];
            w->gone = w->state != BACKLOG_COVERED && w->state != BACKLOG_DEAD;
            w->state = w->gone ? BACKLOG_LOST : w->state;
            if (!w->answer && w->gone)
                loosen(w);
            w->drop = true;
        }
    }
    if (lane->answers.n)
        drop_answers(lane, lane->answers.n, true);
    sweep(g);
    for (size_t i = 0; i < g->targets.n; i++)
        if (g->targets.items[i]->lanes.n > lane->index)
            g->targets.items[i]->lanes.items[lane->index].dropped =
                g->targets.items[i]->lanes.items[lane->index].loosened = 0;
    for (size_t i = 0; i < g->sources.n; i++)
        g->sources.items[i]->settled = g->sources.items[i]->base;
    lane->commits.n = 0;
    connect_backlog_reopen(g);
    connect_backlog_dirty(g, true);
}

void connect_backlog_lane_cut(struct backlog_lane *lane, int64_t start)
{
    struct connect_backlog_group_internal *g = lane->group;
    for (size_t i = 0; i < g->targets.n; i++) {
        struct backlog_target *t = g->targets.items[i];
        bool any = false;
        for (size_t k = 0; k < t->loose.n; k++) {
            struct backlog_written *w = t->loose.items[k];
            w->drop = w->lane == lane && !w->gone && w->offset < start;
            any |= w->drop;
        }
        if (any)
            sweep_loose(t);
    }
}
