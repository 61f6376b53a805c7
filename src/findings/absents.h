/* Who did not answer in time: partitions, the tasks that have them, and why, decided in one place so that one cause is said once. */
#ifndef FINDINGS_ABSENTS_H
#define FINDINGS_ABSENTS_H

#include "findings/sight.h"

enum findings_absents_limit {
    FINDINGS_ABSENTS_CYCLES = 20, /* so many of the newest are looked at */
    FINDINGS_ABSENTS_MAX = 1000   /* of one sink */
};

/* A partition that is missing from the newest cycle that has ended, or whose time is up, and from those before it in a row. */
struct findings_absent {
    const struct derive_partition *who;
    size_t missed;  /* cycles; at most FINDINGS_ABSENTS_CYCLES */
    size_t settled; /* those of them that count: begun after its task got it and after the group last rebalanced */
    size_t oldest, newest; /* the first of them, and the last: indices in sink->cycles */
    size_t late;           /* of them, those that it answered after their end */
    int64_t late_ms;       /* the longest that this took, from their START_COMMIT; or unknown */
    bool never;            /* it is in no cycle at all since its task got it */
};

enum findings_absent_why {
    FINDINGS_ABSENT_ONCE,   /* no more than one cycle that counts: a rebalance, or chance */
    FINDINGS_ABSENT_FAILED, /* its task has failed, which is said elsewhere */
    FINDINGS_ABSENT_SILENT, /* no answer since the task got its partitions, and no record: it runs no worker */
    FINDINGS_ABSENT_IDLE,   /* it wakes too seldom to answer in time */
    FINDINGS_ABSENT_OTHER
};

/* The absent partitions of one task. */
struct findings_absent_task {
    int64_t task;                      /* -1: not known */
    const struct findings_task *facts; /* NULL: nothing tells of it */
    const char *worker;                /* "kc-1:8083", else the address of its member; or NULL */
    size_t first, n;                   /* its partitions: indices in partitions */
    size_t missed, settled, late;      /* the greatest of theirs */
    int64_t late_ms;
    size_t oldest, newest;
    enum findings_absent_why why;
};

struct findings_absents {
    VEC(struct findings_absent) partitions; /* by task, then in order of topic and partition */
    VEC(struct findings_absent_task) tasks;
};

/* To be freed by findings_absents_done. */
void findings_absents_find(const struct findings_sink *sink, int64_t now_ms, struct findings_absents *ret);
void findings_absents_done(struct findings_absents *a);
/* Appends "orders-1, orders-3 and 5 more". */
void findings_absents_list(const struct findings_absents *a, const struct findings_absent_task *task, struct str *out);
/* The facts of a task; NULL: there are none. */
const struct findings_task *findings_absents_task(const struct findings_sink *sink, int64_t task);

#endif
