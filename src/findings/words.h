/* Numbers, times and lists in the sentences of findings, each as people read it on screen. */
#ifndef FINDINGS_WORDS_H
#define FINDINGS_WORDS_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A short text by value, so that it can stand in a call: findings_words_count(n, "row").s; it lives as long as the
 * expression in which it is made. */
struct findings_words {
    char s[96];
};

/* "1 row", "12 rows", "1.24 M rows": thing is cut past some 60 bytes. */
struct findings_words findings_words_count(int64_t n, const char *thing);
/* The number alone: "12", "1.24 M". */
struct findings_words findings_words_number(int64_t n);
/* A duration: "6 h 12 m"; 0 is "0 s". */
struct findings_words findings_words_ms(int64_t ms);
/* How long something has been so, without what changes from one look to the next: "6 h 12 m", "12 m", seconds below a minute. */
struct findings_words findings_words_age(int64_t ms);
/* "512 B", "12.1 KiB". */
struct findings_words findings_words_bytes(int64_t bytes);

struct findings_table;
/* Appends a table as the subject of a finding: "table db.orders"; "table lake/db.orders" where another catalog has one of that
 * name, so that each has findings of its own. */
void findings_words_table(struct str *out, const struct findings_table *table);

/* Appends the i-th of n names: "a", "a, b", and the count of the rest where that is what is left: "a, b, c and 4 more". To be
 * called for each of them in turn; shown are at most `most`. */
void findings_words_list(struct str *out, const char *name, size_t i, size_t n, size_t most);

/* An exception's text without the package of its class: "SQLException: busy" of "java.sql.SQLException: busy". Part of error. */
const char *findings_words_exception(const char *error);

#endif
