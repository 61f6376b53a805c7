/* The writer: opening, batches into the journal, commits. */
#include "history/archive.h"
#include "history/archive_internal.h"
#include "history/batch.h"
#include "history/pack.h"
#include "history/place.h"
#include "history/schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    TEXTS_CACHED = 50000,
    HEARTBEAT_MS = 10000,
    BUSY_MS = 1000,
    CACHE_KB = 8192,
    JOURNAL_KEPT = 1024 * 1024, /* bytes of memory, from one transaction to the next */
    LOG_BYTES = 16 * 1024 * 1024, /* the write-ahead log is cut back to this */
};

struct archive_text {
    int64_t id, journal_id;
};

int64_t archive_now_us(void)
{
    return clock_mono_us(&clock_system);
}

struct history_archive *history_archive_new(const struct history_archive_settings *settings)
{
    struct history_archive *a = mem_new(struct history_archive);
    a->settings = *settings;
    a->settings.path = NULL;
    if (settings->path)
        a->path = mem_strdup(settings->path);
    a->lock = -1;
    return a;
}

void history_archive_free(struct history_archive *a)
{
    if (!a)
        return;
    history_archive_close(a);
    free(a->path);
    free(a);
}

enum history_archive_state history_archive_state(const struct history_archive *a)
{
    return a->state;
}

void history_archive_hurry(struct history_archive *a)
{
    a->hurry = true;
}

void history_archive_condemn(struct history_archive *a)
{
    a->condemned = true;
}

void archive_forget_texts(struct history_archive *a)
{
    void *text;
    for (size_t at = 0; map_next(&a->texts, &at, NULL, NULL, &text);)
        free(text);
    map_done(&a->texts);
}

/* ---- open and close ---- */

void history_archive_close(struct history_archive *a)
{
    history_db_close(&a->db); /* rolls back */
    a->state = HISTORY_ARCHIVE_CLOSED;
    a->open = a->elsewhere = a->trimming = a->rolling = false;
    a->run = a->seen_ms = a->trimmed_ms = a->rolled_ms = 0;
    for (size_t i = 0; i < a->tables.n; i++)
        vec_done(&a->tables.items[i].columns);
    vec_done(&a->tables);
    vec_done(&a->rows);
    archive_forget_texts(a);
    history_journal_done(&a->journal);
    archive_fold_done(&a->fold);
    if (a->lock >= 0)
        close(a->lock);
    a->lock = -1;
}

int archive_journal_size(struct history_archive *a, struct error *err)
{
    sqlite3_stmt *s = history_db_query(&a->db, SQL_JOURNAL_SIZE, err, "");
    if (!s)
        return history_db_error(a->db.handle, NULL);
    int rc = history_db_next(&a->db, s, err);
    if (rc < 0)
        return rc;
    a->journal_bytes = sqlite3_column_int64(s, 0);
    a->journal_samples = sqlite3_column_int64(s, 1);
    a->journal_oldest_ms = sqlite3_column_type(s, 2) == SQLITE_NULL ? INT64_MAX : sqlite3_column_int64(s, 2);
    sqlite3_reset(s);
    return 0;
}

static int open_handle(struct history_archive *a, int flags, struct error *err)
{
    if (sqlite3_open_v2(a->path, &a->db.handle, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return history_db_error(a->db.handle, err);
    sqlite3_busy_timeout(a->db.handle, BUSY_MS);
    return history_db_exec(a->db.handle, err, "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -%d", CACHE_KB);
}

/* Begins this run, ending the lives that the last one left open. */
static int start_run(struct history_archive *a, int64_t now_ms, struct error *err)
{
    int64_t seen = now_ms;
    int rc = history_db_exec(a->db.handle, err, "BEGIN IMMEDIATE");
    if (rc)
        return rc;
    rc = history_db_number(&a->db, SQL_RUN_LAST, err, &seen, "");
    if (rc >= 0)
        rc = history_db_run(&a->db, SQL_LIFE_END_ALL, err, "i", seen);
    if (!rc)
        rc = history_db_run(&a->db, SQL_RUN_NEW, err, "it", now_ms, ICETOP_VERSION);
    if (!rc) {
        a->run = sqlite3_last_insert_rowid(a->db.handle);
        a->seen_ms = now_ms;
        a->journal_id = 1;
        rc = history_db_number(&a->db, SQL_JOURNAL_NEXT, err, &a->journal_id, "");
    }
    if (rc >= 0)
        rc = archive_journal_size(a, err);
    if (!rc)
        rc = archive_limit(a, err);
    if (!rc)
        rc = archive_trim(a, now_ms, err);
    return rc ? rc : history_db_exec(a->db.handle, err, "COMMIT");
}

static int open_for_writing(struct history_archive *a, int64_t now_ms, char *note, struct error *err)
{
    int rc = open_handle(a, SQLITE_OPEN_READWRITE, err);
    int version;
    if (!rc)
        rc = history_schema_check(a->db.handle, a->path, &version, err);
    if (rc)
        return rc;
    const char *network = a->settings.network ? a->settings.network : history_place_network_of(a->path);
    if (network)
        snprintf(note, 512, "%s is on a network file system (%s): it is written without a write-ahead log", a->path,
                 network);
    /* auto_vacuum comes first: it cannot be changed once the file has a page. */
    rc = history_db_exec(a->db.handle, err,
                         "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = %s;"
                         "PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = %d",
                         network ? "TRUNCATE" : "WAL", LOG_BYTES);
    if (!rc)
        rc = history_schema_migrate(a->db.handle, version, err);
    if (!rc)
        rc = start_run(a, now_ms, err);
    if (!rc)
        a->state = HISTORY_ARCHIVE_WRITING;
    return rc;
}

static int open_for_reading(struct history_archive *a, struct error *err)
{
    int rc = open_handle(a, SQLITE_OPEN_READONLY, err);
    int version;
    if (!rc)
        rc = history_schema_check(a->db.handle, a->path, &version, err);
    if (!rc && version != HISTORY_SCHEMA_VERSION)
        rc = error_set(err, ERR_UNAVAILABLE, "history: %s is not yet written in this schema", a->path);
    if (!rc && history_db_number(&a->db, SQL_RUN_LAST, err, &a->seen_ms, "") < 0)
        rc = history_db_error(a->db.handle, NULL);
    if (!rc)
        a->state = HISTORY_ARCHIVE_READING;
    return rc;
}

/* Sets the bad file aside and begins another. */
static int start_anew(struct history_archive *a, int64_t now_ms, char *note, struct error *err)
{
    char *aside, why[512];
    snprintf(why, sizeof why, "%.200s", a->condemned ? "found corrupt" : err->text);
    history_db_close(&a->db);
    int rc = history_place_set_aside(a->path, now_ms, &aside, err);
    if (rc)
        return rc;
    a->condemned = false;
    rc = history_place_make(a->path, err);
    if (!rc)
        rc = open_for_writing(a, now_ms, note, err);
    if (!rc)
        snprintf(note, 512, "%.200s; it is now %.200s, and a new one is begun", why, aside);
    free(aside);
    return rc;
}

/* Somebody else has the lock, or nothing is to be written. */
static int only_read(struct history_archive *a, int64_t pid, char *note, struct error *err)
{
    int rc = open_for_reading(a, err);
    if (rc || a->settings.read_only)
        return rc;
    a->elsewhere = true;
    snprintf(note, 512, "another icetop (process %" PRId64 ") writes %.300s: this one only reads", pid, a->path);
    return 0;
}

int history_archive_open(struct history_archive *a, int64_t now_ms, uint64_t epoch, char note[static 512],
                         struct error *err)
{
    int64_t pid = 0;
    history_archive_close(a);
    note[0] = '\0';
    int rc = a->path ? 0 : history_place_default(&a->path, err);
    if (!rc && a->settings.read_only) {
        rc = only_read(a, 0, note, err);
    } else if (!rc && !(rc = history_place_make(a->path, err))) {
        rc = history_place_lock(a->path, &a->lock, &pid, err);
        if (rc == ERR_UNAVAILABLE) {
            rc = only_read(a, pid, note, err);
        } else if (!rc) {
            rc = a->condemned ? ERR_INVALID : open_for_writing(a, now_ms, note, err);
            if (rc == ERR_INVALID)
                rc = start_anew(a, now_ms, note, err);
        }
    }
    if (rc)
        history_archive_close(a);
    a->epoch = epoch;
    return rc;
}

/* ---- batches ---- */

static int begin(struct history_archive *a, struct error *err)
{
    if (a->open)
        return 0;
    int rc = history_db_exec(a->db.handle, err, "BEGIN IMMEDIATE");
    if (!rc)
        a->open = true;
    return rc;
}

int archive_text_refs(struct history_archive *a, int64_t id, int64_t delta, struct error *err)
{
    return history_db_run(&a->db, SQL_TEXT_REFS, err, "ii", id, delta);
}

/* The number of a text, which the journal entry in the making now names. */
static int intern(struct history_archive *a, const void *bytes, size_t len, int64_t *id, struct error *err)
{
    struct archive_text *text = map_get(&a->texts, bytes, len);
    if (text && text->journal_id == a->journal_id) {
        *id = text->id;
        return 0;
    }
    int64_t hash = (int64_t)map_hash(bytes, len), found = text ? text->id : 0;
    int rc = text ? 1 : history_db_number(&a->db, SQL_TEXT_FIND, err, &found, "ib", hash, bytes, len);
    if (rc == 1)
        rc = history_db_run(&a->db, SQL_TEXT_USED, err, "ii", found, a->journal_id);
    else if (rc == 0) {
        rc = history_db_run(&a->db, SQL_TEXT_ADD, err, "iib", hash, a->journal_id, bytes, len);
        found = sqlite3_last_insert_rowid(a->db.handle);
    }
    if (rc)
        return rc;
    if (!text) {
        if (a->texts.n >= TEXTS_CACHED)
            archive_forget_texts(a);
        text = mem_new(struct archive_text);
        map_put(&a->texts, bytes, len, text);
    }
    *text = (struct archive_text){.id = found, .journal_id = a->journal_id};
    *id = found;
    return 0;
}

static int find_item(struct history_archive *a, int64_t table, const void *key, size_t len, int64_t *item,
                     struct error *err)
{
    int64_t hash = (int64_t)map_hash(key, len);
    int rc = history_db_number(&a->db, SQL_ITEM_FIND, err, item, "iib", table, hash, key, len);
    if (rc)
        return rc < 0 ? rc : 0;
    rc = history_db_run(&a->db, SQL_ITEM_ADD, err, "iib", table, hash, key, len);
    if (!rc)
        *item = sqlite3_last_insert_rowid(a->db.handle);
    return rc;
}

/* The slot of a column, given to it now if it is new. */
static int find_slot(struct history_archive *a, int64_t table, const char *name, enum column_type type,
                     enum column_unit unit, int *slot, struct error *err)
{
    int64_t n = 0;
    int rc = history_db_number(&a->db, SQL_COLUMN_FIND, err, &n, "itt", table, name, column_type_name(type));
    if (rc == 0) {
        rc = history_db_number(&a->db, SQL_COLUMNS, err, &n, "i", table);
        if (rc < 0)
            return rc;
        if (n >= HISTORY_SCHEMA_SLOTS) {
            *slot = -1;
            return 0;
        }
        rc = history_db_run(&a->db, SQL_COLUMN_ADD, err, "iittt", table, n, name, column_type_name(type),
                            column_unit_name(unit));
    }
    if (rc < 0)
        return rc;
    *slot = (int)n;
    return 0;
}

static int find_table(struct history_archive *a, const char *name, const char *keys, int64_t *id, struct error *err)
{
    int rc = history_db_number(&a->db, SQL_TABLE_FIND, err, id, "t", name);
    if (rc)
        return rc < 0 ? rc : 0;
    rc = history_db_run(&a->db, SQL_TABLE_ADD, err, "tt", name, keys);
    if (!rc)
        *id = sqlite3_last_insert_rowid(a->db.handle);
    return rc;
}

static char *unpack_text(struct history_unpack *u)
{
    size_t len;
    const void *bytes = history_unpack_bytes(u, &len);
    return mem_memdup(bytes, len);
}

static int apply_table(struct history_archive *a, struct history_unpack *u, struct error *err)
{
    size_t number = (size_t)history_unpack_uint(u);
    char *name = unpack_text(u), *keys = unpack_text(u);
    while (a->tables.n <= number && !u->bad)
        vec_push(&a->tables, (struct archive_table){0});
    int rc = u->bad ? ERR_CLOSED : 0;
    if (!rc) {
        struct archive_table *t = &a->tables.items[number];
        t->columns.n = 0;
        rc = find_table(a, name, keys, &t->id, err);
        uint64_t n = history_unpack_uint(u);
        for (uint64_t i = 0; i < n && !rc && !u->bad; i++) {
            char *column = unpack_text(u);
            struct archive_column c = {.type = (enum column_type)history_unpack_uint(u)};
            enum column_unit unit = (enum column_unit)history_unpack_uint(u);
            rc = find_slot(a, t->id, column, c.type, unit, &c.slot, err);
            vec_push(&t->columns, c);
            free(column);
        }
    }
    free(name);
    free(keys);
    return rc;
}

static int apply_born(struct history_archive *a, struct history_unpack *u, struct error *err)
{
    size_t number = (size_t)history_unpack_uint(u), table = (size_t)history_unpack_uint(u), len;
    int64_t time = history_unpack_int(u);
    const void *key = history_unpack_bytes(u, &len);
    if (u->bad || table >= a->tables.n || table > UINT16_MAX)
        return ERR_CLOSED;
    while (a->rows.n <= number)
        vec_push(&a->rows, (struct archive_row){0});
    int64_t item;
    int rc = find_item(a, a->tables.items[table].id, key, len, &item, err);
    if (rc)
        return rc;
    a->rows.items[number] = (struct archive_row){.item = (uint64_t)item, .table = (uint16_t)table};
    return history_db_run(&a->db, SQL_LIFE_BORN, err, "ii", item, time);
}

static int apply_died(struct history_archive *a, struct history_unpack *u, struct error *err)
{
    size_t number = (size_t)history_unpack_uint(u);
    int64_t time = history_unpack_int(u);
    if (u->bad || number >= a->rows.n)
        return ERR_CLOSED;
    return history_db_run(&a->db, SQL_LIFE_DIED, err, "ii", (int64_t)a->rows.items[number].item, time);
}

static int unpack_cell(struct history_archive *a, struct history_unpack *u, enum column_type type,
                       struct history_sample *s, struct error *err)
{
    uint8_t byte = history_unpack_byte(u);
    size_t len;
    s->quality = byte & HISTORY_BATCH_QUALITY;
    s->fresh = (byte & HISTORY_BATCH_FRESH) != 0;
    s->real = false;
    s->i = 0;
    if (s->quality == QUALITY_UNKNOWN)
        return 0;
    if (type == COLUMN_TEXT) {
        const void *bytes = history_unpack_bytes(u, &len);
        return u->bad ? ERR_CLOSED : intern(a, bytes, len, &s->i, err);
    }
    s->real = type == COLUMN_REAL;
    if (s->real)
        s->d = history_unpack_real(u, HISTORY_REAL_RAW);
    else
        s->i = history_unpack_int(u);
    return 0;
}

static int apply_row(struct history_archive *a, struct history_unpack *u, struct error *err)
{
    size_t number = (size_t)history_unpack_uint(u);
    struct history_sample s = {.time_ms = history_unpack_int(u)};
    uint64_t n = history_unpack_uint(u);
    if (u->bad || number >= a->rows.n)
        return ERR_CLOSED;
    const struct archive_row *r = &a->rows.items[number];
    const struct archive_table *t = &a->tables.items[r->table];
    int rc = 0;
    for (uint64_t i = 0; i < n && !rc; i++) {
        uint64_t column = history_unpack_uint(u);
        if (u->bad || column >= t->columns.n)
            return ERR_CLOSED;
        const struct archive_column *c = &t->columns.items[column];
        rc = unpack_cell(a, u, c->type, &s, err);
        if (!rc && c->slot >= 0)
            history_journal_add(&a->journal, HISTORY_SERIES((int64_t)r->item, c->slot), &s, c->type == COLUMN_TEXT);
    }
    return rc;
}

/* Samples of the past. A row that was never seen lived while they were taken, so that it ages as
 * others do. */
static int apply_past(struct history_archive *a, struct history_unpack *u, struct error *err)
{
    size_t table = (size_t)history_unpack_uint(u), key_len, len;
    const void *key = history_unpack_bytes(u, &key_len);
    uint64_t column = history_unpack_uint(u);
    const void *bytes = history_unpack_bytes(u, &len);
    if (u->bad || table >= a->tables.n || column >= a->tables.items[table].columns.n)
        return ERR_CLOSED;
    int slot = a->tables.items[table].columns.items[column].slot;
    struct history_samples samples = {0};
    int64_t item, any;
    int rc = history_chunk_decode(bytes, len, NULL, &samples) ? ERR_CLOSED : 0;
    if (!rc && samples.n && slot >= 0) {
        rc = find_item(a, a->tables.items[table].id, key, key_len, &item, err);
        if (!rc) {
            rc = history_db_number(&a->db, SQL_LIFE_ANY, err, &any, "i", item);
            if (rc == 0)
                rc = history_db_run(&a->db, SQL_LIFE_PAST, err, "iii", item, samples.items[0].time_ms,
                                    samples.items[samples.n - 1].time_ms + 1);
        }
        for (size_t i = 0; i < samples.n && rc >= 0; i++)
            history_journal_add(&a->journal, HISTORY_SERIES(item, slot), &samples.items[i], false);
    }
    vec_done(&samples);
    return rc < 0 ? rc : 0;
}

int history_archive_apply(struct history_archive *a, const void *batch, size_t len, uint64_t epoch, struct error *err)
{
    if (epoch != a->epoch || a->state != HISTORY_ARCHIVE_WRITING || !len)
        return 0;
    struct history_unpack u = history_unpack(batch, len);
    int rc = begin(a, err);
    while (!rc && !u.bad && u.at != u.end) {
        switch (history_unpack_byte(&u)) {
        case HISTORY_BATCH_TABLE:
            rc = apply_table(a, &u, err);
            break;
        case HISTORY_BATCH_BORN:
            rc = apply_born(a, &u, err);
            break;
        case HISTORY_BATCH_DIED:
            rc = apply_died(a, &u, err);
            break;
        case HISTORY_BATCH_ROW:
            rc = apply_row(a, &u, err);
            break;
        case HISTORY_BATCH_PAST:
            rc = apply_past(a, &u, err);
            break;
        default:
            u.bad = true;
        }
    }
    if (u.bad || rc == ERR_CLOSED)
        rc = error_set(err, ERR_CLOSED, "history: a batch is malformed");
    return rc;
}

/* ---- commit ---- */

static int write_journal(struct history_archive *a, int64_t now_ms, struct error *err)
{
    struct history_journal *j = &a->journal;
    if (!j->n)
        return 0;
    int rc = history_db_run(&a->db, SQL_JOURNAL_ADD, err, "iiiiib", a->journal_id, j->first_ms, j->last_ms, now_ms,
                            (int64_t)j->n, (const void *)j->data.s, j->data.len);
    if (rc)
        return rc;
    a->journal_id++;
    a->journal_bytes += (int64_t)j->data.len;
    a->journal_samples += (int64_t)j->n;
    if (now_ms < a->journal_oldest_ms)
        a->journal_oldest_ms = now_ms;
    if (j->data.room > JOURNAL_KEPT)
        history_journal_done(j);
    else
        history_journal_clear(j);
    return 0;
}

static bool fold_due(const struct history_archive *a, int64_t now_ms)
{
    return a->fold.active || (a->journal_samples && (a->journal_bytes >= a->settings.fold_bytes ||
                                                     now_ms - a->journal_oldest_ms >= a->settings.fold_ms));
}

int history_archive_commit(struct history_archive *a, int64_t now_ms, bool *more, struct error *err)
{
    *more = false;
    if (a->state != HISTORY_ARCHIVE_WRITING)
        return 0;
    bool beat = now_ms - a->seen_ms >= HEARTBEAT_MS || now_ms < a->seen_ms;
    if (!a->open && !beat && !a->trimming && !a->rolling && !fold_due(a, now_ms))
        return 0;
    int rc = begin(a, err);
    if (!rc)
        rc = write_journal(a, now_ms, err);
    if (!rc && fold_due(a, now_ms))
        rc = archive_fold(a, err);
    if (!rc)
        rc = archive_roll(a, now_ms, err);
    if (!rc)
        rc = archive_trim(a, now_ms, err);
    if (!rc)
        rc = history_db_run(&a->db, SQL_RUN_SEEN, err, "ii", a->run, now_ms);
    if (!rc)
        rc = history_db_exec(a->db.handle, err, "COMMIT");
    if (rc)
        return rc;
    a->open = false;
    a->seen_ms = now_ms;
    *more = a->fold.active || a->trimming || a->rolling;
    return 0;
}
