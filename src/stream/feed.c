/* Cursors of one reader in one table. */
#include "stream/feed.h"
#include "base/limits.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

enum {
    ANCHORS = 8,
    ROWS_A_TURN = 20000, /* rows looked at in one call: filters may let few through */
};

struct stream_feed {
    char *name;
    struct table *t;
    struct stream_feed_part *parts;
    size_t nparts;
    size_t columns[LIMITS_TABLE_COLUMNS]; /* what is sent, ascending, the key first */
    size_t ncolumns;
    bool filtered; /* not all rows: members are kept */
    bool whole;    /* members follow from all rows, see stream_filter_whole */
    bool timed;    /* … and from the time */

    bool reset;                /* the next message begins anew */
    bool started;              /* the reader has rows of this table, or may have */
    uint64_t base;             /* cells up to here are known to the reader */
    uint64_t cursor;           /* rows up to here were looked at since */
    uint64_t removed;          /* removals up to here were sent */
    uint64_t done;             /* the commit up to which all was sent */
    uint64_t anchors[ANCHORS]; /* rows looked at last: where to go on without walking from the
                                  list's end */
    size_t next_anchor;

    /* A store that goes on while a long round is sent would have the rows at the list's beginning sent again and again, and
     * those at its end never: then each row is sent once a round. */
    bool fair;
    bool passed;            /* all rows had their turn in this round, but some have changed since */
    struct stream_ids sent; /* rows that were sent in this round → row_seq; only where fair */

    struct stream_ids members;         /* rows that the reader has → row_seq when sent whole; filtered only */
    uint64_t evaluated, evaluated_seq; /* commit and table_seq when members were last determined; whole only */
    VEC(uint64_t) leaving, entering;   /* what that led to and is not yet sent, from the end */
};

struct stream_feed *stream_feed_new(const char *table)
{
    struct stream_feed *f = mem_new(struct stream_feed);
    f->name = mem_strdup(table);
    return f;
}

void stream_feed_free(struct stream_feed *f)
{
    if (!f)
        return;
    free(f->name);
    free(f->parts);
    stream_ids_done(&f->members);
    stream_ids_done(&f->sent);
    vec_done(&f->leaving);
    vec_done(&f->entering);
    free(f);
}

const char *stream_feed_name(const struct stream_feed *f)
{
    return f->name;
}

bool stream_feed_over(const struct stream_feed *f)
{
    return !f->nparts && !f->reset;
}

uint64_t stream_feed_done(const struct stream_feed *f)
{
    return f->done;
}

/* ---- what is sent ---- */

static void restart(struct stream_feed *f)
{
    f->reset = true;
    f->base = f->cursor = 0;
    f->removed = f->t ? store_seq(table_store(f->t)) : 0;
    f->done = f->evaluated = f->evaluated_seq = 0;
    memset(f->anchors, 0, sizeof f->anchors);
    stream_ids_clear(&f->members);
    stream_ids_clear(&f->sent);
    f->passed = false;
    f->leaving.n = f->entering.n = 0;
}

/* The union of the parts' columns and the key. */
static size_t union_columns(const struct table *t, const struct stream_feed_part *parts, size_t n, size_t *columns)
{
    bool wanted[LIMITS_TABLE_COLUMNS] = {false};
    for (size_t i = 0; i < table_nkeys(t); i++)
        wanted[i] = true;
    for (size_t p = 0; p < n; p++) {
        for (size_t i = 0; !parts[p].columns && i < table_ncolumns(t); i++)
            wanted[i] = true;
        for (size_t i = 0; parts[p].columns && parts[p].columns[i]; i++) {
            int c = table_column_index(t, parts[p].columns[i]);
            if (c >= 0)
                wanted[c] = true;
        }
    }
    size_t count = 0;
    for (size_t i = 0; i < table_ncolumns(t); i++)
        if (wanted[i])
            columns[count++] = i;
    return count;
}

/* After a change of schema: is f->t still the table that the cursors are about, with the columns it
 * had? A table that was dropped and added again may even have the same address; but it has no row
 * that is older than what was settled. */
static bool same_table(const struct stream_feed *f)
{
    if (table_ngroups(f->t) > 1)
        return false; /* a group may have been dropped and added again */
    for (const struct row *r = table_first(f->t); r; r = row_next(r))
        if (row_born(r) <= f->base)
            return true;
    return false;
}

void stream_feed_bind(struct stream_feed *f, struct table *t, const struct stream_feed_part *parts, size_t n,
                      bool schema_changed)
{
    bool had_all = f->nparts && !f->filtered, had_table = f->t == t;
    size_t columns[LIMITS_TABLE_COLUMNS], ncolumns = 0;
    free(f->parts);
    f->parts = mem_calloc(n + 1, sizeof *parts);
    for (size_t i = 0; i < n; i++)
        f->parts[i] = parts[i];
    f->nparts = n;
    f->t = t;
    f->done = f->evaluated = 0;
    if (!t || !n) {
        restart(f);
        f->reset = t && f->started;
        f->started = f->reset;
        f->ncolumns = 0;
        return;
    }
    f->filtered = true;
    f->whole = f->timed = false;
    for (size_t i = 0; i < n; i++) {
        f->filtered = f->filtered && !stream_filter_all(parts[i].filter);
        f->whole = f->whole || stream_filter_whole(parts[i].filter);
        f->timed = f->timed || stream_filter_timed(parts[i].filter);
    }
    ncolumns = union_columns(t, parts, n, columns);
    bool same_columns = ncolumns == f->ncolumns && memcmp(columns, f->columns, ncolumns * sizeof *columns) == 0;
    memcpy(f->columns, columns, ncolumns * sizeof *columns);
    f->ncolumns = ncolumns;
    if (!had_table || !same_columns || had_all == f->filtered || (schema_changed && !same_table(f)))
        restart(f);
    else if (f->filtered)
        f->whole = true; /* whom the new filters let in can be an unchanged row */
    f->started = true;
}

/* ---- filters ---- */

static bool matches(const struct stream_feed *f, const struct row *r, int64_t now_ms)
{
    for (size_t i = 0; i < f->nparts; i++)
        if (stream_filter_matches(f->parts[i].filter, r, now_ms))
            return true;
    return false;
}

/* Determines the members anew and lists who leaves and who enters. */
static void evaluate(struct stream_feed *f, const struct stream_feed_turn *turn)
{
    bool stands = f->evaluated && !f->timed && table_seq(f->t) <= f->evaluated_seq;
    if (stands || f->evaluated == turn->commits) {
        f->evaluated = turn->commits;
        return;
    }
    struct stream_ids wanted = {0};
    size_t at = 0;
    uint64_t id;
    if (!f->cursor) /* all that are wanted enter: none needs to be met as a changed one */
        f->cursor = store_seq(table_store(f->t));
    for (size_t i = 0; i < f->nparts; i++)
        stream_filter_select(f->parts[i].filter, turn->now_ms, &wanted);
    f->leaving.n = f->entering.n = 0;
    while (stream_ids_next(&f->members, &at, &id, NULL))
        if (!stream_ids_get(&wanted, id, NULL))
            vec_push(&f->leaving, id);
    at = 0;
    while (stream_ids_next(&wanted, &at, &id, NULL))
        if (!stream_ids_get(&f->members, id, NULL))
            vec_push(&f->entering, id);
    stream_ids_done(&wanted);
    f->evaluated = turn->commits;
    f->evaluated_seq = table_seq(f->t);
}

/* ---- messages ---- */

static void send_rows(struct stream_feed *f, const struct stream_feed_turn *turn)
{
    if (stream_encode_rows_empty(turn->rows) && !f->reset)
        return;
    str_clear(turn->line);
    stream_encode_rows_end(turn->rows, turn->line, f->name, f->reset, f->columns, f->ncolumns);
    stream_encode_rows_begin(turn->rows, f->name, f->ncolumns);
    f->reset = false;
    turn->send(turn->arg, turn->line);
}

/* A row that is too long for one message: cell by cell, in as many messages as it takes. */
static void send_pieces(struct stream_feed *f, const struct stream_feed_turn *turn, const struct row *r, bool is_new,
                        uint64_t since)
{
    size_t nkeys = table_nkeys(f->t);
    if (is_new && !stream_encode_rows_new(turn->rows, f->t, r, f->columns, nkeys))
        return; /* dozens of the longest texts as one key: nobody can name this row */
    send_rows(f, turn);
    for (size_t i = nkeys; i < f->ncolumns; i++)
        if (!stream_encode_rows_set(turn->rows, f->t, r, &f->columns[i], 1, is_new ? 0 : since)) {
            send_rows(f, turn);
            i--; /* once more, in an empty message, which holds any one cell */
        }
}

/* A row, or its cells that were written after since. */
static bool add_row(struct stream_feed *f, const struct stream_feed_turn *turn, const struct row *r, bool is_new,
                    uint64_t since)
{
    size_t nkeys = table_nkeys(f->t);
    bool fits = is_new ? stream_encode_rows_new(turn->rows, f->t, r, f->columns, f->ncolumns)
                       : stream_encode_rows_set(turn->rows, f->t, r, f->columns + nkeys, f->ncolumns - nkeys, since);
    if (!fits && stream_encode_rows_empty(turn->rows)) {
        send_pieces(f, turn, r, is_new, since);
        fits = true;
    }
    return fits;
}

/* Each of the following adds to the message and returns false when that is full. */

static bool add_removals(struct stream_feed *f, const struct stream_feed_turn *turn)
{
    const struct table_removal *gone;
    size_t n;
    if (!table_removed_after(f->t, f->removed, &gone, &n)) {
        restart(f); /* it was away for too long: which rows went is forgotten */
        return true;
    }
    for (size_t i = 0; i < n; i++) {
        bool has = !f->filtered || stream_ids_get(&f->members, gone[i].id, NULL);
        if (has && !stream_encode_rows_gone(turn->rows, gone[i].id))
            return false;
        stream_ids_del(&f->members, gone[i].id);
        f->removed = gone[i].seq;
    }
    return true;
}

static bool add_leaving(struct stream_feed *f, const struct stream_feed_turn *turn)
{
    for (; f->leaving.n; f->leaving.n--) {
        uint64_t id = f->leaving.items[f->leaving.n - 1];
        if (!stream_ids_get(&f->members, id, NULL))
            continue;
        if (!stream_encode_rows_gone(turn->rows, id))
            return false;
        stream_ids_del(&f->members, id);
    }
    return true;
}

static bool add_entering(struct stream_feed *f, const struct stream_feed_turn *turn)
{
    for (; f->entering.n; f->entering.n--) {
        uint64_t id = f->entering.items[f->entering.n - 1];
        const struct row *r = table_by_id(f->t, id);
        if (r && !add_row(f, turn, r, true, 0))
            return false;
        if (r)
            stream_ids_put(&f->members, id, row_seq(r));
    }
    return true;
}

static bool add_changed(struct stream_feed *f, const struct stream_feed_turn *turn, const struct row *r)
{
    if (!f->filtered)
        return add_row(f, turn, r, row_born(r) > f->base, f->base);
    uint64_t id = row_id(r), sent = 0;
    bool has = stream_ids_get(&f->members, id, &sent);
    bool wanted = f->whole ? has : matches(f, r, turn->now_ms);
    if (has && wanted)
        return add_row(f, turn, r, false, sent > f->base ? sent : f->base);
    if (wanted) {
        if (!add_row(f, turn, r, true, 0))
            return false;
        stream_ids_put(&f->members, id, row_seq(r));
    } else if (has) {
        if (!stream_encode_rows_gone(turn->rows, id))
            return false;
        stream_ids_del(&f->members, id);
    }
    return true;
}

/* The first row after the cursor: next to one that was looked at before, or found from the list's
 * end. */
static const struct row *resume(const struct stream_feed *f)
{
    if (!f->cursor)
        return table_first(f->t);
    for (size_t i = 1; i <= ANCHORS; i++) {
        uint64_t id = f->anchors[(f->next_anchor + ANCHORS - i) % ANCHORS];
        const struct row *r = id ? table_by_id(f->t, id) : NULL;
        if (!r || row_seq(r) > f->cursor)
            continue;
        while (r && row_seq(r) <= f->cursor)
            r = row_next(r);
        return r;
    }
    return table_changed_after(f->t, f->cursor);
}

/* Has the row had its turn in this round? *settled: and has not changed since. */
static bool had_turn(const struct stream_feed *f, const struct row *r, bool *settled)
{
    uint64_t seq;
    if (!f->fair || !stream_ids_get(&f->sent, row_id(r), &seq))
        return false;
    *settled = seq == row_seq(r);
    return true;
}

static bool add_all_changed(struct stream_feed *f, const struct stream_feed_turn *turn)
{
    size_t looked = 0;
    bool skipped = false; /* from there on the cursor stays where it is */
    for (const struct row *r = resume(f); r; r = row_next(r)) {
        bool settled;
        if (had_turn(f, r, &settled)) {
            skipped = skipped || !settled;
        } else if (looked++ == ROWS_A_TURN || !add_changed(f, turn, r)) {
            f->cursor = skipped ? f->cursor : row_seq(r) - 1;
            return false;
        } else if (f->fair) {
            stream_ids_put(&f->sent, row_id(r), row_seq(r));
        }
        if (skipped)
            continue;
        f->cursor = row_seq(r);
        f->anchors[f->next_anchor++ % ANCHORS] = row_id(r);
    }
    f->passed = skipped;
    if (!skipped)
        f->cursor = store_seq(table_store(f->t));
    return !skipped;
}

void stream_feed_fill(struct stream_feed *f, const struct stream_feed_turn *turn)
{
    bool all = true;
    stream_encode_rows_begin(turn->rows, f->name, f->ncolumns);
    if (f->t && f->nparts) {
        /* Removals go first: a key may have come back under another id. */
        all = add_removals(f, turn);
        if (all && f->filtered && f->whole) {
            evaluate(f, turn);
            all = add_leaving(f, turn) && add_entering(f, turn);
        }
        all = all && add_all_changed(f, turn);
    }
    send_rows(f, turn);
    f->done = all ? turn->commits : 0;
}

bool stream_feed_reached(const struct stream_feed *f, uint64_t seq)
{
    bool rows = f->fair ? f->passed : f->cursor >= seq;
    return !f->t || !f->nparts || (rows && !f->reset && !f->leaving.n && !f->entering.n);
}

void stream_feed_begin(struct stream_feed *f, bool fair)
{
    stream_ids_clear(&f->sent);
    f->fair = fair;
    f->passed = false;
}

void stream_feed_settle(struct stream_feed *f)
{
    stream_feed_begin(f, false);
    if (!f->t)
        return;
    f->base = f->cursor = f->removed = store_seq(table_store(f->t));
    f->whole = false;
    for (size_t i = 0; i < f->nparts; i++)
        f->whole = f->whole || stream_filter_whole(f->parts[i].filter);
}

bool stream_feed_shows(const struct stream_feed *f, const struct table *t, const struct row *r)
{
    return f->t == t && f->nparts && (!f->filtered || stream_ids_get(&f->members, row_id(r), NULL));
}
