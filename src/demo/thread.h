/* A scripted cluster on a thread of its own, for tests that make blocking calls against it. */
#ifndef DEMO_THREAD_H
#define DEMO_THREAD_H

#include "demo/broker.h"

struct demo_thread;

/* Runs a broker over the world on a new thread. The world stays the caller's, who may touch it (and
 * the broker) only between pause and resume. NULL with ERR_IO in *err. */
struct demo_thread *demo_thread_start(struct demo_world *world, struct error *err);
/* Ends the thread and frees the broker. NULL is allowed. Must not be paused. */
void demo_thread_stop(struct demo_thread *t);

/* "127.0.0.1:41233,..." */
const char *demo_thread_bootstrap(const struct demo_thread *t);

/* Holds the thread between two requests: world and broker may be used until demo_thread_resume.
 * Returns the broker. Only one thread at a time, and not nested. */
struct demo_broker *demo_thread_pause(struct demo_thread *t);
void demo_thread_resume(struct demo_thread *t);

/* demo_broker_fault between pause and resume. */
void demo_thread_fault(struct demo_thread *t, const struct demo_fault *fault);
void demo_thread_faults_clear(struct demo_thread *t);
/* Waits until demo_broker_requests(api, node) is at least n. 0 or ERR_TIMEOUT. */
int demo_thread_wait_requests(struct demo_thread *t, int api, int32_t node, uint64_t n, int timeout_ms);

#endif
