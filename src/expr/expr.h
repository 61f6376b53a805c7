/* The one expression grammar, for filters, --where and rules.
 *
 *   lag > 1000 and group ~ "^pay" and not state = "Empty"
 *   payments                      a bare word: some text column contains it, case ignored
 *   age(moved) > 5m, moved > 5m   a time column compared with a duration is compared by its age
 *   bytes < 10MB                  sizes: B kB MB GB TB (powers of 1000), KiB MiB GiB TiB;
 * durations: ms s m h d w
 *
 * Operators by rising strength: or, and, not, then = != < <= > >= ~ !~ (matches a regular
 * expression, PCRE2), in (a, b). Unknown compares to nothing: any comparison with it is false, and
 * so is its negation by != or !~ ; `lag = unknown` and `lag != unknown` ask for it. Text compares
 * without conversion; numbers exactly (int64 with double without loss). */
#ifndef EXPR_EXPR_H
#define EXPR_EXPR_H

#include "base/error.h"
#include "table/table.h"

struct expr;

/* Compiles text. On a syntax error *at (may be NULL) is the byte offset of the character it points
 * to and err says what was expected. Column names are resolved by expr_bind. Empty text is an
 * expression that is always true. */
int expr_parse(const char *text, struct expr **ret, size_t *at, struct error *err);
void expr_free(struct expr *e); /* NULL is allowed */

/* Resolves its columns against a table; again whenever the table's schema changed. An unknown
 * column, or a comparison that makes no sense for a column's type, is an error that names it, with
 * *at as above and the columns that are there. */
int expr_bind(struct expr *e, const struct table *t, size_t *at, struct error *err);

/* Is it true of the row? Of the table it was bound to; now_ms is what ages are measured against. */
bool expr_matches(const struct expr *e, const struct row *r, int64_t now_ms);

/* A sort order, "lag desc, group": column names with asc or desc (default: desc for
 * COLUMN_WORST_HIGH, else asc). */
struct expr_order {
    struct expr_order_key {
        size_t column;
        bool descending;
    } keys[8];
    size_t nkeys;
};
int expr_order_parse(const char *text, const struct table *t, struct expr_order *ret,
                     struct error *err);
/* For qsort-like use: by the order, then by key, so that no two rows are equal. Unknown comes last
 * either way. */
int expr_order_compare(const struct expr_order *o, const struct table *t, const struct row *a,
                       const struct row *b);

#endif
