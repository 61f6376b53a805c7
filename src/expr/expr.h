/* The one expression grammar, for filters, --where and rules.
 *
 *   lag > 1000 and group ~ "^pay" and not state = "Empty"
 *   payments                       a bare word: some text column contains it, case ignored
 *   controller                     a bare word that names a bool column: whether it is true
 *   age(moved) > 5m, moved > 5m    a time compared with a duration is compared by its age
 *   moved > 2026-11-20T14:00:00Z   a time compared with a time (RFC 3339; quotes may stand)
 *   partition in (0, 1)            also: state not in (Stable, Empty)
 *   committed < end                a column with a column
 *   lag = unknown                  also: lag != unknown
 *
 * Numbers may have a unit that fits the column:
 *
 *   sizes       B kB MB GB TB PB (powers of 1000), KiB MiB GiB TiB PiB
 *   durations   ms s m h d w, also "1h30m"
 *   ratios      %
 *   others      k M G T; inf, -inf, nan, never (the same as inf)
 *
 * Operators by rising strength: or, and, not, then = (or ==) != < <= > >= ~ !~ (finds a regular
 * expression, PCRE2), in (a, b), not in (a, b). Keywords in either case. Words need no quotes: a
 * word ends at a blank or one of ( ) , = ! < > ~ " '. In a comparison an unquoted word that names
 * a column is that column; in a list and behind ~ it never is. Strings stand in "" or '' and know
 * \" \' \\ \n \t \r and \xHH; behind ~ only the quote itself is unescaped, every other backslash
 * belongs to the regular expression.
 *
 * Truth has three values: true, false, unknown. A row matches only if the whole is true.
 *
 * - A comparison with an unknown cell is unknown, whatever the operator; `lag = unknown` and
 *   `lag != unknown`, which ask for it, are always true or false.
 * - not unknown is unknown; `unknown and false` is false, `unknown or true` is true, all else that
 *   joins something unknown is unknown (Kleene's logic). So neither `lag > 5` nor `not lag > 5`
 *   shows a row whose lag is unknown.
 * - A bound (≥, ≤) is compared as what it is: `lag_s > 3600` is true of ≥ 7200, false of ≤ 3600,
 *   and unknown of ≥ 1800. Estimates and stale values are compared as if they were exact.
 * - A bare word that is searched for is true or false, never unknown: an unknown text contains
 *   nothing. One that names a bool column is unknown where the column is.
 *
 * Numbers compare exactly, an int64 with a double without loss; a literal that fits neither is the
 * nearest double. NaN is a value: equal to itself, unequal to all other numbers, neither less nor
 * greater than any. Text compares by bytes, without conversion. A regular expression sees the raw
 * name, or the safe form of one that is no UTF-8; so does a bare word, which sees the safe form of
 * every other one too. A match that costs too much is unknown. */
#ifndef EXPR_EXPR_H
#define EXPR_EXPR_H

#include "base/error.h"
#include "base/str.h"
#include "table/table.h"

/* Used from one thread at a time, its evaluation included. */
struct expr;

/* Compiles text. On a syntax error *at (may be NULL) is the byte offset of the character it points
 * to and err says what was expected. Column names are resolved by expr_bind. Empty text is an
 * expression that is always true. ERR_INVALID, or ERR_LIMIT past LIMITS_EXPR_BYTES and
 * LIMITS_EXPR_DEPTH. */
int expr_parse(const char *text, struct expr **ret, size_t *at, struct error *err);
void expr_free(struct expr *e); /* NULL is allowed */
/* The text it was compiled from; owned by e. */
const char *expr_text(const struct expr *e);

/* Resolves its columns against a table; again whenever the table's schema changed. An unknown
 * column, or a comparison that makes no sense for a column's type, is ERR_INVALID; err names it,
 * with *at as above and the columns that are there. After an error e matches nothing until it is
 * bound again. */
int expr_bind(struct expr *e, const struct table *t, size_t *at, struct error *err);

/* Is it true of the row? Of the table it was bound to; now_ms is what ages are measured against. */
bool expr_matches(const struct expr *e, const struct row *r, int64_t now_ms);

/* Appends an error as people want it, three lines: what is wrong, the text (safe), a caret under
 * the place. */
void expr_explain(struct str *out, const char *text, size_t at, const struct error *err);

/* A sort order, "lag desc, group": column names with asc or desc (default: desc for
 * COLUMN_WORST_HIGH, else asc). */
enum { EXPR_ORDER_KEYS = 8 };
struct expr_order {
    struct expr_order_key {
        size_t column;
        bool descending;
    } keys[EXPR_ORDER_KEYS];
    size_t nkeys;
};
/* Empty text is the order of the keys. ERR_INVALID, or ERR_LIMIT past EXPR_ORDER_KEYS. Holds until
 * the schema changes. */
int expr_order_parse(const char *text, const struct table *t, struct expr_order *ret, struct error *err);
/* For qsort-like use: by the order, then by key, so that no two rows are equal. Unknown comes last
 * either way. */
int expr_order_compare(const struct expr_order *o, const struct table *t, const struct row *a, const struct row *b);

#endif
