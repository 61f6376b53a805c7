/* What history.c and request.c share; nobody else includes it. */
#ifndef HISTORY_HISTORY_INTERNAL_H
#define HISTORY_HISTORY_INTERNAL_H

#include "history/archive.h"
#include "history/collect.h"
#include "history/history.h"
#include "history/status.h"

struct history {
    struct event_base *base;
    struct store *store;
    struct history_archive *archive;
    struct history_collect *collect;
    struct workers *workers;
    struct store_listener *listener;
    struct event *tick;
    struct event *work; /* collecting goes on */
    struct history_status status;
    bool read_only;
    uint64_t epoch;     /* of batches: another with each opening */
    bool writing;       /* the archive takes batches */
    bool opening;       /* an opening is under way */
    bool busy;          /* a commit is under way */
    bool more;          /* the archive asked for another one */
    bool uncommitted;   /* a batch was sent for a reader, without its commit */
    int idle;           /* ticks since the last */
    int64_t retry_us;   /* when to open again; 0: never */
    int64_t condemn_us; /* not before is a corrupt file set aside again */
    bool closing;
};

/* Sends what was collected so far to the writer, so that a reader that follows finds it there. */
void history_send_pending(struct history *h);

#endif
