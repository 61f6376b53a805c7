/* A store, a scheduler and Iceberg sources on a loop, for tests of what they write. */
#ifndef TESTS_UNIT_ICEBERG_LAKE_H
#define TESTS_UNIT_ICEBERG_LAKE_H

#include "iceberg/source.h"
#include "iceberg/tables.h"

#include <event2/event.h>

struct lake {
    char *dir; /* the test's own */
    struct event_base *base;
    struct store *store;
    struct scheduler *scheduler;
    struct iceberg_source *source; /* the one added last */
    struct source *src;
};

/* cmocka's setup and teardown; *state is a struct lake. */
int lake_setup(void **state);
int lake_teardown(void **state);

/* Adds a source; its interval is an hour where the settings say nothing, so that rounds come when they are asked
 * for. */
void lake_add(struct lake *l, struct iceberg_source_settings settings);
/* Runs the loop until the source added last has ended one more round; lake_settle until it is "ok", "partial", ...
 * as well. */
void lake_round(struct lake *l);
/* Runs the loop until the condition holds; fails the test after a minute. */
void lake_until(struct lake *l, bool (*condition)(struct lake *l, void *arg), void *arg);

/* The row of a table, of a snapshot; NULL if there is none. */
struct row *lake_table(struct lake *l, const char *catalog, const char *table);
struct row *lake_snapshot(struct lake *l, const char *catalog, const char *table, int64_t id);
/* A cell of the source's row in `sources`, as text: its state, its error. "" where it is unknown. */
const char *lake_said(struct lake *l, const char *column);
/* How many rows of a table of the store. */
size_t lake_rows(struct lake *l, const char *table);
/* The text of the newest event about a subject, "" if there is none; how many there are. */
const char *lake_event(struct lake *l, const char *subject);
size_t lake_events(struct lake *l);

/* Copies a file of the recorded warehouses to DIR/name. */
void lake_copy(struct lake *l, const char *from, const char *name);
void lake_write(struct lake *l, const char *name, const char *text);
/* "DIR/name" on the heap. */
char *lake_path(struct lake *l, const char *name);

void assert_int_cell(const struct row *r, size_t column, int64_t expected);
void assert_text_cell(const struct row *r, size_t column, const char *expected); /* NULL: unknown */
void assert_real_cell(const struct row *r, size_t column, double expected);
void assert_unknown_cell(const struct row *r, size_t column);

#endif
