/* Keeps the reference that a dataset makes of its own windows, so that the next start goes on with it: where and how, others say.
 *
 *     drift_keep_load(k);             before the topic is read; then loaded is called, on the loop
 *     drift_keep_offer(k, r);         after windows were closed: what is new is written, beside the loop */
#ifndef DRIFT_KEEP_H
#define DRIFT_KEEP_H

#include "base/clock.h"
#include "drift/reference.h"

struct event_base;
struct drift_keep;

/* Called on a thread of its own or, at the end, on the loop's; never two at a time. */
struct drift_keep_ops {
    /* What there is, the caller's; NULL with 0: nothing. An error: there was something that cannot be used, and is out of the way. */
    int (*load)(void *arg, struct drift_reference **ret, struct error *err);
    int (*save)(void *arg, const struct drift_reference *r, struct error *err);
    void (*free)(void *arg);
};

/* Told on the loop. */
struct drift_keep_calls {
    void (*loaded)(void *arg, struct drift_reference *r,
                   const struct error *err);           /* r, the callee's, or NULL; err->code 0: none */
    void (*wrong)(void *arg, const struct error *err); /* it could not be written */
};

enum { DRIFT_KEEP_MS = 30000 }; /* between two writes of a reference that goes along with its windows, at least */

struct drift_keep *drift_keep_new(struct event_base *base, const struct clock *clock, const struct drift_keep_ops *ops,
                                  void *ops_arg, const struct drift_keep_calls *calls, void *arg);
void drift_keep_load(struct drift_keep *k);
/* The one in force (NULL: none): referenced, and written unless it is the one that was written or loaded last. */
void drift_keep_offer(struct drift_keep *k, struct drift_reference *r);
/* Writes what was offered and not written, and frees; nothing is told any more. False: a thread did not come back in wait_ms, and all
 * of it is left to it. NULL is allowed. */
bool drift_keep_free(struct drift_keep *k, int wait_ms);

#endif
