/* Facts of the backlog made by hand: events of one control topic, tables, readings of Kafka. */
#ifndef TESTS_UNIT_CONNECT_BACKLOG_MADE_H
#define TESTS_UNIT_CONNECT_BACKLOG_MADE_H

#include "connect/backlog.h"

#define NO CONNECT_EVENT_UNKNOWN
#define T0 INT64_C(1795000000000) /* all times are milliseconds since then */

extern struct connect_backlog *made; /* by made_begin, a cmocka setup function */
int made_begin(void **state);
int made_end(void **state);

struct made_at {
    int partition;
    int64_t offset, ms;
    const char *key; /* of the record: its sender */
};
#define AT(offset, ms, key) ((struct made_at){0, offset, ms, key})

/* A file "PATH" of so many rows, ten bytes each; path NULL: one of its own. uuid NULL: not told. Group "connect-sink". */
void made_wrote(struct made_at at, const char *table, const char *uuid, const char *path, int64_t rows);
/* An answer for partitions first, first + 1, ... of topic "orders", with these offsets (NO: null). */
void made_answered(struct made_at at, int first, int n, const int64_t *offsets);
/* An answer for one partition. */
void made_answer(struct made_at at, int partition, int64_t offset);

/* Snapshots of a table, newest first, whose keys are those of "control" and "connect-sink" in partition 0. */
struct made_snapshot {
    int64_t id, ms, floor; /* floor NO: another writer's */
    int64_t files, rows;   /* added; 10 bytes a row */
};
struct made_table {
    const char *table, *uuid;
    bool missing, expired; /* expired: an ancestor is missing */
    int64_t ms;            /* when it was read */
    size_t n;
    struct made_snapshot snapshots[16];
};
void made_table(const struct made_table *t);
void made_control(int64_t start, int64_t end, int64_t ms);
void made_commit(int64_t offset, int64_t ms);
/* Partition of "orders"; committed may be NO. */
void made_source(int partition, int64_t committed, int64_t end, int64_t ms);
void made_tables(bool routed, size_t n, const char *const *tables);

const struct connect_backlog_group *made_group(void);
const struct connect_backlog_of_table *made_of(const char *table);
/* A partition of "orders" in a table. */
const struct connect_backlog_covered *made_covered(int partition, const char *table);
/* Fails unless a lag of a partition is this. */
void made_check_lag(int partition, enum quality quality, int64_t lag);
void made_check_rows(const char *table, int64_t pending, int64_t lost, int64_t dead);

#endif
