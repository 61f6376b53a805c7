/* Reading series back: chunks, the journal, and what is not yet committed. */
#include "history/archive_internal.h"
#include "history/schema.h"

#include <stdlib.h>

enum { WALK_ROWS = 500 };

/* The journal's wanted samples up to a time, with those not yet written, sorted. */
static int read_journal(struct history_archive *a, const struct history_filter *f, int64_t to_ms,
                        struct history_entries *out, struct error *err)
{
    int64_t all = INT64_MAX;
    sqlite3_stmt *s = history_db_query(&a->db, SQL_JOURNAL_SCAN, err, "ii", all, to_ms);
    if (!s)
        return history_db_error(a->db.handle, NULL);
    int rc;
    while ((rc = history_db_next(&a->db, s, err)) == 1) {
        if (a->hurry)
            rc = error_set(err, ERR_CLOSED, "history: icetop ends");
        else if (history_journal_decode(sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0), f, out))
            rc = error_set(err, ERR_INVALID, "history: found damaged data in the database");
        if (rc < 0) {
            sqlite3_reset(s);
            return rc;
        }
    }
    if (!rc)
        history_journal_decode(a->journal.data.s, a->journal.data.len, f, out); /* our own */
    history_journal_sort(out);
    return rc;
}

static int compare_times(const void *a, const void *b)
{
    const struct history_sample *x = a, *y = b;
    return (x->time_ms > y->time_ms) - (x->time_ms < y->time_ms);
}

/* The chunks that meet [from, to], and the one that says what is in force at from. */
static int read_chunks(struct history_archive *a, int64_t series, int64_t from_ms, int64_t to_ms,
                       struct history_samples *out, struct error *err)
{
    sqlite3_stmt *s = history_db_query(&a->db, SQL_CHUNKS_TO, err, "ii", series, to_ms);
    if (!s)
        return history_db_error(a->db.handle, NULL);
    int rc;
    while ((rc = history_db_next(&a->db, s, err)) == 1) {
        size_t first = out->n;
        if (a->hurry)
            rc = error_set(err, ERR_CLOSED, "history: icetop ends");
        else if (history_chunk_decode(sqlite3_column_blob(s, 3), (size_t)sqlite3_column_bytes(s, 3), NULL, out) ||
                 out->n == first)
            rc = error_set(err, ERR_INVALID, "history: found damaged data in the database");
        if (rc < 0 || out->items[first].time_ms <= from_ms) {
            sqlite3_reset(s);
            break;
        }
    }
    if (out->n)
        qsort(out->items, out->n, sizeof *out->items, compare_times);
    return rc < 0 ? rc : 0;
}

/* Merges n sorted journal entries into sorted samples; the journal's count where times are the
 * same. Then drops what lies outside of the time asked for. */
static void merge(struct history_samples *chunks, const struct history_entry *entries, size_t n, int64_t from_ms,
                  int64_t to_ms, struct history_samples *out)
{
    size_t i = 0, k = 0;
    while (i < chunks->n || k < n) {
        struct history_sample s;
        if (k == n || (i < chunks->n && chunks->items[i].time_ms < entries[k].sample.time_ms)) {
            s = chunks->items[i++];
        } else {
            s = entries[k++].sample;
            if (i < chunks->n && chunks->items[i].time_ms == s.time_ms)
                s.fresh |= chunks->items[i++].fresh;
        }
        if (s.time_ms > to_ms)
            break;
        if (out->n && (out->items[out->n - 1].time_ms == s.time_ms || (out->n == 1 && s.time_ms <= from_ms)))
            out->n--; /* written twice, or no longer in force */
        vec_push(out, s);
    }
}

static int read_lives(struct history_archive *a, int64_t item, struct history_series *out, struct error *err)
{
    sqlite3_stmt *s = history_db_query(&a->db, SQL_LIFE_OF, err, "i", item);
    if (!s)
        return history_db_error(a->db.handle, NULL);
    /* Where nobody writes any more, who is still alive was last seen with the run. */
    bool running = a->state == HISTORY_ARCHIVE_WRITING || a->elsewhere;
    int rc;
    while ((rc = history_db_next(&a->db, s, err)) == 1) {
        bool alive = sqlite3_column_type(s, 1) == SQLITE_NULL;
        vec_push(&out->lives, (struct history_life){
                                  .born_ms = sqlite3_column_int64(s, 0),
                                  .died_ms = !alive    ? sqlite3_column_int64(s, 1)
                                             : running ? INT64_MAX
                                                       : a->seen_ms,
                              });
    }
    return rc;
}

static int read_series(struct history_archive *a, int64_t item, int slot, const struct history_entry *entries, size_t n,
                       int64_t from_ms, int64_t to_ms, struct history_series *out, struct error *err)
{
    struct history_samples chunks = {0};
    int rc = read_chunks(a, HISTORY_SERIES(item, slot), from_ms, to_ms, &chunks, err);
    if (!rc) {
        merge(&chunks, entries, n, from_ms, to_ms, &out->samples);
        if (out->samples.n)
            rc = read_lives(a, item, out, err);
    }
    vec_done(&chunks);
    return rc;
}

/* A reader beside a writer sees one state of the database, however many statements it takes. */
static int begin_reading(struct history_archive *a, struct error *err)
{
    if (a->state == HISTORY_ARCHIVE_CLOSED)
        return error_set(err, ERR_UNAVAILABLE, "history is not open");
    return a->state == HISTORY_ARCHIVE_READING ? history_db_exec(a->db.handle, err, "BEGIN") : 0;
}

static void end_reading(struct history_archive *a)
{
    if (a->state == HISTORY_ARCHIVE_READING)
        history_db_exec(a->db.handle, NULL, "COMMIT");
}

/* 1 with the table's number and the column's slot; 0 if nothing was kept of it. */
static int find_column(struct history_archive *a, const char *table, const char *column, enum column_type type,
                       int64_t *id, int64_t *slot, struct error *err)
{
    int rc = history_db_number(&a->db, SQL_TABLE_FIND, err, id, "t", table);
    return rc != 1 ? rc
                   : history_db_number(&a->db, SQL_COLUMN_FIND, err, slot, "itt", *id, column, column_type_name(type));
}

int history_archive_read(struct history_archive *a, const char *table, const void *key, size_t key_len,
                         const char *column, enum column_type type, int64_t from_ms, int64_t to_ms,
                         struct history_series *ret, struct error *err)
{
    struct history_entries entries = {0};
    struct history_series out = {0};
    int64_t id, slot, item;
    int rc = begin_reading(a, err);
    if (rc)
        return rc;
    rc = find_column(a, table, column, type, &id, &slot, err);
    if (rc == 1)
        rc = history_db_number(&a->db, SQL_ITEM_FIND, err, &item, "iib", id, (int64_t)map_hash(key, key_len), key,
                               key_len);
    if (rc == 1) {
        int64_t series = HISTORY_SERIES(item, slot);
        const struct history_filter f = {.low = series, .high = series, .slot = -1, .of = 1};
        rc = read_journal(a, &f, to_ms, &entries, err);
        if (!rc)
            rc = read_series(a, item, (int)slot, entries.items, entries.n, from_ms, to_ms, &out, err);
    }
    end_reading(a);
    vec_done(&entries);
    if (rc)
        history_series_done(&out);
    else
        *ret = out;
    return rc;
}

int history_archive_text(struct history_archive *a, int64_t id, struct str *out, struct error *err)
{
    if (a->state == HISTORY_ARCHIVE_CLOSED)
        return error_set(err, ERR_UNAVAILABLE, "history is not open");
    sqlite3_stmt *s = history_db_query(&a->db, SQL_TEXT_GET, err, "i", id);
    int rc = s ? history_db_next(&a->db, s, err) : history_db_error(a->db.handle, NULL);
    if (rc != 1)
        return rc ? rc : error_set(err, ERR_NOT_FOUND, "history: a text is missing");
    str_bytes(out, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0));
    sqlite3_reset(s);
    return 0;
}

/* ---- all rows ---- */

void history_walk_clear(struct history_walk *w)
{
    for (size_t i = 0; i < w->rows.n; i++) {
        str_done(&w->rows.items[i].key);
        history_series_done(&w->rows.items[i].series);
    }
    vec_done(&w->rows);
}

/* An item of the table, and where its entries are. */
struct walk_item {
    int64_t id;
    struct str key;
};

struct walk_items {
    struct walk_item *items;
    size_t n, room;
};

static int read_items(struct history_archive *a, int64_t table, int64_t after, struct walk_items *out,
                      struct error *err)
{
    sqlite3_stmt *s = history_db_query(&a->db, SQL_ITEMS, err, "iii", table, after, (int64_t)WALK_ROWS);
    if (!s)
        return history_db_error(a->db.handle, NULL);
    int rc;
    while ((rc = history_db_next(&a->db, s, err)) == 1) {
        struct walk_item item = {.id = sqlite3_column_int64(s, 0)};
        str_bytes(&item.key, sqlite3_column_blob(s, 1), (size_t)sqlite3_column_bytes(s, 1));
        vec_push(out, item);
    }
    return rc;
}

/* Reads the items' series; both they and the entries ascend by item. */
static int read_rows(struct history_archive *a, struct history_walk *w, int slot, struct walk_items *items,
                     const struct history_entries *entries, struct error *err)
{
    int rc = 0;
    size_t at = 0;
    for (size_t i = 0; i < items->n && !rc; i++) {
        struct walk_item *item = &items->items[i];
        int64_t series = HISTORY_SERIES(item->id, slot);
        while (at < entries->n && entries->items[at].series < series)
            at++;
        size_t end = at;
        while (end < entries->n && entries->items[end].series == series)
            end++;
        struct history_row_series row = {0};
        rc = read_series(a, item->id, slot, entries->items + at, end - at, w->from_ms, w->to_ms, &row.series, err);
        w->last_item = item->id;
        at = end;
        if (rc || !row.series.samples.n) {
            history_series_done(&row.series);
            continue;
        }
        row.key = item->key;
        item->key = (struct str){0};
        vec_push(&w->rows, row);
    }
    return rc;
}

int history_archive_read_next(struct history_archive *a, struct history_walk *w, bool *end, struct error *err)
{
    struct history_entries entries = {0};
    struct walk_items items = {0};
    int64_t id, slot;
    history_walk_clear(w);
    *end = true;
    int rc = begin_reading(a, err);
    if (rc)
        return rc;
    rc = find_column(a, w->table, w->column, w->type, &id, &slot, err);
    if (rc == 1)
        rc = read_items(a, id, w->last_item, &items, err);
    if (!rc && items.n) {
        const struct history_filter f = {.low = HISTORY_SERIES(items.items[0].id, 0),
                                         .high = HISTORY_SERIES(items.items[items.n - 1].id, HISTORY_SCHEMA_SLOTS - 1),
                                         .slot = (int)slot,
                                         .of = 1};
        rc = read_journal(a, &f, w->to_ms, &entries, err);
        if (!rc)
            rc = read_rows(a, w, (int)slot, &items, &entries, err);
        *end = items.n < WALK_ROWS;
    }
    end_reading(a);
    for (size_t i = 0; i < items.n; i++)
        str_done(&items.items[i].key);
    vec_done(&items);
    vec_done(&entries);
    return rc;
}
