/* The loop's side of history: jobs for the writer's thread, and the row in `sources`. */
#include "history/history.h"
#include "base/clock.h"
#include "base/loop.h"
#include "base/vec.h"
#include "base/workers.h"
#include "history/history_internal.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>

enum {
    TICK_MS = 1000,    /* at most one transaction in this time */
    SLICE_ROWS = 2000, /* in one turn of the loop */
    IDLE_TICKS = 10,   /* so often the writer is woken when there is nothing for it */
    RETRY_MS = 60000,  /* after an error */
    LOCKED_MS = 10000, /* while somebody else writes */
    FOLD_MS = 15 * 60000,
    FOLD_BYTES = 32 * 1024 * 1024,
    SAMPLE_MS = 60000,
    THIN_PERCENT = 60, /* of the cap */
};

#define BYTES_DEFAULT (INT64_C(4) << 30)

/* Where history_free waits for the last job. Owned by the job's thread if it was abandoned. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t passed;
    bool is_passed;
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
            event_active(h->work, 0, 0);
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
            if (j->rc == ERR_INVALID && mono(h) >= h->condemn_us) {
                /* At once: it goes on with a file that is whole. Where the next one is not, either,
                 * the disk shall not be filled with what was set aside. */
                h->condemn_us = h->retry_us;
                start_open(h, true);
            }
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

void history_send_pending(struct history *h)
{
    while (h->writing && history_collect_is_cut(h->collect))
        history_collect_due(h->collect, false);
    if (h->writing && history_collect_pending(h->collect))
        submit_batch(h, false, NULL);
}

/* Very many rows are looked at in several turns of the loop. */
static void go_on(struct history *h)
{
    if (h->writing && history_collect_is_cut(h->collect))
        event_active(h->work, 0, 0);
}

static void on_work(evutil_socket_t fd, short what, void *arg)
{
    struct history *h = arg;
    (void)fd, (void)what;
    if (h->writing)
        history_collect_due(h->collect, false);
    go_on(h);
}

static void on_commit(struct store *store, void *arg)
{
    struct history *h = arg;
    (void)store;
    if (h->writing)
        history_collect_changes(h->collect);
    go_on(h);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct history *h = arg;
    (void)fd;
    (void)what;
    if (h->writing) {
        history_collect_due(h->collect, false);
        go_on(h);
        h->idle++;
        if (!h->busy && (history_collect_pending(h->collect) || h->more || h->uncommitted || h->idle >= IDLE_TICKS))
            submit_batch(h, true, NULL);
    } else if (!h->opening && h->retry_us && mono(h) >= h->retry_us) {
        start_open(h, false);
    }
    history_status_show(&h->status, h->store, wall(h));
}

/* ---- the past ---- */

int history_backfill(struct history *h, const struct table *t, const struct value *key, const char *column,
                     const struct stream_point *points, size_t n, struct error *err)
{
    if (!h->writing)
        return error_set(err, ERR_UNAVAILABLE, "history: nothing can be written now");
    int i = table_column_index(t, column);
    struct history_samples samples = {0};
    struct str bytes = {0}, chunk = {0};
    int rc = table_key_encode(t, key, &bytes) ? 0 : ERR_INVALID;
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
        size_t some = samples.n - at < HISTORY_CHUNK_SAMPLES ? samples.n - at : HISTORY_CHUNK_SAMPLES;
        str_clear(&chunk);
        history_chunk_encode(&chunk, samples.items + at, some, false, 0);
        rc = history_collect_past(h->collect, t, bytes.s, bytes.len, column, chunk.s, chunk.len);
    }
    vec_done(&samples);
    str_done(&bytes);
    str_done(&chunk);
    static const char *const why[] = {[-ERR_INVALID] = "unknown key, or points not in order of time",
                                      [-ERR_LIMIT] = "too much at once",
                                      [-ERR_NOT_FOUND] = "no such number is kept"};
    return rc ? error_set(err, rc, "history: samples of %s.%s refused: %s", table_name(t), column, why[-rc]) : 0;
}

/* ---- life ---- */

struct history *history_new(struct event_base *base, struct store *store, const struct history_settings *settings,
                            bool (*watched)(void *arg, const struct table *t, const struct row *r), void *arg)
{
    struct history *h = mem_new(struct history);
    struct history_archive_settings as = {
        .path = settings->path,
        .max_bytes = settings->max_bytes > 0 ? settings->max_bytes : BYTES_DEFAULT,
        .max_age_ms = settings->max_age_ms,
        .read_only = settings->read_only,
        .fold_ms = FOLD_MS,
        .fold_bytes = FOLD_BYTES,
        .nthin = settings->nthin,
        .thin_percent = THIN_PERCENT,
    };
    memcpy(as.thin, settings->thin, sizeof as.thin);
    h->base = base;
    h->store = store;
    h->read_only = settings->read_only;
    h->archive = history_archive_new(&as);
    h->collect = history_collect_new(store, settings->sample_ms > 0 ? settings->sample_ms : SAMPLE_MS, watched, arg);
    history_collect_slice(h->collect, SLICE_ROWS);
    h->workers = workers_new(base, "history", 1);
    h->work = event_new(base, -1, 0, on_work, h);
    loop_work(h->work);
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
    struct timespec until = clock_deadline(wait_ms);
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
    event_free(h->work);
    if (workers_free(h->workers, END_MS)) {
        history_archive_free(h->archive);
        pthread_cond_destroy(&g->passed);
        pthread_mutex_destroy(&g->lock);
        free(g);
    } else { /* the abandoned thread has them */
        mem_abandon(h->archive);
        mem_abandon(g);
    }
    history_collect_free(h->collect);
    free(h);
}
