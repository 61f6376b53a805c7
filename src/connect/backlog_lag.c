/* Lags: of a partition in a table, of a partition, of a group. */
#include "connect/backlog_internal.h"

/* Records between what is covered and the end, without those that retention deleted before they were read. */
static int64_t records(const struct backlog_source *s, int64_t covered)
{
    int64_t last = s->now.offset > covered ? s->now.offset : covered, lag;
    if (__builtin_sub_overflow(s->pub.end, covered, &lag) || lag < 0)
        return 0;
    if (s->start != BACKLOG_NONE && s->start > last)
        lag -= s->start - last;
    return lag < 0 ? 0 : lag;
}

/* ---- in a table ---- */

/* At least: what came after the last answer, and what that partition alone announced. */
static void bounds(const struct backlog_source *s, struct backlog_cell *cell)
{
    cell->rest = s->now.offset == BACKLOG_NONE ? 0 : records(s, s->now.offset);
    cell->rest = connect_backlog_plus(cell->rest, cell->alone);
    cell->bound = cell->rest;
    if (!cell->held)
        return;
    int64_t first = connect_backlog_plus(records(s, cell->first), cell->first_alone);
    cell->bound = first > cell->bound ? first : cell->bound;
}

static void lag_of(struct backlog_source *s, struct backlog_cell *cell, bool routed)
{
    struct connect_backlog_covered *c = &cell->pub;
    if (s->pub.end == BACKLOG_NONE || c->quality == QUALITY_UNKNOWN) {
        c->lag = BACKLOG_NONE;
        c->lag_quality = QUALITY_UNKNOWN;
        return;
    }
    if (cell->known_ms == BACKLOG_NONE || s->source_ms < cell->known_ms) {
        s->waits = true; /* what was known before stands */
        return;
    }
    bounds(s, cell);
    if (c->quality == QUALITY_EXACT) {
        c->lag = records(s, c->covered);
        c->lag_quality = routed ? QUALITY_LE : QUALITY_EXACT;
        cell->bound = cell->rest = routed ? cell->rest : c->lag;
        return;
    }
    int64_t covered = cell->held && c->covered == cell->first ? 0 : records(s, c->covered);
    cell->bound = covered > cell->bound ? covered : cell->bound;
    c->lag = routed ? cell->alone : cell->bound;
    c->lag_quality = !routed || c->lag ? QUALITY_GE : QUALITY_UNKNOWN;
    c->lag = c->lag_quality == QUALITY_UNKNOWN ? BACKLOG_NONE : c->lag;
}

/* ---- of a partition ---- */

/* Without any table: what came after the last answer is in none. */
static void lag_without_tables(struct backlog_source *s)
{
    s->pub.holder = SIZE_MAX;
    s->pub.lag = BACKLOG_NONE;
    s->pub.lag_quality = QUALITY_UNKNOWN;
    if (s->pub.end == BACKLOG_NONE || s->now.offset == BACKLOG_NONE)
        return;
    s->pub.lag = records(s, s->now.offset);
    s->pub.lag_quality = QUALITY_GE;
}

static bool all_alike(const struct backlog_source *s)
{
    for (size_t i = 1; i < s->cells.n; i++)
        if (s->cells.items[i].pub.covered != s->cells.items[0].pub.covered)
            return false;
    return true;
}

static bool is_exact(const struct backlog_cell *cell)
{
    return cell->pub.quality == QUALITY_EXACT && cell->pub.lag != BACKLOG_NONE;
}

static bool is_bound(const struct backlog_cell *cell)
{
    return cell->pub.quality == QUALITY_LE && (cell->pub.lag_quality != QUALITY_UNKNOWN || cell->bound);
}

/* The greatest of its tables. Where records are routed, what one table is behind may be in another: at most. */
static void lag_of_partition(struct backlog_source *s, bool routed)
{
    bool all = true;
    s->pub.lag = BACKLOG_NONE;
    s->pub.holder = SIZE_MAX;
    for (size_t i = 0; i < s->cells.n; i++)
        all = all && is_exact(&s->cells.items[i]);
    for (size_t i = 0; i < s->cells.n; i++) {
        const struct backlog_cell *cell = &s->cells.items[i];
        if (!is_exact(cell) && !is_bound(cell))
            continue;
        int64_t lag = all ? cell->pub.lag : is_exact(cell) && !routed ? cell->pub.lag : cell->bound;
        if (s->pub.holder == SIZE_MAX || lag > s->pub.lag) {
            s->pub.lag = lag;
            s->pub.holder = i; /* a slot, until it is shown */
        }
    }
    if (s->pub.holder == SIZE_MAX)
        s->pub.lag_quality = QUALITY_UNKNOWN;
    else if (!all)
        s->pub.lag_quality = QUALITY_GE;
    else
        s->pub.lag_quality = routed && !all_alike(s) ? QUALITY_LE : QUALITY_EXACT;
}

/* ---- of the group ---- */

/* Rows pending in answers of several partitions, of none of which it is known how far they are: they are in neither's own. */
static void add_shared(struct connect_backlog_group_internal *g)
{
    for (size_t i = 0; i < g->targets.n; i++) {
        struct backlog_target *t = g->targets.items[i];
        for (size_t k = 0; k < t->open.n; k++) {
            const struct backlog_written *w = t->open.items[k];
            bool none = w->state == BACKLOG_PENDING && w->answer && w->answer->n > 1;
            for (size_t j = 0; none && j < w->answer->n; j++)
                none = w->answer->items[j].source->cells.items[i].pub.quality == QUALITY_LE &&
                       w->answer->items[j].source->pub.end != BACKLOG_NONE;
            if (none)
                t->sum = connect_backlog_plus(t->sum, w->sums.rows);
        }
    }
}

/* The least that a partition is behind, where it is known at most. */
static int64_t least(const struct backlog_source *s)
{
    return s->pub.lag_quality == QUALITY_LE && s->now.offset != BACKLOG_NONE ? records(s, s->now.offset) : s->pub.lag;
}

static void lag_of_group(struct connect_backlog_group_internal *g)
{
    int64_t sum = 0, low = 0;
    size_t known = 0, unknown = 0, at_least = 0, at_most = 0;
    for (size_t i = 0; i < g->targets.n; i++)
        g->targets.items[i]->sum = 0;
    for (size_t i = 0; i < g->sources.n; i++) {
        const struct backlog_source *s = g->sources.items[i];
        if (!s->shown)
            continue;
        if (s->pub.lag_quality == QUALITY_UNKNOWN) {
            unknown++;
            continue;
        }
        known++;
        at_least += s->pub.lag_quality == QUALITY_GE;
        at_most += s->pub.lag_quality == QUALITY_LE;
        sum = connect_backlog_plus(sum, s->pub.lag);
        low = connect_backlog_plus(low, least(s));
        for (size_t k = 0; k < g->targets.n; k++)
            g->targets.items[k]->sum = connect_backlog_plus(g->targets.items[k]->sum, s->cells.items[k].rest);
    }
    add_shared(g);
    bool more = at_least || unknown;
    g->pub.lag = !known ? BACKLOG_NONE : more ? low : sum;
    g->pub.lag_quality = !known ? QUALITY_UNKNOWN : more ? QUALITY_GE : at_most ? QUALITY_LE : QUALITY_EXACT;
    for (size_t i = 0; more && known && i < g->targets.n; i++)
        if (g->targets.items[i]->sum > g->pub.lag)
            g->pub.lag = g->targets.items[i]->sum;
}

void connect_backlog_lags(struct connect_backlog_group_internal *g)
{
    bool routed = g->told ? g->routed : g->targets.n > 1;
    for (size_t i = 0; i < g->sources.n; i++) {
        struct backlog_source *s = g->sources.items[i];
        s->waits = false;
        if (!s->cells.n) {
            lag_without_tables(s);
            continue;
        }
        for (size_t k = 0; k < s->cells.n; k++)
            lag_of(s, &s->cells.items[k], routed);
        lag_of_partition(s, routed);
    }
    lag_of_group(g);
}
