/* Rolling up: as chunks grow old and space gets short they are rewritten with fewer samples, a slice at a time.
 *
 * A chunk's resolution says which step it was thinned to; the index over resolution and beginning finds the oldest one that
 * is due for the next. What is old enough of it joins the chunk before it if that has the same resolution and room; the
 * rest stays as it is. So a sample is rewritten about once for each step. A chunk that is no denser than the step is not
 * cut: only its resolution is written, and folding goes on with it as long as that is so. Each chunk is replaced within one
 * transaction: after a crash it is there as it was before, or as it is after. */
#include "history/archive_internal.h"
#include "history/schema.h"
#include "history/thin.h"

enum {
    SLICE_US = 150000,
    EVERY_MS = 60000,
    BATCH_MAX_MS = 12 * 3600 * 1000, /* a chunk waits at most so long until more of it is due */
    BATCH_PART = 4,                  /* nor longer than this part of the age: more would have to be kept, as finely */
    NEVER = -1,                      /* in the place of a resolution: never to be thinned */
    LOOK_EVERY = 64,                 /* chunks, between two looks at the size */
};

/* One chunk that is due, with what was found about it. */
struct roll {
    int64_t id, series, until_ms, resolution_ms;
    const struct history_step *step;
    int64_t before_ms; /* what is older is due */
    bool texts;
    struct history_samples samples; /* its own */
    struct history_samples out;     /* thinned ones, after those of the chunk that they join */
    int64_t last_id;                /* the chunk before it; 0: none */
    bool joins;                     /* which is rewritten, too */
};

static void roll_done(struct roll *r)
{
    vec_done(&r->samples);
    vec_done(&r->out);
}

static int damaged(struct error *err)
{
    return error_set(err, ERR_INVALID, "history: found damaged data in the database");
}

static int64_t whole_steps(int64_t time_ms, int64_t step_ms)
{
    int64_t rest = time_ms % step_ms;
    return time_ms - (rest < 0 ? rest + step_ms : rest);
}

/* The step after this resolution; NULL if there is none. */
static const struct history_step *next_step(const struct history_archive *a, int64_t resolution_ms)
{
    for (size_t i = 0; i < a->settings.nthin; i++)
        if (a->settings.thin[i].every_ms > resolution_ms)
            return &a->settings.thin[i];
    return NULL;
}

/* 1 with the oldest chunk of this resolution, if it is due; else 0. */
static int find_due(struct history_archive *a, int64_t resolution_ms, int64_t now_ms, struct roll *r, struct error *err)
{
    const struct history_step *step = next_step(a, resolution_ms);
    if (!step)
        return 0;
    int64_t part = step->after_ms / BATCH_PART, batch = part < BATCH_MAX_MS ? part : BATCH_MAX_MS;
    int64_t before = whole_steps(now_ms - step->after_ms, step->every_ms);
    sqlite3_stmt *s = history_db_query(&a->db, SQL_CHUNK_DUE, err, "ii", resolution_ms, before - batch);
    int rc = s ? history_db_next(&a->db, s, err) : history_db_error(a->db.handle, NULL);
    if (rc != 1)
        return rc;
    struct history_chunk_head head;
    *r = (struct roll){.id = sqlite3_column_int64(s, 0),
                       .series = sqlite3_column_int64(s, 1),
                       .until_ms = sqlite3_column_type(s, 2) == SQLITE_NULL ? INT64_MAX : sqlite3_column_int64(s, 2),
                       .resolution_ms = resolution_ms,
                       .step = step,
                       .before_ms = before};
    if (history_chunk_decode(sqlite3_column_blob(s, 3), (size_t)sqlite3_column_bytes(s, 3), &head, &r->samples) ||
        !r->samples.n)
        rc = damaged(err);
    else
        r->texts = head.texts;
    sqlite3_reset(s);
    return rc;
}

/* Any chunk that is due: 1, 0 or an error. */
static int find_any(struct history_archive *a, int64_t now_ms, struct roll *r, struct error *err)
{
    int64_t resolution = NEVER;
    for (;;) {
        int rc = history_db_number(&a->db, SQL_CHUNK_RESOLUTION, err, &resolution, "i", resolution);
        if (rc == 1)
            rc = find_due(a, resolution, now_ms, r, err);
        else
            return rc;
        if (rc)
            return rc;
    }
}

/* Reads the chunk before it, which it joins if that is of the step already and has room. */
static int read_last(struct history_archive *a, struct roll *r, struct history_sample *last, struct error *err)
{
    sqlite3_stmt *s = history_db_query(&a->db, SQL_CHUNKS_TO, err, "ii", r->series, r->samples.items[0].time_ms - 1);
    int rc = s ? history_db_next(&a->db, s, err) : history_db_error(a->db.handle, NULL);
    if (rc != 1)
        return rc;
    r->last_id = sqlite3_column_int64(s, 0);
    if (history_chunk_decode(sqlite3_column_blob(s, 3), (size_t)sqlite3_column_bytes(s, 3), NULL, &r->out) ||
        !r->out.n) {
        rc = damaged(err);
    } else {
        *last = r->out.items[r->out.n - 1];
        r->joins = sqlite3_column_int64(s, 4) == r->step->every_ms && r->out.n < HISTORY_CHUNK_SAMPLES;
        if (!r->joins)
            r->out.n = 0;
    }
    sqlite3_reset(s);
    return rc < 0 ? rc : 0;
}

static int find_kind(struct history_archive *a, const struct roll *r, enum history_thin *kind, struct error *err)
{
    int64_t item = r->series / HISTORY_SCHEMA_SLOTS, slot = r->series % HISTORY_SCHEMA_SLOTS;
    *kind = HISTORY_THIN_NOT;
    if (r->texts)
        return 0;
    sqlite3_stmt *s = history_db_query(&a->db, SQL_COLUMN_OF, err, "ii", item, slot);
    int rc = s ? history_db_next(&a->db, s, err) : history_db_error(a->db.handle, NULL);
    if (rc == 1) {
        *kind = history_thin_kind((const char *)sqlite3_column_text(s, 0), (const char *)sqlite3_column_text(s, 1));
        sqlite3_reset(s);
    }
    return rc < 0 ? rc : 0;
}

/* What is written in the place of the old chunks, in order of time. */
struct piece {
    const struct history_sample *samples;
    size_t n;
    int64_t resolution_ms;
};

struct pieces {
    struct piece *items;
    size_t n, room;
};

/* Writes a piece over the chunk with that id; 0: as another one, among those of its step. */
static int write_piece(struct history_archive *a, const struct roll *r, const struct piece *x, int64_t until,
                       int64_t id, struct str *data, struct error *err)
{
    int64_t first = x->samples[0].time_ms, last = x->samples[x->n - 1].time_ms;
    str_clear(data);
    history_chunk_encode(data, x->samples, x->n, r->texts, x->resolution_ms);
    return id ? history_db_run(&a->db, SQL_CHUNK_SET, err, "iiioiib", id, first, last, until, x->resolution_ms,
                               (int64_t)x->n, (const void *)data->s, data->len)
              : history_db_run(&a->db, SQL_CHUNK_ADD, err, "iiioiibii", r->series, first, last, until, x->resolution_ms,
                               (int64_t)x->n, (const void *)data->s, data->len,
                               (r->step - a->settings.thin + 1) * HISTORY_SCHEMA_CHUNKS, HISTORY_SCHEMA_CHUNKS);
}

static int write_pieces(struct history_archive *a, const struct roll *r, const struct pieces *p, struct error *err)
{
    int64_t own = r->id, joined = r->joins ? r->last_id : 0;
    struct str data = {0};
    int rc = 0;
    for (size_t i = 0; i < p->n && !rc; i++) {
        const struct piece *x = &p->items[i];
        int64_t until = i + 1 < p->n ? p->items[i + 1].samples[0].time_ms : r->until_ms;
        int64_t *id = x->resolution_ms == r->resolution_ms ? &own : &joined;
        rc = write_piece(a, r, x, until, *id, &data, err);
        *id = 0;
    }
    if (!rc && own)
        rc = history_db_run(&a->db, SQL_CHUNK_DELETE, err, "i", own);
    if (!rc && joined)
        rc = history_db_run(&a->db, SQL_CHUNK_DELETE, err, "i", joined);
    if (!rc && r->last_id && !r->joins)
        rc = history_db_run(&a->db, SQL_CHUNK_UNTIL, err, "io", r->last_id,
                            p->n ? p->items[0].samples[0].time_ms : r->until_ms);
    str_done(&data);
    return rc;
}

/* True if all of the chunk is no denser than the step, and thinning left what is due of it, n samples, as it was. */
static bool stays(const struct roll *r, size_t n)
{
    const struct history_sample *s = r->samples.items, *end = &s[r->samples.n - 1];
    if (r->joins || r->out.n != n || (end->time_ms - s->time_ms) / r->step->every_ms < (int64_t)r->samples.n - 1)
        return false;
    for (size_t i = 0; i < n; i++)
        if (r->out.items[i].time_ms != s[i].time_ms || !history_sample_same(&r->out.items[i], &s[i]))
            return false;
    return true;
}

static int roll_up(struct history_archive *a, struct roll *r, struct error *err)
{
    struct history_sample last;
    struct pieces pieces = {0};
    enum history_thin kind;
    int rc = find_kind(a, r, &kind, err);
    if (!rc && kind == HISTORY_THIN_NOT)
        return history_db_run(&a->db, SQL_CHUNK_STEP, err, "ii", r->id, (int64_t)NEVER);
    if (!rc)
        rc = read_last(a, r, &last, err);
    if (rc)
        return rc;
    const struct history_sample *s = r->samples.items;
    size_t n = 0;
    while (n < r->samples.n && s[n].time_ms < r->before_ms)
        n++;
    history_thin_samples(s, n, r->samples.n, r->last_id ? &last : NULL, r->step->every_ms, kind, &r->out);
    if (stays(r, n))
        return history_db_run(&a->db, SQL_CHUNK_STEP, err, "ii", r->id, r->step->every_ms);
    for (size_t at = 0, some; at < r->out.n; at += some) {
        some = r->out.n - at < HISTORY_CHUNK_SAMPLES ? r->out.n - at : HISTORY_CHUNK_SAMPLES;
        vec_push(&pieces, (struct piece){&r->out.items[at], some, r->step->every_ms});
    }
    if (n < r->samples.n)
        vec_push(&pieces, (struct piece){s + n, r->samples.n - n, r->resolution_ms});
    rc = write_pieces(a, r, &pieces, err);
    vec_done(&pieces);
    return rc;
}

static int is_short_of_space(struct history_archive *a, bool *is_short, struct error *err)
{
    int64_t used, freed, cap;
    int rc = archive_size_in_pages(a, &used, &freed, &cap, err);
    if (!rc)
        *is_short = used > cap / 100 * a->settings.thin_percent;
    return rc;
}

int archive_roll(struct history_archive *a, int64_t now_ms, struct error *err)
{
    bool due = a->rolling || !a->rolled_ms || now_ms < a->rolled_ms || now_ms - a->rolled_ms >= EVERY_MS;
    if (!a->settings.nthin || !due || a->fold.active)
        return 0; /* while folding goes on, a sample may be both in a chunk and still to be merged into it */
    int64_t until = archive_now_us() + SLICE_US;
    int rc = 0;
    bool done = false;
    for (unsigned i = 0; !rc && !done && archive_now_us() < until; i++) {
        struct roll r = {0};
        bool is_short = true;
        if (i % LOOK_EVERY == 0)
            rc = is_short_of_space(a, &is_short, err);
        if (!rc && is_short) {
            rc = find_any(a, now_ms, &r, err);
            done = rc == 0;
            if (rc == 1)
                rc = roll_up(a, &r, err);
        } else {
            done = true;
        }
        roll_done(&r);
    }
    a->rolling = !done;
    a->rolled_ms = now_ms;
    return rc;
}
