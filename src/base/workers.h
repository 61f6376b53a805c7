/* Threads beside the loop: work goes to them as a job and comes back to the loop as a call. */
#ifndef BASE_WORKERS_H
#define BASE_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

struct event_base;
struct workers;

/* One thread is a lane: jobs run one after the other, in order (each Kafka cluster's blocking
 * calls, SQLite). Several are a pool. Threads block all signals. name shows in top -H and gdb (15
 * bytes). */
struct workers *workers_new(struct event_base *base, const char *name, unsigned threads);

/* run(arg) on a worker thread, then done(arg) on the loop's thread. done may be NULL. A job may
 * submit others. */
void workers_submit(struct workers *w, void (*run)(void *arg), void (*done)(void *arg), void *arg);

/* Jobs that were submitted and whose done has not returned. */
size_t workers_pending(const struct workers *w);

/* Stops: waits for running jobs, at most wait_ms; then calls the remaining dones and frees. Jobs not yet begun
 * are never run, but their done is called (with their run not having happened). A
 * thread that does not come back in time is abandoned with its memory (its job's arg stays
 * untouched), and false is returned; it may be asked for again, when the thread may have come back. NULL is allowed. */
bool workers_free(struct workers *w, int wait_ms);

#endif
