/* An answer of a task tells how far a partition was read: its commit has what is between the answer before and that. */
#include "derive/brought_cover.h"

#include "base/map.h"
#include "base/mem.h"
#include "connect/event.h"
#include "connect/tables.h"
#include "derive/cells.h"
#include "derive/tables.h"

#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

/* ---- ranges ---- */

/* "0:120"; NULL where it is written otherwise, else behind it and its blank. */
static const char *read_pair(const char *at, int32_t *partition, int64_t *offset)
{
    char *end;
    const long long p = strtoll(at, &end, 10);
    if (end == at || *end != ':' || p < 0 || p > INT32_MAX)
        return NULL;
    at = end + 1;
    *offset = strtoll(at, &end, 10);
    *partition = (int32_t)p;
    return end == at || *offset < 0 || (*end && *end != ' ') ? NULL : end + (*end == ' ');
}

static int by_partition(const void *a, const void *b)
{
    const struct derive_brought_range *x = a, *y = b;
    return (x->partition > y->partition) - (x->partition < y->partition);
}

static struct derive_brought_range *range_of(const struct derive_brought_ranges *r, int32_t partition)
{
    const struct derive_brought_range key = {.partition = partition};
    return r->list.n ? bsearch(&key, r->list.items, r->list.n, sizeof key, by_partition) : NULL;
}

void derive_brought_ranges_read(struct derive_brought_ranges *r, const char *first, const char *next)
{
    struct derive_brought_range range = {0};
    r->list.n = 0;
    while (first && *first && (first = read_pair(first, &range.partition, &range.first)))
        vec_push(&r->list, range);
    if (r->list.n)
        qsort(r->list.items, r->list.n, sizeof *r->list.items, by_partition);
    while (next && *next && (next = read_pair(next, &range.partition, &range.next))) {
        struct derive_brought_range *known = range_of(r, range.partition);
        if (known)
            known->next = range.next;
    }
    size_t n = 0;
    for (size_t i = 0; i < r->list.n; i++)
        if (r->list.items[i].next > r->list.items[i].first)
            r->list.items[n++] = r->list.items[i];
    r->list.n = n;
}

/* ---- answers ---- */

struct answer {
    const struct name *connector; /* NULL: not known */
    const struct name *commit;
    int32_t partition;
    int64_t offset, started_ms;
};

/* A commit that has some of the records. */
struct hit {
    const struct name *commit;
    bool at_latest;
    size_t tables;           /* that have them by now */
    const struct row *first; /* of these, in commit_tables */
    bool told, waiting;      /* it has rows in commit_tables; one of them waits */
};

struct search {
    const struct store *store;
    const struct name *cluster, *topic;
    struct derive_brought_ranges *ranges;
    VEC(struct answer) answers;
    VEC(struct hit) hits;
    struct map by_commit; /* name to index in hits, plus one */
    bool waiting;         /* some were not announced yet */
    uint16_t owner;
};

static bool is_of_topic(const struct search *s, const struct row *r, size_t cluster, size_t topic)
{
    return row_get(r, cluster).s == s->cluster && row_get(r, topic).s == s->topic;
}

static void collect_answers(struct search *s)
{
    const struct table *t = store_find(s->store, connect_table_commit_partitions.name);
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        if (!is_of_topic(s, r, COMMIT_PARTITIONS_CLUSTER, COMMIT_PARTITIONS_TOPIC))
            continue;
        s->owner = row_owner(r);
        const struct answer a = {
            derive_cells_text(r, COMMIT_PARTITIONS_CONNECTOR), row_get(r, COMMIT_PARTITIONS_COMMIT_ID).s,
            (int32_t)row_get(r, COMMIT_PARTITIONS_PARTITION).i, derive_cells_number(r, COMMIT_PARTITIONS_OFFSET),
            derive_cells_number(r, COMMIT_PARTITIONS_STARTED)};
        if (a.offset != UNKNOWN && range_of(s->ranges, a.partition))
            vec_push(&s->answers, a);
    }
}

/* By connector and partition, then as they were read: who first came so far brought it. */
static int by_place(const void *a, const void *b)
{
    const struct answer *x = a, *y = b;
    if (x->connector != y->connector)
        return (uintptr_t)x->connector < (uintptr_t)y->connector ? -1 : 1;
    if (x->partition != y->partition)
        return x->partition < y->partition ? -1 : 1;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return (x->started_ms > y->started_ms) - (x->started_ms < y->started_ms);
}

static void add_hit(struct search *s, const struct answer *a, bool at_latest)
{
    uintptr_t at = (uintptr_t)map_get(&s->by_commit, &a->commit, sizeof a->commit);
    if (!at) {
        vec_push(&s->hits, ((struct hit){.commit = a->commit}));
        at = s->hits.n;
        map_put(&s->by_commit, &a->commit, sizeof a->commit, (void *)at);
    }
    s->hits.items[at - 1].at_latest |= at_latest;
}

/* Those of one connector and partition, n of them. */
static void walk_answers(struct search *s, const struct answer *a, size_t n)
{
    const struct derive_brought_range *range = range_of(s->ranges, a->partition);
    int64_t from = -1; /* where an answer begins: not known of the first */
    for (size_t i = 0; i < n && from < range->next; i++) {
        if (a[i].offset <= from)
            continue;
        if (a[i].offset > range->first)
            add_hit(s, &a[i], from < 0);
        from = a[i].offset;
    }
    s->waiting |= from < range->next;
}

static void find_hits(struct search *s)
{
    collect_answers(s);
    if (s->answers.n)
        qsort(s->answers.items, s->answers.n, sizeof *s->answers.items, by_place);
    for (size_t i = 0, n; i < s->answers.n; i += n) {
        const struct answer *a = &s->answers.items[i];
        for (n = 1; i + n < s->answers.n && a[n].connector == a->connector && a[n].partition == a->partition;)
            n++;
        walk_answers(s, a, n);
    }
}

/* ---- tables ---- */

static bool is_committed(const struct row *r)
{
    const char *state = derive_cells_raw(r, COMMIT_TABLES_STATE);
    return state && strcmp(state, "committed") == 0;
}

static void read_tables(struct search *s)
{
    const struct table *t = store_find(s->store, connect_table_commit_tables.name);
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        const struct name *id = row_get(r, COMMIT_TABLES_COMMIT_ID).s;
        const uintptr_t at = (uintptr_t)map_get(&s->by_commit, &id, sizeof id);
        if (!at || row_get(r, COMMIT_TABLES_CLUSTER).s != s->cluster)
            continue;
        struct hit *h = &s->hits.items[at - 1];
        h->told = true;
        if (!is_committed(r)) {
            h->waiting = true;
            continue;
        }
        h->tables++;
        if (!h->first ||
            strcmp(derive_cells_raw(r, COMMIT_TABLES_TABLE), derive_cells_raw(h->first, COMMIT_TABLES_TABLE)) < 0)
            h->first = r;
    }
}

/* A commit of which no table is told has not come so far, or had no rows. */
static bool is_empty(const struct search *s, const struct hit *h)
{
    const struct table *t = store_find(s->store, connect_table_commits.name);
    const struct value key[] = {{.s = (struct name *)(uintptr_t)s->cluster, .quality = QUALITY_EXACT},
                                {.s = (struct name *)(uintptr_t)h->commit, .quality = QUALITY_EXACT}};
    const struct row *r = t ? table_find(t, key) : NULL;
    const char *outcome = r ? derive_cells_raw(r, COMMITS_OUTCOME) : NULL;
    return outcome && (strcmp(outcome, "empty") == 0 || strcmp(outcome, "dropped") == 0);
}

static bool is_queryable(const struct derive_brought_range *r)
{
    return r->tables && !r->behind;
}

/* How many tables each range goes to, and whether one of them is behind. */
static void read_queryable(struct search *s)
{
    const struct table *t = store_find(s->store, derive_table_queryable_partitions.name);
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        if (!is_of_topic(s, r, QUERYABLE_PARTITIONS_CLUSTER, QUERYABLE_PARTITIONS_TOPIC))
            continue;
        struct derive_brought_range *range = range_of(s->ranges, (int32_t)row_get(r, QUERYABLE_PARTITIONS_PARTITION).i);
        const struct value to = row_get(r, QUERYABLE_PARTITIONS_QUERYABLE_OFFSET);
        s->owner = row_owner(r);
        if (!range)
            continue;
        range->tables++;
        range->behind |= to.quality != QUALITY_EXACT || to.i < range->next;
    }
}

/* ---- what comes of it ---- */

/* Committed before; those of which it is not known when are the last. */
static bool is_before(const struct hit *a, const struct hit *b)
{
    const int64_t x = derive_cells_number(a->first, COMMIT_TABLES_COMMITTED),
                  y = derive_cells_number(b->first, COMMIT_TABLES_COMMITTED);
    return x != UNKNOWN && (y == UNKNOWN || x < y);
}

static char *text_of(const char *raw)
{
    return raw ? mem_strdup(raw) : NULL;
}

static void conclude(const struct search *s, struct derive_brought_cover *c)
{
    const struct hit *first = NULL;
    c->waiting = s->waiting;
    c->snapshot_id = c->committed_ms = UNKNOWN;
    for (size_t i = 0; i < s->hits.n; i++) {
        const struct hit *h = &s->hits.items[i];
        c->waiting |= h->waiting || (!h->told && !is_empty(s, h));
        c->commits += h->tables > 0;
        if (h->tables && (!first || is_before(h, first)))
            first = h;
    }
    bool all = s->ranges->list.n > 0;
    for (size_t i = 0; i < s->ranges->list.n; i++)
        all = all && is_queryable(&s->ranges->list.items[i]);
    c->waiting = c->waiting && !all;
    c->forgotten = !first && all;
    if (!first)
        return;
    c->commit = text_of(first->commit->raw);
    c->table = text_of(derive_cells_raw(first->first, COMMIT_TABLES_TABLE));
    c->tables = first->tables;
    c->at_latest = first->at_latest;
    c->snapshot_id = derive_cells_number(first->first, COMMIT_TABLES_SNAPSHOT_ID);
    c->committed_ms = derive_cells_number(first->first, COMMIT_TABLES_COMMITTED);
}

void derive_brought_cover_find(const struct store *store, const struct name *cluster, const struct name *topic,
                               struct derive_brought_ranges *ranges, struct derive_brought_cover *cover,
                               uint16_t *owner)
{
    struct search s = {.store = store, .cluster = cluster, .topic = topic, .ranges = ranges};
    read_queryable(&s);
    find_hits(&s);
    read_tables(&s);
    conclude(&s, cover);
    *owner = s.owner;
    vec_done(&s.answers);
    vec_done(&s.hits);
    map_done(&s.by_commit);
}

void derive_brought_cover_done(struct derive_brought_cover *c)
{
    free(c->commit);
    free(c->table);
    *c = (struct derive_brought_cover){0};
}
