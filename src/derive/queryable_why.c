/* Queryable lag in words: where it and consumer lag tell different things, and what is missing to know better. */
#include "derive/queryable_internal.h"

#include "base/text.h"

#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

enum { DAY_MS = 24 * 3600 * 1000 };

/* A new clause. */
static void clause(struct str *out)
{
    str_add(out, out->len ? "; " : "");
}

static void add_time(const struct derive_queryable *q, int64_t ms, struct str *out)
{
    char buf[32];
    int64_t now = clock_wall_ms(store_clock(q->store));
    bool old = ms < now - DAY_MS || ms > now + DAY_MS;
    str_add(out, clock_format(ms, true, old ? "%Y-%m-%d %H:%M:%SZ" : "%H:%M:%SZ", buf, sizeof buf));
}

static void add_rows(int64_t rows, const char *verb, const char *verbs, struct str *out)
{
    text_group_digits(out, rows);
    str_printf(out, " row%s %s", rows == 1 ? "" : "s", rows == 1 ? verb : verbs);
}

/* Files wait longer than those of any cycle do. */
static bool waits(const struct derive_queryable *q, const struct connect_backlog_of_table *of,
                  const struct queryable_of_table *own)
{
    return of->sums[CONNECT_BACKLOG_PENDING].rows > 0 && own->since_ms != UNKNOWN &&
           queryable_mono_ms(q) - own->seen_ms >= QUERYABLE_PENDING_MS;
}

/* ---- what is lost, and what is not known ---- */

static void say_loss(const struct connect_backlog_of_table *of, struct str *out)
{
    int64_t lost = of->sums[CONNECT_BACKLOG_LOST].rows, dead = of->sums[CONNECT_BACKLOG_DEAD].rows;
    if (lost > 0) {
        clause(out);
        add_rows(lost, "is lost", "are lost", out);
        str_printf(out, ": announced for %s, in no snapshot, and the coordinator has gone past", of->table->raw);
    }
    if (dead > 0) {
        clause(out);
        add_rows(dead, "is lost", "are lost", out);
        str_printf(out, ": announced for another table of the name %s", of->table->raw);
    }
}

/* Why its numbers are not known, or are bounds (least: they are at least). */
static void say_doubt(const struct connect_backlog_of_table *of, const struct queryable_of_table *own, bool least,
                      struct str *out)
{
    const char *table = of->table->raw;
    if (!of->missing && of->known && !of->recreated && !own->stale && !least)
        return;
    clause(out);
    if (of->missing)
        str_printf(out, "%s is not in its catalog", table);
    else if (!of->known)
        str_printf(out, "%s is read in no catalog: what of it is queryable is not known", table);
    else if (of->recreated)
        str_printf(out, "the snapshots of %s were made from another control topic of this name", table);
    else if (own->stale)
        str_printf(out, "%s could not be read again", table);
    else
        str_printf(out, "at least: what was announced for %s earlier is not known", table);
}

/* Bounds of what waits no longer than in any cycle are no news. */
static bool is_least(const struct derive_queryable *q, const struct connect_backlog_of_table *of,
                     const struct queryable_of_table *own)
{
    return own->sums.ge && (!of->sums[CONNECT_BACKLOG_PENDING].rows || waits(q, of, own));
}

/* ---- a table ---- */

void queryable_why_table(const struct derive_queryable *q, const struct connect_backlog_group *g,
                         const struct connect_backlog_of_table *of, const struct queryable_of_table *own,
                         struct str *out)
{
    if (waits(q, of, own)) {
        clause(out);
        add_rows(of->sums[CONNECT_BACKLOG_PENDING].rows, "is", "are", out);
        str_printf(out, " in no snapshot since ");
        add_time(q, of->pending_since_ms, out);
        str_printf(out, " (%s)", g->group->raw);
    }
    say_loss(of, out);
    say_doubt(of, own, is_least(q, of, own), out);
    if (of->routed && own->sums.le) {
        clause(out);
        str_add(out, "at most: records are routed to tables by what is in them");
    }
}

/* ---- a sink ---- */

/* "lag 0, but 2,756 rows are in no snapshot of db.orders since 14:02:11Z" */
static void say_pending(const struct derive_queryable *q, const struct queryable_sink *sink,
                        const struct connect_backlog_group *g, int64_t lag, struct str *out)
{
    const struct connect_backlog_of_table *oldest = NULL;
    int64_t rows = 0;
    size_t tables = 0;
    for (size_t i = 0; i < g->tables.n; i++) {
        const struct connect_backlog_of_table *of = &g->tables.items[i];
        if (!waits(q, of, sink->tables.items[i]))
            continue;
        rows += of->sums[CONNECT_BACKLOG_PENDING].rows;
        tables++;
        oldest = oldest && oldest->pending_since_ms <= of->pending_since_ms ? oldest : of;
    }
    if (!oldest)
        return;
    clause(out);
    if (lag != UNKNOWN) {
        str_add(out, "lag ");
        text_group_digits(out, lag);
        str_add(out, ", but ");
    }
    add_rows(rows, "is", "are", out);
    str_printf(out, " in no snapshot of %s", oldest->table->raw);
    if (tables > 1)
        str_printf(out, " and %zu more", tables - 1);
    str_add(out, " since ");
    add_time(q, oldest->pending_since_ms, out);
}

void queryable_why_sink(const struct derive_queryable *q, const struct queryable_sink *sink,
                        const struct connect_backlog_group *g, int64_t lag, struct str *out)
{
    enum { SAID = 3 };
    size_t said = 0;
    say_pending(q, sink, g, lag, out);
    for (size_t i = 0; i < g->tables.n && said < SAID; i++) {
        size_t before = out->len;
        const struct connect_backlog_of_table *of = &g->tables.items[i];
        const struct queryable_of_table *own = sink->tables.items[i];
        say_loss(of, out);
        say_doubt(of, own, is_least(q, of, own), out);
        said += out->len > before;
    }
    if (!g->tables.n && g->partitions.n) {
        clause(out);
        str_add(out, "it is not known to which tables it writes");
    }
    if (g->offsets_null) {
        clause(out);
        str_add(out, "its answers name no offsets: topics were renamed on the way");
    }
}

/* ---- a partition ---- */

void queryable_why_partition(const struct derive_queryable *q, const struct connect_backlog_group *g,
                             const struct connect_backlog_partition *p, const struct queryable_source *s,
                             struct str *out)
{
    const struct connect_backlog_covered *c = NULL;
    for (size_t i = 0; i < p->tables.n && p->holder != SIZE_MAX; i++)
        c = p->tables.items[i].table == p->holder ? &p->tables.items[i] : c;
    if (!c)
        return;
    const struct connect_backlog_of_table *of = &g->tables.items[c->table];
    const struct queryable_of_table *own = s->sink->tables.items[c->table];
    if (c->pending_rows > 0 && s->lag != UNKNOWN && s->lag < c->lag && waits(q, of, own)) {
        str_add(out, "lag ");
        text_group_digits(out, s->lag);
        str_printf(out, ", but its last records wait for a snapshot of %s since ", of->table->raw);
        add_time(q, of->pending_since_ms, out);
    }
    if (c->lag_quality == QUALITY_UNKNOWN || c->lag_quality == QUALITY_GE)
        say_doubt(of, own, is_least(q, of, own) && c->lag_quality == QUALITY_GE, out);
}
