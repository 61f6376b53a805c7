/* A healthy table, made by hand: forty commits of a sink, a minute apart, of large files; and a world of several of them. What a
 * test changes in it is all that is not healthy. */
#ifndef TESTS_UNIT_FINDINGS_TABLE_FACTS_H
#define TESTS_UNIT_FINDINGS_TABLE_FACTS_H

#include "findings/catalogue.h"
#include "findings/look.h"
#include "table/name.h"

enum { TABLE_FACTS_COMMITS = 40, TABLE_FACTS_EVERY_MS = 60000, TABLE_FACTS_TABLES = 3 };
#define TABLE_FACTS_NOW INT64_C(1800000000000)
#define TABLE_FACTS_KEY "control-iceberg.connect-orders-sink"

struct table_facts {
    struct findings_table tables[TABLE_FACTS_TABLES]; /* db.orders, db.lines, db.refunds of catalog "lake" */
    struct findings_sink sink;                        /* writes to none of them until it is pushed there */
    struct store *store;                              /* with the rows of tables and snapshots */
    struct findings_consistency set;                  /* "books", of no table */
    struct findings_look look;
    VEC(struct name *) names;
};

void table_facts_open(struct table_facts *f);
void table_facts_done(struct table_facts *f);
/* A cell of a table's row in `iceberg_tables`. */
void table_facts_time(struct table_facts *f, size_t table, const char *column, int64_t ms);
void table_facts_int(struct table_facts *f, size_t table, const char *column, int64_t value);
void table_facts_text(struct table_facts *f, size_t table, const char *column, const char *text);
/* Makes all its snapshots older or younger, the newest so long ago; and so far apart. */
void table_facts_age(struct table_facts *f, size_t table, int64_t newest_ms, int64_t every_ms);
/* The i-th newest snapshot was made by another writer: keys NULL, "append". */
struct findings_snapshot *table_facts_other(struct table_facts *f, size_t table, size_t i, const char *writer);

/* Asks all rules anew. What was said of an id, the first; NULL: nothing. */
const struct findings_look_said *table_facts_saw(struct table_facts *f, const char *id);
/* Fails the test if any rule says anything, but for these ids; NULL: none. */
void table_facts_silent(struct table_facts *f, const char *but);
/* Fails the test unless the finding is there, of this subject, with this text and this first piece of evidence:
 * "TABLE: WHERE". */
void table_facts_expect(struct table_facts *f, const char *id, const char *subject, const char *text,
                        const char *evidence);

/* Fails the test unless each piece of evidence is of a table that there is, by an expression that fits it. */
void table_facts_bound(const struct findings_look *look);

#endif
