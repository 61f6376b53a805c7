/* The column group "queryable" of `groups`, `group_partitions`, `connectors` and `iceberg_tables`. */
#include "derive/queryable_internal.h"

#include "connect/tables.h"
#include "derive/columns.h"
#include "iceberg/tables.h"
#include "kafka/tables.h"

#include <math.h>
#include <stdlib.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

static void set_text(struct table *t, struct row *r, size_t column, struct str *text)
{
    if (text->len)
        table_set_bytes(t, r, column, text->s, text->len);
    else
        table_set_unknown(t, r, column);
}

/* Three digits of it. */
static void set_rate(struct table *t, struct row *r, size_t column, double rate, bool known)
{
    double per = rate > 0 ? pow(10, 2 - floor(log10(rate))) : 1;
    table_set_real(t, r, column, round(rate * per) / per, known ? QUALITY_EXACT : QUALITY_UNKNOWN);
}

/* ---- group_partitions ---- */

void queryable_columns_partition(struct derive_queryable *q, const struct queryable_source *s,
                                 const struct connect_backlog_group *g, const struct queryable_column *c)
{
    struct table *t = q->at.group_partitions;
    struct row *r = t && s->row ? table_by_id(t, s->row) : NULL;
    size_t first = q->at.group_partitions_first;
    struct str why = {0};
    if (!r || first == SIZE_MAX)
        return;
    queryable_why_partition(q, g, c->p, s, &why);
    derive_cells_set_number(t, r, first + DERIVE_QUERYABLE_PARTITION_LAG, c->p->lag, c->lag_quality);
    table_set_real(t, r, first + DERIVE_QUERYABLE_PARTITION_LAG_S, c->age.seconds, c->age.quality);
    set_rate(t, r, first + DERIVE_QUERYABLE_PARTITION_RATE, c->track ? c->track->rate : 0, c->track && c->track->rated);
    derive_cells_set_number(t, r, first + DERIVE_QUERYABLE_PARTITION_OFFSET, c->c ? c->c->covered : UNKNOWN,
                            c->c ? c->c->quality : QUALITY_UNKNOWN);
    table_set(t, r, first + DERIVE_QUERYABLE_PARTITION_TABLE,
              value_text(c->c ? s->sink->tables.items[c->c->table]->table : NULL));
    set_text(t, r, first + DERIVE_QUERYABLE_PARTITION_WHY, &why);
    str_done(&why);
}

/* ---- groups and connectors ---- */

/* The numbers that all but group_partitions have. */
struct numbers {
    int64_t lag;
    enum quality lag_quality;
    struct queryable_age age;
    double rate;
    bool rated;
    struct connect_backlog_sums pending;
    int64_t lost_rows;
    enum quality pending_quality;
};

static void write_numbers(struct table *t, struct row *r, size_t first, const struct numbers *n, struct str *why)
{
    derive_cells_set_number(t, r, first + DERIVE_QUERYABLE_LAG, n->lag, n->lag_quality);
    table_set_real(t, r, first + DERIVE_QUERYABLE_LAG_S, n->age.seconds, n->age.quality);
    set_rate(t, r, first + DERIVE_QUERYABLE_RATE, n->rate, n->rated);
    table_set_int(t, r, first + DERIVE_QUERYABLE_PENDING_ROWS, n->pending.rows, n->pending_quality);
    table_set_int(t, r, first + DERIVE_QUERYABLE_PENDING_FILES, n->pending.files + n->pending.delete_files,
                  n->pending_quality);
    table_set_int(t, r, first + DERIVE_QUERYABLE_PENDING_BYTES, n->pending.bytes, n->pending_quality);
    table_set_int(t, r, first + DERIVE_QUERYABLE_LOST_ROWS, n->lost_rows,
                  n->pending_quality == QUALITY_UNKNOWN ? QUALITY_UNKNOWN : QUALITY_EXACT);
    set_text(t, r, first + DERIVE_QUERYABLE_WHY, why);
}

static void add_pending(struct numbers *n, const struct queryable_of_table *own)
{
    n->pending.files += own->pending.files;
    n->pending.delete_files += own->pending.delete_files;
    n->pending.rows += own->pending.rows;
    n->pending.bytes += own->pending.bytes;
    n->lost_rows += own->lost_rows;
}

/* Its row as a source of Connect has it, else as its cycles have made it. */
static struct row *connector_row(const struct derive_queryable *q, const struct queryable_sink *sink)
{
    const struct derive_sink *who = sink->who;
    const struct value theirs[] = {value_text(who->connect), value_text(who->connector)};
    const struct value ours[] = {value_text(q->cluster), value_text(who->connector)};
    struct row *r = who->connect ? table_find(q->at.connectors, theirs) : NULL;
    return r ? r : table_find(q->at.connectors, ours);
}

static struct row *group_row(const struct derive_queryable *q, const struct queryable_sink *sink)
{
    const struct value key[] = {value_text(q->cluster), value_text(sink->group)};
    return table_find(q->at.groups, key);
}

static void clear(struct table *t, size_t first, uint64_t id, size_t last)
{
    struct row *r = t && id && first != SIZE_MAX ? table_by_id(t, id) : NULL;
    for (size_t i = 0; r && i <= last; i++)
        table_set_unknown(t, r, first + i);
}

void queryable_columns_sink(struct derive_queryable *q, struct queryable_sink *sink,
                            const struct connect_backlog_group *g, const struct queryable_sums *sums)
{
    struct row *group = q->at.groups ? group_row(q, sink) : NULL;
    struct value lag = group ? row_get(group, GROUPS_LAG) : value_unknown();
    struct numbers n = {.lag = g->lag,
                        .lag_quality = g->lag_quality == QUALITY_EXACT && sums->stale ? QUALITY_STALE : g->lag_quality,
                        .age = queryable_time_oldest(sums),
                        .rate = sums->rate,
                        .rated = sums->rated,
                        .pending_quality = QUALITY_EXACT};
    struct str why = {0};
    for (size_t i = 0; i < sink->tables.n; i++)
        add_pending(&n, sink->tables.items[i]);
    queryable_why_sink(q, sink, g, lag.quality == QUALITY_UNKNOWN ? UNKNOWN : lag.i, &why);
    if (group && q->at.groups_first != SIZE_MAX) {
        write_numbers(q->at.groups, group, q->at.groups_first, &n, &why);
        sink->group_row = row_id(group);
    }
    struct row *connector = q->at.connectors ? connector_row(q, sink) : NULL;
    uint64_t id = connector ? row_id(connector) : 0;
    if (sink->connector_row != id)
        clear(q->at.connectors, q->at.connectors_first, sink->connector_row, DERIVE_QUERYABLE_CONSUMER_LAG);
    sink->connector_row = id;
    if (connector && q->at.connectors_first != SIZE_MAX) {
        write_numbers(q->at.connectors, connector, q->at.connectors_first, &n, &why);
        table_set(q->at.connectors, connector, q->at.connectors_first + DERIVE_QUERYABLE_CONSUMER_LAG, lag);
    }
    str_done(&why);
}

/* ---- iceberg_tables ---- */

static void add_sums(struct queryable_sums *to, const struct queryable_sums *from)
{
    to->lag += from->lag;
    to->n += from->n;
    to->unknown += from->unknown;
    to->ge += from->ge;
    to->le += from->le;
    to->stale += from->stale;
    to->aged += from->aged;
    to->age_le += from->age_le;
    to->rate += from->rate;
    to->rated += from->rated;
    to->age.known += from->age.known;
    to->age.ge += from->age.ge;
    to->age.stale += from->age.stale;
    to->age.seconds = fmax(to->age.seconds, from->age.seconds);
    to->age.method = KAFKA_AGE_OBSERVED;
}

static int by_table(const void *a, const void *b)
{
    const struct queryable_of_table *const *x = a, *const *y = b;
    uintptr_t left = (uintptr_t)(*x)->catalog, right = (uintptr_t)(*y)->catalog;
    if (left == right) {
        left = (uintptr_t)(*x)->table;
        right = (uintptr_t)(*y)->table;
    }
    return (left > right) - (left < right);
}

/* n of them are the same table. */
static void write_table(struct derive_queryable *q, struct queryable_of_table *const *of, size_t n)
{
    const struct value key[] = {value_text(of[0]->catalog), value_text(of[0]->table)};
    struct row *r = table_find(q->at.tables, key);
    struct queryable_sums sums = {0};
    struct numbers numbers = {.pending_quality = QUALITY_EXACT};
    struct str why = {0};
    if (!r)
        return;
    for (size_t i = 0; i < n; i++) {
        add_sums(&sums, &of[i]->sums);
        add_pending(&numbers, of[i]);
        if (of[i]->why.len)
            str_printf(&why, "%s%s", why.len ? "; " : "", str_text(&of[i]->why));
    }
    numbers.lag = sums.lag;
    numbers.lag_quality = queryable_time_lag(&sums);
    bool least = numbers.lag_quality == QUALITY_UNKNOWN || numbers.lag_quality == QUALITY_GE;
    if (least && sums.n && numbers.pending.rows > (numbers.lag_quality == QUALITY_GE ? numbers.lag : 0)) {
        numbers.lag = numbers.pending.rows; /* what waits in files is queryable in no case */
        numbers.lag_quality = QUALITY_GE;
    }
    numbers.age = queryable_time_oldest(&sums);
    numbers.rate = sums.rate;
    numbers.rated = sums.rated;
    write_numbers(q->at.tables, r, q->at.tables_first, &numbers, &why);
    str_done(&why);
}

void queryable_columns_tables(struct derive_queryable *q)
{
    VEC(struct queryable_of_table *) all = {0};
    if (!q->at.tables || q->at.tables_first == SIZE_MAX)
        return;
    for (size_t i = 0; i < q->all.n; i++)
        for (size_t k = 0; k < q->all.items[i]->tables.n; k++)
            if (q->all.items[i]->tables.items[k]->catalog)
                vec_push(&all, q->all.items[i]->tables.items[k]);
    if (all.n)
        qsort(all.items, all.n, sizeof *all.items, by_table);
    for (size_t i = 0, n; i < all.n; i += n) {
        for (n = 1; i + n < all.n && by_table(&all.items[i], &all.items[i + n]) == 0;)
            n++;
        write_table(q, all.items + i, n);
    }
    vec_done(&all);
}

/* ---- the end ---- */

static void clear_table(struct derive_queryable *q, const struct queryable_of_table *own)
{
    const struct value key[] = {value_text(own->catalog), value_text(own->table)};
    struct row *r = own->catalog && q->at.tables ? table_find(q->at.tables, key) : NULL;
    clear(q->at.tables, q->at.tables_first, r ? row_id(r) : 0, DERIVE_QUERYABLE_WHY);
}

void queryable_columns_clear(struct derive_queryable *q, const struct queryable_sink *sink)
{
    clear(q->at.groups, q->at.groups_first, sink->group_row, DERIVE_QUERYABLE_WHY);
    clear(q->at.connectors, q->at.connectors_first, sink->connector_row, DERIVE_QUERYABLE_CONSUMER_LAG);
    for (size_t i = 0; i < sink->sources.n; i++)
        clear(q->at.group_partitions, q->at.group_partitions_first, sink->sources.items[i]->row,
              DERIVE_QUERYABLE_PARTITION_WHY);
    for (size_t i = 0; i < sink->tables.n; i++)
        clear_table(q, sink->tables.items[i]);
}
