/* Keeping to size and age: the oldest goes first, and what is free goes back to the disk. */
#include "history/archive_internal.h"
#include "history/schema.h"

#include <inttypes.h>

enum {
    SLICE_US = 100000,
    EVERY_MS = 10000,
    FULL_PERCENT = 90,    /* of the cap: trimming begins */
    GOAL_PERCENT = 85,    /* and ends */
    LATER_PERCENT = 5,    /* both are so much higher while old samples are being thinned, which frees more */
    FREE_PAGES_MIN = 256, /* so many free pages are kept for what comes */
    VACUUM_PAGES = 512,   /* a slice */
};

static int pragma_value(struct history_archive *a, const char *pragma, int64_t *value, struct error *err)
{
    char sql[64];
    sqlite3_stmt *s;
    snprintf(sql, sizeof sql, "PRAGMA %s", pragma);
    if (sqlite3_prepare_v2(a->db.handle, sql, -1, &s, NULL) != SQLITE_OK)
        return history_db_error(a->db.handle, err);
    int rc = sqlite3_step(s) == SQLITE_ROW ? 0 : history_db_error(a->db.handle, err);
    if (!rc)
        *value = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return rc;
}

int archive_size_in_pages(struct history_archive *a, int64_t *used, int64_t *freed, int64_t *cap, struct error *err)
{
    int64_t size, count;
    int rc = pragma_value(a, "page_size", &size, err);
    if (!rc)
        rc = pragma_value(a, "page_count", &count, err);
    if (!rc)
        rc = pragma_value(a, "freelist_count", freed, err);
    if (rc)
        return rc;
    *used = count - *freed;
    *cap = a->settings.max_bytes / size;
    return 0;
}

int archive_limit(struct history_archive *a, struct error *err)
{
    int64_t size;
    int rc = pragma_value(a, "page_size", &size, err);
    /* A file that is larger already keeps its size until trimming has made it smaller. */
    return rc ? rc
              : history_db_exec(a->db.handle, err, "PRAGMA max_page_count = %" PRId64, a->settings.max_bytes / size);
}

/* ---- what is oldest ---- */

/* A closed chunk, or the end of a life. */
struct oldest {
    int64_t chunk, chunk_ms;
    int64_t item, born_ms, died_ms;
    struct str data; /* the chunk's */
};

static int find_oldest(struct history_archive *a, struct oldest *o, struct error *err)
{
    o->chunk_ms = o->died_ms = INT64_MAX;
    str_clear(&o->data);
    sqlite3_stmt *s = history_db_query(&a->db, SQL_CHUNK_OLDEST, err, "");
    int rc = s ? history_db_next(&a->db, s, err) : history_db_error(a->db.handle, NULL);
    if (rc == 1) {
        o->chunk = sqlite3_column_int64(s, 0);
        o->chunk_ms = sqlite3_column_int64(s, 1);
        str_bytes(&o->data, sqlite3_column_blob(s, 2), (size_t)sqlite3_column_bytes(s, 2));
        sqlite3_reset(s);
    }
    if (rc < 0)
        return rc;
    s = history_db_query(&a->db, SQL_LIFE_OLDEST, err, "");
    rc = s ? history_db_next(&a->db, s, err) : history_db_error(a->db.handle, NULL);
    if (rc == 1) {
        o->item = sqlite3_column_int64(s, 0);
        o->born_ms = sqlite3_column_int64(s, 1);
        o->died_ms = sqlite3_column_int64(s, 2);
        sqlite3_reset(s);
    }
    return rc < 0 ? rc : 0;
}

static int delete_chunk(struct history_archive *a, int64_t id, const void *data, size_t len, struct error *err)
{
    int rc = archive_chunk_refs(a, data, len, -1, err);
    return rc ? rc : history_db_run(&a->db, SQL_CHUNK_DELETE, err, "i", id);
}

/* A row whose last life is over and forgotten goes with all that is left of it. */
static int delete_item(struct history_archive *a, int64_t item, struct error *err)
{
    int64_t low = HISTORY_SERIES(item, 0), high = HISTORY_SERIES(item, HISTORY_SCHEMA_SLOTS - 1);
    sqlite3_stmt *s = history_db_query(&a->db, SQL_CHUNKS_OF_ITEM, err, "ii", low, high);
    if (!s)
        return history_db_error(a->db.handle, NULL);
    VEC(int64_t) ids = {0};
    int rc;
    while ((rc = history_db_next(&a->db, s, err)) == 1) {
        vec_push(&ids, sqlite3_column_int64(s, 0));
        rc = archive_chunk_refs(a, sqlite3_column_blob(s, 1), (size_t)sqlite3_column_bytes(s, 1), -1, err);
        if (rc) {
            sqlite3_reset(s);
            break;
        }
    }
    for (size_t i = 0; i < ids.n && !rc; i++)
        rc = history_db_run(&a->db, SQL_CHUNK_DELETE, err, "i", ids.items[i]);
    vec_done(&ids);
    return rc ? rc : history_db_run(&a->db, SQL_ITEM_DELETE, err, "i", item);
}

static int delete_life(struct history_archive *a, const struct oldest *o, struct error *err)
{
    int64_t any;
    int rc = history_db_run(&a->db, SQL_LIFE_DELETE, err, "ii", o->item, o->born_ms);
    if (rc)
        return rc;
    rc = history_db_number(&a->db, SQL_LIFE_ANY, err, &any, "i", o->item);
    return rc == 0 ? delete_item(a, o->item, err) : rc < 0 ? rc : 0;
}

/* ---- slices ---- */

/* Removes from the oldest on while it is older than cutoff_ms, or more than `goal` pages are used.
 * *done when neither is so, or nothing is left to remove. */
static int remove_oldest(struct history_archive *a, int64_t cutoff_ms, int64_t goal, bool *done, struct error *err)
{
    enum { LOOK_EVERY = 32 };
    int64_t until = archive_now_us() + SLICE_US, used, freed, cap;
    struct oldest o = {0};
    int rc = 0;
    bool much = false;
    *done = false;
    for (unsigned i = 0; !rc && !*done && archive_now_us() < until; i++) {
        if (i % LOOK_EVERY == 0) {
            rc = archive_size_in_pages(a, &used, &freed, &cap, err);
            much = used > goal;
        }
        if (!rc)
            rc = find_oldest(a, &o, err);
        if (rc)
            break;
        int64_t oldest = o.chunk_ms < o.died_ms ? o.chunk_ms : o.died_ms;
        if (oldest == INT64_MAX || (!much && oldest >= cutoff_ms))
            *done = true;
        else if (o.chunk_ms <= o.died_ms)
            rc = delete_chunk(a, o.chunk, o.data.s, o.data.len, err);
        else
            rc = delete_life(a, &o, err);
    }
    str_done(&o.data);
    return rc;
}

/* Gives free pages back to the disk where there are many. */
static int vacuum(struct history_archive *a, bool *done, struct error *err)
{
    int64_t used, freed, cap;
    int rc = archive_size_in_pages(a, &used, &freed, &cap, err);
    *done = true;
    if (rc || (freed <= FREE_PAGES_MIN + used / 4 && used + freed <= cap))
        return rc;
    if (freed == 0)
        return 0;
    rc = history_db_exec(a->db.handle, err, "PRAGMA incremental_vacuum(%d)", VACUUM_PAGES);
    *done = freed <= VACUUM_PAGES;
    return rc ? rc : archive_limit(a, err);
}

int archive_trim(struct history_archive *a, int64_t now_ms, struct error *err)
{
    if (!a->trimming && a->trimmed_ms && now_ms >= a->trimmed_ms && now_ms - a->trimmed_ms < EVERY_MS)
        return 0;
    int64_t used, freed, cap;
    int rc = archive_size_in_pages(a, &used, &freed, &cap, err);
    if (rc)
        return rc;
    int64_t cutoff = a->settings.max_age_ms > 0 ? now_ms - a->settings.max_age_ms : INT64_MIN;
    int64_t later = a->rolling ? LATER_PERCENT : 0, goal = cap / 100 * (GOAL_PERCENT + later);
    bool full = used > cap / 100 * (FULL_PERCENT + later) || (a->trimming && used > goal);
    bool removed, vacuumed = true;
    rc = remove_oldest(a, cutoff, full ? goal : INT64_MAX, &removed, err);
    if (!rc)
        rc = history_db_run(&a->db, SQL_RUN_TRIM, err, "i", cutoff);
    if (!rc)
        rc = vacuum(a, &vacuumed, err);
    a->trimming = !removed || !vacuumed;
    a->trimmed_ms = now_ms;
    return rc;
}
