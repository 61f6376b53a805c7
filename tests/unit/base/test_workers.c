/* Jobs run off the loop and come back to it, in order on a lane, and stopping never hangs. */
#include "tests/unit/unit.h"

#include "base/vec.h"
#include "base/workers.h"

#include <event2/event.h>
#include <pthread.h>
#include <semaphore.h>

struct job {
    int number;
    pthread_t thread;
    int *done_order, *ndone;
    sem_t *gate, *started; /* started is posted, then gate awaited, by run; either may be NULL */
};

static void run(void *arg)
{
    struct job *j = arg;
    if (j->started)
        sem_post(j->started);
    if (j->gate)
        sem_wait(j->gate);
    j->thread = pthread_self();
}

static void done(void *arg)
{
    struct job *j = arg;
    j->done_order[(*j->ndone)++] = j->number;
}

static void a_lane_keeps_order(void **state)
{
    (void)state;
    struct event_base *base = event_base_new();
    struct workers *w = workers_new(base, "lane", 1);
    struct job jobs[50];
    int order[50], n = 0;
    for (int i = 0; i < 50; i++) {
        jobs[i] = (struct job){.number = i, .done_order = order, .ndone = &n};
        workers_submit(w, run, done, &jobs[i]);
    }
    while (n < 50)
        event_base_loop(base, EVLOOP_ONCE);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(order[i], i);
        assert_false(pthread_equal(jobs[i].thread, pthread_self()));
    }
    assert_int_equal(workers_pending(w), 0);
    assert_true(workers_free(w, 1000));
    event_base_free(base);
}

static void free_calls_done_of_what_never_ran(void **state)
{
    (void)state;
    struct event_base *base = event_base_new();
    struct workers *w = workers_new(base, "lane", 1);
    sem_t gate;
    sem_init(&gate, 0, 0);
    int order[3], n = 0;
    struct job jobs[3];
    for (int i = 0; i < 3; i++) {
        jobs[i] = (struct job){
            .number = i, .done_order = order, .ndone = &n, .gate = i == 0 ? &gate : NULL};
        workers_submit(w, run, done, &jobs[i]);
    }
    sem_post(&gate);
    assert_true(workers_free(w, 5000));
    assert_int_equal(n, 3);
    sem_destroy(&gate);
    event_base_free(base);
}

static void a_stuck_thread_is_left_behind(void **state)
{
    (void)state;
    struct event_base *base = event_base_new();
    static struct workers *w; /* never freed: a leak check finds it here also after its thread has ended */
    w = workers_new(base, "stuck", 1);
    static sem_t gate, started;
    static struct job job;
    static int order[1], n;
    sem_init(&gate, 0, 0);
    sem_init(&started, 0, 0);
    job = (struct job){.gate = &gate, .started = &started, .done_order = order, .ndone = &n};
    workers_submit(w, run, done, &job);
    sem_wait(&started);
    assert_false(workers_free(w, 50));
    assert_int_equal(n, 0);
    sem_post(&gate); /* it ends by itself; its memory was left to it */
    event_base_free(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lane_keeps_order),
        cmocka_unit_test(free_calls_done_of_what_never_ran),
        cmocka_unit_test(a_stuck_thread_is_left_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
