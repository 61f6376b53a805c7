/* The loop's side of history: jobs for the writer's thread, and the row in `sources`. */
#include "history/history.h"
#include "base/vec.h"
#include "base/workers.h"
#include "history/archive.h"
#include "history/collect.h"
#include "history/status.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>

enum {
    TICK_MS = 1000,    /* at most one transaction in this time */
    IDLE_TICKS = 10,   /* so often the writer is woken when there is nothing for it */
    RETRY_MS = 60000,  /* after an error */
    LOCKED_MS = 10000, /* while somebody else writes */
    FOLD_MS = 15 * 60000,
    FOLD_BYTES = 32 * 1024 * 1024,
    SAMPLE_MS = 60000,
};

#define BYTES_DEFAULT (INT64_C(4) << 30)

/* Where history_free waits for the last job. Owned by the job's thread if it was abandoned. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t passed;
    bool is_passed;
};

struct history {
    struct event_base *base;
    struct store *store;
    struct history_archive *archive;
    struct history_collect *collect;
    struct workers *workers;
    struct store_listener *listener;
    struct event *tick;
    struct history_status status;
    bool read_only;
    uint64_t epoch;   /* of batches: another with each opening */
    bool writing;     /* the archive takes batches */
    bool opening;     /* an opening is under way */
    bool busy;        /* a commit is under way */
    bool more;        /* the archive asked for another one */
    bool uncommitted; /* a batch was sent for a reader, without its commit */
    int idle;         /* ticks since the last */
    int64_t retry_us; /* when to open again; 0: never */
    bool closing;
};

static int64_t wall(const struct history *h)
{
    return clock_wall_ms(store_clock(h->store));
}

static int64_t mono(const struct history *h)
{
    return clock_mono_us(store_clock(h->store));
}

/* ---- opening ---- */

struct open_job {
    struct history *h;
    struct history_archive *archive;
    int64_t now_ms;
    uint64_t epoch;
    bool condemn;
    int rc;
    enum history_archive_state state;
    char note[512];
    struct error err;
};

static void run_open(void *arg)
{
    struct open_job *j = arg;
    if (j->condemn)
        history_archive_condemn(j->archive);
    j->rc = history_archive_open(j->archive, j->now_ms, j->epoch, j->note, &j->err);
    j->state = history_archive_state(j->archive);
}

static void fail(struct history *h, const struct error *err, bool again)
{
    h->writing = h->more = h->uncommitted = false;
    h->retry_us = again ? mono(h) + INT64_C(1000) * RETRY_MS : 0;
    history_collect_reset(h->collect);
    h->status.state = HISTORY_STATUS_FAILED;
    snprintf(h->status.text, sizeof h->status.text, "%s", err->text);
    h->status.changed = true;
}

static void done_open(void *arg)
{
    struct open_job *j = arg;
    struct history *h = j->h;
    h->opening = false;
    if (h->closing) {
        free(j);
        return;
    }
    if (j->rc) {
        fail(h, &j->err, j->rc != ERR_LIMIT && j->rc != ERR_NOT_FOUND);
    } else {
        h->writing = j->state == HISTORY_ARCHIVE_WRITING;
        h->status.state = j->note[0] ? HISTORY_STATUS_PARTIAL : HISTORY_STATUS_OK;
        snprintf(h->status.text, sizeof h->status.text, "%s", j->note);
        h->status.changed = true;
        h->status.last_ok_ms = j->now_ms;
        h->retry_us = h->writing || h->read_only ? 0 : mono(h) + INT64_C(1000) * LOCKED_MS;
        if (h->writing) {
            history_collect_reset(h->collect);
            history_collect_changes(h->collect);
        }
    }
    history_status_show(&h->status, h->store, wall(h));
    free(j);
}

static void start_open(struct history *h, bool condemn)
{
    struct open_job *j = mem_new(struct open_job);
    j->h = h;
    j->archive = h->archive;
    j->now_ms = wall(h);
    j->epoch = ++h->epoch;
    j->condemn = condemn;
    h->writing = false;
    h->opening = true;
    h->retry_us = 0;
    workers_submit(h->workers, run_open, done_open, j);
}

/* ---- writing ---- */

struct write_job {
    struct history *h;
    struct history_archive *archive;
    char *batch;
    size_t len;
    uint64_t epoch;
    bool commit, last;
    int64_t now_ms, took_us;
    int rc;
    bool more;
    struct error err;
    struct gate *gate; /* of the last one */
};

static void run_write(void *arg)
{
    struct write_job *j = arg;
    int64_t begin = clock_mono_us(&clock_system);
    j->rc = history_archive_apply(j->archive, j->batch, j->len, j->epoch, &j->err);
    if (!j->rc && j->commit)
        j->rc = history_archive_commit(j->archive, j->now_ms, &j->more, &j->err);
    if (j->rc || j->last)
        history_archive_close(j->archive);
    j->took_us = clock_mono_us(&clock_system) - begin;
    if (j->last) {
        pthread_mutex_lock(&j->gate->lock);
        j->gate->is_passed = true;
        pthread_cond_signal(&j->gate->passed);
        pthread_mutex_unlock(&j->gate->lock);
    }
}

static void written(struct history *h, const struct write_job *j)
{
    h->more = j->more;
    h->status.transactions++;
    h->status.took_ms = j->took_us / 1000;
    h->status.rows = history_collect_rows(h->collect);
    h->status.last_ok_ms = j->now_ms;
}

static void done_write(void *arg)
{
    struct write_job *j = arg;
    struct history *h = j->h;
    if (j->commit)
        h->busy = false;
    if (j->epoch == h->epoch && !h->closing) {
        if (j->rc) {
            fail(h, &j->err, true);
            if (j->rc == ERR_INVALID) /* at once: it goes on with a file that is whole */
                start_open(h, true);
        } else if (j->commit) {
            written(h, j);
        }
        history_status_show(&h->status, h->store, wall(h));
    }
    free(j->batch);
    free(j);
}

static void submit_batch(struct history *h, bool commit, struct gate *gate)
{
    struct write_job *j = mem_new(struct write_job);
    j->h = h;
    j->archive = h->archive;
    j->batch = history_collect_take(h->collect, &j->len);
    j->epoch = h->epoch;
    j->commit = commit;
    j->gate = gate;
    j->last = gate != NULL;
    j->now_ms = wall(h);
    if (commit) {
        h->busy = true;
        h->idle = 0;
    }
    h->uncommitted = !commit;
    workers_submit(h->workers, run_write, done_write, j);
}

static void on_commit(struct store *store, void *arg)
{
    struct history *h = arg;
    (void)store;
    if (h->writing)
        history_collect_changes(h->collect);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct history *h = arg;
    (void)fd;
    (void)what;
    if (h->writing) {
        history_collect_due(h->collect, false);
        h->idle++;
        if (!h->busy && (history_collect_pending(h->collect) || h->more || h->uncommitted ||
                         h->idle >= IDLE_TICKS))
            submit_batch(h, true, NULL);
    } else if (!h->opening && h->retry_us && mono(h) >= h->retry_us) {
        start_open(h, false);
    }
    history_status_show(&h->status, h->store, wall(h));
}

/* ---- reading ---- */

/* A request for one series (exact or as points), or for those of all rows. */
struct read_job {
    struct history *h;
    struct history_archive *archive;
    char *table, *column;
    enum column_type type;
    int64_t from_ms, to_ms, step_ms;
    int rc;
    struct error err;
    void *arg;
    void (*points_done)(void *arg, const struct stream_point *points, size_t n,
                        const struct error *err);
    void (*exact_done)(void *arg, const struct history_point *points, size_t n,
                       const struct error *err);
    void (*row)(void *arg, const char *key, size_t key_len, const struct stream_point *points,
                size_t n);
    void (*all_done)(void *arg, const struct error *err);
    struct str key;               /* of one series */
    struct history_points points; /* for points_done */
    struct {
        struct history_point *items;
        size_t n, room;
    } exact;                  /* for exact_done */
    struct str texts;         /* of exact, NUL after each */
    struct history_walk walk; /* for all rows */
    bool end;
};

static void free_read(struct read_job *j)
{
    free(j->table);
    free(j->column);
    str_done(&j->key);
    vec_done(&j->points);
    vec_done(&j->exact);
    str_done(&j->texts);
    history_walk_clear(&j->walk);
    free(j);
}

static int add_exact(struct read_job *j, const struct history_sample *s)
{
    struct history_point p = {
        .time_ms = s->time_ms, .quality = (enum quality)s->quality, .i = s->i};
    int rc = 0;
    if (j->type == COLUMN_TEXT && p.quality != QUALITY_UNKNOWN) {
        size_t at = j->texts.len;
        rc = history_archive_text(j->archive, s->i, &j->texts, &j->err);
        p.i = (int64_t)at; /* a pointer once the texts do not move any more */
        p.text_len = j->texts.len - at;
        str_char(&j->texts, '\0');
    }
    vec_push(&j->exact, p);
    return rc;
}

/* Samples as they are, and unknown where what was seen of a row ends. */
static int make_exact(struct read_job *j, const struct history_series *s)
{
    int rc = 0;
    for (size_t i = 0; i < s->samples.n && !rc; i++) {
        const struct history_sample *sample = &s->samples.items[i];
        int64_t until = history_series_holds_until(s, i);
        bool known = sample->quality != QUALITY_UNKNOWN;
        if (sample->time_ms < j->from_ms && (!known || until <= j->from_ms))
            continue;
        rc = add_exact(j, sample);
        bool ends = i + 1 == s->samples.n || until < s->samples.items[i + 1].time_ms;
        if (!rc && known && ends && until <= j->to_ms)
            rc = add_exact(j, &(struct history_sample){.time_ms = until});
    }
    for (size_t i = 0; i < j->exact.n && j->type == COLUMN_TEXT; i++) {
        struct history_point *p = &j->exact.items[i];
        if (p->quality != QUALITY_UNKNOWN)
            p->text = j->texts.s + p->i;
    }
    return rc;
}

static void run_read(void *arg)
{
    struct read_job *j = arg;
    struct history_series series = {0};
    j->rc = history_archive_read(j->archive, j->table, j->key.s, j->key.len, j->column, j->type,
                                 j->from_ms, j->to_ms, &series, &j->err);
    if (!j->rc)
        j->rc = j->exact_done ? make_exact(j, &series)
                              : history_series_points(&series, j->from_ms, j->to_ms, j->step_ms,
                                                      &j->points, &j->err);
    history_series_done(&series);
}

/* A job that was dropped has no result: its walk has not ended and its rc is what it was made with.
 */
static void done_read(void *arg)
{
    struct read_job *j = arg;
    const struct error *err = j->rc ? &j->err : NULL;
    if (j->exact_done)
        j->exact_done(j->arg, err ? NULL : j->exact.items, err ? 0 : j->exact.n, err);
    else
        j->points_done(j->arg, err ? NULL : j->points.items, err ? 0 : j->points.n, err);
    free_read(j);
}

static void run_walk(void *arg)
{
    struct read_job *j = arg;
    j->rc = history_archive_read_next(j->archive, &j->walk, &j->end, &j->err);
}

static void done_walk(void *arg)
{
    struct read_job *j = arg;
    for (size_t i = 0; i < j->walk.rows.n && !j->rc; i++) {
        const struct history_row_series *r = &j->walk.rows.items[i];
        j->points.n = 0;
        history_series_points(&r->series, j->from_ms, j->to_ms, 0, &j->points, NULL);
        if (j->points.n)
            j->row(j->arg, r->key.s, r->key.len, j->points.items, j->points.n);
    }
    if (!j->rc && !j->end && !j->h->closing) {
        j->rc = error_set(&j->err, ERR_CLOSED, "history: icetop ends");
        workers_submit(j->h->workers, run_walk, done_walk, j);
        return;
    }
    if (!j->rc && !j->end)
        j->rc = error_set(&j->err, ERR_CLOSED, "history: icetop ends");
    j->all_done(j->arg, j->rc ? &j->err : NULL);
    free_read(j);
}

static struct read_job *new_read(struct history *h, const struct table *t, const char *column,
                                 int64_t from_ms, int64_t to_ms, void *arg)
{
    struct read_job *j = mem_new(struct read_job);
    int i = table_column_index(t, column);
    j->h = h;
    j->archive = h->archive;
    j->table = mem_strdup(table_name(t));
    j->column = mem_strdup(column);
    j->type = i >= 0 ? table_column(t, (size_t)i)->type : COLUMN_INT;
    j->from_ms = from_ms;
    j->to_ms = to_ms;
    j->arg = arg;
    /* What is found if the job is dropped before it has run. */
    j->rc = error_set(&j->err, ERR_CLOSED, "history: icetop ends");
    return j;
}

/* A request that cannot be read is answered as late as any other. */
static void refuse(struct read_job *j, int code, const char *why)
{
    j->rc = error_set(&j->err, code, "history: column %s of table %s %s", j->column, j->table, why);
}

static void run_nothing(void *arg)
{
    (void)arg;
}

static void submit_read(struct read_job *j, const struct table *t, const struct value *key)
{
    struct history *h = j->h;
    void (*run)(void *arg) = run_read;
    if (table_column_index(t, j->column) < 0)
        refuse(j, ERR_NOT_FOUND, "does not exist");
    else if (j->type == COLUMN_TEXT && !j->exact_done)
        refuse(j, ERR_INVALID, "is a text and has no points");
    else if (!history_collect_key(t, key, &j->key))
        refuse(j, ERR_INVALID, "was asked for with an unknown key");
    if (j->rc != ERR_CLOSED)
        run = run_nothing;
    else if (h->writing && history_collect_pending(h->collect))
        submit_batch(h, false, NULL);
    workers_submit(h->workers, run, done_read, j);
}

void history_read(struct history *h, const struct table *t, const struct value *key,
                  const char *column, int64_t from_ms, int64_t to_ms, int64_t step_ms,
                  void (*done)(void *arg, const struct stream_point *points, size_t n,
                               const struct error *err),
                  void *arg)
{
    struct read_job *j = new_read(h, t, column, from_ms, to_ms, arg);
    j->step_ms = step_ms;
    j->points_done = done;
    submit_read(j, t, key);
}

void history_read_exact(struct history *h, const struct table *t, const struct value *key,
                        const char *column, int64_t from_ms, int64_t to_ms,
                        void (*done)(void *arg, const struct history_point *points, size_t n,
                                     const struct error *err),
                        void *arg)
{
    struct read_job *j = new_read(h, t, column, from_ms, to_ms, arg);
    j->exact_done = done;
    submit_read(j, t, key);
}

void history_read_all(struct history *h, const struct table *t, const char *column, int64_t from_ms,
                      int64_t to_ms,
                      void (*row)(void *arg, const char *key, size_t key_len,
                                  const struct stream_point *points, size_t n),
                      void (*done)(void *arg, const struct error *err), void *arg)
{
    struct read_job *j = new_read(h, t, column, from_ms, to_ms, arg);
    void (*run)(void *arg) = run_walk;
    j->row = row;
    j->all_done = done;
    j->walk = (struct history_walk){.table = j->table,
                                    .column = j->column,
                                    .type = j->type,
                                    .from_ms = from_ms,
                                    .to_ms = to_ms};
    if (table_column_index(t, column) < 0)
        refuse(j, ERR_NOT_FOUND, "does not exist");
    else if (j->type == COLUMN_TEXT)
        refuse(j, ERR_INVALID, "is a text and has no points");
    if (j->rc != ERR_CLOSED)
        run = run_nothing;
    else if (h->writing && history_collect_pending(h->collect))
        submit_batch(h, false, NULL);
    workers_submit(h->workers, run, done_walk, j);
}

int history_backfill(struct history *h, const struct table *t, const struct value *key,
                     const char *column, const struct stream_point *points, size_t n,
                     struct error *err)
{
    if (!h->writing)
        return error_set(err, ERR_UNAVAILABLE, "history: nothing can be written now");
    int i = table_column_index(t, column);
    struct history_samples samples = {0};
    struct str bytes = {0}, chunk = {0};
    int rc = history_collect_key(t, key, &bytes) ? 0 : ERR_INVALID;
    for (size_t k = 0; k < n && !rc && i >= 0; k++) {
        struct history_sample s = {.time_ms = points[k].time_ms, .quality = QUALITY_EXACT};
        s.real = table_column(t, (size_t)i)->type == COLUMN_REAL;
        if (s.real)
            s.d = points[k].value;
        else if (points[k].value >= -0x1p63 && points[k].value < 0x1p63)
            s.i = (int64_t)points[k].value;
        else
            s.quality = QUALITY_UNKNOWN; /* NaN or infinite: no integer */
        if (k && s.time_ms <= points[k - 1].time_ms)
            rc = ERR_INVALID;
        vec_push(&samples, s);
    }
    for (size_t at = 0; at < samples.n && !rc; at += HISTORY_CHUNK_SAMPLES) {
        size_t some =
            samples.n - at < HISTORY_CHUNK_SAMPLES ? samples.n - at : HISTORY_CHUNK_SAMPLES;
        str_clear(&chunk);
        history_chunk_encode(&chunk, samples.items + at, some, false, 0);
        rc = history_collect_past(h->collect, t, bytes.s, bytes.len, column, chunk.s, chunk.len);
    }
    vec_done(&samples);
    str_done(&bytes);
    str_done(&chunk);
    static const char *const why[] = {[-ERR_INVALID] =
                                          "unknown key, or points not in order of time",
                                      [-ERR_LIMIT] = "too much at once",
                                      [-ERR_NOT_FOUND] = "no such number is kept"};
    return rc ? error_set(err, rc, "history: samples of %s.%s refused: %s", table_name(t), column,
                          why[-rc])
              : 0;
}

/* ---- life ---- */

struct history *history_new(struct event_base *base, struct store *store,
                            const struct history_settings *settings,
                            bool (*watched)(void *arg, const struct table *t, const struct row *r),
                            void *arg)
{
    struct history *h = mem_new(struct history);
    const struct history_archive_settings as = {
        .path = settings->path,
        .max_bytes = settings->max_bytes > 0 ? settings->max_bytes : BYTES_DEFAULT,
        .max_age_ms = settings->max_age_ms,
        .read_only = settings->read_only,
        .fold_ms = FOLD_MS,
        .fold_bytes = FOLD_BYTES,
    };
    h->base = base;
    h->store = store;
    h->read_only = settings->read_only;
    h->archive = history_archive_new(&as);
    h->collect = history_collect_new(
        store, settings->sample_ms > 0 ? settings->sample_ms : SAMPLE_MS, watched, arg);
    h->workers = workers_new(base, "history", 1);
    h->listener = store_listen(store, on_commit, h);
    h->tick = event_new(base, -1, EV_PERSIST, on_tick, h);
    event_add(h->tick, &(struct timeval){.tv_sec = TICK_MS / 1000});
    h->status.changed = true;
    history_status_show(&h->status, store, wall(h));
    start_open(h, false);
    return h;
}

static struct gate *new_gate(void)
{
    struct gate *g = mem_new(struct gate);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->passed, &attr);
    pthread_condattr_destroy(&attr);
    return g;
}

static void wait_for(struct gate *g, int wait_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + (int64_t)(wait_ms % 1000) * 1000000;
    until.tv_sec += wait_ms / 1000 + (time_t)(ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    pthread_mutex_lock(&g->lock);
    while (!g->is_passed && pthread_cond_timedwait(&g->passed, &g->lock, &until) != ETIMEDOUT)
        ;
    pthread_mutex_unlock(&g->lock);
}

void history_free(struct history *h, int wait_ms)
{
    enum { END_MS = 20 }; /* for the thread to end once its last job is done */
    if (!h)
        return;
    struct gate *g = new_gate();
    h->closing = true;
    if (h->writing)
        history_collect_due(h->collect, true);
    history_archive_hurry(h->archive);
    submit_batch(h, true, g);
    wait_for(g, wait_ms);
    store_unlisten(h->store, h->listener);
    event_free(h->tick);
    if (workers_free(h->workers, END_MS)) {
        history_archive_free(h->archive);
        pthread_cond_destroy(&g->passed);
        pthread_mutex_destroy(&g->lock);
        free(g);
    } /* else the abandoned thread has them */
    history_collect_free(h->collect);
    free(h);
}
