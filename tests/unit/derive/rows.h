/* A store with the tables of all rooms, and rows of it by hand. */
#ifndef TESTS_UNIT_DERIVE_ROWS_H
#define TESTS_UNIT_DERIVE_ROWS_H

#include "table/table.h"

extern int64_t rows_ms; /* the time, by both clocks */

struct store *rows_store(void);

/* The name of a text that some row has. */
struct name *rows_name(struct store *s, const char *text);

/* Key columns are separated by blanks, numbers are decimal. */

/* Found, or made for an owner (NULL: NULL if there is none). */
struct row *rows_row(struct store *s, const char *table, const char *key, const char *owner);
/* Sets a cell of a row, which is made if need be. */
void rows_set(struct store *s, const char *table, const char *key, const char *column, const char *text);
/* Fails unless a cell is this: "~" before an estimate, ">=" and "<=" before a bound, "?" before what is stale, "-" where it is
 * unknown; times and numbers as such, reals to a tenth. */
void rows_check(struct store *s, const char *table, const char *key, const char *column, const char *want);

#endif
