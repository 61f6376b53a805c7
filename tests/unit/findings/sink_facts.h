/* A healthy sink, made by hand, and what may become of it: two tasks with a partition each, twenty full cycles a minute apart, the
 * newest begun half a minute ago. What a test changes in it is all that is not healthy. */
#ifndef TESTS_UNIT_FINDINGS_SINK_FACTS_H
#define TESTS_UNIT_FINDINGS_SINK_FACTS_H

#include "findings/catalogue.h"
#include "findings/look.h"
#include "table/name.h"

enum {
    SINK_FACTS_CYCLES = 20,
    SINK_FACTS_INTERVAL_MS = 60000,
    SINK_FACTS_TIMEOUT_MS = 20000,
    SINK_FACTS_FLUSH_MS = 5000,
    SINK_FACTS_ROWS = 600,     /* of an answer */
    SINK_FACTS_PER_CYCLE = 20, /* control offsets from one START_COMMIT to the next */
    SINK_FACTS_SETTINGS = 8,
};
#define SINK_FACTS_NOW INT64_C(1800000000000)

struct sink_facts {
    struct findings_sink sink; /* the first: settings are found from it */
    struct store *store; /* with rows of the connector, its tasks, groups and members, as far as rules read them */
    struct derive_sink who;
    struct connect_backlog_group backlog;
    struct connect_cycle cycles[FINDINGS_CYCLES]; /* newest first */
    const struct connect_cycle *order[FINDINGS_CYCLES];
    struct {
        const char *key, *value;
    } settings[SINK_FACTS_SETTINGS]; /* of the connector: key NULL ends them */
    struct findings_look look;
    VEC(struct name *) names; /* to be given back */
};

/* "orders-sink" writes topic orders to db.orders; control topic control-iceberg; cluster "prod", Connect cluster "kc". */
void sink_facts_open(struct sink_facts *f);
void sink_facts_done(struct sink_facts *f);
/* A name of the store's, valid as long as it. */
struct name *sink_facts_name(struct sink_facts *f, const char *text);

/* Of the i-th newest cycle; 0 is the newest. */
/* As if nothing but START_COMMIT, answers and what is pending were there: running, failed, superseded, unknown. */
void sink_facts_endless(struct sink_facts *f, size_t i, enum connect_outcome outcome);
/* Partition p does not answer: the cycle is partial, after its timeout. */
void sink_facts_miss(struct sink_facts *f, size_t i, int32_t p);
/* It answered, after so long: past the timeout late, and the cycle is partial. */
void sink_facts_late(struct sink_facts *f, size_t i, int32_t p, int64_t after_ms);
/* It brought no record. */
void sink_facts_idle(struct sink_facts *f, size_t i, int32_t p);
/* Another coordinator's. */
void sink_facts_sender(struct sink_facts *f, size_t i, const char *sender);
/* The answer of partition p, NULL if there is none. */
struct connect_answer *sink_facts_answer(struct sink_facts *f, size_t i, int32_t p);
/* Nothing but the worker's log tells of cycles. */
void sink_facts_log_only(struct sink_facts *f);
/* A line of the log, the newest; task may be CONNECT_EVENT_UNKNOWN. */
void sink_facts_line(struct sink_facts *f, const char *kind, int64_t task, int64_t time_ms, const char *text);
/* Partition p is assigned to a task too. */
void sink_facts_assign(struct sink_facts *f, int32_t p, int64_t task);
/* A cell of its row in `connectors`, a number. */
void sink_facts_cell(struct sink_facts *f, const char *column, int64_t value);
/* Rows in files of table db.orders that no snapshot has, announced so long ago. */
void sink_facts_pending(struct sink_facts *f, int64_t rows, int64_t age_ms);

/* Asks all rules anew. What was said of an id, the first; NULL: nothing. */
const struct findings_look_said *sink_facts_saw(struct sink_facts *f, const char *id);
/* Fails the test if any rule of a sink says anything, but for these ids ("IT-C04 IT-C20"); NULL: none. */
void sink_facts_silent(struct sink_facts *f, const char *but);
/* Fails the test unless the finding is there, with this text and this first piece of evidence: "TABLE: WHERE". */
void sink_facts_expect(struct sink_facts *f, const char *id, const char *text, const char *evidence);

#endif
