/* How far each source partition is in each table, from the answers in the order in which they came. */
#include "connect/backlog_internal.h"

#include <string.h>

/* ---- the answers of all lanes, by their records' times ---- */

static struct backlog_answer *next_answer(const struct connect_backlog_group_internal *g)
{
    struct backlog_lane *best = NULL;
    for (size_t i = 0; i < g->lanes.n; i++) {
        struct backlog_lane *lane = g->lanes.items[i];
        if (lane->at < lane->answers.n &&
            (!best || lane->answers.items[lane->at]->time_ms < best->answers.items[best->at]->time_ms))
            best = lane;
    }
    return best ? best->answers.items[best->at++] : NULL;
}

static bool is_settled(const struct backlog_answer *a)
{
    for (const struct backlog_written *w = a->written; w; w = w->next)
        if (!w->settled)
            return false;
    return a->known_ms != BACKLOG_NONE;
}

/* ---- what holds back ---- */

/* The targets for which an answer has files that are pending, with their rows; n. */
static size_t pending_of(struct connect_backlog_group_internal *g, const struct backlog_answer *a,
                         struct backlog_target **targets)
{
    size_t n = 0;
    g->pass++;
    for (struct backlog_written *w = a->written; w; w = w->next) {
        if (w->state != BACKLOG_PENDING)
            continue;
        struct backlog_target *t = w->target;
        if (t->pass != g->pass) {
            targets[n++] = t;
            t->pass = g->pass;
            t->rows = 0;
        }
        t->rows = connect_backlog_plus(t->rows, w->sums.rows);
    }
    return n;
}

static void hold(struct backlog_source *s, const struct backlog_answered *at, const struct backlog_target *t,
                 bool alone)
{
    struct backlog_cell *cell = &s->cells.items[t->slot];
    if (!cell->held) {
        cell->held = true;
        cell->first = at->offset;
        cell->pub.covered = s->now.offset;
        cell->pub.time_ms = s->now.time_ms;
        cell->known_ms = s->now.known_ms;
        cell->first_alone = alone ? t->rows : 0;
    }
    cell->pub.pending_rows = connect_backlog_plus(cell->pub.pending_rows, t->rows);
    if (alone)
        cell->alone = connect_backlog_plus(cell->alone, t->rows);
}

static void take_answer(const struct backlog_answer *a, struct backlog_target *const *targets, size_t n)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct backlog_answered *at = &a->items[i];
        const struct backlog_point point = {at->offset, at->time_ms, a->known_ms, a->time_ms, a->lane};
        for (size_t k = 0; k < n; k++)
            hold(at->source, at, targets[k], a->n == 1);
        if (connect_backlog_later(&point, &at->source->now))
            at->source->now = point;
    }
}

/* ---- */

static void begin(struct connect_backlog_group_internal *g)
{
    for (size_t i = 0; i < g->lanes.n; i++)
        g->lanes.items[i]->at = g->lanes.items[i]->settled;
    for (size_t i = 0; i < g->sources.n; i++) {
        struct backlog_source *s = g->sources.items[i];
        s->now = s->settled;
        for (size_t k = 0; k < s->cells.n; k++) {
            struct backlog_cell *cell = &s->cells.items[k];
            cell->held = false;
            cell->alone = cell->pub.pending_rows = 0;
        }
    }
}

static void settle(const struct backlog_answer *a)
{
    a->lane->settled = a->lane->at;
    for (size_t i = 0; i < a->n; i++)
        a->items[i].source->settled = a->items[i].source->now;
}

/* All of the control topic has been read again twice since. */
static bool two_rounds_since(const struct connect_backlog_group_internal *g, int64_t time_ms)
{
    for (size_t i = 0; i < g->lanes.n; i++) {
        int64_t before = g->lanes.items[i]->place->before_ms;
        if (before == BACKLOG_NONE || before <= time_ms)
            return false;
    }
    return g->lanes.n > 0;
}

static bool was_read(const struct connect_backlog_group_internal *g)
{
    for (size_t i = 0; i < g->lanes.n; i++)
        if (g->lanes.items[i]->place->read_ms == BACKLOG_NONE)
            return false;
    return g->lanes.n > 0;
}

/* What no answer tells: the group's own commit, where there is no other or it was moved by hand. False: it may be that
 * an answer is still to come. */
static bool by_commit(struct backlog_source *s, bool read)
{
    if (s->now.offset == BACKLOG_NONE) {
        s->now = (struct backlog_point){s->pub.committed, BACKLOG_NONE, s->source_ms, BACKLOG_NONE, NULL};
        return read;
    }
    if (s->moved == BACKLOG_NONE)
        return true;
    if (!connect_backlog_source_early(s) && two_rounds_since(s->group, s->moved_ms))
        s->now = (struct backlog_point){s->moved, BACKLOG_NONE, s->moved_ms, BACKLOG_NONE, NULL};
    else
        s->group->round = true;
    return true;
}

static void finish(struct backlog_source *s, const struct backlog_target *t, bool sure)
{
    struct backlog_cell *cell = &s->cells.items[t->slot];
    struct connect_backlog_covered *pub = &cell->pub;
    if (!cell->held) {
        pub->covered = s->now.offset;
        pub->time_ms = s->now.time_ms;
        cell->known_ms = s->now.known_ms;
    }
    pub->quality = t->doubt || !sure ? QUALITY_LE : QUALITY_EXACT;
    if (cell->held && pub->covered == BACKLOG_NONE) {
        pub->covered = cell->first;
        pub->time_ms = BACKLOG_NONE;
        pub->quality = QUALITY_LE;
        cell->known_ms = s->now.known_ms;
    }
    if (pub->covered == BACKLOG_NONE)
        pub->quality = QUALITY_UNKNOWN;
    if (t->there_ms != BACKLOG_NONE && cell->known_ms != BACKLOG_NONE && t->there_ms > cell->known_ms)
        cell->known_ms = t->there_ms;
}

void connect_backlog_cover(struct connect_backlog_group_internal *g)
{
    bool settled = true, read = was_read(g);
    struct backlog_target **targets = mem_calloc(g->targets.n + 1, sizeof(struct backlog_target *));
    begin(g);
    for (const struct backlog_answer *a; (a = next_answer(g));) {
        take_answer(a, targets, pending_of(g, a, targets));
        g->round |= a->known_ms == BACKLOG_NONE;
        settled = settled && is_settled(a);
        if (settled)
            settle(a);
    }
    free(targets);
    for (size_t i = 0; i < g->sources.n; i++) {
        struct backlog_source *s = g->sources.items[i];
        bool sure = by_commit(s, read);
        for (size_t k = 0; k < g->targets.n; k++)
            finish(s, g->targets.items[k], sure);
    }
}
