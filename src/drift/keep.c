/* One lane for a dataset's file: a reference that was offered is held until it is written. */
#include "drift/keep.h"

#include "base/mem.h"
#include "base/workers.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

struct drift_keep {
    const struct clock *clock;
    const struct drift_keep_ops *ops;
    void *ops_arg;
    const struct drift_keep_calls *calls;
    void *arg;
    struct workers *lane;
    struct event *timer;
    struct drift_reference *offered, *kept; /* in force; written, or as it was loaded. NULL: none */
    bool busy, ending;                      /* busy: a job is on its way */
    bool written;                           /* at written_us */
    int64_t written_us;
    struct error told; /* of the last writing */
};

struct keep_job {
    struct drift_keep *k;
    struct drift_reference *r;
    struct error err;
};

static struct keep_job *make_job(struct drift_keep *k)
{
    struct keep_job *j = mem_new(struct keep_job);
    j->k = k;
    k->busy = true;
    return j;
}

/* ---- writing ---- */

/* Writes what was offered as soon as it may be written. */
static void write_soon(struct drift_keep *k)
{
    if (k->ending || k->busy || !k->offered || k->offered == k->kept || evtimer_pending(k->timer, NULL))
        return;
    int64_t left_us = k->written_us + DRIFT_KEEP_MS * INT64_C(1000) - clock_mono_us(k->clock);
    left_us = k->written && left_us > 0 ? left_us : 0;
    const struct timeval wait = {.tv_sec = left_us / 1000000, .tv_usec = left_us % 1000000};
    evtimer_add(k->timer, &wait);
}

static void run_save(void *arg)
{
    struct keep_job *j = arg;
    j->k->ops->save(j->k->ops_arg, j->r, &j->err);
}

static void end_save(void *arg)
{
    struct keep_job *j = arg;
    struct drift_keep *k = j->k;
    k->busy = false;
    if (j->err.code) { /* is tried again */
        drift_reference_unref(k->kept);
        k->kept = NULL;
    }
    if (!k->ending && j->err.code && strcmp(j->err.text, k->told.text) != 0)
        k->calls->wrong(k->arg, &j->err);
    k->told = j->err;
    drift_reference_unref(j->r);
    free(j);
    write_soon(k);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct drift_keep *k = arg;
    if (k->busy)
        return; /* again when that is over */
    struct keep_job *j = make_job(k);
    j->r = drift_reference_ref(k->offered);
    drift_reference_unref(k->kept);
    k->kept = drift_reference_ref(k->offered);
    k->written = true;
    k->written_us = clock_mono_us(k->clock);
    workers_submit(k->lane, run_save, end_save, j);
}

void drift_keep_offer(struct drift_keep *k, struct drift_reference *r)
{
    if (!r || r == k->offered)
        return;
    drift_reference_unref(k->offered);
    k->offered = drift_reference_ref(r);
    write_soon(k);
}

/* ---- reading ---- */

static void run_load(void *arg)
{
    struct keep_job *j = arg;
    j->k->ops->load(j->k->ops_arg, &j->r, &j->err);
}

static void end_load(void *arg)
{
    struct keep_job *j = arg;
    struct drift_keep *k = j->k;
    k->busy = false;
    if (j->r)
        k->kept = drift_reference_ref(j->r);
    if (k->ending)
        drift_reference_unref(j->r);
    else
        k->calls->loaded(k->arg, j->r, &j->err);
    free(j);
    write_soon(k);
}

void drift_keep_load(struct drift_keep *k)
{
    workers_submit(k->lane, run_load, end_load, make_job(k));
}

/* ---- life ---- */

struct drift_keep *drift_keep_new(struct event_base *base, const struct clock *clock, const struct drift_keep_ops *ops,
                                  void *ops_arg, const struct drift_keep_calls *calls, void *arg)
{
    struct drift_keep *k = mem_new(struct drift_keep);
    *k = (struct drift_keep){.clock = clock, .ops = ops, .ops_arg = ops_arg, .calls = calls, .arg = arg};
    k->lane = workers_new(base, "drift-keep", 1);
    k->timer = evtimer_new(base, on_timer, k);
    return k;
}

bool drift_keep_free(struct drift_keep *k, int wait_ms)
{
    if (!k)
        return true;
    k->ending = true;
    event_free(k->timer);
    k->timer = NULL;
    if (!workers_free(k->lane, wait_ms)) {
        mem_abandon(k);
        return false;
    }
    struct error err = {0}; /* there is nobody left to be told */
    if (k->offered && k->offered != k->kept)
        k->ops->save(k->ops_arg, k->offered, &err);
    drift_reference_unref(k->offered);
    drift_reference_unref(k->kept);
    k->ops->free(k->ops_arg);
    free(k);
    return true;
}
