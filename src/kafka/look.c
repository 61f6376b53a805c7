/* Looks on their threads: who asked, until when, and what becomes of those that do not come back. */
#include "kafka/look.h"
#include "base/workers.h"
#include "conf/conf.h"
#include "kafka/look_read.h"

#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>

enum {
    SLACK_MS = 1000,    /* after its deadline a read has ended by itself, unless it hangs in the library */
    FREE_WAIT_MS = 500, /* for threads, at the end */
};

struct job {
    struct kafka_look *look;
    struct kafka_plan *plan;
    struct stream_record_query q; /* its texts are the job's own */
    int deadline_ms;
    struct kafka_budget budget;
    struct kafka_look_reader reader;
    struct stream_records records;
    struct error err;
    int rc;
    atomic_bool ended;   /* the read is over */
    atomic_flag closing; /* somebody sees to the reader */
    struct event *timer;
    kafka_look_done *done; /* NULL: answered */
    void *arg;
};

struct kafka_look {
    struct event_base *base;
    const struct clock *clock;
    struct workers *workers;
    VEC(struct job *) jobs;
    atomic_bool stop;
    sem_t closed;    /* posted for each reader that was closed by a job of its own */
    size_t closings; /* such jobs that are not over */
    bool left;       /* a thread was left behind with what it uses */
    size_t hanging;  /* jobs that were answered without having ended */
};

static void answer(struct job *j, const struct error *err)
{
    kafka_look_done *done = j->done;
    struct stream_records none = {0};
    j->done = NULL;
    if (j->timer)
        event_free(j->timer);
    j->timer = NULL;
    if (done)
        done(j->arg, err ? &none : &j->records, err);
}

static void free_job(struct job *j)
{
    struct kafka_look *l = j->look;
    for (size_t i = 0; i < l->jobs.n; i++)
        if (l->jobs.items[i] == j)
            l->jobs.items[i] = l->jobs.items[--l->jobs.n];
    stream_record_done(&j->records);
    kafka_plan_unref(j->plan);
    free((char *)(uintptr_t)j->q.topic);
    free(j);
}

static void run_close(void *arg)
{
    struct job *j = arg;
    kafka_look_read_close(&j->reader);
    sem_post(&j->look->closed);
}

static void done_close(void *arg)
{
    struct job *j = arg;
    if (j->look->left)
        return;
    j->look->closings--;
    sem_trywait(&j->look->closed); /* as many are posted as closings are not yet told of here */
    free_job(j);
}

static void run_read(void *arg)
{
    struct job *j = arg;
    struct kafka_look *l = j->look;
    j->budget = (struct kafka_budget){
        .clock = l->clock, .until_us = clock_mono_us(l->clock) + (int64_t)j->deadline_ms * 1000, .stop = &l->stop};
    j->rc = kafka_look_read(&j->reader, &j->plan->round.settings, &j->budget, &j->q, &j->records, &j->err);
    atomic_store(&j->ended, true);
    if (atomic_load(&l->stop) && !atomic_flag_test_and_set(&j->closing)) /* no other job will come */
        kafka_look_read_close(&j->reader);
}

static void done_read(void *arg)
{
    struct job *j = arg;
    struct kafka_look *l = j->look;
    if (!j->done)
        l->hanging--;
    answer(j, j->rc ? &j->err : NULL);
    if (l->left)
        return;
    if (atomic_load(&l->stop)) {
        free_job(j);
        return;
    }
    /* On a thread of its own again: closing may hang, and the answer must not wait for it. */
    (void)atomic_flag_test_and_set(&j->closing);
    l->closings++;
    workers_submit(l->workers, run_close, done_close, j);
}

/* Also the way of those that are refused: an answer never comes from within the question. */
static void on_late(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct job *j = arg;
    struct error err = j->err;
    bool refused = err.code != 0;
    if (!refused) {
        error_set(&err, ERR_TIMEOUT, "no answer within %.1f s", (double)j->deadline_ms / 1000);
        j->look->hanging++;
    }
    answer(j, &err);
    if (refused)
        free_job(j);
}

static int check(const struct kafka_look *l, const struct kafka_plan *plan, const struct stream_record_query *q,
                 struct error *err)
{
    if (plan->no_records)
        return error_set(err, ERR_UNAVAILABLE, "records of this cluster are not to be looked at (records: deny)");
    if (!conf_globs_match(&plan->round.topics, q->topic))
        return error_set(err, ERR_NOT_FOUND, "topic %.256s is not among those that are looked at", q->topic);
    if (l->hanging >= KAFKA_LOOK_THREADS)
        return error_set(err, ERR_UNAVAILABLE, "%zu threads hang in the client library", l->hanging);
    if (l->jobs.n >= KAFKA_LOOK_WAITING)
        return error_set(err, ERR_LIMIT, "%d looks at records are under way already", KAFKA_LOOK_WAITING);
    return 0;
}

void kafka_look_ask(struct kafka_look *l, struct kafka_plan *plan, const struct stream_record_query *q, int deadline_ms,
                    kafka_look_done *done, void *arg)
{
    struct job *j = mem_new(struct job);
    *j = (struct job){
        .look = l, .plan = kafka_plan_ref(plan), .q = *q, .deadline_ms = deadline_ms, .done = done, .arg = arg};
    j->q.topic = mem_strdup(q->topic);
    j->q.cluster = NULL;
    int wait_ms = check(l, plan, q, &j->err) ? 0 : deadline_ms + SLACK_MS;
    const struct timeval wait = {.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
    vec_push(&l->jobs, j);
    j->timer = evtimer_new(l->base, on_late, j);
    evtimer_add(j->timer, &wait);
    if (j->err.code)
        return;
    if (!l->workers)
        l->workers = workers_new(l->base, "kafka look", KAFKA_LOOK_THREADS);
    workers_submit(l->workers, run_read, done_read, j);
}

struct kafka_look *kafka_look_new(struct event_base *base, const struct clock *clock)
{
    struct kafka_look *l = mem_new(struct kafka_look);
    l->base = base;
    l->clock = clock;
    sem_init(&l->closed, 0, 0);
    return l;
}

/* Waits a while until the readers are closed that nobody reads with any more. */
static bool wait_closed(struct kafka_look *l)
{
    struct timespec until;
    for (size_t i = 0; i < l->jobs.n; i++) {
        struct job *j = l->jobs.items[i];
        if (!atomic_load(&j->ended) || atomic_flag_test_and_set(&j->closing))
            continue;
        l->closings++;
        workers_submit(l->workers, run_close, NULL, j);
    }
    until = clock_deadline(FREE_WAIT_MS);
    for (size_t n = l->closings; n; n--)
        if (sem_clockwait(&l->closed, CLOCK_MONOTONIC, &until))
            return false;
    return true;
}

void kafka_look_free(struct kafka_look *l)
{
    if (!l)
        return;
    const struct error gone = {.code = ERR_CLOSED, .text = "the cluster is not looked at any more"};
    atomic_store(&l->stop, true);
    for (size_t i = l->jobs.n; i-- > 0;) {
        struct job *j = l->jobs.items[i];
        bool refused = j->err.code && j->timer;
        answer(j, &gone);
        l->hanging++; /* until its read is over */
        if (refused)
            free_job(j);
    }
    l->left = !wait_closed(l);
    if (!workers_free(l->workers, FREE_WAIT_MS) || l->left) {
        mem_abandon(l); /* a thread is left behind that may still look at it */
        return;
    }
    while (l->jobs.n)
        free_job(l->jobs.items[0]);
    vec_done(&l->jobs);
    sem_destroy(&l->closed);
    free(l);
}
