/* The thread around a broker: its loop parks on a condition whenever somebody else wants to look.
 */
#include "demo/thread.h"
#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct demo_thread {
    pthread_t thread;
    struct event_base *base;
    struct demo_broker *broker;
    struct event *wake;
    int fds[2]; /* [0] the loop's, [1] the others' */
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool parked, resumed; /* under mutex */
};

/* 'p': park until resumed; 'q': end the loop. */
static void on_wake(evutil_socket_t fd, short what, void *arg)
{
    struct demo_thread *t = arg;
    char order;
    (void)what;
    if (read(fd, &order, 1) != 1)
        return;
    if (order == 'q') {
        event_base_loopbreak(t->base);
        return;
    }
    pthread_mutex_lock(&t->mutex);
    t->parked = true;
    pthread_cond_broadcast(&t->changed);
    while (!t->resumed)
        pthread_cond_wait(&t->changed, &t->mutex);
    t->resumed = false;
    t->parked = false;
    pthread_cond_broadcast(&t->changed);
    pthread_mutex_unlock(&t->mutex);
}

static void *run(void *arg)
{
    struct demo_thread *t = arg;
    sigset_t all;
    sigfillset(&all); /* SIGPIPE above all: clients go away in the middle of replies */
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    event_base_dispatch(t->base);
    return NULL;
}

static void order(struct demo_thread *t, char what)
{
    while (write(t->fds[1], &what, 1) < 0 && errno == EINTR)
        continue;
}

/* Everything but the thread. */
static void release(struct demo_thread *t)
{
    demo_broker_free(t->broker);
    if (t->wake)
        event_free(t->wake);
    if (t->base)
        event_base_free(t->base);
    if (t->fds[0] >= 0) {
        close(t->fds[0]);
        close(t->fds[1]);
    }
    pthread_mutex_destroy(&t->mutex);
    pthread_cond_destroy(&t->changed);
    free(t);
}

struct demo_thread *demo_thread_start(struct demo_world *world, struct error *err)
{
    struct demo_thread *t = mem_new(struct demo_thread);
    int errnum;
    pthread_mutex_init(&t->mutex, NULL);
    pthread_cond_init(&t->changed, NULL);
    t->fds[0] = t->fds[1] = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, t->fds) != 0) {
        t->fds[0] = t->fds[1] = -1;
        error_set_errno(err, ERR_IO, errno, "demo: socketpair");
        goto fail;
    }
    t->base = event_base_new();
    if (!t->base) {
        error_set(err, ERR_IO, "demo: no event loop");
        goto fail;
    }
    t->broker = demo_broker_new(t->base, world, err);
    if (!t->broker)
        goto fail;
    t->wake = event_new(t->base, t->fds[0], EV_READ | EV_PERSIST, on_wake, t);
    event_add(t->wake, NULL);
    errnum = pthread_create(&t->thread, NULL, run, t);
    if (errnum) {
        error_set_errno(err, ERR_IO, errnum, "demo: thread");
        goto fail;
    }
    return t;
fail:
    release(t);
    return NULL;
}

void demo_thread_stop(struct demo_thread *t)
{
    if (!t)
        return;
    order(t, 'q');
    pthread_join(t->thread, NULL);
    release(t);
}

const char *demo_thread_bootstrap(const struct demo_thread *t)
{
    return demo_broker_bootstrap(t->broker);
}

struct demo_broker *demo_thread_pause(struct demo_thread *t)
{
    order(t, 'p');
    pthread_mutex_lock(&t->mutex);
    while (!t->parked)
        pthread_cond_wait(&t->changed, &t->mutex);
    pthread_mutex_unlock(&t->mutex);
    return t->broker;
}

void demo_thread_resume(struct demo_thread *t)
{
    pthread_mutex_lock(&t->mutex);
    t->resumed = true;
    pthread_cond_broadcast(&t->changed);
    while (t->parked)
        pthread_cond_wait(&t->changed, &t->mutex);
    pthread_mutex_unlock(&t->mutex);
}

void demo_thread_fault(struct demo_thread *t, const struct demo_fault *fault)
{
    demo_broker_fault(demo_thread_pause(t), fault);
    demo_thread_resume(t);
}

void demo_thread_faults_clear(struct demo_thread *t)
{
    demo_broker_faults_clear(demo_thread_pause(t));
    demo_thread_resume(t);
}

int demo_thread_wait_requests(struct demo_thread *t, int api, int32_t node, uint64_t n, int timeout_ms)
{
    int64_t deadline = clock_mono_us(&clock_system) + (int64_t)timeout_ms * 1000;
    for (;;) {
        uint64_t seen = demo_broker_requests(demo_thread_pause(t), api, node);
        demo_thread_resume(t);
        if (seen >= n)
            return 0;
        if (clock_mono_us(&clock_system) >= deadline)
            return ERR_TIMEOUT;
        poll(NULL, 0, 2); /* lets the loop work */
    }
}
