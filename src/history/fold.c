/* Folding: what the journal holds becomes chunks, a slice at a time.
 *
 * The journal makes a transaction cheap: one entry, whatever the number of series. Chunks make
 * samples small and quick to read. In between, every fold_ms, each series' new samples are merged
 * into its last chunk. A slice that was committed is only done again after a crash: merging a
 * sample that is there already changes nothing. */
#include "history/archive_internal.h"
#include "history/schema.h"

#include <stdlib.h>

enum {
    SLICE_US = 200000,          /* so that a commit comes in time */
    PASS_SAMPLES = 128 * 1024, /* of one pass: 5 MB, and 2 for sorting */
};

/* A chunk that was read. */
struct old_chunk {
    int64_t id;
    size_t first, n; /* its samples */
};

/* The rewriting of the chunks of one series that its new samples meet. */
struct rewrite {
    int64_t series;
    bool texts;
    VEC(struct old_chunk) chunks;       /* latest first; all are replaced */
    struct history_samples old, merged; /* old: chunk by chunk, as read */
    int64_t before_id;                  /* the chunk before them, which stays; 0: none */
    struct history_sample before;       /* its last sample, if there is one */
    int64_t resolution_ms;              /* the coarsest of theirs */
    int64_t after_ms;                   /* where the chunk after them begins; INT64_MAX: none */
};

void archive_fold_done(struct archive_fold *f)
{
    vec_done(&f->entries);
    *f = (struct archive_fold){0};
}

static int damaged(struct error *err)
{
    return error_set(err, ERR_INVALID, "history: found damaged data in the database");
}

/* ---- references to texts ---- */

struct text_count {
    int64_t id, delta;
};

static int compare_counts(const void *a, const void *b)
{
    const struct text_count *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

struct text_counts {
    struct text_count *items;
    size_t n, room;
};

static void count_texts(struct text_counts *c, const struct history_sample *s, size_t n, int sign)
{
    for (size_t i = 0; i < n; i++)
        if (s[i].quality != QUALITY_UNKNOWN)
            vec_push(c, (struct text_count){.id = s[i].i, .delta = sign});
}

static int apply_counts(struct history_archive *a, struct text_counts *c, struct error *err)
{
    int rc = 0;
    if (c->n)
        qsort(c->items, c->n, sizeof *c->items, compare_counts);
    for (size_t i = 0, end; i < c->n && !rc; i = end) {
        int64_t sum = 0;
        for (end = i; end < c->n && c->items[end].id == c->items[i].id; end++)
            sum += c->items[end].delta;
        if (sum)
            rc = archive_text_refs(a, c->items[i].id, sum, err);
    }
    vec_done(c);
    return rc;
}

int archive_chunk_refs(struct history_archive *a, const void *chunk, size_t len, int sign, struct error *err)
{
    struct history_samples samples = {0};
    struct history_chunk_head head;
    struct text_counts counts = {0};
    int rc = history_chunk_decode(chunk, len, &head, &samples) ? damaged(err) : 0;
    if (!rc && head.texts) {
        count_texts(&counts, samples.items, samples.n, sign);
        rc = apply_counts(a, &counts, err);
    }
    vec_done(&samples);
    return rc;
}

/* ---- one series ---- */

/* Reads the chunks that n new samples of [first, last] meet, and the one before them: it is continued
 * if it is not full, and the new ones are not closer to one another than its step. */
static int read_old(struct history_archive *a, struct rewrite *w, int64_t first, int64_t last, size_t n,
                    struct error *err)
{
    int rc = history_db_number(&a->db, SQL_CHUNK_AFTER, err, &w->after_ms, "ii", w->series, last);
    if (rc < 0)
        return rc;
    sqlite3_stmt *s = history_db_query(&a->db, SQL_CHUNKS_TO, err, "ii", w->series, last);
    if (!s)
        return history_db_error(a->db.handle, NULL);
    while ((rc = history_db_next(&a->db, s, err)) == 1) {
        struct old_chunk c = {.id = sqlite3_column_int64(s, 0), .first = w->old.n};
        int64_t last_ms = sqlite3_column_int64(s, 1);
        if (history_chunk_decode(sqlite3_column_blob(s, 3), (size_t)sqlite3_column_bytes(s, 3), NULL, &w->old) ||
            w->old.n == c.first) {
            sqlite3_reset(s);
            return damaged(err);
        }
        c.n = w->old.n - c.first;
        int64_t resolution = sqlite3_column_int64(s, 4);
        bool fits = resolution <= 0 || (last - last_ms) / resolution >= (int64_t)n;
        if (last_ms >= first || (c.n < HISTORY_CHUNK_SAMPLES && fits)) {
            w->resolution_ms = resolution > w->resolution_ms ? resolution : w->resolution_ms;
            vec_push(&w->chunks, c);
        } else {
            w->before_id = c.id;
            w->before = w->old.items[w->old.n - 1];
            w->old.n = c.first;
        }
        if (last_ms < first) {
            sqlite3_reset(s);
            return 0;
        }
    }
    return rc;
}

/* Appends a sample unless it says nothing new. */
static void keep(struct rewrite *w, const struct history_sample *s)
{
    struct history_samples *m = &w->merged;
    const struct history_sample *last = m->n ? &m->items[m->n - 1] : w->before_id ? &w->before : NULL;
    if (last ? !s->fresh && history_sample_same(last, s) : s->quality == QUALITY_UNKNOWN)
        return;
    vec_push(m, *s);
}

/* Merges old and new samples; where both have the same time, the new one counts. */
static void merge(struct rewrite *w, const struct history_entry *entries, size_t n)
{
    size_t i = 0;
    for (size_t c = w->chunks.n; c-- > 0;) {
        const struct old_chunk *chunk = &w->chunks.items[c];
        for (size_t k = chunk->first; k < chunk->first + chunk->n; k++) {
            const struct history_sample *old = &w->old.items[k];
            while (i < n && entries[i].sample.time_ms < old->time_ms)
                keep(w, &entries[i++].sample);
            if (i == n || entries[i].sample.time_ms > old->time_ms) {
                keep(w, old);
            } else {
                struct history_sample both = entries[i].sample;
                both.fresh |= old->fresh;
                keep(w, &both);
                i++;
            }
        }
    }
    while (i < n)
        keep(w, &entries[i++].sample);
}

/* Writes samples [first, first + n) of what was merged, in the place of an old chunk if one is
 * left. */
static int write_chunk(struct history_archive *a, struct rewrite *w, size_t first, size_t n, struct error *err)
{
    const struct history_sample *s = &w->merged.items[first], *last = &s[n - 1];
    bool is_last = first + n == w->merged.n;
    int64_t until = is_last ? w->after_ms : s[n].time_ms;
    if (until == INT64_MAX && last->quality == QUALITY_UNKNOWN)
        until = last->time_ms; /* nothing is in force */
    struct str data = {0};
    history_chunk_encode(&data, s, n, w->texts, w->resolution_ms);
    int rc;
    if (w->chunks.n) {
        int64_t id = w->chunks.items[--w->chunks.n].id;
        rc = history_db_run(&a->db, SQL_CHUNK_SET, err, "iiioiib", id, s->time_ms, last->time_ms, until,
                            w->resolution_ms, (int64_t)n, (const void *)data.s, data.len);
    } else {
        rc = history_db_run(&a->db, SQL_CHUNK_ADD, err, "iiioiibii", w->series, s->time_ms, last->time_ms, until,
                            w->resolution_ms, (int64_t)n, (const void *)data.s, data.len, (int64_t)0,
                            HISTORY_SCHEMA_CHUNKS);
    }
    str_done(&data);
    return rc;
}

static int write_merged(struct history_archive *a, struct rewrite *w, struct error *err)
{
    struct text_counts counts = {0};
    int rc = 0;
    if (w->texts) {
        count_texts(&counts, w->old.items, w->old.n, -1);
        count_texts(&counts, w->merged.items, w->merged.n, 1);
    }
    for (size_t at = 0, n; at < w->merged.n && !rc; at += n) {
        n = w->merged.n - at;
        if (n > HISTORY_CHUNK_SAMPLES)
            n = HISTORY_CHUNK_SAMPLES;
        rc = write_chunk(a, w, at, n, err);
    }
    while (w->chunks.n && !rc)
        rc = history_db_run(&a->db, SQL_CHUNK_DELETE, err, "i", w->chunks.items[--w->chunks.n].id);
    if (!rc && w->before_id && w->merged.n)
        rc = history_db_run(&a->db, SQL_CHUNK_UNTIL, err, "ii", w->before_id, w->merged.items[0].time_ms);
    if (rc)
        vec_done(&counts);
    return rc ? rc : apply_counts(a, &counts, err);
}

static int fold_series(struct history_archive *a, const struct history_entry *entries, size_t n, struct error *err)
{
    struct rewrite w = {.series = entries[0].series, .texts = entries[0].text, .after_ms = INT64_MAX};
    int64_t exists = 0;
    int rc = read_old(a, &w, entries[0].sample.time_ms, entries[n - 1].sample.time_ms, n, err);
    if (!rc && !w.chunks.n && !w.before_id && w.after_ms == INT64_MAX) {
        /* A row may have been trimmed since: then nothing may refer to it. */
        rc = history_db_number(&a->db, SQL_ITEM_EXISTS, err, &exists, "i", w.series / HISTORY_SCHEMA_SLOTS);
        if (rc == 0)
            goto out;
        rc = rc < 0 ? rc : 0;
    }
    if (rc)
        goto out;
    merge(&w, entries, n);
    rc = write_merged(a, &w, err);
out:
    vec_done(&w.chunks);
    vec_done(&w.old);
    vec_done(&w.merged);
    return rc;
}

/* ---- slices ---- */

static int load_pass(struct history_archive *a, struct error *err)
{
    struct archive_fold *f = &a->fold;
    const struct history_filter all = {.low = 0, .high = INT64_MAX, .slot = -1, .rest = f->pass, .of = f->passes};
    f->entries.n = f->at = 0;
    int64_t any_time = INT64_MAX;
    sqlite3_stmt *s = history_db_query(&a->db, SQL_JOURNAL_SCAN, err, "ii", f->through, any_time);
    if (!s)
        return history_db_error(a->db.handle, NULL);
    int rc;
    while ((rc = history_db_next(&a->db, s, err)) == 1)
        if (history_journal_decode(sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0), &all, &f->entries)) {
            sqlite3_reset(s);
            return damaged(err);
        }
    history_journal_sort(&f->entries);
    return rc;
}

static int begin(struct history_archive *a, struct error *err)
{
    struct archive_fold *f = &a->fold;
    f->active = true;
    f->through = a->journal_id - 1;
    f->passes = 1 + a->journal_samples / PASS_SAMPLES;
    f->pass = 0;
    return load_pass(a, err);
}

static int finish(struct history_archive *a, struct error *err)
{
    int64_t through = a->fold.through;
    archive_fold_done(&a->fold);
    int rc = history_db_run(&a->db, SQL_JOURNAL_DELETE, err, "i", through);
    if (!rc)
        rc = history_db_run(&a->db, SQL_TEXT_SWEEP, err, "i", through);
    if (!rc && sqlite3_changes(a->db.handle))
        archive_forget_texts(a);
    return rc ? rc : archive_journal_size(a, err);
}

int archive_fold(struct history_archive *a, struct error *err)
{
    struct archive_fold *f = &a->fold;
    int64_t until = archive_now_us() + SLICE_US;
    int rc = f->active ? 0 : begin(a, err);
    while (!rc && archive_now_us() < until) {
        if (f->at == f->entries.n) {
            if (++f->pass == f->passes)
                return finish(a, err);
            rc = load_pass(a, err);
            continue;
        }
        size_t end = f->at + 1;
        while (end < f->entries.n && f->entries.items[end].series == f->entries.items[f->at].series)
            end++;
        rc = fold_series(a, &f->entries.items[f->at], end - f->at, err);
        f->at = end;
    }
    return rc;
}
