/* Sinks that commit, fail, lose files and lose tables at random, read now and then: the backlog against the rules worked out from
 * all that was ever told, one by one and each time anew. */
#include "tests/unit/connect/backlog_made.h"
#include "tests/unit/unit.h"

#include "base/vec.h"

enum { PARTITIONS = 4, TABLES = 2, SENDERS = 2, SNAPSHOTS = 12 };

static const char *const names[TABLES] = {"db.a", "db.b"};

struct written {
    int64_t offset, rows, uuid;
    int table;
    bool taken; /* by a snapshot: what really happened to it */
    size_t answer;
};

struct answer {
    int64_t offset;
    int64_t at[PARTITIONS]; /* or NO */
};

struct lake_table {
    int64_t uuid;
    struct made_snapshot snapshots[SNAPSHOTS]; /* newest first, those that are left */
    size_t n, fresh;                           /* fresh: not read yet */
    int64_t parent;                            /* offset of the newest one */
    bool expired;
    /* as it was read: */
    int64_t read_uuid, read_floor, read_committed; /* committed: by the coordinator, as known by then */
    bool known;
};

struct world {
    uint64_t random;
    int64_t ms, next, jumped, commit, told_commit, snapshot_id, uuids;
    size_t told_written, told_answers; /* of those below */
    int64_t told_next;
    VEC(struct written) written;
    VEC(struct answer) answers;
    struct lake_table tables[TABLES];
    int64_t consumed[PARTITIONS], ends[PARTITIONS];
};

static int64_t pick(struct world *w, int64_t n)
{
    w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((w->random >> 33) % (uint64_t)n);
}

/* ---- what happens ---- */

static void produce(struct world *w)
{
    w->ends[pick(w, PARTITIONS)] += pick(w, 100);
}

/* A sender has two partitions; what it consumed goes to some of the tables. */
static void answer(struct world *w)
{
    int sender = (int)pick(w, SENDERS);
    struct answer a = {.at = {NO, NO, NO, NO}};
    int64_t rows = 0;
    for (int i = 2 * sender; i < 2 * sender + 2; i++) {
        int64_t more = pick(w, 3) ? pick(w, w->ends[i] - w->consumed[i] + 1) : 0;
        w->consumed[i] += more;
        rows += more;
        a.at[i] = more ? w->consumed[i] : NO;
    }
    for (int t = 0; rows && t < TABLES; t++)
        if (pick(w, 3))
            vec_push(&w->written,
                     (struct written){w->next++, 1 + pick(w, rows), w->tables[t].uuid, t, false, w->answers.n});
    a.offset = w->next++;
    vec_push(&w->answers, a);
    w->next++; /* its marker */
}

/* Takes all that waits up to the last answer, or to one before. */
static void commit(struct world *w, int t)
{
    struct lake_table *table = &w->tables[t];
    if (!w->answers.n || table->n == SNAPSHOTS)
        return;
    size_t back = pick(w, 4) ? 0 : (size_t)pick(w, 3);
    int64_t to = w->answers.items[w->answers.n - 1 - (back < w->answers.n ? back : 0)].offset + 1;
    struct made_snapshot s = {.id = ++w->snapshot_id, .ms = w->ms, .floor = to};
    for (size_t i = 0; i < w->written.n; i++) {
        struct written *f = &w->written.items[i];
        bool waits = f->table == t && f->uuid == table->uuid && f->offset >= table->parent && f->offset < to;
        if (!waits || f->offset < w->jumped)
            continue;
        f->taken = true;
        s.files++;
        s.rows += f->rows;
    }
    if (!s.files)
        return;
    memmove(table->snapshots + 1, table->snapshots, table->n++ * sizeof *table->snapshots);
    table->snapshots[0] = s;
    table->fresh++;
    table->parent = to;
}

static void foreign(struct world *w, struct lake_table *table)
{
    if (table->n == SNAPSHOTS)
        return;
    memmove(table->snapshots + 1, table->snapshots, table->n++ * sizeof *table->snapshots);
    table->snapshots[0] = (struct made_snapshot){++w->snapshot_id, w->ms, NO, 1, 0};
    table->fresh++;
}

/* One that was read stays: else what led to the next is not known. */
static void expire(struct world *w, struct lake_table *table)
{
    size_t old = table->n > table->fresh ? table->n - table->fresh : 0;
    size_t n = old ? (size_t)pick(w, (int64_t)old) : 0;
    table->n -= n;
    table->expired |= n > 0;
}

static void replace(struct world *w, struct lake_table *table)
{
    if (pick(w, 10))
        return;
    table->uuid = ++w->uuids;
    table->n = table->fresh = 0;
    table->parent = 0;
    table->expired = false;
}

/* The coordinator has committed to all tables, or to none and goes on all the same: what waits is lost. */
static void go_on(struct world *w)
{
    if (pick(w, 8)) {
        for (int t = 0; t < TABLES; t++)
            commit(w, t);
    }
    int64_t to = w->answers.n ? w->answers.items[w->answers.n - 1].offset + 1 : 0;
    w->commit = w->jumped = to > w->commit ? to : w->commit;
}

static void happen(struct world *w)
{
    int64_t what = pick(w, 12);
    struct lake_table *table = &w->tables[pick(w, TABLES)];
    w->ms += 10;
    if (what < 3)
        produce(w);
    else if (what < 7)
        answer(w);
    else if (what < 8)
        commit(w, (int)(table - w->tables));
    else if (what < 10)
        go_on(w);
    else if (what < 11)
        pick(w, 2) ? foreign(w, table) : expire(w, table);
    else
        replace(w, table);
}

/* ---- what is told ---- */

static const char *uuid_text(int64_t uuid, char *out, size_t size)
{
    snprintf(out, size, "%08lld-0000-0000-0000-000000000000", (long long)uuid);
    return out;
}

static int sender_of(const struct answer *a)
{
    return a->at[0] != NO || a->at[1] != NO ? 0 : 1;
}

static void tell_topic(struct world *w)
{
    char uuid[40];
    for (; w->told_answers < w->answers.n; w->told_answers++) {
        const struct answer *a = &w->answers.items[w->told_answers];
        const char *key = sender_of(a) ? "v" : "w";
        for (; w->told_written < w->written.n && w->written.items[w->told_written].answer == w->told_answers;
             w->told_written++) {
            const struct written *f = &w->written.items[w->told_written];
            made_wrote(AT(f->offset, w->ms, key), names[f->table], uuid_text(f->uuid, uuid, sizeof uuid), NULL,
                       f->rows);
        }
        made_answered(AT(a->offset, w->ms, key), 0, PARTITIONS, a->at);
    }
    w->told_next = w->next;
    made_control(0, w->next, w->ms);
}

static void tell_table(struct world *w, int t)
{
    char uuid[40];
    struct lake_table *table = &w->tables[t];
    struct made_table told = {.table = names[t],
                              .uuid = uuid_text(table->uuid, uuid, sizeof uuid),
                              .expired = table->expired,
                              .ms = w->ms,
                              .n = table->n};
    for (size_t i = 0; i < table->n; i++) { /* clocks of the test stand still while events are told late */
        told.snapshots[i] = table->snapshots[i];
        told.snapshots[i].ms = INT64_C(1000000000);
    }
    made_table(&told);
    if (!table->known || table->read_uuid != table->uuid)
        table->read_floor = 0;
    for (size_t i = 0; i < table->n; i++)
        if (table->snapshots[i].floor != NO && table->snapshots[i].floor > table->read_floor)
            table->read_floor = table->snapshots[i].floor;
    table->known = true;
    table->read_uuid = table->uuid;
    table->read_committed = w->told_commit;
    table->fresh = 0;
}

static void tell_sources(struct world *w)
{
    for (int i = 0; i < PARTITIONS; i++)
        made_source(i, w->consumed[i], w->ends[i], w->ms);
}

static void tell_commit(struct world *w)
{
    w->told_commit = w->commit;
    made_commit(w->commit, w->ms);
}

static void tell_all(struct world *w)
{
    w->ms++;
    tell_commit(w);
    w->ms++;
    tell_topic(w);
    w->ms++;
    for (int t = 0; t < TABLES; t++)
        tell_table(w, t);
    w->ms++;
    made_control(0, w->next, w->ms);
    tell_sources(w);
}

/* Some of it, in any order. */
static void tell_some(struct world *w)
{
    w->ms++;
    int64_t what = pick(w, 4);
    if (what == 0)
        tell_commit(w);
    else if (what == 1)
        tell_topic(w);
    else if (what == 2)
        tell_table(w, (int)pick(w, TABLES));
    else
        tell_sources(w);
}

/* ---- the rules ---- */

enum fate { COVERED, PENDING, LOST, DEAD };

static enum fate fate(const struct world *w, const struct written *f)
{
    const struct lake_table *t = &w->tables[f->table];
    if (f->uuid != t->read_uuid)
        return DEAD;
    if (f->offset < t->read_floor && f->taken)
        return COVERED;
    return f->offset < t->read_committed ? LOST : PENDING;
}

static bool holds(const struct world *w, size_t answer, int t)
{
    for (size_t i = 0; i < w->told_written; i++)
        if (w->written.items[i].answer == answer && w->written.items[i].table == t &&
            fate(w, &w->written.items[i]) == PENDING)
            return true;
    return false;
}

/* The offset up to which all of a partition is in a table; *quality exact, or less or equal. */
static int64_t covered(const struct world *w, int partition, int t, enum quality *quality)
{
    int64_t last = NO;
    *quality = QUALITY_EXACT;
    for (size_t i = 0; i < w->told_answers; i++) {
        int64_t at = w->answers.items[i].at[partition];
        if (at == NO)
            continue;
        if (holds(w, i, t)) {
            *quality = last == NO ? QUALITY_LE : QUALITY_EXACT;
            return last == NO ? at : last;
        }
        last = at;
    }
    return last;
}

static void check_table(const struct world *w, int t)
{
    int64_t rows[CONNECT_BACKLOG_STATES] = {0};
    bool any = false;
    for (size_t i = 0; i < w->told_written; i++) {
        const struct written *f = &w->written.items[i];
        if (f->table != t)
            continue;
        any = true;
        enum fate how = fate(w, f);
        if (how != COVERED)
            rows[how - PENDING] += f->rows;
    }
    if (any)
        made_check_rows(names[t], rows[0], rows[1], rows[2]);
}

static void check(const struct world *w, bool lags)
{
    for (int t = 0; t < TABLES; t++) {
        if (!w->tables[t].known || w->tables[t].read_floor > w->told_next)
            continue; /* what its snapshots took is not all told yet */
        check_table(w, t);
        for (int i = 0; i < PARTITIONS; i++) {
            enum quality quality;
            int64_t expected = covered(w, i, t, &quality);
            if (expected == NO)
                continue;
            const struct connect_backlog_covered *c = made_covered(i, names[t]);
            if (c->covered != expected || c->quality != quality)
                fail_msg("%d in %s: %s %lld, not %s %lld", i, names[t], quality_name(c->quality), (long long)c->covered,
                         quality_name(quality), (long long)expected);
            if (!lags || quality != QUALITY_EXACT)
                continue;
            assert_int_equal(c->lag_quality, QUALITY_EXACT);
            assert_int_equal(c->lag, w->ends[i] - expected);
        }
    }
}

static void run(uint64_t seed, int steps)
{
    struct world w = {.random = seed * 2654435761u + 1, .uuids = TABLES};
    made_begin(NULL);
    made_tables(false, TABLES, names);
    for (int t = 0; t < TABLES; t++)
        w.tables[t].uuid = t + 1;
    tell_all(&w);
    for (int i = 0; i < steps; i++) {
        happen(&w);
        int64_t what = pick(&w, 6);
        if (what == 0) {
            tell_all(&w);
            check(&w, true);
        } else if (what < 3) {
            tell_some(&w);
            check(&w, false);
        }
    }
    vec_done(&w.written);
    vec_done(&w.answers);
    made_end(NULL);
}

static void short_runs(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++)
        run(seed, 120);
}

/* Long enough for what nothing waits for to be let go. */
static void long_runs(void **state)
{
    (void)state;
    for (uint64_t seed = 1000; seed < 1003; seed++)
        run(seed, 2500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(short_runs), cmocka_unit_test(long_runs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
