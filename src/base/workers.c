/* Worker threads with a wake-up pipe to the loop. */
#include "base/workers.h"
#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

struct job {
    struct job *next;
    void (*run)(void *arg);
    void (*done)(void *arg);
    void *arg;
};

struct queue {
    struct job *head, **tail;
};

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t work, idle;
    struct queue waiting, finished;
    unsigned threads, alive;
    atomic_bool stopping;
    size_t pending; /* loop's thread only */
    int wake;       /* eventfd: finished is not empty */
    struct event *event;
    char name[16];
};

static void queue_push(struct queue *q, struct job *j)
{
    j->next = NULL;
    *q->tail = j;
    q->tail = &j->next;
}

static struct job *queue_pop(struct queue *q)
{
    struct job *j = q->head;
    if (j && !(q->head = j->next))
        q->tail = &q->head;
    return j;
}

static void *worker_main(void *arg)
{
    struct workers *w = arg;
    pthread_setname_np(pthread_self(), w->name);
    pthread_mutex_lock(&w->lock);
    while (!w->stopping) {
        struct job *j = queue_pop(&w->waiting);
        if (!j) {
            pthread_cond_wait(&w->work, &w->lock);
            continue;
        }
        pthread_mutex_unlock(&w->lock);
        j->run(j->arg);
        pthread_mutex_lock(&w->lock);
        queue_push(&w->finished, j);
        uint64_t one = 1;
        ssize_t ignored = write(w->wake, &one, sizeof one);
        (void)ignored;
    }
    w->alive--;
    pthread_cond_signal(&w->idle);
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* Calls done for what has finished, on the loop's thread. */
static void finish_jobs(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    struct job *list = w->finished.head;
    w->finished = (struct queue){.tail = &w->finished.head};
    pthread_mutex_unlock(&w->lock);
    while (list) {
        struct job *j = list;
        list = j->next;
        if (j->done)
            j->done(j->arg);
        free(j);
        w->pending--;
    }
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    uint64_t count;
    ssize_t ignored = read(fd, &count, sizeof count);
    (void)ignored;
    finish_jobs(arg);
}

static void start_thread(struct workers *w)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pthread_t thread;
    int rc = pthread_create(&thread, NULL, worker_main, w);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (rc) {
        fputs("icetop: cannot start a thread\n", stderr);
        abort();
    }
    pthread_detach(thread);
}

struct workers *workers_new(struct event_base *base, const char *name, unsigned threads)
{
    struct workers *w = mem_new(struct workers);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->work, NULL);
    pthread_condattr_t mono; /* the wait in workers_free must not follow jumps of the wall clock */
    pthread_condattr_init(&mono);
    pthread_condattr_setclock(&mono, CLOCK_MONOTONIC);
    pthread_cond_init(&w->idle, &mono);
    pthread_condattr_destroy(&mono);
    w->waiting.tail = &w->waiting.head;
    w->finished.tail = &w->finished.head;
    snprintf(w->name, sizeof w->name, "%s", name);
    w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    w->event = event_new(base, w->wake, EV_READ | EV_PERSIST, on_wake, w);
    event_add(w->event, NULL);
    w->threads = w->alive = threads;
    for (unsigned i = 0; i < threads; i++)
        start_thread(w);
    return w;
}

void workers_submit(struct workers *w, void (*run)(void *arg), void (*done)(void *arg), void *arg)
{
    struct job *j = mem_new(struct job);
    *j = (struct job){.run = run, .done = done, .arg = arg};
    w->pending++;
    pthread_mutex_lock(&w->lock);
    queue_push(&w->waiting, j);
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
}

size_t workers_pending(const struct workers *w)
{
    return w->pending;
}

/* Waits until no thread is left or the time is over; returns whether none is left. */
static bool wait_for_threads(struct workers *w, int wait_ms)
{
    struct timespec until = clock_deadline(wait_ms);
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_broadcast(&w->work);
    while (w->alive && pthread_cond_timedwait(&w->idle, &w->lock, &until) != ETIMEDOUT)
        ;
    bool all = w->alive == 0;
    pthread_mutex_unlock(&w->lock);
    return all;
}

bool workers_free(struct workers *w, int wait_ms)
{
    if (!w)
        return true;
    bool all = wait_for_threads(w, wait_ms);
    finish_jobs(w);
    for (struct job *j; (j = queue_pop(&w->waiting));) {
        if (j->done)
            j->done(j->arg);
        free(j);
    }
    if (w->event)
        event_free(w->event);
    w->event = NULL;
    if (!all) { /* the abandoned thread still uses w, its eventfd and its job */
        mem_abandon(w);
        return false;
    }
    close(w->wake);
    pthread_cond_destroy(&w->work);
    pthread_cond_destroy(&w->idle);
    pthread_mutex_destroy(&w->lock);
    free(w);
    return true;
}
