/* Tables of rows of cells, and the store that holds them: what every source writes and every reader
 * reads.
 *
 * A store belongs to one thread. Writers put cells between table_begin and store_commit; everything
 * written between two commits is one change set, over as many tables as it likes, and listeners see
 * it whole. Readers keep no queue: every written row gets the store's next sequence number and
 * moves to the end of its table's list, so that a reader that remembers how far it has read finds
 * what changed since, however long it was away (table_changed_after). */
#ifndef TABLE_TABLE_H
#define TABLE_TABLE_H

#include "base/clock.h"
#include "base/error.h"
#include "table/column.h"
#include "table/name.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How good a cell's value is. */
enum quality {
    QUALITY_UNKNOWN, /* there is no value; "-" on screen, null in JSON; compares to nothing */
    QUALITY_EXACT,
    QUALITY_GE,    /* the truth is this or more: "≥" */
    QUALITY_LE,    /* the truth is this or less: "≤" */
    QUALITY_EST,   /* an estimate: "~" */
    QUALITY_STALE, /* exact once; could not be read again this round */
};

/* "", "exact", "ge", "le", "est", "stale"; "" for unknown. */
const char *quality_name(enum quality q);
int quality_parse(const char *text, enum quality *q);

/* A value for writing and reading. Which member counts follows from the column's type: TEXT s, REAL
 * d, else i. */
struct value {
    union {
        int64_t i;
        double d;
        struct name *s; /* borrowed from the table, or lent to it for the call */
    };
    enum quality quality;
};

static inline struct value value_int(int64_t i)
{
    return (struct value){.i = i, .quality = QUALITY_EXACT};
}
static inline struct value value_real(double d)
{
    return (struct value){.d = d, .quality = QUALITY_EXACT};
}
/* NULL: unknown. */
static inline struct value value_text(struct name *n)
{
    return (struct value){.s = n, .quality = n ? QUALITY_EXACT : QUALITY_UNKNOWN};
}
static inline struct value value_unknown(void)
{
    return (struct value){.quality = QUALITY_UNKNOWN};
}
/* Where NaN says that nobody told the number: unknown then. */
static inline struct value value_told(double d, enum quality q)
{
    return isnan(d) ? value_unknown() : (struct value){.d = d, .quality = q};
}

struct str;
struct store;
struct table;
struct row;

/* ---- store ---- */

struct store *store_new(const struct clock *clock);
void store_free(struct store *s); /* NULL is allowed */
struct names *store_names(struct store *s);
const struct clock *store_clock(const struct store *s);

/* Adds a table; its declaration is copied. ERR_INVALID if the name is taken or the columns are not
 * well formed, ERR_LIMIT past LIMITS_TABLES. */
int store_add(struct store *s, const struct table_def *def, const char *owner, struct table **ret, struct error *err);
/* Removes a table with its rows; readers see it go. */
void store_drop(struct store *s, struct table *t);
struct table *store_find(const struct store *s, const char *name); /* NULL if there is none */
size_t store_count(const struct store *s);
struct table *store_at(const struct store *s, size_t i); /* in the order they were added */
/* Changes whenever a table or a column group comes or goes: readers compare and look again. */
uint64_t store_schema_version(const struct store *s);

/* Ends the change set. Listeners are called if anything was written. */
void store_commit(struct store *s);
/* From a hold to its release, both as often as one likes, change sets do not end: a writer that takes several turns of the
 * loop keeps its rows together so. The last release commits. */
void store_hold(struct store *s);
void store_release(struct store *s);
/* Called after each commit that changed something; not while one is open. fn may write (and must
 * then commit itself). */
struct store_listener;
struct store_listener *store_listen(struct store *s, void (*fn)(struct store *s, void *arg), void *arg);
void store_unlisten(struct store *s, struct store_listener *l);
/* The sequence number last given; ever growing, starts at 0. */
uint64_t store_seq(const struct store *s);

/* An owner's number, for marking rows; the same name always gives the same number, from 1 up.
 * Owners are the names of rows in table `sources`, which says whether what they own is fresh. */
uint16_t store_owner(struct store *s, const char *name);
const char *store_owner_name(const struct store *s, uint16_t owner); /* NULL if there is none */

/* ---- table ---- */

const char *table_name(const struct table *t);
const char *table_title(const struct table *t);
const char *table_help(const struct table *t);
struct store *table_store(const struct table *t);

/* Columns of all groups, in the order the groups were added. Indices stay as they are until a group
 * is dropped (store_schema_version changes). */
size_t table_ncolumns(const struct table *t);
const struct column *table_column(const struct table *t, size_t i);
int table_column_index(const struct table *t, const char *name); /* or ERR_NOT_FOUND */
size_t table_nkeys(const struct table *t);                       /* the first so many columns */

/* Column groups come and go. The declaration is copied. */
int table_add_group(struct table *t, const struct column_group *group, const char *owner, struct error *err);
int table_drop_group(struct table *t, const char *name);
size_t table_ngroups(const struct table *t);
const char *table_group_name(const struct table *t, size_t i);
/* Who writes the group; 0 for the first one means: whoever owns the row. */
uint16_t table_group_owner(const struct table *t, size_t i);
size_t table_group_first(const struct table *t, size_t i); /* its first column */
size_t table_group_size(const struct table *t, size_t i);
size_t table_group_of(const struct table *t, size_t column);

/* ---- rows ---- */

size_t table_nrows(const struct table *t);

/* Finds a row by its key values (table_nkeys of them, none unknown); NULL if there is none. */
struct row *table_find(const struct table *t, const struct value *key);
/* Finds or makes the row. A new one has its key cells set, all others unknown, and belongs to
 * owner. An existing row keeps its owner. NULL past LIMITS_TABLE_ROWS or where a key value is
 * unknown. */
struct row *table_upsert(struct table *t, const struct value *key, uint16_t owner);
/* Sets one cell that is no key; nothing happens if it already has this value and quality, so that
 * unchanged rows cost readers nothing. Text is given as a name, of which the table takes a
 * reference of its own. */
void table_set(struct table *t, struct row *r, size_t column, struct value v);
/* Shorthands. text NULL, or a quality of unknown, sets unknown. */
void table_set_text(struct table *t, struct row *r, size_t column, const char *text);
void table_set_bytes(struct table *t, struct row *r, size_t column, const void *bytes, size_t len);
void table_set_int(struct table *t, struct row *r, size_t column, int64_t v, enum quality q);
void table_set_real(struct table *t, struct row *r, size_t column, double v, enum quality q);
/* Exact; unknown where it is NaN. */
void table_set_told(struct table *t, struct row *r, size_t column, double v);
void table_set_unknown(struct table *t, struct row *r, size_t column);
void table_remove(struct table *t, struct row *r);
/* The same by a row's id; a row that is not there, as that of id 0, is none to remove. */
void table_remove_id(struct table *t, uint64_t id);
/* For a writer who keeps the ids of his rows: sorts ids; and removes those rows of before that are not among the ones of now,
 * where both are sorted. Ids may stand more than once. */
void table_sort_ids(uint64_t *ids, size_t n);
void table_remove_others(struct table *t, const uint64_t *before, size_t n, const uint64_t *now, size_t n_now);

/* Rounds: marks rows so that those a source did not write again can be removed.
 * table_begin: from here on rows touched by table_upsert for owner are marked; table_sweep removes
 * all rows of owner that were not marked since, and returns how many. A partial round simply does
 * not sweep. */
void table_begin(struct table *t, uint16_t owner);
size_t table_sweep(struct table *t, uint16_t owner);
/* Removes every row of owner; returns how many. */
size_t table_drop_owner(struct table *t, uint16_t owner);

struct value row_get(const struct row *r, size_t column);
/* By the column's name: unknown where the table has no such column. */
struct value row_cell(const struct row *r, const char *column);
/* A text cell's safe form; "" where it is unknown, or no text. */
const char *row_text(const struct row *r, const char *column);
uint64_t row_id(const struct row *r); /* unique in its table, never used twice */
uint16_t row_owner(const struct row *r);
uint64_t row_seq(const struct row *r);  /* when it was last written */
uint64_t row_born(const struct row *r); /* its sequence number when it was made */
/* When this cell was last written, or a little later: cells count as written when their row was last written in the same
 * change set, and what is older than the two change sets that wrote to the row last, as the later of what came before. So
 * a reader that asks for what is newer than what it has never misses a cell, and one that looks at every commit gets none
 * twice. */
uint64_t row_cell_seq(const struct row *r, size_t column);
/* Lends the row's cells as they are now, and as they stay, whatever is written to the row, until they are taken back: for a
 * writer who goes by what he wrote, on whatever thread. They are read with packed.h, by as many columns as the table has
 * now; texts are ids of names (names_at), of which the row keeps those that it had while it is not written. False: somebody
 * has them already. Whose row goes while they are lent must never give them back. */
struct packed;
bool row_lend(struct row *r, struct packed *ret);
/* Takes them back; n is how many columns there were. */
void row_take_back(struct row *r, struct packed *lent, size_t n);
/* Bytes of the rows' own and their cells', without names and without what the allocator adds. */
size_t table_bytes(const struct table *t);
struct row *table_by_id(const struct table *t, uint64_t id);

/* Walks all rows, the longest unchanged first; the row passed may be removed while walking, others
 * not. */
struct row *table_first(const struct table *t);
struct row *row_next(const struct row *r);

/* ---- readers ---- */

/* The first row written after seq (rows from there on by row_next are all newer), or NULL. Costs
 * the number of those rows. */
struct row *table_changed_after(const struct table *t, uint64_t seq);
/* Rows removed after seq, oldest first, into *removed (borrowed until the table is written next)
 * with their count. Removed rows are remembered for a while only: false if some removed after seq
 * are forgotten; then start anew. */
struct table_removal {
    uint64_t id;  /* row_id of the row that has gone */
    uint64_t seq; /* when it went */
};
bool table_removed_after(const struct table *t, uint64_t seq, const struct table_removal **removed, size_t *n);
uint64_t table_seq(const struct table *t); /* when anything in it was last written or removed */

/* A key as bytes, the same for the same values in any run: for maps and for history. Appends to out. Texts are their length
 * (4 bytes, the machine's order) and their raw bytes, all else 8 bytes. encode is false, and appends part of it, where a value
 * is unknown. decode wants exactly such bytes, else ERR_INVALID; the names in *key are references for the caller, to be given
 * back with table_key_done. */
void table_key_bytes(const struct table *t, const struct row *r, struct str *out);
bool table_key_encode(const struct table *t, const struct value *key, struct str *out);
int table_key_decode(const struct table *t, const char *bytes, size_t len, struct value *key);
void table_key_done(const struct table *t, struct value *key);

/* Compares two values of one column: unknown after everything, texts by bytes, numbers by size, NaN
 * before numbers. */
int value_compare(enum column_type type, struct value a, struct value b);

#endif
