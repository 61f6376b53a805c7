/* Recorded runs of the sink as facts of commit cycles: the records of the control topic, the lines of the worker's log, and the
 * snapshots that the sink's announcements tell of. */
#ifndef TESTS_UNIT_CONNECT_RUNS_H
#define TESTS_UNIT_CONNECT_RUNS_H

#include "base/vec.h"
#include "connect/cycles.h"
#include "tests/unit/connect/topic.h"

struct run {
    const char *name;
    struct topic topic;
    struct str log;
    struct connect_event_reader *reader;
    VEC(struct run_entry {
        const char *text;
        size_t len;
    })
    lines;
    VEC(size_t) snapshots; /* records that announce one */
};

/* "healthy-1.9.2"; fails the test if it cannot be read. */
void run_open(struct run *r, const char *name);
void run_done(struct run *r);
/* Gives the i-th fact of a kind. */
void run_record(struct run *r, struct connect_cycles *c, size_t i);
void run_line(struct run *r, struct connect_cycles *c, size_t i);
void run_snapshot(struct run *r, struct connect_cycles *c, size_t i);
/* All of the topic up to an offset (-1: all), and that it was read to there. */
void run_topic(struct run *r, struct connect_cycles *c, int64_t end);
void run_log(struct run *r, struct connect_cycles *c);

/* All cycles in the order in which they began, a line each: "cb5e69ca full 2/2 tables 1 rows 371"; on the heap. */
char *run_text(struct connect_cycles *c);
/* All that is known of each, likewise. */
char *run_details(struct connect_cycles *c);

#endif
